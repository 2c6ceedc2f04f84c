"""Probes and metrics, for operators and their machines."""

from __future__ import annotations

from apiflask import APIBlueprint
from flask import Response

from controllers.health import HealthApi
from controllers.schemas.health import AliveSchema, HealthSchema, ReadySchema
from routes import RouteLimits, answers, respond

PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


def blueprint(api: HealthApi, limits: RouteLimits) -> APIBlueprint:
    bp = APIBlueprint("health", __name__, tag="Operations")

    @bp.get("/health")
    @limits.none
    @bp.doc(responses={200: answers("The whole picture.", HealthSchema)})
    def report() -> Response:
        """Health"""
        return respond(api.report())

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
        return respond(api.ready())

    @bp.get("/health/alive")
    @limits.none
    @bp.doc(responses={200: answers("The process runs.", AliveSchema)})
    def alive() -> Response:
        """Liveness"""
        return respond(api.alive())

    @bp.get("/metrics")
    @limits.none
    @bp.doc(
        responses={
            200: answers("Prometheus text.", {"type": "string"}, "text/plain"),
        }
    )
    def prometheus() -> Response:
        """Metrics of the whole service"""
        return Response(api.metrics(), content_type=PROMETHEUS)

    return bp
