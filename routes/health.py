"""Probes and metrics, for operators and their machines."""

from __future__ import annotations

from collections.abc import Callable

from apiflask import APIBlueprint
from flask import Response

from controllers import health as controller
from controllers.schemas.health import AliveSchema, HealthSchema, ReadySchema
from routes import RouteLimits, answers, respond
from services.health import Health

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


def blueprint(health: Health, metrics: Callable[[], bytes], limits: RouteLimits) -> APIBlueprint:
    bp = APIBlueprint("health", __name__, tag="Operations")

    @bp.get("/health")
    @limits.none
    @bp.doc(responses={200: answers("The whole picture.", HealthSchema)})
    def report() -> Response:
        """Health"""
        return respond(controller.report(health))

    @bp.get("/health/ready")
    @limits.none
    @bp.doc(
        responses={
            200: answers("Requests can be served.", ReadySchema),
            503: answers("Something is missing; the body names it.", ReadySchema),
        }
    )
    def ready() -> Response:
        """Readiness"""
        return respond(controller.ready(health))

    @bp.get("/health/alive")
    @limits.none
    @bp.doc(responses={200: answers("The process runs.", AliveSchema)})
    def alive() -> Response:
        """Liveness"""
        return respond(controller.alive(health))

    @bp.get("/metrics")
    @limits.none
    @bp.doc(
        responses={
            200: answers("Prometheus text.", {"type": "string"}, "text/plain"),
        }
    )
    def prometheus() -> Response:
        """Metrics of the whole service"""
        return Response(metrics(), content_type=PROMETHEUS)

    return bp
