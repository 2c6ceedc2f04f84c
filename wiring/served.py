"""What the web process serves, without HTTP: the services that its routes are put on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple, dataclass, replace
from functools import partial

import redis

import services.exporters
import services.extractors
from config import BadSetting, Settings
from controllers.options import OptionRules
from services import outbound, plugins
from services.access import tokens
from services.access.audit import Audit
from services.access.gate import Gate
from services.access.kept import KeptKeys
from services.access.keys import ApiKeys
from services.access.model import Plan
from services.access.plans import Plans
from services.access.roster import Roster
from services.access.secrets import WebhookSecrets
from services.access.tickets import Tickets
from services.embedded import spool_url
from services.errors import ServiceError
from services.jobs.artifacts import Artifacts
from services.jobs.estimate import Estimate
from services.jobs.events import EventLog
from services.jobs.files import Files
from services.jobs.hub import Hub
from services.jobs.jobs import Jobs
from services.jobs.model import Options
from services.jobs.owned import OwnedJobs
from services.jobs.pace import Pace
from services.jobs.store.failures import Failures
from services.jobs.store.figures import Figures
from services.jobs.store.intake import Intake
from services.jobs.store.reader import JobReader
from services.jobs.workers import WorkerRegistry
from services.ocr.engine import EngineInfo
from services.ocr.raster import Limits
from services.operations.health import Health
from services.operations.metrics import Metrics, QueueStatus, ServiceCollector, queue_status, render
from services.outbound import remote
from services.outbound.remote import Fetched
from services.publishers import webhook
from services.redis.connection import memory, ping
from services.redis.counters import Counters
from services.spool import Spool
from tasks.queue import make_celery, publisher
from wiring.parts import VERSION, blob_store, engine_info, settlement

PATIENCE = 0
"""Seconds for which an outage of the broker is borne: a client is told at once."""


@dataclass(frozen=True, slots=True)
class Served:
    """What controllers are made of. `scrape` gives the text exposition format of Prometheus.

    `fetched` is None where no files are fetched from elsewhere, `gate` and `audit`
    where everybody is let in.
    """

    jobs: Jobs
    rules: OptionRules
    estimate: Estimate
    artifacts: Artifacts
    events: EventLog
    fetched: Fetched | None
    workers: WorkerRegistry
    health: Health
    counted: Metrics
    scrape: Callable[[], bytes]
    queue_status: Callable[[], QueueStatus]
    gate: Gate | None
    plans: Plans
    roster: Roster
    tickets: Tickets
    keys: ApiKeys
    secrets: WebhookSecrets
    failures: Failures
    audit: Audit | None


def served(settings: Settings, url: str, client: redis.Redis) -> Served:
    """`client` is of the Redis or Valkey at `url`, where messages go too. Raises BadSetting."""
    engine, workers, figures = engine_info(settings), WorkerRegistry(client), Figures(client)
    extractors = plugins.chosen(services.extractors, settings.ocr_extractors)
    counted, calls = Metrics(Counters(client)), outbound.build(settings, VERSION)
    estimate = Estimate(figures, Pace(client), workers, settings.pages_per_task)
    publish = publisher(make_celery(settings, url, socket_timeout=3), patience=PATIENCE)
    tickets = Tickets(client, ApiKeys(client))
    environment = partial(_environment, settings, engine, extractors)
    jobs = Jobs(
        intake=Intake(client, most=settings.max_queued_jobs),
        reader=JobReader(client),
        owned=OwnedJobs(client),
        settlement=settlement(settings, client),
        files=Files(blob_store(settings), Spool(spool_url(settings))),
        publish=publish,
        environment=environment,
        count=counted.count,
        keep=settings.job_ttl,
        room=estimate.room,
        hub=Hub(client),
    )
    rules = _rules(settings, engine, extractors, webhook.checker(settings, calls))
    return Served(
        jobs=jobs,
        rules=replace(rules, signs=_signs(settings, client)),
        estimate=estimate,
        artifacts=Artifacts(settings, jobs.files.blobs, services.exporters.build(services.exporters, settings)),
        events=EventLog(client, jobs.reader.read, jobs.hub),
        fetched=remote.build(settings, calls),
        workers=workers,
        health=Health(partial(ping, client), workers, engine, VERSION, settings.is_open),
        counted=counted,
        scrape=partial(render, ServiceCollector(counted, figures, workers, partial(memory, client))),
        queue_status=partial(queue_status, counted, figures),
        gate=_gate(settings, client, tickets),
        tickets=tickets,
        keys=ApiKeys(client),
        secrets=WebhookSecrets(client),
        failures=Failures(client, keep=settings.job_ttl),
        audit=Audit(settings.audits, settings.audit_retention) if settings.ways_in else None,
        plans=Plans(client, _usual_plan(settings)),
        roster=Roster(client, _usual_plan(settings)),
    )


def _signs(settings: Settings, client: redis.Redis) -> Callable[[str], bool]:
    """Raises BadSetting."""
    signers = webhook.signers(webhook.secrets_of(settings), WebhookSecrets(client))
    return (lambda tenant: bool(signers(tenant))) if settings.ways_in else (lambda tenant: True)


def _usual_plan(settings: Settings) -> Plan:
    return Plan(settings.user_limit_requests, settings.tenant_limit_requests, settings.daily_quota_pages)


def _gate(settings: Settings, client: redis.Redis, tickets: Tickets) -> Gate | None:
    ways = settings.ways_in
    keys = ApiKeys(client) if "keys" in ways else None
    token = tokens.build(settings, KeptKeys(client, settings.jwt_jwks_url)).identify if "jwt" in ways else None
    return Gate(keys, token, tickets.redeem) if ways else None


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
