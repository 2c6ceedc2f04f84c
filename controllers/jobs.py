"""Submit documents, follow their jobs, fetch the results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from controllers import Download, Reply
from controllers.options import OptionRules
from controllers.views import accepted, job_links, job_view, result_view
from services.errors import (
    BadInput,
    BrokerUnavailable,
    CapabilityUnavailable,
    Failure,
    ServiceError,
    StillRunning,
    from_code,
)
from services.jobs.artifacts import Artifacts
from services.jobs.jobs import Caller, Jobs
from services.jobs.model import Job, Options
from services.remote import Fetched

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
    """What the routes call. `most_files` is how many a batch may have; without `fetched` it takes no URLs."""

    jobs: Jobs
    rules: OptionRules
    most_files: int
    artifacts: Artifacts
    fetched: Fetched | None = None

    def submit(self, file: UploadedFile, given: Mapping[str, Any], caller: Caller, wait: float) -> Reply:
        """202 with the job, or 200 with the result if it is there within `wait` seconds."""
        options, caller = self.rules.options(given), self.rules.told(caller, given)
        job = self.jobs.submit(file.stream, file.name, options, caller)
        if wait and (ended := waited(self.jobs, job, caller.owner, wait)).ended:
            reply = _result(self.jobs, ended)
            return Reply(reply.body, reply.status, {"Preference-Applied": f"wait={wait:g}"})
        return Reply(accepted(job, self.jobs.queue_position(job)), 202, _where(job))

    def submit_url(self, url: str, given: Mapping[str, Any], caller: Caller, wait: float) -> Reply:
        """`submit` with a file from elsewhere.

        Raises CapabilityUnavailable where that is off, UrlRefused, UrlUnreachable, UploadTooLarge.
        """
        if self.fetched is None:
            raise CapabilityUnavailable("url: this deployment fetches no files. Send the file as multipart/form-data.")
        with self.fetched(url) as (stream, name):
            return self.submit(UploadedFile(stream, name), given, caller, wait)

    def submit_batch(self, files: Sequence[UploadedFile], given: Mapping[str, Any], caller: Caller) -> Reply:
        """202 with one job or error per file, in the order of the files. Raises BadInput if none could be accepted."""
        if len(files) > self.most_files:
            raise BadInput(f"files[]: {len(files)} files; at most {self.most_files} are accepted in one batch.")
        options, caller = self.rules.options(given), self.rules.told(caller, given)
        items = [_batch_item(self.jobs, index, file, options, caller) for index, file in enumerate(files)]
        errors = [{"index": item["index"], **item["error"]} for item in items if not item["success"]]
        if len(errors) == len(items):
            raise from_code(errors[0]["code"], errors[0]["message"], errors=tuple(errors))
        return Reply({"total": len(items), "accepted": len(items) - len(errors), "files": items, "errors": errors}, 202)

    def read(self, job_id: str, owner: str, wait: float) -> Reply:
        """200 when the job has ended, else 202."""
        job = self.jobs.wait(job_id, owner, wait)
        return Reply(job_view(job)) if job.ended else _running(job)

    def result(self, job_id: str, owner: str, wait: float) -> Reply:
        """200 with the result, 202 while it runs; raises the error that the job ended with."""
        job = self.jobs.wait(job_id, owner, wait)
        return _result(self.jobs, job) if job.ended else _running(job)

    def artifact(self, job_id: str, kind: str, owner: str, page: int | None) -> Reply | Download:
        """The file, or 202 while the job runs; raises the error that it ended with."""
        job = self.jobs.wait(job_id, owner, 0)
        if not job.ended:
            return _running(job)
        made = self.artifacts.write(kind, job, self.jobs.result(job), page)
        return Download(made.content, made.media_type, made.filename)

    def options(self) -> Reply:
        """What this deployment can be asked for."""
        return Reply(self.rules.json_schema())


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


def _batch_item(jobs: Jobs, index: int, file: UploadedFile, options: Options, caller: Caller) -> dict[str, Any]:
    head = {"index": index, "filename": file.name}
    try:
        job = jobs.submit(file.stream, file.name, options, caller)
    except (BadInput, Failure) as error:
        return {**head, "success": False, "error": error_view(error)}
    return {**head, "success": True, "job": accepted(job, jobs.queue_position(job))}


def error_view(error: ServiceError) -> dict[str, Any]:
    """An error inside an answer that is none."""
    return {"code": error.code, "message": str(error), "retryable": error.retryable}


def _result(jobs: Jobs, job: Job) -> Reply:
    return Reply(result_view(job, jobs.result(job)))


def _running(job: Job) -> Reply:
    return Reply(job_view(job), 202, {"Retry-After": str(POLL_AFTER)})


def _where(job: Job) -> dict[str, str]:
    here = job_links(job)["self"]
    return {"Location": here, "Operation-Location": here, "Retry-After": str(POLL_AFTER)}
