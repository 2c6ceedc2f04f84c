"""Security headers on every answer, and CORS for the origins that the settings name."""

from __future__ import annotations

from flask import Flask, Response, request

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}
DOCS_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Swagger UI sets style attributes."""

CORS = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Content-Type, Idempotency-Key, Last-Event-ID, Prefer, X-Request-Id",
    "Access-Control-Expose-Headers": "Idempotency-Replayed, Location, Retry-After, X-Request-Id, X-RateLimit-Remaining",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def install(app: Flask, origins: tuple[str, ...]) -> None:
    """CORS is off unless `origins` names some."""

    @app.after_request
    def add(response: Response) -> Response:
        origin = request.headers.get("Origin")
        if origin in origins:
            response.headers.update({"Access-Control-Allow-Origin": origin, **CORS})
        if origins:
            response.vary.add("Origin")
        if request.blueprint == "docs":
            response.headers["Content-Security-Policy"] = DOCS_POLICY
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response
