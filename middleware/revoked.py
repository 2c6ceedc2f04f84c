"""Who waited for an answer for long does not get it where its key was revoked meanwhile."""

from __future__ import annotations

import time

from flask import Flask, Response, g

from middleware.callers import Door, identity
from middleware.errors import service_error
from services.errors import Unauthorized

LONG_SECONDS = 0.5
"""What takes less is done within the second in which a key that is revoked may still be taken anywhere."""

REVOKED = "This key was revoked while its request waited."


def install(app: Flask, door: Door | None) -> None:
    """Before the audit writes down how a request was answered, so after it in the order of installing."""
    if door is None:
        return

    @app.after_request
    def end(response: Response) -> Response:
        if not g.get("known") or time.monotonic() - g.let_in < LONG_SECONDS or not door.revoked(identity()):
            return response
        response.close()
        return service_error(Unauthorized(REVOKED))
