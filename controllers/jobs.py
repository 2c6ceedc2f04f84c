"""Submit documents, follow their jobs, fetch the results."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from controllers import Download, Reply
from controllers.options import OptionRules
from controllers.views import accepted, batch_view, job_links, job_view, kind, listed_view, result_view
from services.errors import (
    BadInput,
    BrokerUnavailable,
    CapabilityUnavailable,
    Failure,
    QuotaExceeded,
    ServiceError,
    StillRunning,
    from_code,
)
from services.jobs.artifacts import Artifacts, Wanted
from services.jobs.caller import Caller
from services.jobs.jobs import Jobs
from services.jobs.model import Job, Options
from services.outbound.remote import Fetched

__all__ = ["Caller", "JobsApi", "UploadedFile"]

POLL_AFTER = 1
"""Seconds after which a client is told to ask again."""


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file of a request. `name` is the client's, for display only."""

    stream: BinaryIO
    name: str


@dataclass(frozen=True, slots=True)
class JobsApi:
    """What the routes call. `most_files` is how many a batch may have, `estimate` says in how many seconds a job ends.

    See `services.jobs.estimate`. Without `fetched` it takes no URLs.
    """

    jobs: Jobs
    rules: OptionRules
    most_files: int
    artifacts: Artifacts
    estimate: Callable[[Job], int | None]
    fetched: Fetched | None = None

    def submit(self, file: UploadedFile, given: Mapping[str, Any], caller: Caller, wait: float) -> Reply:
        """202 with the job, or 200 with the result if it is there within `wait` seconds."""
        return self._submit(file, self.rules.options(given), self.rules.told(caller, given), wait)

    def submit_url(self, url: str, given: Mapping[str, Any], caller: Caller, wait: float) -> Reply:
        """`submit` with a file from elsewhere, which is fetched once all else is found to be right.

        Raises CapabilityUnavailable where that is off, UrlRefused, UrlUnreachable, UploadTooLarge.
        """
        if self.fetched is None:
            raise CapabilityUnavailable("url: this deployment fetches no files. Send the file as multipart/form-data.")
        options, caller = self.rules.options(given), self.rules.told(caller, given)
        with self.fetched(url) as (stream, name):
            return self._submit(UploadedFile(stream, name), options, caller, wait)

    def submit_batch(self, files: Sequence[UploadedFile], given: Mapping[str, Any], caller: Caller) -> Reply:
        """202 with one job or error per file, in the order of the files. Raises BadInput if none could be accepted.

        Each file has an idempotency key of its own, `<key>/<index>`.
        """
        if len(files) > self.most_files:
            raise BadInput(f"files[]: {len(files)} files; at most {self.most_files} are accepted in one batch.")
        options, caller = self.rules.options(given), self.rules.told(caller, given)
        items = [self._batch_item(index, file, options, caller) for index, file in enumerate(files)]
        errors = [{"index": item["index"], **item["error"]} for item in items if not item["success"]]
        if len(errors) == len(items):
            raise from_code(errors[0]["code"], errors[0]["message"], errors=tuple(errors))
        return Reply(batch_view(items, errors), 202)

    def read(self, job_id: str, owner: str, wait: float) -> Reply:
        """200 when the job has ended, else 202."""
        job = self.jobs.wait(job_id, owner, wait)
        return Reply(job_view(job)) if job.ended else self._running(job)

    def result(self, job_id: str, owner: str, wait: float) -> Reply:
        """200 with the result, 202 while it runs; raises the error that the job ended with."""
        job = self.jobs.wait(job_id, owner, wait)
        return _result(self.jobs, job) if job.ended else self._running(job)

    def page(self, owner: str, asked: Mapping[str, Any]) -> Reply:
        """Jobs of this owner, newest first, by `status`, `cursor` and `limit`; how long they take is not estimated."""
        page = self.jobs.page(owner, asked["status"], asked["cursor"], asked["limit"])
        cursor = str(page.next) if page.next else None
        return Reply({"jobs": [listed_view(job) for job in page.jobs], "next_cursor": cursor})

    def cancel(self, job_id: str, owner: str) -> Reply:
        """202 with the job as it is then: cancelled, unless it had ended before."""
        return Reply(job_view(self.jobs.cancel(job_id, owner)), 202)

    def delete(self, job_id: str, owner: str) -> Reply:
        """204 when nothing is left of it."""
        self.jobs.delete(job_id, owner)
        return Reply(None, 204)

    def artifact(self, job_id: str, kind: str, owner: str, given: Mapping[str, Any]) -> Reply | Download:
        """The file, or 202 while the job runs; raises the error that it ended with."""
        job = self.jobs.wait(job_id, owner, 0)
        if not job.ended:
            return self._running(job)
        about_tables = (given["format"], given["table"], given["join"])
        asked = Wanted(given["page"], given["layout"], given["signed"] == "refuse", *about_tables)
        made = self.artifacts.write(kind, job, self.jobs.result(job), asked)
        return Download(made.content, made.media_type, made.filename, made.saved)

    def options(self) -> Reply:
        """What this deployment can be asked for; beside the options the kinds of artifacts and the largest upload."""
        made = {
            "artifacts": list(self.artifacts.exporters),
            "max_upload_bytes": self.artifacts.settings.max_content_length,
        }
        return Reply(self.rules.json_schema() | made)

    def _submit(self, file: UploadedFile, options: Options, caller: Caller, wait: float) -> Reply:
        with naming(file.name):
            job = self.jobs.submit(file.stream, file.name, options, caller)
        if wait and (ended := waited(self.jobs, job, caller.owner, wait)).ended:
            reply = _result(self.jobs, ended)
            return Reply(reply.body, reply.status, {"Preference-Applied": f"wait={wait:g}", **replayed(job)})
        return Reply(self._accepted(job), 202, _where(job) | replayed(job))

    def _batch_item(self, index: int, file: UploadedFile, options: Options, caller: Caller) -> dict[str, Any]:
        head = {"index": index, "filename": file.name}
        try:
            job = self.jobs.submit(file.stream, file.name, options, indexed(caller, index))
        except (BadInput, Failure, QuotaExceeded) as error:
            return {**head, "success": False, "error": error_view(error)}
        return {**head, "success": True, "type": kind(job), "job": self._accepted(job)}

    def _accepted(self, job: Job) -> dict[str, Any]:
        return accepted(job, self.jobs.queue_position(job), self.estimate(job))

    def _running(self, job: Job) -> Reply:
        return Reply(job_view(job, self.estimate(job)), 202, {"Retry-After": str(POLL_AFTER)})


def replayed(job: Job) -> dict[str, str]:
    """Tells that an earlier request with the same Idempotency-Key made the job."""
    return {"Idempotency-Replayed": "true"} if job.replayed else {}


def indexed(caller: Caller, index: int) -> Caller:
    """For one file of several, each of which has an idempotency key of its own."""
    key = f"{caller.idempotency_key}/{index}" if caller.idempotency_key else ""
    return replace(caller, idempotency_key=key)


def waited(jobs: Jobs, job: Job, owner: str, seconds: float) -> Job:
    """The job as it is in at most so many seconds.

    It is accepted, and an outage while the client waits must not tell it otherwise.
    """
    try:
        return jobs.wait(job.id, owner, seconds)
    except BrokerUnavailable:
        return job


def still_running(job: Job, status_url: str) -> StillRunning:
    """Says where the result of a job will be that nobody may wait for any longer."""
    error = StillRunning()
    error.members = {"job_id": job.id, "status_url": status_url}
    return error


@contextmanager
def naming(filename: str) -> Iterator[None]:
    """An error about a file says which one, as `filename`, where it has a name."""
    try:
        yield
    except ServiceError as error:
        error.members = {**({"filename": filename} if filename else {}), **error.members}
        raise


def error_view(error: ServiceError) -> dict[str, Any]:
    """An error inside an answer that is none."""
    return {"code": error.code, "message": str(error), "retryable": error.retryable}


def _result(jobs: Jobs, job: Job) -> Reply:
    with naming(job.upload.filename):
        return Reply(result_view(job, jobs.result(job)))


def _where(job: Job) -> dict[str, str]:
    here = job_links(job)["self"]
    return {"Location": here, "Operation-Location": here, "Retry-After": str(POLL_AFTER)}
