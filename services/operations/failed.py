"""`python -m services.operations.failed`: jobs that failed by the service's fault, to be seen and run again."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Literal

import redis

import services.blobs
from config import Settings
from services import plugins
from services.blobs import BlobMissing, BlobStore
from services.errors import JobExpired, UnknownJob
from services.jobs.model import Job
from services.jobs.store.failures import Failures
from services.jobs.store.reader import JobReader
from services.operations.operator import ALL, on_server, show

HEAD = ("JOB", "FAILED AT", "CODE", "TRIES", "TYPE", "BYTES", "OWNER")
NONE = "No job has failed by the service's fault."

Outcome = Literal["queued", "unknown", "settling", "gone"]
OUTCOMES: dict[Outcome, str] = {
    "queued": "waits for a worker again",
    "unknown": "is not among the failed jobs: `make jobs-failed` lists them",
    "settling": "is still being told to others who wait for its result: try again in a few seconds",
    "gone": "has no upload any more: it has to be sent again",
}


@dataclass(frozen=True, slots=True)
class FailedJob:
    """Nothing in it tells of a document's content, nor its name. `failed_at` is in seconds since the epoch."""

    id: str
    failed_at: float
    code: str
    attempts: int
    media_type: str
    size: int
    tenant: str


def listed(failures: Failures, reader: JobReader, after: str = "") -> Iterator[FailedJob]:
    """Oldest first, those behind the job `after`; all, where that is none of them."""
    found = failures.all()
    place = next((place for place, (job_id, _) in enumerate(found, 1) if job_id == after), 0)
    for job_id, when in found[place:]:
        if job := _read(reader, job_id):
            code = job.outcome.error.code if job.outcome.error else ""
            upload, attempts = job.upload, job.progress.attempts
            yield FailedJob(job.id, when, code, attempts, upload.media_type, upload.size, job.sender.owner)


def rerun(failures: Failures, reader: JobReader, blobs: BlobStore, job_id: str) -> Outcome:
    """Have a failed job done again. A worker hears of it from housekeeping, within seconds."""
    job = _read(reader, job_id)
    if job is None or not failures.has(job_id):
        return "unknown"
    try:
        with blobs.local(job.upload_key):
            return failures.rerun(job_id)
    except BlobMissing:
        return "gone"


def _read(reader: JobReader, job_id: str) -> Job | None:
    try:
        return reader.read(job_id)
    except (UnknownJob, JobExpired):
        return None


def row(job: FailedJob) -> tuple[str, ...]:
    """As the table shows it."""
    at = datetime.fromtimestamp(job.failed_at, UTC).isoformat(timespec="seconds")
    return (job.id, at, job.code, str(job.attempts), job.media_type, str(job.size), job.tenant)


def _list(failures: Failures, reader: JobReader) -> int:
    rows = list(map(row, listed(failures, reader)))
    if rows:
        show([HEAD, *rows])
    else:
        print(NONE)
    return 0


def _rerun(failures: Failures, reader: JobReader, blobs: BlobStore, wanted: str) -> int:
    ids = [job_id for job_id, _ in failures.all()] if wanted == ALL else [wanted]
    said = [(job_id, rerun(failures, reader, blobs, job_id)) for job_id in ids]
    for job_id, outcome in said:
        print(f"{job_id} {OUTCOMES[outcome]}.")
    if not said:
        print(NONE)
    return 0 if all(outcome == "queued" for _, outcome in said) else 1


def main(arguments: list[str] | None = None) -> int:
    """1 where not all could be done, with a sentence that says why."""
    parser = ArgumentParser(
        prog="python -m services.operations.failed", description="List failed jobs, or run them again."
    )
    parser.add_argument("--rerun", metavar="JOB", help=f"the id of a failed job, or `{ALL}`")
    return on_server(partial(_operate, parser.parse_args(arguments).rerun))


def _operate(wanted: str | None, settings: Settings, client: redis.Redis) -> int:
    blobs: BlobStore = plugins.load(services.blobs, settings.blob_store).build(settings)
    failures, reader = Failures(client, keep=settings.job_ttl), JobReader(client)
    return _rerun(failures, reader, blobs, wanted) if wanted else _list(failures, reader)


if __name__ == "__main__":
    sys.exit(main())
