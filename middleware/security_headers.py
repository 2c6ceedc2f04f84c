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
SHOWN = (
    "default-src 'none'; script-src 'self'; style-src 'self'{styles}; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'{more}"
)
OWN = {
    # Swagger UI sets style attributes.
    "docs": {"Content-Security-Policy": SHOWN.format(styles=" 'unsafe-inline'", more="")},
    # What is read and what files are called is hostile: nothing may turn a string into markup or a script.
    "page": {
        "Content-Security-Policy": SHOWN.format(
            styles="", more="; require-trusted-types-for 'script'; trusted-types 'none'"
        ),
        "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    },
}
"""What blueprints that browsers show have instead."""

CORS = {
    "Access-Control-Allow-Methods": "GET, POST, PUT, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, Last-Event-ID, Prefer, "
    "Ocp-Apim-Subscription-Key, X-API-Key, X-Request-Id",
    "Access-Control-Expose-Headers": "Content-Disposition, Idempotency-Replayed, Location, Operation-Location, "
    "Preference-Applied, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id, "
    "X-RateLimit-Remaining",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def install(app: Flask, origins: tuple[str, ...]) -> None:
    """CORS is off unless `origins` names some."""

    @app.after_request
    def add(response: Response) -> Response:
        own = OWN.get(request.blueprint or "", {})
        given = {**cors(request.headers.get("Origin"), origins), **own}
        response.headers.update(given)
        if origins:
            response.vary.add("Origin")
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


def cors(origin: str | None, origins: tuple[str, ...]) -> dict[str, str]:
    """What lets a web page of one of these origins read the answer."""
    return {"Access-Control-Allow-Origin": origin, **CORS} if origin is not None and origin in origins else {}
