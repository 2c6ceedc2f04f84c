"""Writes down who has had which document in his hands, before the answer leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask, Response, current_app, g, request

from middleware.callers import identity, known_tenant
from services.access.audit import Access, made

Write = Callable[[Access], None]
"""Raises OSError: then the answer is an error, and nothing of a document leaves."""

NOT_WRITTEN = 429
"""The answer to who is too fast, who could fill the disk with them, and was given nothing. Nor is who is not known."""


def install(app: Flask, write: Write | None) -> None:
    """None where nothing is written, as nobody is known."""
    if write is None:
        return

    @app.before_request
    def begin() -> None:
        made.set([])

    @app.after_request
    def end(response: Response) -> Response:
        if (what := _what()) and known_tenant() and response.status_code != NOT_WRITTEN:
            write(_access(what, response))
        return response


def audited(what: str) -> Callable[[Any], Any]:
    """A decorator that says what is written down of who is answered by a view; empty for nothing."""

    def decorate(view: Any) -> Any:
        view.audited = what
        return view

    return decorate


def _what() -> str:
    return str(getattr(current_app.view_functions.get(request.endpoint or ""), "audited", ""))


def _access(what: str, response: Response) -> Access:
    who, args = identity(), request.view_args or {}
    named = [str(args[name]) for name in ("job_id", "key_id", "tenant") if name in args]
    code = g.get("error_code", "")
    return Access(
        what=what,
        tenant=who.tenant,
        subject=who.user,
        key=who.key.id if who.key else "",
        address=request.remote_addr or "",
        jobs=(*named, *(made.get() or ())),
        outcome=f"{response.status_code} {code}".strip(),
        request_id=g.request_id,
    )
