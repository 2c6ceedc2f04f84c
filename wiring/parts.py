"""What web and worker are both put together from."""

from __future__ import annotations

import redis

import services.blobs
import services.ocr.engines
from config import ROOT, Settings
from services import plugins
from services.blobs import BlobStore
from services.jobs.store import JobStore
from services.ocr.engine import EngineInfo

VERSION = (ROOT / "VERSION").read_text().strip()


def engine_info(settings: Settings) -> EngineInfo:
    info: EngineInfo = plugins.load(services.ocr.engines, settings.ocr_engine).describe(settings)
    return info


def blob_store(settings: Settings) -> BlobStore:
    blobs: BlobStore = plugins.load(services.blobs, settings.blob_store).build(settings)
    return blobs


def job_store(settings: Settings, client: redis.Redis) -> JobStore:
    return JobStore(client, keep=settings.job_ttl, cache_ttl=settings.redis_cache_ttl, most=settings.max_queued_jobs)
