"""The composition root of the web process: settings in, wired application out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from apiflask import APIBlueprint, APIFlask
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Settings, is_prefix
from controllers.health import HealthApi
from controllers.jobs import JobsApi
from controllers.mrz import MrzApi, mrz_error
from controllers.pos import PosApi
from controllers.pos_errors import envelope
from controllers.pos_operations import PosOperations
from controllers.pos_views import event_view
from controllers.predict import PredictApi, PredictOperations
from controllers.streams import StreamsApi
from middleware import callers, errors, metrics, prefix, problems, rate_limits, request_id, security_headers, uploads
from middleware.open_streams import OpenStreams
from middleware.rate_limits import Rate
from routes import RouteLimits, docs, events, health, mrz, ocr, openapi, page, pos, predict
from services.access.gate import Gate
from services.embedded import redis_url
from services.operations.metrics import Metrics, posted
from services.redis.connection import connect
from utils.logs import setup
from wiring.parts import VERSION
from wiring.served import PATIENCE, Served, served


def create_app(settings: Settings | None = None) -> APIFlask:
    """The web application. Raises BadSetting."""
    settings = settings or Settings.from_env()
    setup(settings.log_level)
    url = redis_url(settings)
    parts = served(settings, url, connect(url, patience=PATIENCE))
    app = _bare(settings)
    app.extensions["hub"] = parts.jobs.hub  # gunicorn.conf.py closes it
    _install_middleware(app, settings, parts.counted, parts.gate)
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
    yield health.blueprint(probes, limits)
    yield from _native(settings, parts, limits)
    yield mrz.blueprint(MrzApi(parts.jobs, parts.rules, parts.workers.any_ready), limits)
    yield from _predict(settings, parts, limits)
    yield from _pos(settings, parts, limits)
    yield docs.blueprint(limits)
    yield page.blueprint(limits)


def _native(settings: Settings, parts: Served, limits: RouteLimits) -> Iterator[APIBlueprint]:
    most, seconds = settings.max_batch_files, parts.estimate.seconds
    yield ocr.blueprint(JobsApi(parts.jobs, parts.rules, most, parts.artifacts, seconds, parts.fetched), limits)
    read = partial(parts.jobs.wait, seconds=0)
    yield events.blueprint(StreamsApi(parts.jobs, parts.events, settings.cors_origins, read), limits)


def _predict(settings: Settings, parts: Served, limits: RouteLimits) -> Iterator[APIBlueprint]:
    api = PredictApi(parts.jobs, parts.rules, parts.artifacts, settings.request_timeout)
    yield from predict.blueprints(api, PredictOperations(parts.health, partial(posted, parts.counted, "/")), limits)


def _pos(settings: Settings, parts: Served, limits: RouteLimits) -> Iterator[APIBlueprint]:
    api = PosApi(parts.jobs, parts.rules, parts.estimate.seconds, settings.request_timeout)
    streams = StreamsApi(parts.jobs, parts.events, settings.cors_origins, api.read, event_view)
    yield events.pos_blueprint(streams, limits, pos.PREFIX)
    operations = PosOperations(parts.health, parts.queue_status, partial(posted, parts.counted, pos.PREFIX))
    yield from pos.blueprints(api, operations, limits)


def _install_middleware(app: APIFlask, settings: Settings, counted: Metrics, gate: Gate | None) -> None:
    app.wsgi_app = prefix.below(app.wsgi_app, settings.application_root, is_prefix)  # type: ignore[assignment,method-assign]
    if hops := settings.trusted_proxies:
        proxied = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=hops)
        app.wsgi_app = proxied  # type: ignore[method-assign]
    request_id.install(app)
    metrics.install(app, counted.request)
    security_headers.install(app, settings.cors_origins)
    callers.install(app, gate.identify if gate else None)
    uploads.install(app, settings.incoming, settings.max_content_length, settings.max_batch_files)
    errors.install(app)
    problems.install(app, {pos.PREFIX: envelope, **dict.fromkeys(mrz.PATHS, mrz_error)})


def _limits(app: APIFlask, settings: Settings, url: str) -> RouteLimits:
    limiter = rate_limits.install(app, url, callers.counted_by, enabled=settings.rate_limit_enabled)
    period = settings.rate_limit_period
    reads = rate_limits.shared(limiter, Rate(settings.read_limit_requests, period), "reads")
    slots = OpenStreams(settings.max_streams, settings.max_streams_per_client).limited(callers.counted_by)
    return RouteLimits(
        uploads=rate_limits.shared(limiter, Rate(settings.rate_limit_requests, period), "uploads"),
        scans=rate_limits.shared(limiter, Rate(settings.scan_limit_requests, period), "scans"),
        reads=reads,
        streams=lambda view: reads(slots(view)),
        none=rate_limits.exempt(limiter),
    )
