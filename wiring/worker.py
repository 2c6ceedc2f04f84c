"""The composition root of a worker. It loads no web framework, and models only in its children."""

from __future__ import annotations

import os
from functools import partial

import services.extractors
import services.ocr.engines
from config import Settings
from controllers.views import job_view
from services import outbound, plugins
from services.embedded import redis_url, spool_url
from services.jobs.files import Files
from services.jobs.housekeeping import Housekeeping
from services.jobs.interruption import Interruption
from services.jobs.pace import Pace
from services.jobs.ports import Publish
from services.jobs.reading import DocumentReader
from services.jobs.runner import Dispatch, Runner
from services.jobs.stops import Stops
from services.jobs.store.queue import UnitQueue
from services.jobs.store.reader import JobReader
from services.jobs.store.upkeep import Upkeep
from services.jobs.workers import WorkerRegistry
from services.ocr.hyphens import Hyphens
from services.ocr.pipeline import Pipeline
from services.ocr.raster import Limits
from services.operations.metrics import Metrics
from services.publishers import webhook
from services.redis.connection import connect
from services.redis.counters import Counters
from services.spool import Spool
from tasks.queue import QUEUE, hard_limit, make_celery, publisher
from tasks.worker import WorkerParts
from utils.cpus import processes
from wiring.parts import VERSION, blob_store, engine_info, settlement

PARENT_PATIENCE, CHILD_PATIENCE = 0, 60
"""Seconds for which an outage of the broker is borne: the parent looks again in a moment, who reads a page waits."""


def build_worker(settings: Settings, worker: str) -> WorkerParts:
    """What the parent process needs; `worker` names this worker among all others. Raises BadSetting."""
    url = redis_url(settings)
    client = connect(url, patience=PARENT_PATIENCE)
    celery = make_celery(
        settings, url, socket_timeout=120, processes=processes(settings.ocr_workers, settings.worker_max_memory_mb)
    )
    publish = publisher(celery, patience=PARENT_PATIENCE)
    reader, count = JobReader(client), Metrics(Counters(client)).count
    ends, blobs, upkeep = settlement(settings, client), blob_store(settings), Upkeep(client)
    return WorkerParts(
        celery=celery,
        workers=WorkerRegistry(client),
        housekeeping=Housekeeping(upkeep, reader, ends, blobs, publish, count, QUEUE, hard_limit(settings)),
        stops=Stops(client),
        webhooks=webhook.build(settings, client, outbound.build(settings, VERSION), reader.read, job_view, count),
        start_process=partial(_start_process, settings, worker, publisher(celery, patience=CHILD_PATIENCE)),
    )


def _start_process(settings: Settings, worker: str, publish: Publish) -> Runner:
    """Load the models and tell that they are there. Called in a child, whose connections are its own."""
    client = connect(redis_url(settings), patience=CHILD_PATIENCE)
    counted = Metrics(Counters(client))
    engine = plugins.load(services.ocr.engines, settings.ocr_engine)
    hyphens = Hyphens(settings.model_dir)
    pipeline = Pipeline(engine.build(settings), Limits.of(settings), counted.stage, hyphens.marked)
    extractors = services.extractors.build(services.extractors, settings)
    runner = Runner(
        Dispatch(UnitQueue(client), JobReader(client), publish, Pace(client), settings.pages_per_task),
        Files(blob_store(settings), Spool(spool_url(settings))),
        settlement(settings, client),
        DocumentReader(pipeline, engine_info(settings), extractors, counted.count),
        Interruption(f"{worker}/{os.getpid()}", Stops(client).stopping),
    )
    WorkerRegistry(client).process_loaded(worker, os.getpid())
    return runner
