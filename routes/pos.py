"""`/api/v1`: pictures of a point of sale, with an error shape of their own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from apiflask import APIBlueprint

from controllers import Reply
from controllers.pos import PosApi
from controllers.pos_operations import PosOperations
from controllers.schemas import EmptySchema
from controllers.schemas.native import IdempotencySchema
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
from middleware.callers import known_tenant
from routes import NO_JOB, NOT_ACCEPTED, RouteLimits, answers, caller, keyed, uploaded
from routes.rows import Loaded, Route, mount

PREFIX = "/api/v1"
REFUSED: dict[Any, Any] = {**NOT_ACCEPTED, 400: answers("The deployment cannot do that.", PosErrorSchema)}


def blueprints(api: PosApi, operations: PosOperations, limits: RouteLimits) -> Iterator[APIBlueprint]:
    """What pictures are read with, and this family's own health and metrics."""
    yield mount(APIBlueprint("pos", __name__, url_prefix=PREFIX, tag="Point of sale"), api, limits, ROUTES)
    own = APIBlueprint("pos_operations", __name__, url_prefix=PREFIX, tag="Point of sale")
    yield mount(own, operations, limits, OPERATIONS)


def _process(api: PosApi, query: Loaded, form: Loaded, headers: Loaded) -> Reply:
    return api.process(uploaded(form.pop("image")), form, keyed(headers))


def _process_async(api: PosApi, query: Loaded, form: Loaded, headers: Loaded) -> Reply:
    return api.process_async(uploaded(form.pop("image")), form, keyed(headers))


def _batch(api: PosApi, query: Loaded, form: Loaded, headers: Loaded) -> Reply:
    return api.batch([uploaded(file) for file in form.pop("images")], form, keyed(headers))


def _job(api: PosApi, job_id: str, query: Loaded) -> Reply:
    return api.job(job_id, caller().owner)


def _result(api: PosApi, job_id: str, query: Loaded) -> Reply:
    return api.result(job_id, caller().owner)


def _counts(api: PosOperations) -> Reply:
    return api.counts(known_tenant())


ROUTES: tuple[Route[PosApi], ...] = (
    Route(
        "POST",
        "/ocr/process",
        "process",
        _process,
        limit="uploads",
        scope="write",
        audit="submitted",
        text="Read a picture and wait for the result",
        query=EmptySchema,
        form=ProcessSchema,
        headers=IdempotencySchema,
        responses={200: answers("The result.", ProcessedSchema), **REFUSED},
    ),
    Route(
        "POST",
        "/ocr/process/async",
        "process_async",
        _process_async,
        limit="uploads",
        scope="write",
        audit="submitted",
        text="Read a picture",
        query=EmptySchema,
        form=ProcessLaterSchema,
        headers=IdempotencySchema,
        responses={202: answers("The job was accepted.", PosAcceptedSchema), **REFUSED},
    ),
    Route(
        "POST",
        "/ocr/batch",
        "batch",
        _batch,
        limit="uploads",
        scope="write",
        audit="submitted",
        text="Read up to ten pictures and wait for the results",
        query=EmptySchema,
        form=ImagesSchema,
        headers=IdempotencySchema,
        responses={200: answers("One result or error per image, in order.", PosBatchSchema), **REFUSED},
    ),
    Route(
        "GET",
        "/ocr/jobs/<job_id>",
        "job",
        _job,
        limit="reads",
        scope="read",
        audit="read_result",
        text="Follow a job",
        query=EmptySchema,
        responses={200: answers("How the job stands.", PosJobSchema), **NO_JOB},
    ),
    Route(
        "GET",
        "/ocr/jobs/<job_id>/result",
        "result",
        _result,
        limit="reads",
        scope="read",
        audit="read_result",
        text="Fetch a result",
        query=EmptySchema,
        responses={
            200: answers("The result.", ProcessedSchema),
            202: answers("The job has not ended.", PosAcceptedSchema),
            **REFUSED,
            **NO_JOB,
        },
    ),
)

OPERATIONS: tuple[Route[PosOperations], ...] = (
    Route(
        "GET",
        "/health",
        "report",
        PosOperations.report,
        limit="none",
        scope="anybody",
        text="Health",
        responses={200: answers("How the service is.", PosHealthSchema)},
    ),
    Route(
        "GET",
        "/metrics",
        "counts",
        _counts,
        limit="none",
        scope="read",
        text="Requests and errors of this family",
        responses={200: answers("Counts.", PosMetricsSchema), 503: "The counts cannot be reached."},
    ),
)
