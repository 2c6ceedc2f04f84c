"""The composition root: settings in, wired application out.

`python app.py` runs everything on this machine, `python app.py web` or `worker` one part of it in this process.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import psutil
import redis
from apiflask import APIBlueprint, APIFlask
from celery import Celery
from werkzeug.middleware.proxy_fix import ProxyFix

import controllers.pos
import controllers.predict
import services.blobs
import services.exporters
import services.extractors
import services.ocr.engines
from config import ROOT, BadSetting, Settings, is_prefix
from controllers.health import HealthApi
from controllers.jobs import JobsApi
from controllers.mrz import MrzApi, mrz_error
from controllers.options import OptionRules
from controllers.pos import PosApi
from controllers.pos_errors import envelope
from controllers.pos_views import event_view
from controllers.predict import PredictApi
from controllers.streams import StreamsApi
from controllers.views import job_view
from middleware import errors, metrics, owner, prefix, problems, rate_limits, request_id, security_headers, uploads
from middleware.open_streams import OpenStreams
from middleware.rate_limits import Rate
from routes import RouteLimits, docs, events, health, mrz, ocr, openapi, page, pos, predict
from services import outbound, plugins, remote
from services.blobs import BlobStore
from services.embedded import CannotStart, Child, alone, binary, http_ok, redis_url, run, spool, spool_url, valkey
from services.errors import BrokerUnavailable, ServiceError
from services.estimate import Estimate
from services.health import Health, uptime
from services.jobs.artifacts import Artifacts
from services.jobs.broker import connect
from services.jobs.events import EventLog
from services.jobs.housekeeping import Housekeeping
from services.jobs.hub import Hub
from services.jobs.jobs import Jobs
from services.jobs.model import ANONYMOUS, Job, Options
from services.jobs.pace import Pace
from services.jobs.stops import Stops
from services.jobs.store import JobStore
from services.metrics import Metrics, posted, queue_status, render
from services.ocr.engines import EngineInfo
from services.ocr.raster import Limits
from services.outbound import Outbound
from services.publishers import webhook
from services.publishers.webhook import Webhooks
from services.spool import Spool
from services.workers import WorkerRegistry, WorkerState
from tasks.queue import GRACE, QUEUE, hard_limit, make_celery, publisher
from utils.cpus import processes
from utils.logs import setup

if TYPE_CHECKING:
    from services.jobs.runner import Runner

VERSION = (ROOT / "VERSION").read_text().strip()

WORKER_ARGUMENTS = ("--without-gossip", "--without-mingle", "--without-heartbeat")
PARTS = ("web", "worker")
"""The children that may run by themselves, beside others of their kind."""

WEB_PATIENCE, WORKER_PATIENCE = 0, 60
"""Seconds for which an outage of the broker is borne: a client is told at once, a worker waits."""


def create_app(settings: Settings | None = None) -> APIFlask:
    """The web application. Raises BadSetting."""
    settings = settings or Settings.from_env()
    setup(settings.log_level)
    no_files: Any = None  # which Flask takes, though APIFlask does not say so
    app = APIFlask(
        "ocr", title="OCR service", version=VERSION, docs_path=None, json_errors=False, static_folder=no_files
    )
    app.config["DEBUG"] = settings.debug
    url = redis_url(settings)
    client = connect(url, patience=WEB_PATIENCE)
    counted = Metrics(client)
    _install_middleware(app, settings, counted)
    limits = _limits(app, settings, url)

    engine = _engine_info(settings)
    store = _store(settings, client)
    workers = WorkerRegistry(client)
    publish = publisher(make_celery(settings, url, socket_timeout=3), patience=WEB_PATIENCE)
    extractors = plugins.chosen(services.extractors, settings.ocr_extractors)
    environment = partial(_environment, settings, engine, extractors)
    kept_in_memory = Spool(spool_url(settings))
    estimate = Estimate(store, Pace(client), workers, settings.pages_per_task)
    hub = Hub(client)
    jobs = Jobs(
        store,
        _blobs(settings),
        kept_in_memory,
        publish,
        environment,
        counted.count,
        settings.job_ttl,
        room=estimate.room,
        hub=hub,
    )
    calls = outbound.build(settings, VERSION)
    rules = OptionRules(
        settings.ocr_lang,
        settings.ocr_tier,
        settings.default_dpi,
        settings.max_dpi,
        engine,
        extractors,
        webhook.checker(settings, calls),
    )
    _check_defaults(rules)

    app.extensions["hub"] = hub
    probed, told = Health(store, workers, engine, VERSION), EventLog(client, store, hub)
    web = WebParts(settings, calls, jobs, rules, estimate.seconds, workers, counted, probed, limits, told)
    for blueprint in _blueprints(web):
        app.register_blueprint(blueprint)
    openapi.describe(app, limits)
    return app


@dataclass(frozen=True, slots=True)
class WebParts:
    """What the families of routes share."""

    settings: Settings
    calls: Outbound
    jobs: Jobs
    rules: OptionRules
    estimate: Callable[[Job], int | None]
    workers: WorkerRegistry
    counted: Metrics
    health: Health
    limits: RouteLimits
    events: EventLog


def _blueprints(web: WebParts) -> Iterator[APIBlueprint]:
    probes = HealthApi(web.health, partial(render, web.counted, web.workers))
    artifacts = Artifacts(web.settings, web.jobs.blobs, services.exporters.build(services.exporters, web.settings))
    yield health.blueprint(probes, web.limits)
    fetched = remote.build(web.settings, web.calls)
    native = JobsApi(web.jobs, web.rules, web.settings.max_batch_files, artifacts, web.estimate, fetched)
    yield from ocr.blueprints(native, web.limits)
    read = partial(web.jobs.wait, seconds=0)
    yield events.blueprint(StreamsApi(web.jobs, web.events, web.settings.cors_origins, read), web.limits)
    yield mrz.blueprint(MrzApi(web.jobs, web.rules, partial(_is_served, web.workers)), web.limits)
    yield from _predict(web, artifacts, probes)
    yield from _pos(web)
    yield docs.blueprint(web.limits)
    yield page.blueprint(web.limits)


def _predict(web: WebParts, artifacts: Artifacts, probes: HealthApi) -> Iterator[APIBlueprint]:
    api = PredictApi(web.jobs, web.rules, artifacts, web.settings.request_timeout)
    yield predict.blueprint(api, web.limits)
    yield predict.blueprint(api, web.limits, predict.ALIAS)
    yield predict.operations(probes, lambda: controllers.predict.metrics(uptime(), posted(web.counted)), web.limits)


def _pos(web: WebParts) -> Iterator[APIBlueprint]:
    api = PosApi(web.jobs, web.rules, web.estimate, web.settings.request_timeout)
    streams = StreamsApi(web.jobs, web.events, web.settings.cors_origins, api.read, event_view)
    yield events.pos_blueprint(streams, web.limits, pos.PREFIX)
    yield pos.blueprint(
        api,
        partial(controllers.pos.health, web.health, partial(queue_status, web.counted)),
        lambda: controllers.pos.metrics(posted(web.counted, pos.PREFIX)),
        web.limits,
    )


def _is_served(workers: WorkerRegistry) -> bool:
    return any(worker.loaded for worker in workers.all())


def _check_defaults(rules: OptionRules) -> None:
    try:
        rules.options({})
    except ServiceError as error:
        raise BadSetting(f"OCR_LANG or OCR_TIER will not do: {error}") from error


def _environment(
    settings: Settings, engine: EngineInfo, extractors: tuple[str, ...], options: Options
) -> tuple[str, ...]:
    """What beside upload and options decides a result. Extractors use each other where they are on."""
    models = engine.models(options.lang, options.tier)
    on = extractors if options.extract else ()
    return (VERSION, engine.name, settings.ocr_precision, *models, *map(str, astuple(Limits.of(settings))), *on)


def _install_middleware(app: APIFlask, settings: Settings, counted: Metrics) -> None:
    app.wsgi_app = prefix.below(app.wsgi_app, settings.application_root, is_prefix)  # type: ignore[assignment,method-assign]
    if hops := settings.trusted_proxies:
        proxied = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops)
        app.wsgi_app = proxied  # type: ignore[method-assign]
    request_id.install(app)
    metrics.install(app, counted.request)
    security_headers.install(app, settings.cors_origins)
    owner.install(app, ANONYMOUS)
    uploads.install(app, settings.incoming, settings.max_content_length, settings.max_batch_files)
    errors.install(app)
    problems.install(app, {pos.PREFIX: envelope, **dict.fromkeys(mrz.PATHS, mrz_error)})


def _limits(app: APIFlask, settings: Settings, url: str) -> RouteLimits:
    limiter = rate_limits.install(app, url, owner.address, enabled=settings.rate_limit_enabled)
    period = settings.rate_limit_period
    reads = rate_limits.shared(limiter, Rate(settings.read_limit_requests, period), "reads")
    slots = OpenStreams(settings.max_streams, settings.max_streams_per_client).limited(owner.address)
    return RouteLimits(
        uploads=rate_limits.shared(limiter, Rate(settings.rate_limit_requests, period), "uploads"),
        scans=rate_limits.shared(limiter, Rate(settings.scan_limit_requests, period), "scans"),
        reads=reads,
        streams=lambda view: reads(slots(view)),
        none=rate_limits.exempt(limiter),
    )


def _engine_info(settings: Settings) -> EngineInfo:
    info: EngineInfo = plugins.load(services.ocr.engines, settings.ocr_engine).describe(settings)
    return info


def _blobs(settings: Settings) -> BlobStore:
    blobs: BlobStore = plugins.load(services.blobs, settings.blob_store).build(settings)
    return blobs


def _store(settings: Settings, client: redis.Redis) -> JobStore:
    return JobStore(client, keep=settings.job_ttl, cache_ttl=settings.redis_cache_ttl, most=settings.max_queued_jobs)


@dataclass(frozen=True, slots=True)
class WorkerParts:
    """What a worker's parent process needs; `start_process` is called in each child, after the fork."""

    celery: Celery
    workers: WorkerRegistry
    housekeeping: Housekeeping
    stops: Stops
    webhooks: Webhooks | None
    start_process: Callable[[], Runner]


def build_worker(settings: Settings, worker: str) -> WorkerParts:
    """`worker` names this worker among all others. Raises BadSetting."""
    url = redis_url(settings)
    client = connect(url, patience=WEB_PATIENCE)
    celery = make_celery(
        settings, url, socket_timeout=120, processes=processes(settings.ocr_workers, settings.worker_max_memory_mb)
    )
    publish = publisher(celery, patience=WEB_PATIENCE)
    store, count = _store(settings, client), Metrics(client).count
    return WorkerParts(
        celery=celery,
        workers=WorkerRegistry(client),
        housekeeping=Housekeeping(store, _blobs(settings), publish, count, QUEUE, hard_limit(settings)),
        stops=Stops(client),
        webhooks=webhook.build(settings, client, outbound.build(settings, VERSION), store.read, job_view, count),
        start_process=partial(_start_process, settings, worker, publisher(celery, patience=WORKER_PATIENCE)),
    )


def _start_process(settings: Settings, worker: str, publish: Callable[[], None]) -> Runner:
    """Load the models and tell that they are there. Connections are this process's own.

    What only a worker needs is imported here: the web process is smaller for it.
    """
    from services.extractors import build
    from services.jobs.runner import Runner
    from services.ocr.pipeline import Pipeline

    client = connect(redis_url(settings), patience=WORKER_PATIENCE)
    counted = Metrics(client)
    engine = plugins.load(services.ocr.engines, settings.ocr_engine)
    runner = Runner(
        _store(settings, client),
        _blobs(settings),
        Spool(spool_url(settings)),
        Pipeline(engine.build(settings), Limits.of(settings), counted.stage),
        _engine_info(settings),
        build(services.extractors, settings),
        publish,
        counted.count,
        Pace(client),
        Stops(client).stopping,
        holder=f"{worker}/{os.getpid()}",
        pages_per_unit=settings.pages_per_task,
    )
    WorkerRegistry(client).process_loaded(worker, os.getpid())
    return runner


def children(settings: Settings) -> list[Child]:
    """What `python app.py` runs, in the order of their start."""
    servers = [] if settings.redis_url else [valkey(settings)]
    if not settings.spool_url and binary():
        servers.append(spool(settings))
    needs = tuple(server.name for server in servers)
    worker = Child(
        name="worker",
        argv=(sys.executable, "-m", "celery", "-A", "tasks.worker", "--quiet", "worker", *WORKER_ARGUMENTS),
        up=partial(_worker_is_up, settings),
        needs=needs,
        stop=((signal.SIGTERM, float(GRACE)), (signal.SIGQUIT, 3.0)),
    )
    web = Child(
        name="web",
        argv=(sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), "app:create_app()"),
        up=partial(http_ok, settings, "/health/alive"),
        needs=needs,
        stop=((signal.SIGTERM, float(GRACE)),),
    )
    return [*servers, worker, web]


def _worker_is_up(settings: Settings) -> bool:
    with suppress(BrokerUnavailable):
        workers = WorkerRegistry(connect(redis_url(settings), patience=0)).all()
        return any(worker.loaded and _is_here(worker) for worker in workers)
    return False


def _is_here(worker: WorkerState) -> bool:
    """Whether it lives on this machine; the record of one that was killed stays for a while."""
    return worker.host == socket.gethostname() and psutil.pid_exists(worker.pid)


def _part(settings: Settings, name: str) -> Child:
    """The child called `name`, if it can run by itself: the embedded servers belong to the whole."""
    parts = {child.name: child for child in children(settings) if child.name in PARTS}
    if name not in parts:
        raise CannotStart(f"There is no part {name!r}: say {' or '.join(PARTS)}, or nothing for everything.")
    return parts[name]


def main(named: Sequence[str]) -> int:
    """Check the settings, then run what is `named`, or all, until told to stop. 1 and a sentence where it cannot be."""
    try:
        settings = Settings.from_env()
        part = _part(settings, " ".join(named)) if named else None
        plugins.load(services.ocr.engines, settings.ocr_engine).check(settings)
        create_app(settings)
        if part:
            alone(settings, part)
        return run(settings, children(settings), ready=partial(http_ok, settings, "/health/ready"))
    except (BadSetting, CannotStart) as error:
        print(f"Cannot start: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1:]))
