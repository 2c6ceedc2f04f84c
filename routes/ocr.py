"""`/ocr`: the native family."""

from __future__ import annotations

import re
from typing import Any

from apiflask import APIBlueprint
from flask import Response, g

from controllers.jobs import Caller, JobsApi, UploadedFile
from controllers.schemas.native import (
    AcceptedSchema,
    BatchSchema,
    BatchUploadSchema,
    DocumentResultSchema,
    ImageResultSchema,
    JobSchema,
    OptionsSchema,
    PreferSchema,
    UploadSchema,
    WaitSchema,
)
from routes import RouteLimits, answers, respond, takes

RESULT = {"oneOf": [ImageResultSchema, DocumentResultSchema]}
NOT_ACCEPTED: dict[Any, Any] = {
    400: "The deployment cannot do that, or the request is malformed.",
    413: "The upload is too large.",
    415: "The file is of a type that is not read here.",
    429: "Too many requests.",
    500: "The service failed.",
    503: "The job queue cannot be reached; nothing was accepted.",
    504: "Processing took too long (with `Prefer: wait`).",
    507: "There is no space for the upload.",
}
NO_JOB: dict[Any, Any] = {
    404: "No such job of this caller.",
    410: "The job's files have expired.",
    429: "Too many requests.",
    503: "The job queue cannot be reached.",
}


def blueprint(api: JobsApi, limits: RouteLimits) -> APIBlueprint:
    bp = APIBlueprint("ocr", __name__, url_prefix="/ocr", tag="OCR")

    def submit(query: dict[str, Any], form: dict[str, Any], headers: dict[str, Any]) -> Response:
        file = _uploaded(form.pop("file"))
        return respond(api.submit(file, {**query, **form}, _caller(), headers.get("wait", 0.0)))

    submission = bp.doc(
        responses={
            200: answers("The result, with `Prefer: wait`.", RESULT),
            202: answers("The job was accepted.", AcceptedSchema),
            **NOT_ACCEPTED,
        },
    )

    @bp.post("/image")
    @limits.uploads
    @takes(bp, OptionsSchema, UploadSchema, PreferSchema)
    @submission
    def image(**given: dict[str, Any]) -> Response:
        """Read an image"""
        return submit(**given)

    @bp.post("/pdf")
    @limits.uploads
    @takes(bp, OptionsSchema, UploadSchema, PreferSchema)
    @submission
    def pdf(**given: dict[str, Any]) -> Response:
        """Read a PDF"""
        return submit(**given)

    @bp.post("/batch")
    @limits.uploads
    @takes(bp, OptionsSchema, BatchUploadSchema)
    @bp.doc(responses={202: answers("One job or error per file, in order.", BatchSchema), **NOT_ACCEPTED})
    def batch(query: dict[str, Any], form: dict[str, Any]) -> Response:
        """Read several files"""
        files = [_uploaded(file) for file in form.pop("files")]
        return respond(api.submit_batch(files, {**query, **form}, _caller()))

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
        return respond(api.read(job_id, _caller().owner, query["wait"]))

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
        return respond(api.result(job_id, _caller().owner, query["wait"]))

    @bp.get("/options")
    @limits.reads
    @bp.doc(responses={200: answers("JSON Schema of the options.", {"type": "object"}), 429: "Too many requests."})
    def options() -> Response:
        """What this deployment can be asked for"""
        return respond(api.options())

    return bp


def _uploaded(file: Any) -> UploadedFile:
    return UploadedFile(file.stream, re.split(r"[\\/]", file.filename or "")[-1][:255])


def _caller() -> Caller:
    return Caller(g.owner, g.request_id)
