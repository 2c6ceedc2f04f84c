"""`/api/v1`: pictures of a point of sale."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from controllers import Reply
from controllers.jobs import Caller, UploadedFile, indexed, naming, replayed, still_running, waited
from controllers.options import OptionRules
from controllers.pos_errors import error_view
from controllers.pos_views import Asked, event_view, percentage, result_view
from services.errors import BrokerUnavailable, JobExpired, ServiceError, UnknownJob
from services.extractors import barcodes, invoice, product, receipt
from services.jobs.events import Event
from services.jobs.jobs import Jobs
from services.jobs.legibility import QUALITY
from services.jobs.model import Job, Options, Status, new_id

FAMILY = "pos"
MOST_IMAGES = 10
LANGUAGES: Mapping[str, tuple[str, ...]] = {"en": ("en",), "bn": ("bn", "en")}
"""Bengali labels and bills are printed with Latin letters in between."""

FIELDS_OF: Mapping[str, tuple[str, ...]] = {
    "product": (product.FOUND.name,),
    "receipt": (receipt.FOUND.name,),
    "invoice": (invoice.FOUND.name,),
    "barcode": (),
}
"""The extractor of each type of picture; for the last one that of barcodes, which all types may have, is enough."""

POLL_AFTER = 1
"""Seconds after which a client is told to ask again."""


@dataclass(frozen=True, slots=True)
class PosApi:
    """What the routes call. `longest` is how many seconds a client may wait, `estimate` says in how many a job ends."""

    jobs: Jobs
    rules: OptionRules
    estimate: Callable[[Job], int | None]
    longest: float

    def process(self, file: UploadedFile, given: Mapping[str, Any], caller: Caller) -> Reply:
        """The result. Raises what the job ended with, and StillRunning."""
        job = self._submit(file, self._options(given), _of_family(caller, given))
        return Reply({"success": True, "data": self._awaited(job, self.longest)}, headers=replayed(job))

    def process_async(self, file: UploadedFile, given: Mapping[str, Any], caller: Caller) -> Reply:
        """202 with the job."""
        told = self.rules.told(caller, given)
        job = self._submit(file, self._options(given), _of_family(told, given))
        where = {"Location": _where(job), "Retry-After": str(POLL_AFTER), **replayed(job)}
        return Reply({"success": True, "data": self._progress(job)}, 202, where)

    def batch(self, files: Sequence[UploadedFile], given: Mapping[str, Any], caller: Caller) -> Reply:
        """One result or error per image, in their order, once all have ended."""
        began = time.monotonic()
        options, ours = self._options(given), _of_family(caller, given)
        jobs = [_tried(partial(self._submit, file, options, indexed(ours, index))) for index, file in enumerate(files)]
        results = [self._item(index, job, began + self.longest) for index, job in enumerate(jobs)]
        data = {
            "batch_id": new_id(),
            "total_images": len(files),
            "processed_images": sum(item["success"] for item in results),
            "results": results,
            "processing_time_ms": round(1000 * (time.monotonic() - began)),
        }
        return Reply({"success": True, "data": data})

    def job(self, job_id: str, owner: str) -> Reply:
        """How the job stands, with its result or error when it has ended."""
        job = self.read(job_id, owner)
        data = self._progress(job)
        if not job.ended:
            return Reply({"success": True, "data": data}, headers={"Retry-After": str(POLL_AFTER)})
        try:
            return Reply({"success": True, "data": {**data, "result": self._result(job)}})
        except JobExpired:
            raise
        except ServiceError as error:
            return Reply({"success": True, "data": {**data, "status": "failed", "error": error_view(error)}})

    def result(self, job_id: str, owner: str) -> Reply:
        """200 with the result, 202 while it runs; raises the error that the job ended with."""
        job = self.read(job_id, owner)
        if job.ended:
            return Reply({"success": True, "data": self._result(job)})
        return Reply({"success": True, "data": self._progress(job)}, 202, {"Retry-After": str(POLL_AFTER)})

    def event(self, job: Job, event: Event) -> Event:
        """As this family tells it: a job in line says its place, one that was read its result.

        A picture that was read and is not worth it has failed, as `job` has it.
        """
        told = replace(event, data=event_view(event))
        if event.name == "job_queued":
            return _with(told, queue_position=self.jobs.queue_position(job))
        if event.name == "job_progress":
            return _with(told, current_step=_step(event))
        return self._completed(told, job) if event.name == "job_completed" else told

    def _completed(self, event: Event, job: Job) -> Event:
        try:
            return _with(event, progress=100, result=self._result(self.read(job.id, job.sender.owner)))
        except (BrokerUnavailable, JobExpired, UnknownJob):
            return event
        except ServiceError as error:
            return _with(replace(event, name="job_failed"), status="failed", error=error_view(error))

    def _options(self, given: Mapping[str, Any]) -> Options:
        """Text is read where the type has fields; barcodes need none."""
        fields = FIELDS_OF[given["type"]]
        codes = (barcodes.FOUND.name,) if given["extract_barcodes"] or not fields else ()
        extract = (*fields, *codes, *self.rules.on(QUALITY))
        return self.rules.options({"lang": LANGUAGES[given["language"]], "extract": extract, "text": bool(fields)})

    def _submit(self, file: UploadedFile, options: Options, caller: Caller) -> Job:
        with naming(file.name):
            return self.jobs.submit(file.stream, file.name, options, caller, single=True)

    def read(self, job_id: str, owner: str) -> Job:
        """Raises UnknownJob, also for a job of another family, and JobExpired."""
        job = self.jobs.wait(job_id, owner, 0)
        if job.delivery.family.get("name") != FAMILY:
            raise UnknownJob()
        return job

    def _awaited(self, accepted: Job, seconds: float) -> dict[str, Any]:
        job = waited(self.jobs, accepted, accepted.sender.owner, seconds)
        if not job.ended:
            raise still_running(job, _where(job))
        return self._result(job)

    def _item(self, index: int, job: Job | ServiceError, deadline: float) -> dict[str, Any]:
        try:
            if isinstance(job, ServiceError):
                raise job
            return {"index": index, "success": True, "result": self._awaited(job, deadline - time.monotonic())}
        except ServiceError as error:
            return {"index": index, "success": False, "error": error_view(error)}

    def _result(self, job: Job) -> dict[str, Any]:
        with naming(job.upload.filename):
            return result_view(job, self.jobs.result(job))

    def _progress(self, job: Job) -> dict[str, Any]:
        return {
            "job_id": job.id,
            "status": job.status.value,
            "progress_percentage": _percentage(job),
            "estimated_time_seconds": self.estimate(job),
        }


def _of_family(caller: Caller, given: Mapping[str, Any]) -> Caller:
    return replace(caller, family=asdict(Asked(FAMILY, given["type"], given["confidence_threshold"])))


def _tried(work: Callable[[], Job]) -> Job | ServiceError:
    try:
        return work()
    except ServiceError as error:
        return error


def _percentage(job: Job) -> int:
    if job.status is Status.COMPLETED:
        return 100
    return percentage(job.progress.done, job.progress.total)


def _with(event: Event, **members: Any) -> Event:
    return replace(event, data={**event.data, **members})


def _step(event: Event) -> str:
    """What was done last, for people."""
    return f"Page {event.data['page']} of {event.data['progress']['total']} was read."


def _where(job: Job) -> str:
    return f"{job.delivery.root}/api/v1/ocr/jobs/{job.id}"
