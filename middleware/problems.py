"""RFC 9457 problems, with the members that older clients read; families of routes may have a shape of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import NamedTuple

from flask import Flask, Response, current_app, g, jsonify, request
from werkzeug import Request

Shape = Callable[[Mapping[str, object]], Mapping[str, object]]
"""Makes a family's own body of a problem's members."""

SHAPES = "error_shapes"


@dataclass(frozen=True, slots=True)
class Family:
    """How a family of routes tells errors: in a `shape` of its own, some with other `statuses` than ours."""

    shape: Shape
    statuses: Mapping[int, int] = field(default_factory=dict)


def install(app: Flask, families: Mapping[str, Family]) -> None:
    """Every error below one of these paths has its family's shape, and is plain JSON."""
    app.extensions[SHAPES] = {prefix.rstrip("/") + "/": family for prefix, family in families.items()}


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
    answer = written(told, request, g.get("request_id", ""), current_app.extensions.get(SHAPES, {}))
    response = jsonify(answer.body)
    response.status_code = answer.status
    response.headers.update(headers or {})
    response.content_type = answer.media_type
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


class Written(NamedTuple):
    """An answer that tells of an error."""

    status: int
    body: Mapping[str, object]
    media_type: str


def written(told: Told, asked: Request, request_id: str, families: Mapping[str, Family]) -> Written:
    """The answer to what was asked, in the shape and with the status of its family."""
    family = _family(asked.path, families)
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
    if family is None:
        return Written(told.status, whole, "application/problem+json")
    return Written(family.statuses.get(told.status, told.status), family.shape(whole), "application/json")


def _family(path: str, families: Mapping[str, Family]) -> Family | None:
    return next((family for prefix, family in families.items() if f"{path}/".startswith(prefix)), None)
