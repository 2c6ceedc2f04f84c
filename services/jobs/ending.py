"""How jobs end: with their own error, or with the result of another job that computed the same upload."""

from __future__ import annotations

import logging

from services.blobs import BlobMissing, BlobStore
from services.errors import Failure, JobExpired, ServiceError, UnknownJob
from services.jobs.model import JobError
from services.jobs.store import JobStore

log = logging.getLogger(__name__)

GONE = JobError(Failure.code, Failure.advice, retryable=True)
"""What those get who waited for a result that was removed before they could have it."""


def fail(store: JobStore, blobs: BlobStore, job_id: str, error: ServiceError) -> None:
    """End a job that cannot be done, and those that wait for its result."""
    if store.finish(job_id, JobError(error.code, str(error), error.retryable)):
        log.warning("job failed", extra={"job_id": job_id, "code": error.code})
        settle(store, blobs, job_id)


def settle(store: JobStore, blobs: BlobStore, leader_id: str) -> None:
    """Give every follower of an ended job its own copy of the result, or the same error. Safe to repeat."""
    if followers := store.followers(leader_id):
        error, pages = _outcome(store, leader_id)
        for follower_id in followers:
            failed = error or _copy(blobs, leader_id, follower_id)
            ended = store.finish_follower(follower_id, leader_id, failed, pages)
            if not ended and not store.has_files(follower_id):
                blobs.delete(follower_id)  # it was cancelled or deleted meanwhile
    store.settled(leader_id)


def _outcome(store: JobStore, leader_id: str) -> tuple[JobError | None, int | None]:
    """Its error, and how many pages it had."""
    try:
        leader = store.read(leader_id)
    except (UnknownJob, JobExpired):
        return GONE, None
    return leader.error, leader.total


def _copy(blobs: BlobStore, leader_id: str, follower_id: str) -> JobError | None:
    try:
        blobs.copy(f"{leader_id}/result", f"{follower_id}/result")
    except BlobMissing:
        return GONE
    return None
