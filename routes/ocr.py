"""`/ocr`: the native family."""

from __future__ import annotations

from apiflask import APIBlueprint

from controllers import Download, Reply
from controllers.jobs import JobsApi
from controllers.schemas import EmptySchema
from controllers.schemas.answers import (
    AcceptedSchema,
    BatchSchema,
    DocumentResultSchema,
    ImageResultSchema,
    JobSchema,
    JobsSchema,
)
from controllers.schemas.native import (
    ArtifactSchema,
    BatchUploadSchema,
    IdempotencySchema,
    ListSchema,
    OptionsSchema,
    PreferSchema,
    UploadSchema,
    UrlSchema,
    WaitSchema,
)
from routes import NO_JOB, NOT_ACCEPTED, RouteLimits, answers, caller, keyed, uploaded
from routes.rows import Json, Loaded, Route, mount

RESULT = {"oneOf": [ImageResultSchema, DocumentResultSchema]}
SUBMITTED = {
    200: answers("The result, with `Prefer: wait`.", RESULT),
    202: answers("The job was accepted.", AcceptedSchema),
    **NOT_ACCEPTED,
    502: "The file behind `url` could not be fetched.",
}
NOT_ENDED = answers("The job has not ended.", JobSchema)


def blueprint(api: JobsApi, limits: RouteLimits) -> APIBlueprint:
    """What jobs are made, followed, listed and ended with, and the files that are made of their results."""
    return mount(APIBlueprint("ocr", __name__, url_prefix="/ocr", tag="OCR"), api, limits, ROUTES)


def _submit(api: JobsApi, query: Loaded, form: Loaded, headers: Loaded) -> Reply:
    file = uploaded(form.pop("file"))
    return api.submit(file, {**query, **form}, keyed(headers), headers.get("wait", 0.0))


def _submit_url(api: JobsApi, body: Loaded, headers: Loaded) -> Reply:
    return api.submit_url(body.pop("url"), body, keyed(headers), headers.get("wait", 0.0))


def _submit_batch(api: JobsApi, query: Loaded, form: Loaded, headers: Loaded) -> Reply:
    files = [uploaded(file) for file in form.pop("files")]
    return api.submit_batch(files, {**query, **form}, keyed(headers))


def _read(api: JobsApi, job_id: str, query: Loaded) -> Reply:
    return api.read(job_id, caller().owner, query["wait"])


def _result(api: JobsApi, job_id: str, query: Loaded) -> Reply:
    return api.result(job_id, caller().owner, query["wait"])


def _page(api: JobsApi, query: Loaded) -> Reply:
    return api.page(caller().owner, query)


def _delete(api: JobsApi, job_id: str, query: Loaded) -> Reply:
    return api.delete(job_id, caller().owner)


def _cancel(api: JobsApi, job_id: str, query: Loaded) -> Reply:
    return api.cancel(job_id, caller().owner)


def _artifact(api: JobsApi, job_id: str, kind: str, query: Loaded) -> Reply | Download:
    return api.artifact(job_id, kind, caller().owner, query)


ROUTES: tuple[Route[JobsApi], ...] = (
    Route(
        "POST",
        "/image",
        "image",
        _submit,
        limit="uploads",
        scope="write",
        audit="submitted",
        text="Read an image",
        query=OptionsSchema,
        form=UploadSchema,
        headers=PreferSchema,
        json=Json(UrlSchema, _submit_url),
        responses=SUBMITTED,
    ),
    Route(
        "POST",
        "/pdf",
        "pdf",
        _submit,
        limit="uploads",
        scope="write",
        audit="submitted",
        text="Read a PDF",
        query=OptionsSchema,
        form=UploadSchema,
        headers=PreferSchema,
        json=Json(UrlSchema, _submit_url),
        responses=SUBMITTED,
    ),
    Route(
        "POST",
        "/batch",
        "batch",
        _submit_batch,
        limit="uploads",
        scope="write",
        audit="submitted",
        text="Read several files",
        query=OptionsSchema,
        form=BatchUploadSchema,
        headers=IdempotencySchema,
        responses={202: answers("One job or error per file, in order.", BatchSchema), **NOT_ACCEPTED},
    ),
    Route(
        "GET",
        "/job/<job_id>",
        "job",
        _read,
        limit="reads",
        scope="read",
        text="Follow a job",
        query=WaitSchema,
        responses={200: answers("The job has ended.", JobSchema), 202: NOT_ENDED, **NO_JOB},
    ),
    Route(
        "GET",
        "/job/<job_id>/result",
        "result",
        _result,
        limit="reads",
        scope="read",
        audit="read_result",
        text="Fetch a result",
        query=WaitSchema,
        responses={200: answers("The result.", RESULT), 202: NOT_ENDED, **NOT_ACCEPTED, **NO_JOB},
    ),
    Route(
        "GET",
        "/options",
        "options",
        JobsApi.options,
        limit="reads",
        scope="read",
        text="What this deployment can be asked for",
        responses={200: answers("JSON Schema of the options.", {"type": "object"}), 429: NO_JOB[429]},
    ),
    Route(
        "GET",
        "/jobs",
        "jobs",
        _page,
        limit="reads",
        scope="read",
        text="List your jobs\n\n"
        "Newest first, as long as they are kept. What they may still take is not estimated here.",
        query=ListSchema,
        responses={200: answers("Some of the caller's jobs.", JobsSchema), 429: NO_JOB[429], 503: NO_JOB[503]},
    ),
    Route(
        "DELETE",
        "/job/<job_id>",
        "delete",
        _delete,
        limit="reads",
        scope="write",
        audit="deleted",
        text="Delete a job\n\n"
        "Its upload, result and artifacts go, and it is cancelled first if it has not ended. Jobs that were answered "
        "from\nits result keep theirs.",
        query=EmptySchema,
        responses={204: "Nothing of it is left.", 507: NOT_ACCEPTED[507], **NO_JOB},
    ),
    Route(
        "POST",
        "/job/<job_id>/cancel",
        "cancel",
        _cancel,
        limit="reads",
        scope="write",
        audit="cancelled",
        text="Cancel a job\n\n"
        "Whoever runs it is free within a second. A job that has ended already is answered as it is.",
        query=EmptySchema,
        responses={202: answers("The job, which has ended.", JobSchema), **NO_JOB},
    ),
    Route(
        "GET",
        "/job/<job_id>/artifacts/<kind>",
        "artifact",
        _artifact,
        limit="reads",
        scope="read",
        audit="read_artifact",
        text="Fetch a result as a file\n\n"
        "`text`, `markdown`, `json`, `hocr`, `alto` and `tsv` are what was read, `tables` what stands in tables,\n"
        "`pdf` is the document made searchable, `annotated` is one page as a JPEG with the boxes of its lines,\n"
        "`image` the same without boxes, for a screen.",
        query=ArtifactSchema,
        responses={
            200: answers("The file.", {"type": "string", "format": "binary"}, "*/*"),
            202: NOT_ENDED,
            **NOT_ACCEPTED,
            **NO_JOB,
        },
    ),
)
