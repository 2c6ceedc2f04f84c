"""What web and worker are both put together from."""

from __future__ import annotations

import redis

import services.blobs
import services.ocr.engines
from config import ROOT, Settings
from services import plugins
from services.blobs import BlobStore
from services.jobs.settlement import Settlement
from services.jobs.store.endings import Endings
from services.jobs.store.reader import JobReader
from services.ocr.engine import EngineInfo

VERSION = (ROOT / "VERSION").read_text().strip()


def engine_info(settings: Settings) -> EngineInfo:
    info: EngineInfo = plugins.load(services.ocr.engines, settings.ocr_engine).describe(settings)
    return info


def blob_store(settings: Settings) -> BlobStore:
    blobs: BlobStore = plugins.load(services.blobs, settings.blob_store).build(settings)
    return blobs


def settlement(settings: Settings, client: redis.Redis) -> Settlement:
    endings = Endings(client, keep=settings.job_ttl, cache_ttl=settings.redis_cache_ttl)
    return Settlement(endings, JobReader(client), blob_store(settings))
