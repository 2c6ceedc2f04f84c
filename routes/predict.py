"""`/paddleocr`: predictions. The same routes, undocumented, below `/ocr-api`, and that prefix's health and metrics."""

from __future__ import annotations

from collections.abc import Iterator

from apiflask import APIBlueprint

from controllers import Reply
from controllers.predict import PredictApi, PredictOperations
from controllers.schemas import EmptySchema
from controllers.schemas.health import HealthSchema
from controllers.schemas.native import IdempotencySchema
from controllers.schemas.predict import (
    CountsSchema,
    PendingSchema,
    PredictionProgressSchema,
    PredictionSchema,
    PredictLaterSchema,
    PredictUploadSchema,
    ShownSchema,
)
from middleware.callers import known_tenant
from routes import NO_JOB, NOT_ACCEPTED, RouteLimits, answers, caller, keyed, uploaded
from routes.rows import Loaded, Route, mount

ALIAS = "/ocr-api"


def blueprints(api: PredictApi, operations: PredictOperations, limits: RouteLimits) -> Iterator[APIBlueprint]:
    """The routes, those of the alias, which are left out of the documentation, and the alias's health and metrics."""
    documented = APIBlueprint("predict", __name__, url_prefix="/paddleocr", tag="Predict")
    yield mount(documented, api, limits, ROUTES)
    alias = APIBlueprint("predict_alias", __name__, url_prefix=f"{ALIAS}/paddleocr", enable_openapi=False)
    yield mount(alias, api, limits, ROUTES)
    own = APIBlueprint("predict_operations", __name__, url_prefix=ALIAS, tag="Predict")
    yield mount(own, operations, limits, OPERATIONS)


def _predict(api: PredictApi, query: Loaded, form: Loaded, headers: Loaded) -> Reply:
    return api.predict(uploaded(form.pop("file")), form, keyed(headers), query)


def _predict_async(api: PredictApi, query: Loaded, form: Loaded, headers: Loaded) -> Reply:
    return api.predict_async(uploaded(form.pop("file")), form, keyed(headers))


def _status(api: PredictApi, job_id: str, query: Loaded) -> Reply:
    return api.status(job_id, caller().owner, query)


def _counts(api: PredictOperations) -> Reply:
    return api.counts(known_tenant())


ROUTES: tuple[Route[PredictApi], ...] = (
    Route(
        "POST",
        "/predict",
        "predict",
        _predict,
        limit="uploads",
        scope="write",
        audit="submitted",
        text="Read a document and wait for the result",
        query=ShownSchema,
        form=PredictUploadSchema,
        headers=IdempotencySchema,
        responses={
            200: answers("The result.", PredictionSchema),
            **NOT_ACCEPTED,
            504: "The result is not there yet; `status_url` says where it will be.",
        },
    ),
    Route(
        "POST",
        "/predict-async",
        "predict_async",
        _predict_async,
        limit="uploads",
        scope="write",
        audit="submitted",
        text="Read a document",
        query=EmptySchema,
        form=PredictLaterSchema,
        headers=IdempotencySchema,
        responses={202: answers("The job was accepted.", PendingSchema), **NOT_ACCEPTED},
    ),
    Route(
        "GET",
        "/status/<job_id>",
        "status",
        _status,
        limit="reads",
        scope="read",
        audit="read_result",
        text="Follow a prediction",
        query=ShownSchema,
        responses={200: answers("How the job stands.", PredictionProgressSchema), **NOT_ACCEPTED, **NO_JOB},
    ),
)

OPERATIONS: tuple[Route[PredictOperations], ...] = (
    Route(
        "GET",
        "/health",
        "report",
        PredictOperations.report,
        limit="none",
        scope="anybody",
        text="Health",
        responses={200: answers("The whole picture.", HealthSchema)},
    ),
    Route(
        "GET",
        "/metrics",
        "counts",
        _counts,
        limit="none",
        scope="read",
        text="Requests and errors of the whole service",
        responses={200: answers("Counts.", CountsSchema), 503: "The counts cannot be reached."},
    ),
)
