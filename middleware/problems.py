"""RFC 9457 problems, with the members that older clients read; families of routes may have a shape of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from flask import Flask, Response, current_app, g, jsonify, request
from werkzeug import Request

Shape = Callable[[Mapping[str, object]], Mapping[str, object]]
"""Makes a family's own body of a problem's members."""

SHAPES = "error_shapes"


def install(app: Flask, shapes: Mapping[str, Shape]) -> None:
    """Every error below one of these paths has that shape, and is plain JSON."""
    app.extensions[SHAPES] = {prefix.rstrip("/") + "/": shape for prefix, shape in shapes.items()}


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    retryable: bool = False,
    errors: Sequence[Mapping[str, object]] = (),
    headers: Mapping[str, str] | None = None,
    members: Mapping[str, object] | None = None,
) -> Response:
    """An answer of type application/problem+json, unless the family has its own. `members` come on top and win."""
    g.error_code = code
    told = Told(status, code, detail, retryable, errors, members or {})
    body, media_type = written(told, request, g.get("request_id", ""), current_app.extensions.get(SHAPES, {}))
    response = jsonify(body)
    response.status_code = status
    response.headers.update(headers or {})
    response.content_type = media_type
    return response


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of an error. `members` come on top of all others and win."""

    status: int
    code: str
    detail: str
    retryable: bool = False
    errors: Sequence[Mapping[str, object]] = ()
    members: Mapping[str, object] = field(default_factory=dict)


def written(
    told: Told, asked: Request, request_id: str, shapes: Mapping[str, Shape]
) -> tuple[Mapping[str, object], str]:
    """The body of the answer to what was asked, in the shape of its family, and its media type."""
    body: dict[str, object] = {
        "type": f"urn:ocr:problem:{told.code}",
        "title": HTTPStatus(told.status).phrase,
        "status": told.status,
        "detail": told.detail,
        "instance": asked.root_path.rstrip("/") + asked.path,
        "code": told.code,
        "error": told.code,
        "message": told.detail,
        "retryable": told.retryable,
        "request_id": request_id,
    }
    body |= {"errors": list(told.errors)} if told.errors else {}
    whole = {**body, **told.members}
    shape = _shape(asked.path, shapes)
    return (shape(whole), "application/json") if shape else (whole, "application/problem+json")


def _shape(path: str, shapes: Mapping[str, Shape]) -> Shape | None:
    return next((shape for prefix, shape in shapes.items() if f"{path}/".startswith(prefix)), None)
