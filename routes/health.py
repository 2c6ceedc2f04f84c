"""Probes and metrics, for operators and their machines."""

from __future__ import annotations

from dataclasses import replace

from apiflask import APIBlueprint
from flask import Response

from controllers.health import HealthApi
from controllers.schemas.health import AliveSchema, HealthSchema, ReadySchema
from routes import RouteLimits, answers
from routes.rows import Route, mount

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


def blueprint(api: HealthApi, limits: RouteLimits, *, metrics_open: bool) -> APIBlueprint:
    """What tells how this process and the whole service are. Metrics are the operator's unless they are open."""
    metrics = replace(METRICS, scope="anybody") if metrics_open else METRICS
    return mount(APIBlueprint("health", __name__, tag="Operations"), api, limits, (*PROBES, metrics))


def _prometheus(api: HealthApi) -> Response:
    return Response(api.metrics(), content_type=PROMETHEUS)


PROBES: tuple[Route[HealthApi], ...] = (
    Route(
        "GET",
        "/health",
        "report",
        HealthApi.report,
        limit="none",
        scope="anybody",
        text="Health",
        responses={200: answers("The whole picture.", HealthSchema)},
    ),
    Route(
        "POST",
        "/health",
        "report_posted",
        HealthApi.report,
        limit="none",
        scope="anybody",
        text="Health\n\nThe same as by GET, for monitors that can only post.",
        responses={200: answers("The whole picture.", HealthSchema)},
    ),
    Route(
        "GET",
        "/health/ready",
        "ready",
        HealthApi.ready,
        limit="none",
        scope="anybody",
        text="Readiness",
        responses={
            200: answers("Requests can be served.", ReadySchema),
            503: answers("Something is missing; the body names it.", ReadySchema),
        },
    ),
    Route(
        "GET",
        "/health/alive",
        "alive",
        HealthApi.alive,
        limit="none",
        scope="anybody",
        text="Liveness",
        responses={200: answers("The process runs.", AliveSchema)},
    ),
)

METRICS: Route[HealthApi] = Route(
    "GET",
    "/metrics",
    "prometheus",
    _prometheus,
    limit="none",
    scope="admin",
    text="Metrics of the whole service",
    responses={200: answers("Prometheus text.", {"type": "string"}, "text/plain")},
)
