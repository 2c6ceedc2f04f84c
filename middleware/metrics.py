"""Counts and times every answered request, and logs it; by route, never by address or query."""

from __future__ import annotations

import logging
from collections.abc import Callable
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
        if not route.endswith(PROBES):
            method = request.method if request.method in METHODS else "other"
            record(route, method, response.status_code, seconds, g.get("error_code", ""), known_tenant())
            fields = {"route": route, "method": method, "status": response.status_code}
            who = {"tenant": known_tenant(), "user": identity().user} if known_tenant() else {}
            log.info("request", extra={**fields, **who, "ms": round(1000 * seconds, 1)})
        return response
