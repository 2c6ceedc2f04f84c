"""RFC 9457 problems, with the members that older clients read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from flask import Response, g, jsonify, request


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
    """An answer of type application/problem+json. `members` come on top and win."""
    body: dict[str, object] = {
        "type": f"urn:ocr:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "instance": request.path,
        "code": code,
        "error": code,
        "message": detail,
        "retryable": retryable,
        "request_id": g.get("request_id", ""),
    }
    body |= {"errors": list(errors)} if errors else {}
    response = jsonify({**body, **(members or {})})
    response.status_code = status
    response.headers.update(headers or {})
    response.content_type = "application/problem+json"
    return response
