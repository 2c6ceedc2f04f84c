"""`/api/v1` has six codes for what can go wrong. `details.code` says it more precisely, as docs/errors.md lists it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services import errors as e

CODES: dict[type[e.ServiceError], str] = {
    e.ServiceError: "MODEL_ERROR",
    e.BadInput: "INVALID_IMAGE",
    e.LowQuality: "LOW_QUALITY",
    e.CapabilityUnavailable: "MODEL_ERROR",
    e.Unauthorized: "INVALID_IMAGE",
    e.InsufficientScope: "INVALID_IMAGE",
    e.TooManyWrongKeys: "QUOTA_EXCEEDED",
    e.QuotaExceeded: "QUOTA_EXCEEDED",
    e.UnknownJob: "INVALID_IMAGE",
    e.JobExpired: "INVALID_IMAGE",
    e.JobCancelled: "INVALID_IMAGE",
    e.TooManyStreams: "QUOTA_EXCEEDED",
    e.ForeignOrigin: "INVALID_IMAGE",
    e.NoUpgrade: "INVALID_IMAGE",
    e.NoStreamFree: "NETWORK_ERROR",
    e.ProcessingTimeout: "TIMEOUT",
    e.StillRunning: "TIMEOUT",
    e.BrokerUnavailable: "NETWORK_ERROR",
    e.IssuerUnavailable: "NETWORK_ERROR",
    e.NoWorker: "NETWORK_ERROR",
    e.SpoolUnavailable: "NETWORK_ERROR",
    e.QueueFull: "NETWORK_ERROR",
    e.StorageFull: "NETWORK_ERROR",
}
"""By the nearest listed ancestor."""

REFUSALS = {"rate_limited": "QUOTA_EXCEEDED"}
"""What is refused before any of these errors can happen; where nothing is listed, the request itself will not do."""

NOT_SAID_TWICE = ("type", "title", "detail", "instance", "error", "message")


def code_of(code: str) -> str:
    """The family's code for one of docs/errors.md."""
    error = e.public_errors().get(code)
    if error is None:
        return REFUSALS.get(code, "INVALID_IMAGE")
    return next(CODES[cls] for cls in error.__mro__ if cls in CODES)


def envelope(problem: Mapping[str, object]) -> Mapping[str, object]:
    """The body of an error answer, from the members of a problem."""
    details = {name: value for name, value in problem.items() if name not in NOT_SAID_TWICE}
    return {"success": False, "error": _error(str(problem["code"]), str(problem["detail"]), details)}


def error_view(error: e.ServiceError) -> dict[str, Any]:
    """The error of one image of several, or of a job that is looked at."""
    details = {"code": error.code, "retryable": error.retryable, **error.members}
    return _error(error.code, str(error), details | ({"errors": list(error.errors)} if error.errors else {}))


def _error(code: str, message: str, details: Mapping[str, object]) -> dict[str, Any]:
    return {"code": code_of(code), "message": message, "details": dict(details)}
