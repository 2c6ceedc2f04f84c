"""The composition root of the web process: settings in, wired application out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from apiflask import APIBlueprint, APIFlask
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Settings, is_prefix
from controllers.access import AccessApi
from controllers.admin import AdminApi
from controllers.document_intelligence import PREFIX as AZURE
from controllers.document_intelligence.analyses import AnalysesApi
from controllers.document_intelligence.errors import STATUSES as document_intelligence_statuses
from controllers.document_intelligence.errors import envelope as document_intelligence_error
from controllers.health import HealthApi
from controllers.jobs import JobsApi
from controllers.mrz import MrzApi, mrz_error
from controllers.pos import PosApi
from controllers.pos_errors import envelope
from controllers.pos_operations import PosOperations
from controllers.predict import PredictApi, PredictOperations
from controllers.streams import StreamsApi
from middleware import (
    audit,
    callers,
    errors,
    large_answers,
    metrics,
    prefix,
    problems,
    rate_limits,
    request_id,
    revoked,
    security_headers,
    uploads,
)
from middleware.doorstep import Doorstep
from middleware.open_streams import OpenStreams
from middleware.problems import Family
from middleware.rate_limits import Rate
from routes import (
    RouteLimits,
    access,
    admin,
    docs,
    document_intelligence,
    events,
    health,
    mrz,
    ocr,
    openapi,
    page,
    pos,
    predict,
)
from services.access.model import TENANT_PERIOD, USER_PERIOD
from services.embedded import redis_url
from services.operations import failed
from services.operations.metrics import posted
from services.publishers import webhook
from services.redis.connection import connect
from utils.logs import setup
from wiring.parts import VERSION
from wiring.served import PATIENCE, Served, served

Decorator = Callable[[Any], Any]


def create_app(settings: Settings | None = None) -> APIFlask:
    """The web application. Raises BadSetting."""
    settings = settings or Settings.from_env()
    setup(settings.log_level)
    url = redis_url(settings)
    parts = served(settings, url, connect(url, patience=PATIENCE))
    app = _bare(settings)
    app.extensions["hub"] = parts.jobs.hub  # gunicorn.conf.py closes it
    _install_middleware(app, settings, parts)
    limits = _limits(app, settings, url)
    for blueprint in _blueprints(settings, parts, limits):
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


def _blueprints(settings: Settings, parts: Served, limits: RouteLimits) -> Iterator[APIBlueprint]:
    probes = HealthApi(parts.health, parts.scrape)
    yield health.blueprint(probes, limits, metrics_open=settings.metrics_open)
    yield from _native(settings, parts, limits)
    yield mrz.blueprint(MrzApi(parts.jobs, parts.rules, parts.workers.any_ready), limits)
    yield from _predict(settings, parts, limits)
    yield from _pos(settings, parts, limits)
    yield document_intelligence.blueprint(_analyses(settings, parts), limits)
    yield access.blueprint(_access(settings, parts), limits)
    yield admin.blueprint(_admin(parts), limits)
    yield docs.blueprint(limits)
    yield page.blueprint(limits)


def _access(settings: Settings, parts: Served) -> AccessApi:
    return AccessApi(
        parts.plans.of, parts.plans.used, parts.tickets.issue, settings.rate_limit_enabled, bool(settings.ways_in)
    )


def _admin(parts: Served) -> AdminApi:
    reader, blobs = parts.jobs.reader, parts.jobs.files.blobs
    return AdminApi(
        keys=parts.keys,
        plans=parts.plans,
        roster=parts.roster,
        secrets=parts.secrets,
        check_secret=webhook.secret,
        forget=parts.gate.recent.forget if parts.gate else None,
        failed=partial(failed.listed, parts.failures, reader),
        rerun=partial(failed.rerun, parts.failures, reader, blobs),
    )


def _native(settings: Settings, parts: Served, limits: RouteLimits) -> Iterator[APIBlueprint]:
    most, seconds = settings.max_batch_files, parts.estimate.seconds
    yield ocr.blueprint(JobsApi(parts.jobs, parts.rules, most, parts.artifacts, seconds, parts.fetched), limits)
    read = partial(parts.jobs.wait, seconds=0)
    yield events.blueprint(StreamsApi(parts.jobs, parts.events, settings.cors_origins, read), limits)


def _predict(settings: Settings, parts: Served, limits: RouteLimits) -> Iterator[APIBlueprint]:
    api = PredictApi(parts.jobs, parts.rules, parts.artifacts, settings.request_timeout)
    yield from predict.blueprints(api, PredictOperations(parts.health, partial(posted, parts.counted, "/")), limits)


def _analyses(settings: Settings, parts: Served) -> AnalysesApi:
    return AnalysesApi(parts.jobs, parts.rules, parts.artifacts, settings.max_content_length, parts.fetched)


def _pos(settings: Settings, parts: Served, limits: RouteLimits) -> Iterator[APIBlueprint]:
    api = PosApi(parts.jobs, parts.rules, parts.estimate.seconds, settings.request_timeout)
    streams = StreamsApi(parts.jobs, parts.events, settings.cors_origins, api.read, api.event)
    yield events.pos_blueprint(streams, limits, pos.PREFIX)
    models = parts.health.engine.models((settings.ocr_lang,), settings.ocr_tier)
    operations = PosOperations(parts.health, models, parts.queue_status, partial(posted, parts.counted, pos.PREFIX))
    yield from pos.blueprints(api, operations, limits)


def _install_middleware(app: APIFlask, settings: Settings, parts: Served) -> None:
    if parts.gate:
        guarded = Doorstep(app, app.wsgi_app, parts.gate, settings.cors_origins, parts.counted.request)
        app.wsgi_app = guarded  # type: ignore[assignment,method-assign]
    app.wsgi_app = prefix.below(app.wsgi_app, settings.application_root, is_prefix)  # type: ignore[assignment,method-assign]
    if hops := settings.trusted_proxies:
        proxied = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops)
        app.wsgi_app = proxied  # type: ignore[method-assign]
    request_id.install(app)
    metrics.install(app, parts.counted.request)
    security_headers.install(app, settings.cors_origins)
    callers.install(app, parts.gate, parts.plans.of)
    audit.install(app, parts.audit.write if parts.audit else None)
    revoked.install(app, parts.gate)
    uploads.install(app, settings.incoming, settings.max_content_length, settings.max_batch_files)
    large_answers.install(app)
    errors.install(app)
    problems.install(app, _families())


def _families() -> dict[str, Family]:
    azure = Family(document_intelligence_error, document_intelligence_statuses)
    zones = dict.fromkeys(mrz.PATHS, Family(mrz_error))
    return {pos.PREFIX: Family(envelope), AZURE: azure, **zones}


def _limits(app: APIFlask, settings: Settings, url: str) -> RouteLimits:
    limiter = rate_limits.install(app, url, callers.counted_by, enabled=settings.rate_limit_enabled)
    shared = partial(rate_limits.shared, limiter, processes=settings.web_workers)
    usual = partial(_usual, settings.rate_limit_period)
    reads = shared(usual(settings.read_limit_requests), "reads")
    slots = OpenStreams(settings.max_streams, settings.max_streams_per_client).limited(callers.counted_by)
    by_plan = _by_plan(shared)
    return RouteLimits(
        uploads=by_plan if settings.ways_in else shared(usual(settings.rate_limit_requests), "uploads"),
        scans=by_plan if settings.ways_in else shared(usual(settings.scan_limit_requests), "scans"),
        reads=reads,
        streams=lambda view: reads(slots(view)),
        none=rate_limits.exempt(limiter),
    )


def _usual(period: int, requests: int) -> Callable[[], Rate]:
    return lambda: Rate(requests, period)


def _by_plan(shared: Callable[..., Decorator]) -> Decorator:
    """What a user may send, and what its tenant may, both at once."""
    user = shared(lambda: Rate(callers.plan().user_requests, USER_PERIOD), "user")
    tenant = shared(
        lambda: Rate(callers.plan().tenant_requests, TENANT_PERIOD), "tenant", client=callers.tenant_or_address
    )
    return lambda view: user(tenant(view))
