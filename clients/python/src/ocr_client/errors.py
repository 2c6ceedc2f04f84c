"""What can go wrong.

OcrError
├── Unreachable            no answer came: nothing listens, or the connection broke
├── TimedOut               the time that the caller gave is over; a job goes on
└── ServiceError           the service said no; `code` says why
    ├── BadInput           the file or an option is at fault: send another
    │   └── PasswordRequired
    ├── NotAllowed         the API key is missing or not good
    ├── UnknownJob
    ├── JobExpired
    ├── JobCancelled
    ├── NotFinished        a result was asked for before there is one
    ├── TooManyRequests
    └── ServiceFailed      the service's to mend

The class of an answer follows its `code`, and its status where the code is of a newer service than this client.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar


class OcrError(Exception):
    """Base of all errors of this package. `retryable` says whether the same call may pass later."""

    code = ""
    retryable = False
    request_id: str | None = None


class Unreachable(OcrError):
    """The service gave no answer, or not all of it."""

    code = "unreachable"
    retryable = True


class TimedOut(OcrError):
    """The caller's time is over. `job_id` is the job that goes on, if there is one."""

    code = "timed_out"
    retryable = True

    def __init__(self, message: str, job_id: str | None = None) -> None:
        super().__init__(message)
        self.job_id = job_id


class ServiceError(OcrError):
    """An answer that is an error.

    `errors` has an entry per wrong field, page or file, `retry_after` the seconds that the service asks to wait for,
    and `members` all that the answer said.
    """

    codes: ClassVar[tuple[str, ...]] = ()
    statuses: ClassVar[tuple[int, ...]] = ()

    def __init__(self, status: int, members: Mapping[str, Any], message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.members = members
        self.code = str(members.get("code") or f"http_{status}")
        self.retryable = bool(members.get("retryable", False))
        self.request_id = members.get("request_id")
        self.errors: Sequence[Mapping[str, Any]] = members.get("errors") or ()
        self.retry_after = retry_after


class BadInput(ServiceError):
    """The file or an option is at fault."""

    statuses = (400, 413, 415, 422)


class PasswordRequired(BadInput):
    """The PDF is encrypted, and no password or a wrong one was given."""

    codes = ("password_required",)


class NotAllowed(ServiceError):
    """The API key is missing or not good, or may not do this."""

    statuses = (401, 403)


class UnknownJob(ServiceError):
    """No job of this caller has this id."""

    codes = ("unknown_job",)


class JobExpired(ServiceError):
    """The job existed; its files are gone."""

    codes = ("job_expired",)
    statuses = (410,)


class JobCancelled(ServiceError):
    """The job was cancelled, so it has no result."""

    codes = ("job_cancelled",)


class NotFinished(ServiceError):
    """The job has no result yet: wait for it first."""

    codes = ("not_finished",)


class TooManyRequests(ServiceError):
    """The rate limit is used up; `retry_after` says for how long."""

    statuses = (429,)


class StillAccepting(ServiceError):
    """An earlier try of this request is not answered yet, or the service ended in it: its key is held for a minute."""

    codes = ("idempotency_in_progress",)


class ServiceFailed(ServiceError):
    """The service failed. Its operator finds the log lines by `request_id`."""

    statuses = (500, 502, 503, 504, 507)


def service_error(status: int, members: Mapping[str, Any], retry_after: float | None = None) -> ServiceError:
    """The error that an answer with this status and JSON body stands for."""
    code = str(members.get("code", ""))
    named = (cls for cls in _subclasses(ServiceError) if code in cls.codes)
    numbered = (cls for cls in _subclasses(ServiceError) if status in cls.statuses)
    found = next(named, None) or next(numbered, ServiceError)
    return found(status, members, _message(status, members), retry_after)


def _subclasses(root: type[ServiceError]) -> Iterator[type[ServiceError]]:
    for cls in root.__subclasses__():
        yield cls
        yield from _subclasses(cls)


def _message(status: int, members: Mapping[str, Any]) -> str:
    """The service's own words; of /scan-mrz, what would help goes with them."""
    text = next((str(members[name]) for name in ("detail", "message", "error") if members.get(name)), "")
    said = " ".join(part for part in (text, str(members.get("suggestion") or "")) if part)
    return said or f"What answers there says {status} and not why. Check that the address is the OCR service's."
