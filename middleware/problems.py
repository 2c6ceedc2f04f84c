"""RFC 9457 problems, with the members that older clients read; families of routes may have a shape of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

from flask import Flask, Response, current_app, g, jsonify, request

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
    body: dict[str, object] = {
        "type": f"urn:ocr:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.script_root + request.path,
        "code": code,
        "error": code,
        "message": detail,
        "retryable": retryable,
        "request_id": g.get("request_id", ""),
    }
    body |= {"errors": list(errors)} if errors else {}
    shape = _shape(request.path)
    response = jsonify((shape or dict)({**body, **(members or {})}))
    response.status_code = status
    response.headers.update(headers or {})
    if shape is None:
        response.content_type = "application/problem+json"
    return response


def _shape(path: str) -> Shape | None:
    shapes: Mapping[str, Shape] = current_app.extensions.get(SHAPES, {})
    return next((shape for prefix, shape in shapes.items() if f"{path}/".startswith(prefix)), None)
