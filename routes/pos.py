"""`/api/v1`: pictures of a point of sale, with an error shape of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint
from flask import Response

from controllers import Reply
from controllers.pos import PosApi
from controllers.schemas import EmptySchema
from controllers.schemas.pos import (
    ImagesSchema,
    PosAcceptedSchema,
    PosBatchSchema,
    PosErrorSchema,
    PosHealthSchema,
    PosJobSchema,
    PosMetricsSchema,
    ProcessedSchema,
    ProcessLaterSchema,
    ProcessSchema,
)
from routes import NO_JOB, NOT_ACCEPTED, RouteLimits, answers, caller, respond, takes, uploaded

PREFIX = "/api/v1"
REFUSED: dict[Any, Any] = {**NOT_ACCEPTED, 400: answers("The deployment cannot do that.", PosErrorSchema)}


def blueprint(
    api: PosApi, health: Callable[[], Reply], metrics: Callable[[], Reply], limits: RouteLimits
) -> APIBlueprint:
    bp = APIBlueprint("pos", __name__, url_prefix=PREFIX, tag="Point of sale")

    @bp.post("/ocr/process")
    @limits.uploads
    @takes(bp, EmptySchema, ProcessSchema)
    @bp.doc(responses={200: answers("The result.", ProcessedSchema), **REFUSED})
    def process(query: dict[str, Any], form: dict[str, Any]) -> Response:
        """Read a picture and wait for the result"""
        return respond(api.process(uploaded(form.pop("image")), form, caller()))

    @bp.post("/ocr/process/async")
    @limits.uploads
    @takes(bp, EmptySchema, ProcessLaterSchema)
    @bp.doc(responses={202: answers("The job was accepted.", PosAcceptedSchema), **REFUSED})
    def process_async(query: dict[str, Any], form: dict[str, Any]) -> Response:
        """Read a picture"""
        return respond(api.process_async(uploaded(form.pop("image")), form, caller()))

    @bp.post("/ocr/batch")
    @limits.uploads
    @takes(bp, EmptySchema, ImagesSchema)
    @bp.doc(responses={200: answers("One result or error per image, in order.", PosBatchSchema), **REFUSED})
    def batch(query: dict[str, Any], form: dict[str, Any]) -> Response:
        """Read up to ten pictures and wait for the results"""
        return respond(api.batch([uploaded(file) for file in form.pop("images")], form, caller()))

    @bp.get("/ocr/jobs/<job_id>")
    @limits.reads
    @takes(bp, EmptySchema)
    @bp.doc(responses={200: answers("How the job stands.", PosJobSchema), **NO_JOB})
    def job(job_id: str, query: dict[str, Any]) -> Response:
        """Follow a job"""
        return respond(api.job(job_id, caller().owner))

    @bp.get("/ocr/jobs/<job_id>/result")
    @limits.reads
    @takes(bp, EmptySchema)
    @bp.doc(
        responses={
            200: answers("The result.", ProcessedSchema),
            202: answers("The job has not ended.", PosAcceptedSchema),
            **REFUSED,
            **NO_JOB,
        }
    )
    def result(job_id: str, query: dict[str, Any]) -> Response:
        """Fetch a result"""
        return respond(api.result(job_id, caller().owner))

    @bp.get("/health")
    @limits.none
    @bp.doc(responses={200: answers("How the service is.", PosHealthSchema)})
    def report() -> Response:
        """Health"""
        return respond(health())

    @bp.get("/metrics")
    @limits.none
    @bp.doc(responses={200: answers("Counts.", PosMetricsSchema), 503: "The counts cannot be reached."})
    def counts() -> Response:
        """Requests and errors of this family"""
        return respond(metrics())

    return bp
