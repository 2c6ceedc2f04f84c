"""Blueprints: path, schema, limit, docs. No logic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apiflask import APIBlueprint
from flask import Response, jsonify

from controllers import Reply


@dataclass(frozen=True, slots=True)
class RouteLimits:
    """Decorators, one of which every view must wear."""

    uploads: Callable[[Any], Any]
    scans: Callable[[Any], Any]
    reads: Callable[[Any], Any]
    none: Callable[[Any], Any]


def respond(reply: Reply) -> Response:
    """The HTTP answer of a controller's reply."""
    response = jsonify(reply.body)
    response.status_code = reply.status
    response.headers.update(reply.headers)
    return response


def answers(description: str, schema: object, media_type: str = "application/json") -> Any:
    """A documented answer."""
    return {"description": description, "content": {media_type: {"schema": schema}}}


def takes(bp: APIBlueprint, query: Any, form: Any = None, headers: Any = None) -> Callable[[Any], Any]:
    """A decorator that loads the query, and form and headers where asked for, into the view's arguments of these names.

    Unknown names are refused in query and form.
    """

    def decorate(view: Any) -> Any:
        if headers is not None:
            view = bp.input(headers, location="headers", arg_name="headers")(view)
        if form is not None:
            view = bp.input(form, location="form_and_files", arg_name="form")(view)
        return bp.input(query, location="query", arg_name="query", unknown="raise")(view)

    return decorate
