"""The composition root of the web process: settings in, wired application out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass
from functools import partial
from typing import Any

from apiflask import APIBlueprint, APIFlask
from werkzeug.middleware.proxy_fix import ProxyFix

import services.exporters
import services.extractors
from config import BadSetting, Settings, is_prefix
from controllers.health import HealthApi
from controllers.jobs import JobsApi
from controllers.mrz import MrzApi, mrz_error
from controllers.options import OptionRules
from controllers.pos import PosApi
from controllers.pos_errors import envelope
from controllers.pos_operations import PosOperations
from controllers.pos_views import event_view
from controllers.predict import PredictApi, PredictOperations
from controllers.streams import StreamsApi
from middleware import errors, metrics, owner, prefix, problems, rate_limits, request_id, security_headers, uploads
from middleware.open_streams import OpenStreams
from middleware.rate_limits import Rate
from routes import RouteLimits, docs, events, health, mrz, ocr, openapi, page, pos, predict
from services import outbound, plugins
from services.embedded import redis_url, spool_url
from services.errors import ServiceError
from services.jobs.artifacts import Artifacts
from services.jobs.estimate import Estimate
from services.jobs.events import EventLog
from services.jobs.files import Files
from services.jobs.hub import Hub
from services.jobs.jobs import Jobs
from services.jobs.model import ANONYMOUS, Job, Options
from services.jobs.owned import OwnedJobs
from services.jobs.pace import Pace
from services.jobs.store.figures import Figures
from services.jobs.store.intake import Intake
from services.jobs.store.reader import JobReader
from services.jobs.workers import WorkerRegistry
from services.ocr.engine import EngineInfo
from services.ocr.raster import Limits
from services.operations.health import Health
from services.operations.metrics import Metrics, QueueStatus, ServiceCollector, posted, queue_status, render
from services.outbound import Outbound, remote
from services.publishers import webhook
from services.redis.connection import connect, memory, ping
from services.redis.counters import Counters
from services.spool import Spool
from tasks.queue import make_celery, publisher
from utils.logs import setup
from wiring.parts import VERSION, blob_store, engine_info, settlement

PATIENCE = 0
"""Seconds for which an outage of the broker is borne: a client is told at once."""


def create_app(settings: Settings | None = None) -> APIFlask:
    """The web application. Raises BadSetting."""
    settings = settings or Settings.from_env()
    setup(settings.log_level)
    app = _bare(settings)
    url = redis_url(settings)
    client = connect(url, patience=PATIENCE)
    counted = Metrics(Counters(client))
    _install_middleware(app, settings, counted)
    limits = _limits(app, settings, url)

    engine = engine_info(settings)
    workers = WorkerRegistry(client)
    publish = publisher(make_celery(settings, url, socket_timeout=3), patience=PATIENCE)
    extractors = plugins.chosen(services.extractors, settings.ocr_extractors)
    environment = partial(_environment, settings, engine, extractors)
    figures = Figures(client)
    estimate = Estimate(figures, Pace(client), workers, settings.pages_per_task)
    hub, reader = Hub(client), JobReader(client)
    jobs = Jobs(
        Intake(client, most=settings.max_queued_jobs),
        reader,
        OwnedJobs(client),
        settlement(settings, client),
        Files(blob_store(settings), Spool(spool_url(settings))),
        publish,
        environment,
        counted.count,
        settings.job_ttl,
        room=estimate.room,
        hub=hub,
    )
    calls = outbound.build(settings, VERSION)
    rules = _rules(settings, engine, extractors, webhook.checker(settings, calls))

    app.extensions["hub"] = hub
    probed, told = Health(partial(ping, client), workers, engine, VERSION), EventLog(client, reader.read, hub)
    scrape = partial(render, ServiceCollector(counted, figures, workers, partial(memory, client)))
    status = partial(queue_status, counted, figures)
    estimated = estimate.seconds
    web = WebParts(settings, calls, jobs, rules, estimated, workers, counted, scrape, status, probed, limits, told)
    for blueprint in _blueprints(web):
        app.register_blueprint(blueprint)
    openapi.describe(app, limits)
    return app


def _bare(settings: Settings) -> APIFlask:
    no_files: Any = None  # which Flask takes, though APIFlask does not say so
    app = APIFlask(
        "ocr", title="OCR service", version=VERSION, docs_path=None, json_errors=False, static_folder=no_files
    )
    app.config["DEBUG"] = settings.debug
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
    scrape: Callable[[], bytes]
    queue_status: Callable[[], QueueStatus]
    health: Health
    limits: RouteLimits
    events: EventLog


def _blueprints(web: WebParts) -> Iterator[APIBlueprint]:
    probes = HealthApi(web.health, web.scrape)
    exporters = services.exporters.build(services.exporters, web.settings)
    artifacts = Artifacts(web.settings, web.jobs.files.blobs, exporters)
    yield health.blueprint(probes, web.limits)
    fetched = remote.build(web.settings, web.calls)
    native = JobsApi(web.jobs, web.rules, web.settings.max_batch_files, artifacts, web.estimate, fetched)
    yield ocr.blueprint(native, web.limits)
    read = partial(web.jobs.wait, seconds=0)
    yield events.blueprint(StreamsApi(web.jobs, web.events, web.settings.cors_origins, read), web.limits)
    yield mrz.blueprint(MrzApi(web.jobs, web.rules, partial(_is_served, web.workers)), web.limits)
    yield from _predict(web, artifacts)
    yield from _pos(web)
    yield docs.blueprint(web.limits)
    yield page.blueprint(web.limits)


def _predict(web: WebParts, artifacts: Artifacts) -> Iterator[APIBlueprint]:
    api = PredictApi(web.jobs, web.rules, artifacts, web.settings.request_timeout)
    yield from predict.blueprints(api, PredictOperations(web.health, partial(posted, web.counted)), web.limits)


def _pos(web: WebParts) -> Iterator[APIBlueprint]:
    api = PosApi(web.jobs, web.rules, web.estimate, web.settings.request_timeout)
    streams = StreamsApi(web.jobs, web.events, web.settings.cors_origins, api.read, event_view)
    yield events.pos_blueprint(streams, web.limits, pos.PREFIX)
    operations = PosOperations(web.health, web.queue_status, partial(posted, web.counted, pos.PREFIX))
    yield from pos.blueprints(api, operations, web.limits)


def _is_served(workers: WorkerRegistry) -> bool:
    return any(worker.loaded for worker in workers.all())


def _rules(
    settings: Settings, engine: EngineInfo, extractors: tuple[str, ...], check_callback: Callable[[str], str] | None
) -> OptionRules:
    """Raises BadSetting where the defaults themselves break the rules."""
    defaults = settings.ocr_lang, settings.ocr_tier, settings.default_dpi, settings.max_dpi
    rules = OptionRules(*defaults, engine, extractors, check_callback)
    try:
        rules.options({})
    except ServiceError as error:
        raise BadSetting(f"OCR_LANG or OCR_TIER will not do: {error}") from error
    return rules


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
