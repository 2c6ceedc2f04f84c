"""How jobs end: with their own error, or with the result of another job that computed the same upload."""

from __future__ import annotations

import logging
from contextlib import suppress

from services.blobs import BlobMissing, BlobStore
from services.errors import Failure, JobExpired, ServiceError, UnknownJob
from services.jobs.model import Job, JobError
from services.jobs.ports import Count
from services.jobs.store import JobStore

log = logging.getLogger(__name__)


def fail(store: JobStore, blobs: BlobStore, count: Count, job_id: str, error: ServiceError) -> None:
    """End a job that cannot be done, and those that wait for its result."""
    if store.finish(job_id, JobError(error.code, str(error), error.retryable)):
        log.warning("job failed", extra={"job_id": job_id, "code": error.code})
        count("ocr_jobs", "failed")
        settle(store, blobs, job_id)


def settle(store: JobStore, blobs: BlobStore, leader_id: str) -> None:
    """Give every follower of an ended job its own copy of the result, or the same error. Safe to repeat."""
    followers = store.followers(leader_id)
    if followers:
        with suppress(UnknownJob, JobExpired):
            leader = store.read(leader_id)
            for follower_id in followers:
                _end(store, blobs, leader, follower_id)
    store.settled(leader_id)


def _end(store: JobStore, blobs: BlobStore, leader: Job, follower_id: str) -> None:
    error = leader.error
    if error is None:
        try:
            blobs.copy(leader.result_key, f"{follower_id}/result")
        except BlobMissing:
            error = JobError(Failure.code, Failure.advice, retryable=True)
    store.finish(follower_id, error, cached=True)
