"""`python -m services.operations.failed`: jobs that failed by the service's fault, to be seen and run again."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

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

QUEUED = "waits for a worker again"
GONE = "has no upload any more: it has to be sent again"
OUTCOMES = {
    "queued": QUEUED,
    "unknown": "is not among the failed jobs: `make jobs-failed` lists them",
    "settling": "is still being told to others who wait for its result: try again in a few seconds",
}


def table(failures: Failures, reader: JobReader) -> Iterator[tuple[str, ...]]:
    """A row per failed job, oldest first. Nothing in it tells of a document's content, nor its name."""
    for job_id, when in failures.all():
        if job := _read(reader, job_id):
            code = job.outcome.error.code if job.outcome.error else ""
            at = datetime.fromtimestamp(when, UTC).isoformat(timespec="seconds")
            upload = job.upload
            yield (job.id, at, code, str(job.progress.attempts), upload.media_type, str(upload.size), job.sender.owner)


def rerun(failures: Failures, reader: JobReader, blobs: BlobStore, job_id: str) -> str:
    """Have a failed job done again; what became of that, as the rest of a sentence that begins with its id.

    A worker hears of it from housekeeping, within seconds.
    """
    job = _read(reader, job_id)
    if job is None:
        return OUTCOMES["unknown"]
    try:
        with blobs.local(job.upload_key):
            return OUTCOMES[failures.rerun(job_id)]
    except BlobMissing:
        return GONE


def _read(reader: JobReader, job_id: str) -> Job | None:
    try:
        return reader.read(job_id)
    except (UnknownJob, JobExpired):
        return None


def _list(failures: Failures, reader: JobReader) -> int:
    rows = list(table(failures, reader))
    if rows:
        show([HEAD, *rows])
    else:
        print(NONE)
    return 0


def _rerun(failures: Failures, reader: JobReader, blobs: BlobStore, wanted: str) -> int:
    ids = [job_id for job_id, _ in failures.all()] if wanted == ALL else [wanted]
    said = [(job_id, rerun(failures, reader, blobs, job_id)) for job_id in ids]
    for job_id, outcome in said:
        print(f"{job_id} {outcome}.")
    if not said:
        print(NONE)
    return 0 if all(outcome == QUEUED for _, outcome in said) else 1


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
