"""Blueprints: path, schema, limit, docs. No logic."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, jsonify

from controllers import Reply



@dataclass(frozen=True, slots=True)
class RouteLimits:
    """Decorators, one of which every view must wear."""

    uploads: Callable[[Any], Any]
    reads: Callable[[Any], Any]
    none: Callable[[Any], Any]


def respond(reply: Reply) -> Response:
    """The HTTP answer of a controller's reply."""
    response = jsonify(reply.body)
    response.status_code = reply.status
    response.headers.update(reply.headers)
    return response


def answers(description: str, schema: object) -> dict[str, object]:
    """A documented JSON answer."""
    return {"description": description, "content": {"application/json": {"schema": schema}}}
