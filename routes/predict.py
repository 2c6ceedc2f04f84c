"""`/paddleocr`: predictions. The same routes, undocumented, below `/ocr-api`, and that prefix's health and metrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from apiflask import APIBlueprint
from flask import Response

from controllers import Reply
from controllers.health import HealthApi
from controllers.predict import PredictApi
from controllers.schemas import EmptySchema
from controllers.schemas.health import HealthSchema
from controllers.schemas.predict import (
    CountsSchema,
    PendingSchema,
    PredictionSchema,
    PredictionStatusSchema,
    PredictLaterSchema,
    PredictUploadSchema,
    ShownSchema,
)
from routes import NO_JOB, NOT_ACCEPTED, RouteLimits, answers, caller, respond, takes, uploaded

ALIAS = "/ocr-api"


def blueprint(api: PredictApi, limits: RouteLimits, prefix: str = "") -> APIBlueprint:
    """`prefix` is what stands before `/paddleocr`; with one, the routes are left out of the documentation."""
    name = f"predict{prefix.replace('/', '_').replace('-', '_')}"
    bp = APIBlueprint(name, __name__, url_prefix=f"{prefix}/paddleocr", tag="Predict", enable_openapi=not prefix)

    @bp.post("/predict")
    @limits.uploads
    @takes(bp, ShownSchema, PredictUploadSchema)
    @bp.doc(
        responses={
            200: answers("The result.", PredictionSchema),
            **NOT_ACCEPTED,
            504: "The result is not there yet; `status_url` says where it will be.",
        }
    )
    def predict(query: dict[str, Any], form: dict[str, Any]) -> Response:
        """Read a document and wait for the result"""
        return respond(api.predict(uploaded(form.pop("file")), form, caller(), query))

    @bp.post("/predict-async")
    @limits.uploads
    @takes(bp, EmptySchema, PredictLaterSchema)
    @bp.doc(responses={202: answers("The job was accepted.", PendingSchema), **NOT_ACCEPTED})
    def predict_async(query: dict[str, Any], form: dict[str, Any]) -> Response:
        """Read a document"""
        return respond(api.predict_async(uploaded(form.pop("file")), form, caller()))

    @bp.get("/status/<job_id>")
    @limits.reads
    @takes(bp, ShownSchema)
    @bp.doc(responses={200: answers("How the job stands.", PredictionStatusSchema), **NOT_ACCEPTED, **NO_JOB})
    def status(job_id: str, query: dict[str, Any]) -> Response:
        """Follow a prediction"""
        return respond(api.status(job_id, caller().owner, query))

    return bp


def operations(health: HealthApi, metrics: Callable[[], Reply], limits: RouteLimits) -> APIBlueprint:
    """`/ocr-api/health` and `/ocr-api/metrics`."""
    bp = APIBlueprint("predict_operations", __name__, url_prefix=ALIAS, tag="Predict")

    @bp.get("/health")
    @limits.none
    @bp.doc(responses={200: answers("The whole picture.", HealthSchema)})
    def report() -> Response:
        """Health"""
        return respond(health.report())

    @bp.get("/metrics")
    @limits.none
    @bp.doc(responses={200: answers("Counts.", CountsSchema), 503: "The counts cannot be reached."})
    def counts() -> Response:
        """Requests and errors of the whole service"""
        return respond(metrics())

    return bp
