"""Counts and times every answered request, and logs it; by route, never by address or query."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

from flask import Flask, Response, g, request

from middleware.callers import identity, known_tenant

log = logging.getLogger("ocr.access")

Record = Callable[[str, str, int, float, str, str], None]
"""Takes route, method, status, seconds, the code of the error and the tenant, both empty where there is none."""

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
PROBES = ("/health", "/health/ready", "/health/alive", "/metrics")


def install(app: Flask, record: Record) -> None:
    @app.before_request
    def start() -> None:
        g.started = perf_counter()

    @app.after_request
    def end(response: Response) -> Response:
        route = request.url_rule.rule if request.url_rule else "unknown"
        seconds = perf_counter() - g.get("started", perf_counter())
        user = identity().user if known_tenant() else ""
        told = Answered(route, request.method, response.status_code, g.get("error_code", ""), known_tenant(), user)
        note(record, told, seconds)
        return response


@dataclass(frozen=True, slots=True)
class Answered:
    """A request, by the rule of its route. Texts are empty where there is none."""

    route: str
    method: str
    status: int
    error: str = ""
    tenant: str = ""
    user: str = ""


def note(record: Record, told: Answered, seconds: float, *, shown: bool = True) -> None:
    """Count an answer, and log it where it is `shown`. Probes are neither."""
    if told.route.endswith(PROBES):
        return
    method = told.method if told.method in METHODS else "other"
    record(told.route, method, told.status, seconds, told.error, told.tenant)
    if shown:
        fields = {"route": told.route, "method": method, "status": told.status}
        who = {"tenant": told.tenant, "user": told.user} if told.tenant else {}
        log.info("request", extra={**fields, **who, "ms": round(1000 * seconds, 1)})
