"""The web's side of a job: accept it, look at it, wait for it, hand out its result."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from functools import partial
from hashlib import sha256
from io import SEEK_END
from typing import BinaryIO

import services.extractors
from services.access import audit
from services.blobs import BlobMissing, digest_of
from services.document.values import FormatError
from services.errors import (
    BrokerUnavailable,
    IdempotencyInProgress,
    JobCancelled,
    JobExpired,
    QueueFull,
    QuotaExceeded,
    UnknownJob,
    from_code,
)
from services.extractors import kind_of
from services.jobs import results
from services.jobs.caller import Caller
from services.jobs.files import Files
from services.jobs.hub import Hub
from services.jobs.model import (
    Delivery,
    Handling,
    Job,
    Options,
    Outcome,
    Sender,
    Status,
    Times,
    Upload,
    new_id,
)
from services.jobs.owned import Cursor, JobPage, OwnedJobs
from services.jobs.ports import Count, Publish
from services.jobs.results import Result
from services.jobs.settlement import Settlement
from services.jobs.store.intake import Intake
from services.jobs.store.reader import JobReader
from services.ocr.source import HEAD_BYTES, check_mode, check_single, is_document, sniff, sniff_picture

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Jobs:
    """All of it is safe to share between threads.

    `environment` gives what beside upload and options decides a result: version, engine, models, limits. `keep` is a
    job's time to live in seconds. `room` says in how many seconds a full queue may have room again.
    """

    intake: Intake
    reader: JobReader
    owned: OwnedJobs
    settlement: Settlement
    files: Files
    publish: Publish
    environment: Callable[[Options], tuple[str, ...]]
    count: Count
    keep: int
    room: Callable[[], int]
    hub: Hub

    def submit(self, stream: BinaryIO, filename: str, options: Options, caller: Caller, *, single: bool = False) -> Job:
        """Accept an upload. When this returns, the job is stored and will end; when it raises, nothing was accepted.

        With `single` it has to be one picture. Raises EmptyUpload, UnsupportedType, SeveralPages, BadInput,
        IdempotencyMismatch, IdempotencyInProgress, QueueFull, QuotaExceeded, StorageFull, BrokerUnavailable.
        """
        media_type = (sniff_picture if single else sniff)(stream.read(HEAD_BYTES))
        check_mode(options.mode, media_type)
        if single:
            check_single(media_type, stream)
        digest = digest_of(stream)
        job = self._job(Upload(filename, digest.size, digest.sha256, media_type), options, caller)
        handling = replace(job.handling, document=is_document(media_type, stream))
        job = replace(job, handling=handling, claim=caller.claim(job.upload, options))
        if earlier := self._earlier(job):
            audit.note(earlier.id)
            return earlier
        audit.note(job.id)
        with self._unreserved(job), self._told_when():
            with self._or_nothing(job.id):
                if cached := self._from_cache(job):
                    return cached
                self.intake.check_room(job.handling.cache_key)
                stream.seek(0)
                self.files.blobs.put(job.upload_key, stream)
            return self._accept(job)

    def _earlier(self, job: Job) -> Job | None:
        """The job that an earlier request made with the same claim; if there is none, the claim is reserved now."""
        while earlier := self.intake.reserve(job):
            with suppress(UnknownJob):  # it was deleted at this moment
                return replace(self.reader.read(earlier, job.sender.owner), replayed=True)
        return None

    @contextmanager
    def _unreserved(self, job: Job) -> Iterator[None]:
        """Frees the claim if nothing is accepted; where the broker is away, it ends by itself."""
        try:
            yield
        except BaseException:
            with suppress(BrokerUnavailable):
                self.intake.unreserve(job)
            raise

    def submit_in_memory(self, stream: BinaryIO, media_types: Collection[str], options: Options, caller: Caller) -> Job:
        """Accept an upload of one of these types, of which nothing is to be kept: neither name nor hash, no cache.

        Its result can be had once. Raises EmptyUpload, UnsupportedType, SpoolUnavailable, BrokerUnavailable.
        """
        media_type = sniff(stream.read(HEAD_BYTES), media_types)
        size = stream.seek(0, SEEK_END)
        stream.seek(0)
        job = self._job(Upload("", size, "", media_type), options, caller)
        job = replace(job, handling=Handling(in_memory=True))
        audit.note(job.id)
        self.files.of(job).put(job.upload_key, stream)
        try:
            self.intake.accept(job)
        except QuotaExceeded:
            self.files.remove(job)
            raise
        self._call(job)
        return job

    def give_up(self, job: Job) -> None:
        """Cancel an in-memory job that nobody waits for any more, and forget what there is of it."""
        self.files.remove(job)
        with suppress(BrokerUnavailable):
            self.settlement.cancel(job.id)

    def page(self, owner: str, status: Status | None, after: Cursor | None, limit: int) -> JobPage:
        """See `OwnedJobs.page`."""
        return self.owned.page(owner, status, after, limit)

    def cancel(self, job_id: str, owner: str) -> Job:
        """The job, ended: cancelled, unless it had ended before.

        The upload goes, and who reads it is free within a second.
        Raises UnknownJob, JobExpired, BrokerUnavailable.
        """
        job = self.reader.read(job_id, owner)
        if not job.ended:
            self.settlement.cancel(job_id)
            if self.intake.in_flight(job.handling.cache_key):
                self._call(job)
            job = self.reader.read(job_id, owner)
        if job.status is Status.CANCELLED:
            self.files.remove(job)
        return job

    def delete(self, job_id: str, owner: str) -> None:
        """Cancel the job if it runs, then leave nothing of it; those who wait for its result have their own by then.

        Raises UnknownJob, JobExpired, StorageFull, BrokerUnavailable.
        """
        erased = False
        while not erased:  # an operator may put a failed job back at any moment
            job = self.cancel(job_id, owner)
            erased = self.settlement.erase(job_id)
        self.files.remove(job)

    @contextmanager
    def _or_nothing(self, job_id: str) -> Iterator[None]:
        """Removes the files if what follows fails.

        Where the broker dies over this, nobody knows whether the record was written, so they stay. They are then read
        for nobody, or removed by housekeeping as leftovers.
        """
        try:
            yield
        except BrokerUnavailable:
            raise
        except BaseException:
            self.files.blobs.delete(job_id)
            raise

    @contextmanager
    def _told_when(self) -> Iterator[None]:
        """Tells those for whom there is no room when to come again."""
        try:
            yield
        except QueueFull as error:
            error.retry_after = self.room()
            raise

    def _job(self, upload: Upload, options: Options, caller: Caller) -> Job:
        now = time.time()
        return Job(
            id=new_id(),
            sender=Sender(
                caller.owner, caller.request_id, sha256(caller.client.encode()).hexdigest()[:16], caller.user
            ),
            upload=upload,
            options=options,
            times=Times(now, now + self.keep),
            handling=Handling(options.fingerprint(upload.sha256, caller.owner, self.environment(options))),
            delivery=Delivery(caller.family, caller.root, caller.callback_url),
            allowance=caller.allowance,
        )

    def _accept(self, job: Job) -> Job:
        """Where the broker dies over this, the upload stays: see `_or_nothing`."""
        try:
            while (outcome := self.intake.accept(job)) == "hit":
                if cached := self._from_cache(job):
                    return cached
        except (QueueFull, IdempotencyInProgress, QuotaExceeded):
            self.files.blobs.delete(job.id)
            raise
        if outcome == "lead":
            self._call(job)
        self.count("ocr_cache", "miss" if outcome == "lead" else "joined")
        return job

    def _from_cache(self, job: Job) -> Job | None:
        source = self.intake.cached(job.handling.cache_key)
        if source is None:
            return None
        try:
            self.files.blobs.copy(f"{source}/result", job.result_key)
            self.files.blobs.copy(f"{source}/upload", job.upload_key)
        except BlobMissing:
            self.intake.forget_cached(job.handling.cache_key)
            return None
        self.intake.add_completed(job, source)
        ended = replace(job.times, ended_at=job.times.created_at)
        return replace(job, status=Status.COMPLETED, times=ended, outcome=Outcome(cached=True))

    def _call(self, job: Job) -> None:
        """The record counts: housekeeping sends the message where this cannot."""
        try:
            self.publish()
        except BrokerUnavailable:
            log.warning("the message of a job was not sent", extra={"job_id": job.id})

    def wait(self, job_id: str, owner: str, seconds: float) -> Job:
        """The job when it has ended, or as it is after `seconds`; 0 asks once.

        Raises UnknownJob, JobExpired, BrokerUnavailable.
        """
        job = self.reader.read(job_id, owner)
        if job.ended or seconds <= 0:
            return job
        deadline = time.monotonic() + seconds
        with self.hub.listen(job_id) as bell:
            job = self.reader.read(job_id, owner)
            while not job.ended and bell.wait(max(0.0, deadline - time.monotonic())):
                bell.clear()
                job = self.reader.read(job_id, owner)
        return job

    def is_resting(self, job: Job) -> bool:
        """Whether a try has failed and the next has not begun. False while the broker is away."""
        with suppress(BrokerUnavailable):
            return not job.ended and self.reader.is_resting(job.id)
        return False

    def queue_position(self, job: Job) -> int | None:
        """See `JobReader.queue_position`. Not known while the broker is away: an accepted job stays accepted."""
        with suppress(BrokerUnavailable):
            return self.reader.queue_position(job.id)
        return None

    def result(self, job: Job) -> Result:
        """The result of an ended job. Raises the error that it ended with, and JobExpired when its files are gone,
        or of a version that wrote them otherwise."""
        if job.status is Status.CANCELLED:
            raise JobCancelled()
        if error := job.outcome.error:
            raise from_code(error.code, error.message, errors=tuple(map(asdict, error.pages)))
        try:
            return results.load(self.files.of(job).read(job.result_key), partial(kind_of, services.extractors))
        except BlobMissing:
            raise JobExpired() from None
        except FormatError as unknown:
            log.warning("a result of another version cannot be read: %s", unknown, extra={"job_id": job.id})
            raise JobExpired() from None
