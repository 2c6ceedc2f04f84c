"""Jobs and results as the native API shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from services.document import values
from services.document.json import dump_page
from services.document.model import Document, Page
from services.jobs.model import Job, Status
from services.jobs.results import Result
from services.ocr.structure.blocks import blocks_of

MESSAGES = {
    Status.QUEUED: "The job waits for a worker.",
    Status.PROCESSING: "The job is being processed.",
    Status.COMPLETED: "The job is done.",
    Status.FAILED: "The job failed.",
    Status.CANCELLED: "The job was cancelled.",
}

KINDS = {"application/pdf": "pdf", "application/xml": "xml"}

OPTIONAL = frozenset({"error", "warning", "pixel_aspect"})
"""Members of a page that are only there when there is something to say."""


def standing(job: Job) -> dict[str, str]:
    """How a job stands, in three words.

    `status` is `processing` for one that waits too, as older clients know it; `state` tells the two apart.
    """
    waits = job.status is Status.QUEUED
    told = Status.PROCESSING if waits else job.status
    return {"status": told.value, "state": job.status.value, "message": MESSAGES[job.status]}


def kind(job: Job) -> str:
    """`pdf`, `xml` or `image`."""
    return KINDS.get(job.upload.media_type, "image")


def job_links(job: Job) -> dict[str, str]:
    here = f"{job.delivery.root}/ocr/job/{job.id}"
    return {"self": here, **{name: f"{here}/{name}" for name in ("result", "events", "cancel")}}


def artifact_link(job: Job, kind: str, page: int | None = None) -> str:
    return f"{job.delivery.root}/ocr/job/{job.id}/artifacts/{kind}" + (f"?page={page}" if page else "")


def accepted(job: Job, queue_position: int | None, seconds: int | None) -> dict[str, Any]:
    """The body of a 202. In so many `seconds` the job may have ended."""
    view = {
        "job_id": job.id,
        **standing(job),
        "filename": job.upload.filename,
        "file_size": job.upload.size,
        "queue_position": queue_position,
        "estimated_time_seconds": seconds,
        "expires_at": time_text(job.times.expires_at),
        "links": job_links(job),
    }
    return view | ({"processing_dpi": job.options.dpi} if kind(job) == "pdf" else {})


def batch_view(files: Sequence[Mapping[str, Any]], errors: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The body of a batch's 202: `files` and `errors` as they are listed, and the same as older clients read it."""
    total, refused = len(files), len(errors)
    made = total - refused
    summary = {"total_files": total, "jobs_created": made, "failed_files": refused, "success": not refused}
    return {
        "total": total,
        "accepted": made,
        "files": files,
        "errors": errors,
        "jobs": [_batch_job(file) for file in files],
        "summary": summary,
        "message": f"{made} of {total} files were accepted.",
    }


def _batch_job(file: Mapping[str, Any]) -> dict[str, Any]:
    if not file["success"]:
        return {"filename": file["filename"], "error": file["error"]["code"], "message": file["error"]["message"]}
    job = file["job"]
    return {"type": file["type"], **{name: job[name] for name in ("filename", "job_id", "status", "file_size")}}


def job_view(job: Job, seconds: int | None = None) -> dict[str, Any]:
    """The body of `GET /ocr/job/{id}`. In so many `seconds` a job that has not ended may have."""
    return {
        "job_id": job.id,
        **standing(job),
        "ready": job.ended,
        "successful": job.status is Status.COMPLETED if job.ended else None,
        "failed": job.status is Status.FAILED if job.ended else None,
        "progress": _progress(job),
        "created_at": time_text(job.times.created_at),
        "started_at": time_text(job.times.started_at),
        "ended_at": time_text(job.times.ended_at),
        "expires_at": time_text(job.times.expires_at),
        "queue_wait_ms": milliseconds(job.times.created_at, job.times.started_at),
        "processing_time_ms": milliseconds(job.times.started_at, job.times.ended_at),
        "estimated_time_seconds": seconds,
        "attempts": job.progress.attempts,
        "error": _error(job),
        "links": job_links(job),
    }


def listed_view(job: Job) -> dict[str, Any]:
    """An entry of `GET /ocr/jobs`."""
    return {**job_view(job), "filename": job.upload.filename, "file_size": job.upload.size}


def _progress(job: Job) -> dict[str, Any]:
    done = job.progress.total if job.status is Status.COMPLETED and job.progress.total else job.progress.done
    return {"done": done, "total": job.progress.total, "step": job.status.value}


def _error(job: Job) -> dict[str, Any] | None:
    error = job.outcome.error
    return {"code": error.code, "message": error.message, "retryable": error.retryable} if error else None


def result_view(job: Job, result: Result) -> dict[str, Any]:
    """One picture and a document of pages have different shapes."""
    return _head(job, result) | (_document(job, result.pages) if result.multipage else _image(job, result.pages[0]))


def _head(job: Job, result: Result) -> dict[str, Any]:
    return {
        "job_id": job.id,
        "status": job.status.value,
        "success": True,
        "filename": job.upload.filename,
        "file_size": job.upload.size,
        "media_type": job.upload.media_type,
        "cached": job.outcome.cached,
        "processing_time_ms": milliseconds(job.times.started_at, job.times.ended_at) or 0,
        "tier": job.options.tier,
        "engine": result.engine,
        "model": ", ".join(result.models),
        "lang": list(job.options.lang),
        "fields": values.dump(result.fields.values),
        "warnings": result.warnings,
    }


def _image(job: Job, page: Page) -> dict[str, Any]:
    shown = dump_page(page, words=job.options.words, tables=job.options.structure)
    optional = {name: shown[name] for name in ("pixel_aspect", "tables") if shown.get(name) is not None}
    told = {name: shown[name] for name in ("text", "lines", "width", "height", "rotation")}
    return told | optional | _blocks(job, page)


def _blocks(job: Job, page: Page) -> dict[str, Any]:
    """What the page's parts are, for those who asked."""
    return {"blocks": values.dump(blocks_of(page))} if job.options.structure else {}


def _document(job: Job, pages: Sequence[Page]) -> dict[str, Any]:
    return {
        "pages": [page_view(job, page) for page in pages],
        "full_text": Document(tuple(pages)).text,
        "total_pages": len(pages),
        "processing_dpi": job.options.dpi,
    }


def page_view(job: Job, page: Page) -> dict[str, Any]:
    """A page of a document. Words, which are stored wherever they are known, are shown only if they were asked for."""
    shown = dump_page(page, words=job.options.words, tables=job.options.structure)
    return {name: value for name, value in shown.items() if name not in OPTIONAL or value} | _blocks(job, page)


def time_text(seconds: float | None) -> str | None:
    """ISO 8601 in UTC, to the millisecond."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def milliseconds(start: float | None, end: float | None) -> int | None:
    return None if start is None or end is None else max(0, round(1000 * (end - start)))
