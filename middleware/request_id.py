"""One id for a request, in its answer, in every log line and in the job."""

from __future__ import annotations

import re
import secrets

from flask import Flask, Response, g, request

from utils import logs

SANE = re.compile(r"[A-Za-z0-9._\-]{1,64}")


def install(app: Flask) -> None:
    """Takes the client's X-Request-Id if it is sane, else makes one."""

    @app.before_request
    def take() -> None:
        g.request_id = chosen(request.headers.get("X-Request-Id", ""))
        logs.request_id.set(g.request_id)

    @app.after_request
    def give(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        return response


def chosen(given: str) -> str:
    """What the client gave, if that is sane, else a new one."""
    return given if SANE.fullmatch(given) else secrets.token_hex(8)
