"""The one place where an error becomes an HTTP answer."""

from __future__ import annotations

import errno
import logging
from collections.abc import Iterator, Mapping
from typing import Any

from apiflask import APIFlask
from apiflask.exceptions import HTTPError
from flask import Response, request
from werkzeug import Request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from middleware.callers import KEY_HEADERS
from middleware.problems import problem
from services import errors as e

log = logging.getLogger(__name__)

STATUS: dict[type[e.ServiceError], int] = {
    e.ServiceError: 500,
    e.BadInput: 422,
    e.EmptyUpload: 400,
    e.UnsupportedType: 415,
    e.UnsupportedPacking: 415,
    e.TooManyPixels: 413,
    e.UploadTooLarge: 413,
    e.CallbackRefused: 400,
    e.UrlRefused: 400,
    e.CapabilityUnavailable: 400,
    e.IdempotencyInProgress: 409,
    e.Unauthorized: 401,
    e.InsufficientScope: 403,
    e.TooManyWrongKeys: 429,
    e.QuotaExceeded: 429,
    e.UnknownKey: 404,
    e.UnknownModel: 404,
    e.UnknownJob: 404,
    e.TableNotFound: 404,
    e.JobExpired: 410,
    e.JobCancelled: 409,
    e.JobSettling: 409,
    e.TooManyStreams: 429,
    e.ForeignOrigin: 403,
    e.NoUpgrade: 426,
    e.NoStreamFree: 503,
    e.ProcessingTimeout: 504,
    e.StillRunning: 504,
    e.NoWorker: 503,
    e.UploadLost: 503,
    e.SpoolUnavailable: 503,
    e.QueueFull: 503,
    e.UrlUnreachable: 502,
    e.BrokerUnavailable: 503,
    e.IssuerUnavailable: 503,
    e.StorageFull: 507,
}
FORM_ADVICE = "The form has too many parts, or an option of more than 500 kB. Send documents as files."
HTTP_ADVICE = {
    400: "The request is malformed. Send files as multipart/form-data.",
    404: "There is nothing at this address. See /docs for what there is.",
    405: "This address does not take that method. See /docs.",
    415: "This content type is not taken here. Send files as multipart/form-data.",
}


def status_of(error: e.ServiceError) -> int:
    """The status of the nearest listed ancestor."""
    return next(STATUS[cls] for cls in type(error).__mro__ if cls in STATUS)


def install(app: APIFlask) -> None:
    app.register_error_handler(e.ServiceError, service_error)
    app.register_error_handler(RequestEntityTooLarge, _too_large)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OSError, _os_error)
    app.register_error_handler(Exception, _bug)
    app.error_callback = _invalid_request


def service_error(error: e.ServiceError) -> Response:
    """Its answer; also for whoever translates a library's error as late as here."""
    status = status_of(error)
    if status >= 500:
        log.warning("request failed", exc_info=error.__cause__, extra={"code": error.code})
    return problem(
        status,
        error.code,
        str(error),
        retryable=error.retryable,
        errors=error.errors,
        headers=headers_of(error, request),
        members=error.members,
    )


def headers_of(error: e.ServiceError, asked: Request) -> dict[str, str]:
    """What its answer to such a request has of its own."""
    status = status_of(error)
    later = status in (429, 503) or (status == 409 and error.retryable)
    headers = {"Retry-After": str(error.retry_after)} if later else {}
    headers |= {"Upgrade": "websocket"} if status == 426 else {}
    return headers | _challenge(error, asked)


def _challenge(error: e.ServiceError, asked: Request) -> dict[str, str]:
    """As in RFC 6750, section 3."""
    if isinstance(error, e.Unauthorized):
        sent = any(name in asked.headers for name in ("Authorization", *KEY_HEADERS))
        wrong = ', error="invalid_token"' if sent else ""
        return {"WWW-Authenticate": f'Bearer realm="ocr"{wrong}'}
    if isinstance(error, e.InsufficientScope):
        scope = error.members.get("scope", "")
        return {"WWW-Authenticate": f'Bearer realm="ocr", error="insufficient_scope", scope="{scope}"'}
    return {}


def _too_large(error: RequestEntityTooLarge) -> Response:
    declared, most = request.content_length, request.max_content_length or 0
    if declared is not None and declared <= most:
        return problem(413, "form_too_large", FORM_ADVICE)
    return problem(413, "upload_too_large", f"The upload is larger than {most} bytes. Send a smaller file.")


def _invalid_request(error: HTTPError) -> Response:
    """A request that its schema refused."""
    if error.status_code != 422:
        return problem(error.status_code, "bad_request", HTTP_ADVICE.get(error.status_code, error.message or ""))
    found = [{"field": field, "message": text} for part in error.detail.values() for field, text in _flat(part)]
    detail = " ".join(f"{entry['field']}: {entry['message']}" for entry in found) or "The request is invalid."
    return problem(422, "invalid_request", detail, errors=found)


def _flat(detail: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """marshmallow's nested messages; an entry of a list is `<field>.<index>`."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            yield from _flat(value, f"{name}.{key}" if name else str(key))
    else:
        for text in detail if isinstance(detail, list) else [detail]:
            yield name, str(text)


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    code = "bad_request" if status == 400 else (error.name or "error").lower().replace(" ", "_")
    headers = {k: v for k, v in error.get_headers() if k in ("Allow", "Retry-After", "Location")}
    return problem(status, code, HTTP_ADVICE.get(status, error.description or error.name), headers=headers)


def _os_error(error: OSError) -> Response:
    """The body of an upload is read while the request is handled, and written at once.

    The disk may be full then; and what the web server says of a malformed body is an OSError without a number.
    """
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return service_error(e.StorageFull())
    if error.errno is None:
        return problem(400, "bad_request", HTTP_ADVICE[400])
    return _bug(error)


def _bug(error: Exception) -> Response:
    log.error("unhandled %s", type(error).__name__, exc_info=error)
    return problem(500, e.Failure.code, e.Failure.advice, retryable=True)
