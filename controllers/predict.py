"""`/paddleocr`: predictions, which are jobs under other names, and the document that a picture shows."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from controllers import Reply
from controllers.jobs import Caller, UploadedFile, error_view, naming, replayed, still_running, waited
from controllers.options import OptionRules
from controllers.views import artifact_link, milliseconds
from services.document import values
from services.document.json import dump_page
from services.document.model import Document
from services.errors import JobExpired, ServiceError
from services.extractors import id_numbers
from services.extractors.id_numbers.model import IdNumber
from services.jobs.artifacts import Artifacts, Wanted
from services.jobs.jobs import Jobs
from services.jobs.legibility import QUALITY, check_read
from services.jobs.model import Job, Status
from services.jobs.results import Result
from services.operations.health import Health, uptime
from services.operations.metrics import Requests

ARTIFACT = "annotated"

STATUS = {
    Status.QUEUED: "PENDING",
    Status.PROCESSING: "STARTED",
    Status.COMPLETED: "SUCCESS",
    Status.FAILED: "FAILURE",
    Status.CANCELLED: "FAILURE",
}
RESTING = "RETRY"


@dataclass(frozen=True, slots=True)
class PredictApi:
    """What the routes call. `longest` is how many seconds a client may wait for a result."""

    jobs: Jobs
    rules: OptionRules
    artifacts: Artifacts
    longest: float

    def predict(self, file: UploadedFile, given: Mapping[str, Any], caller: Caller, shown: Mapping[str, Any]) -> Reply:
        """The result. Raises what the job ended with, and StillRunning."""
        accepted = self._submit(file, given, caller)
        job = waited(self.jobs, accepted, caller.owner, self.longest)
        if not job.ended:
            raise still_running(job, _where(job))
        return Reply(self._shown(job, self._read(job), **shown), headers=replayed(accepted))

    def predict_async(self, file: UploadedFile, given: Mapping[str, Any], caller: Caller) -> Reply:
        """202 with the job's id."""
        job = self._submit(file, given, self.rules.told(caller, given))
        return Reply({"job_id": job.id, "status": "pending"}, 202, {"Location": _where(job), **replayed(job)})

    def status(self, job_id: str, owner: str, shown: Mapping[str, Any]) -> Reply:
        """How the job stands; `result` once it is there, `error` if there never will be one."""
        job = self.jobs.wait(job_id, owner, 0)
        state = RESTING if self.jobs.is_resting(job) else STATUS[job.status]
        body = {"job_id": job.id, "status": state, "result": None, "error": None}
        if not job.ended:
            return Reply(body)
        try:
            result = self._read(job)
        except JobExpired:
            raise
        except ServiceError as error:
            return Reply({**body, "status": STATUS[Status.FAILED], "error": error_view(error)})
        return Reply({**body, "result": self._shown(job, result, **shown)})

    def _submit(self, file: UploadedFile, given: Mapping[str, Any], caller: Caller) -> Job:
        options = self.rules.options({**given, "extract": [id_numbers.FOUND.name, *self.rules.on(QUALITY)]})
        with naming(file.name):
            return self.jobs.submit(file.stream, file.name, options, caller)

    def _read(self, job: Job) -> Result:
        with naming(job.upload.filename):
            result = self.jobs.result(job)
            check_read(result, id_numbers.FOUND)
        return result

    def _shown(self, job: Job, result: Result, annotate: bool, page: int | None) -> dict[str, Any]:
        view = _view(job, result, page)
        if annotate:
            drawn = self.artifacts.write(ARTIFACT, job, result, Wanted(page))
            view["annotated_image_base64"] = b64encode(drawn.content).decode()
        return view


@dataclass(frozen=True, slots=True)
class PredictOperations:
    """What the routes of `/ocr-api` call. `requests` counts the uploads of a tenant, or of all."""

    health: Health
    requests: Callable[[str], Requests]

    def report(self) -> Reply:
        """The whole picture."""
        return Reply(self.health.report())

    def counts(self, tenant: str) -> Reply:
        """`requests_processed` are the uploads that were answered, `errors` those that were refused or failed.

        Raises BrokerUnavailable.
        """
        counted = self.requests(tenant)
        return Reply(
            {
                "status": self.health.status(),
                "uptime_seconds": round(uptime(), 1),
                "requests_processed": counted.total,
                "errors": counted.errors,
                "error_rate": round(counted.errors / counted.total, 4) if counted.total else 0.0,
            }
        )


def _where(job: Job) -> str:
    return f"{job.delivery.root}/paddleocr/status/{job.id}"


def _view(job: Job, result: Result, page: int | None) -> dict[str, Any]:
    numbers = [_document(number) for number in result.fields.of(id_numbers.FOUND) or ()]
    pages = [dump_page(page, words=job.options.words, tables=False) for page in result.pages]
    return {
        "job_id": job.id,
        "status": STATUS[job.status],
        "text": Document(result.pages).text,
        "lines": [{**line, "page": page["page"]} for page in pages for line in page["lines"]],
        "annotated_image": artifact_link(job, ARTIFACT, page),
        "document": numbers[0] if numbers else None,
        "documents": numbers,
        "total_pages": len(result.pages),
        "filename": job.upload.filename,
        "cached": job.outcome.cached,
        "processing_time_ms": milliseconds(job.times.started_at, job.times.ended_at) or 0,
        "model": ", ".join(result.models),
        "warnings": result.warnings,
    }


def _document(number: IdNumber) -> dict[str, Any]:
    return {
        "type": number.type,
        "valid": number.valid,
        "confidence": values.dump(number.confidence),
        "bbox": values.dump(number.bbox),
        "number": number.value,
        "page": number.page,
    }
