"""Errors as this wire has them: `error{code, message, innererror{code, message}}`."""

from __future__ import annotations

from collections.abc import Mapping

STATUSES: Mapping[int, int] = {410: 404, 415: 400, 422: 400}
"""In place of ours, where its clients know others."""

CODES: Mapping[int, str] = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    429: "TooManyRequests",
    500: "InternalServerError",
    503: "ServiceUnavailable",
    504: "Timeout",
    507: "ServiceUnavailable",
}
INNER: Mapping[str, str] = {
    "unsupported_type": "InvalidContent",
    "unreadable_file": "InvalidContent",
    "unsupported_packing": "InvalidContent",
    "empty_upload": "InvalidContent",
    "password_required": "InvalidContent",
    "upload_too_large": "InvalidContentLength",
    "too_many_pixels": "InvalidContentDimensions",
    "invalid_request": "InvalidParameter",
    "bad_input": "InvalidParameter",
    "capability_unavailable": "InvalidParameter",
    "unknown_model": "ModelNotFound",
    "unknown_job": "OperationNotFound",
    "job_expired": "OperationNotFound",
}
"""Of Microsoft's list of detailed codes; any other is said as docs/errors.md has it."""


def error_view(status: int, code: str, message: str) -> dict[str, object]:
    """The member `error`, of an answer or of an analysis that failed."""
    inner = {"code": INNER.get(code, code), "message": message}
    return {"code": CODES.get(status, "InvalidRequest"), "message": message, "innererror": inner}


def envelope(problem: Mapping[str, object]) -> Mapping[str, object]:
    """The body of an error answer, from the members of a problem."""
    status = int(str(problem["status"]))
    return {"error": error_view(status, str(problem["code"]), str(problem["detail"]))}
