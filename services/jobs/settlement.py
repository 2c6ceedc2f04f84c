"""How jobs end: with their own result or error, or with that of another job that computed the same upload."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from services.blobs import BlobMissing, BlobStore
from services.errors import Failure, JobExpired, ServiceError, StorageFull, UnknownJob
from services.jobs.model import JobError
from services.jobs.store.endings import Endings
from services.jobs.store.reader import JobReader

log = logging.getLogger(__name__)

GONE = JobError(Failure.code, Failure.advice, retryable=True)
"""What those get who waited for a result that was removed before they could have it."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """Ends jobs, and then gives those that wait for one of them their own copy of its result, or its error."""

    endings: Endings
    reader: JobReader
    blobs: BlobStore

    def finish(self, job_id: str, error: JobError | None = None, *, lost: int = 0) -> bool:
        """End a job whose result is stored, or that has failed. False if it had ended before.

        `lost` are pages of a completed one that could not be read by the service's fault.
        """
        ended = self.endings.finish(job_id, error, lost=lost)
        if ended:
            log.info("job ended", extra={"code": error.code if error else "completed"})
            self.settle(job_id)
        return ended

    def fail(self, job_id: str, error: ServiceError) -> None:
        """End a job that cannot be done."""
        if self.endings.finish(job_id, JobError(error.code, str(error), error.retryable)):
            log.warning("job failed", extra={"job_id": job_id, "code": error.code})
            self.settle(job_id)

    def cancel(self, job_id: str) -> bool:
        """See `Endings.cancel`: nobody has to be told, as those who wait go on without it."""
        return self.endings.cancel(job_id)

    def erase(self, job_id: str) -> bool:
        """Leave nothing of an ended job but its files, once all that wait for it have their own. False if it runs."""
        self.settle(job_id)
        return self.endings.erase(job_id)

    def settle(self, leader_id: str) -> None:
        """Give every follower of an ended job its own copy of the result, or the same error. Safe to repeat."""
        if followers := self.endings.followers(leader_id):
            error, pages = self._outcome(leader_id)
            for follower_id in followers:
                self._end_follower(follower_id, leader_id, error, pages)
        self.endings.settled(leader_id)

    def settle_all(self) -> None:
        """Settle whatever was left unsettled by processes that died, or for want of room."""
        for job_id in self.endings.settling():
            try:
                self.settle(job_id)
            except (OSError, StorageFull):
                log.exception("followers cannot be given their result yet", extra={"job_id": job_id})

    def _outcome(self, leader_id: str) -> tuple[JobError | None, int | None]:
        """Its error, and how many pages it had."""
        try:
            leader = self.reader.read(leader_id)
        except (UnknownJob, JobExpired):
            return GONE, None
        return leader.outcome.error, leader.progress.total

    def _end_follower(self, follower_id: str, leader_id: str, error: JobError | None, pages: int | None) -> None:
        failed = error or self._copy(leader_id, follower_id)
        ended = self.endings.finish_follower(follower_id, leader_id, failed, pages)
        if not ended and not self.reader.has_files(follower_id):
            self.blobs.delete(follower_id)  # it was cancelled or deleted meanwhile

    def _copy(self, leader_id: str, follower_id: str) -> JobError | None:
        try:
            self.blobs.copy(f"{leader_id}/result", f"{follower_id}/result")
        except BlobMissing:
            return GONE
        return None
