"""Exit codes, which scripts rely on, and the errors of a wrong call."""

from __future__ import annotations

from ocr_client.errors import NotAllowed, OcrError, PasswordRequired, TooManyRequests, Unreachable

DONE = 0
FAILED = 1
USAGE = 2
UNREACHABLE = 3
REFUSED = 4
INTERRUPTED = 130

PASSWORD = "Give its password by --ask-password, --password-file or OCR_PASSWORD."
"""Where the service names its own field."""


class UsageError(Exception):
    """The command cannot do what its arguments say; the message says what would do."""


def of(error: OcrError | OSError) -> int:
    """3 and 4 concern all files alike, so nothing more is tried after them."""
    if isinstance(error, Unreachable):
        return UNREACHABLE
    return REFUSED if isinstance(error, (NotAllowed, TooManyRequests)) else FAILED


def printable(text: object) -> str:
    """Without what could move a terminal's cursor: names and messages come from elsewhere."""
    return "".join(c if c.isprintable() else "?" for c in str(text))


def told(error: OcrError | OSError, about: str = "") -> str:
    """One line for people; where the operator has to look, with the request's id. `about` is named before it."""
    if isinstance(error, PasswordRequired):
        return printable(f"{str(error).partition('. ')[0].rstrip('.')}. {PASSWORD}")
    if isinstance(error, OSError) and error.strerror:
        named = "" if about and error.filename == about else f"{error.filename or 'a file'}: "
        return printable(f"{named}{error.strerror}")
    request = getattr(error, "request_id", None)
    failed = getattr(error, "status", 0) >= 500 and request
    return printable(f"{error} (request {request})" if failed else error)
