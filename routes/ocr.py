"""`/ocr`: the native family."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from apiflask import APIBlueprint
from flask import Response

from controllers.jobs import Caller, JobsApi
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
from routes import NO_JOB, NOT_ACCEPTED, RouteLimits, answers, caller, json_body, or_json, respond, takes, uploaded

RESULT = {"oneOf": [ImageResultSchema, DocumentResultSchema]}


def blueprints(api: JobsApi, limits: RouteLimits) -> Iterator[APIBlueprint]:
    """What jobs are made, followed, listed and ended with, and the files that are made of their results."""
    yield _jobs(api, limits)
    yield _owned(api, limits)
    yield _artifacts(api, limits)


def _jobs(api: JobsApi, limits: RouteLimits) -> APIBlueprint:
    bp = APIBlueprint("ocr", __name__, url_prefix="/ocr", tag="OCR")

    def submit(query: dict[str, Any], form: dict[str, Any], headers: dict[str, Any]) -> Response:
        file = uploaded(form.pop("file"))
        return respond(api.submit(file, {**query, **form}, _keyed(headers), headers.get("wait", 0.0)))

    or_url = or_json(bp, UrlSchema, PreferSchema, _by_url(api))
    submission = bp.doc(
        responses={
            200: answers("The result, with `Prefer: wait`.", RESULT),
            202: answers("The job was accepted.", AcceptedSchema),
            **NOT_ACCEPTED,
            502: "The file behind `url` could not be fetched.",
        },
        extensions=json_body(UrlSchema),
    )

    @bp.post("/image")
    @limits.uploads
    @or_url
    @takes(bp, OptionsSchema, UploadSchema, PreferSchema)
    @submission
    def image(**given: dict[str, Any]) -> Response:
        """Read an image"""
        return submit(**given)

    @bp.post("/pdf")
    @limits.uploads
    @or_url
    @takes(bp, OptionsSchema, UploadSchema, PreferSchema)
    @submission
    def pdf(**given: dict[str, Any]) -> Response:
        """Read a PDF"""
        return submit(**given)

    @bp.post("/batch")
    @limits.uploads
    @takes(bp, OptionsSchema, BatchUploadSchema, IdempotencySchema)
    @bp.doc(responses={202: answers("One job or error per file, in order.", BatchSchema), **NOT_ACCEPTED})
    def batch(query: dict[str, Any], form: dict[str, Any], headers: dict[str, Any]) -> Response:
        """Read several files"""
        files = [uploaded(file) for file in form.pop("files")]
        return respond(api.submit_batch(files, {**query, **form}, _keyed(headers)))

    @bp.get("/job/<job_id>")
    @limits.reads
    @takes(bp, WaitSchema)
    @bp.doc(
        responses={
            200: answers("The job has ended.", JobSchema),
            202: answers("The job has not ended.", JobSchema),
            **NO_JOB,
        }
    )
    def job(job_id: str, query: dict[str, Any]) -> Response:
        """Follow a job"""
        return respond(api.read(job_id, caller().owner, query["wait"]))

    @bp.get("/job/<job_id>/result")
    @limits.reads
    @takes(bp, WaitSchema)
    @bp.doc(
        responses={
            200: answers("The result.", RESULT),
            202: answers("The job has not ended.", JobSchema),
            **NOT_ACCEPTED,
            **NO_JOB,
        }
    )
    def result(job_id: str, query: dict[str, Any]) -> Response:
        """Fetch a result"""
        return respond(api.result(job_id, caller().owner, query["wait"]))

    @bp.get("/options")
    @limits.reads
    @bp.doc(responses={200: answers("JSON Schema of the options.", {"type": "object"}), 429: "Too many requests."})
    def options() -> Response:
        """What this deployment can be asked for"""
        return respond(api.options())

    return bp


def _owned(api: JobsApi, limits: RouteLimits) -> APIBlueprint:
    bp = APIBlueprint("owned", __name__, url_prefix="/ocr", tag="OCR")

    @bp.get("/jobs")
    @limits.reads
    @takes(bp, ListSchema)
    @bp.doc(responses={200: answers("Some of the caller's jobs.", JobsSchema), 429: NO_JOB[429], 503: NO_JOB[503]})
    def jobs(query: dict[str, Any]) -> Response:
        """List your jobs

        Newest first, as long as they are kept. What they may still take is not estimated here.
        """
        return respond(api.page(caller().owner, query))

    @bp.delete("/job/<job_id>")
    @limits.reads
    @takes(bp, EmptySchema)
    @bp.doc(responses={204: "Nothing of it is left.", 507: NOT_ACCEPTED[507], **NO_JOB})
    def delete(job_id: str, query: dict[str, Any]) -> Response:
        """Delete a job

        Its upload, result and artifacts go, and it is cancelled first if it has not ended. Jobs that were answered from
        its result keep theirs.
        """
        return respond(api.delete(job_id, caller().owner))

    @bp.post("/job/<job_id>/cancel")
    @limits.reads
    @takes(bp, EmptySchema)
    @bp.doc(responses={202: answers("The job, which has ended.", JobSchema), **NO_JOB})
    def cancel(job_id: str, query: dict[str, Any]) -> Response:
        """Cancel a job

        Whoever runs it is free within a second. A job that has ended already is answered as it is.
        """
        return respond(api.cancel(job_id, caller().owner))

    return bp


def _keyed(headers: dict[str, Any]) -> Caller:
    return replace(caller(), idempotency_key=headers.get("idempotency_key", ""))


def _by_url(api: JobsApi) -> Callable[..., Response]:
    def submit(body: dict[str, Any], headers: dict[str, Any]) -> Response:
        return respond(api.submit_url(body.pop("url"), body, _keyed(headers), headers.get("wait", 0.0)))

    return submit


def _artifacts(api: JobsApi, limits: RouteLimits) -> APIBlueprint:
    bp = APIBlueprint("artifacts", __name__, url_prefix="/ocr", tag="OCR")

    @bp.get("/job/<job_id>/artifacts/<kind>")
    @limits.reads
    @takes(bp, ArtifactSchema)
    @bp.doc(
        responses={
            200: answers("The file.", {"type": "string", "format": "binary"}, "*/*"),
            202: answers("The job has not ended.", JobSchema),
            **NOT_ACCEPTED,
            **NO_JOB,
        }
    )
    def artifact(job_id: str, kind: str, query: dict[str, Any]) -> Response:
        """Fetch a result as a file

        `text`, `markdown`, `json`, `hocr`, `alto` and `tsv` are what was read, `pdf` is the document made searchable,
        `annotated` is one page as a JPEG with the boxes of its lines, `image` the same without boxes, for a screen.
        """
        return respond(api.artifact(job_id, kind, caller().owner, query["page"], query["layout"]))

    return bp
