"""Below which path a proxy has the service: what the addresses in answers begin with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from flask import Response, json, request

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def below(application: Wsgi, root: str, will_do: Callable[[str], bool]) -> Wsgi:
    """Requests are below what a trusted proxy says that `will_do`, else below `root`; both without a slash at the end.

    What will not do is dropped: it may be a client's, passed on by a proxy that sets no such header.
    """

    def rooted(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        told = environ.get("SCRIPT_NAME", "").rstrip("/")
        environ["SCRIPT_NAME"] = told if will_do(told) else root
        return application(environ, start)

    return rooted


def root() -> str:
    """Of the present request; empty where no proxy puts the service below a path."""
    return request.script_root


def documented(view: Callable[[], Response]) -> Callable[[], Response]:
    """The description of the API names the path as its server's, which the view, made once for all, does not."""

    @wraps(view)
    def rooted() -> Response:
        response = view()
        if root():
            response.set_data(json.dumps({**response.get_json(), "servers": [{"url": root()}]}))
        return response

    return rooted
