"""Refuses who is not let in before anything else is done for a request: no body is read, no view is prepared.

An address that goes on with wrong keys after too many of them waits for its answer, and loses its connection: guessing
costs the guesser time, and the service next to none.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, NoReturn

from flask import Flask
from werkzeug import Request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from middleware import callers, metrics, request_id, security_headers
from middleware.errors import headers_of, status_of
from middleware.metrics import Record
from middleware.problems import SHAPES, Told, written
from services.errors import ServiceError, TooManyWrongKeys, Unauthorized
from utils import logs

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
Headers = dict[str, str]

HELD_SECONDS, MOST_HELD = 1.0, 256
"""How long an answer to an address with too many wrong keys is held back, and how many of one process are at once.

Those beyond are answered at once.
"""

LINGER_SECONDS, LINGER_BYTES = 1.0, 1 << 20
"""What of a request's body is still taken before its connection is closed: else the client may not see the answer."""


@dataclass(slots=True)
class Doorstep:
    """The application behind a door. `origins` are those of web pages that may read answers (CORS)."""

    app: Flask
    inside: Wsgi
    door: callers.Door
    origins: tuple[str, ...]
    record: Record
    _held: int = field(default=0, init=False)

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        began, asking = time.perf_counter(), Request(environ)
        rule, view = self._asked(asking)
        if rule is not None and callers.scope_of(view, asking.method) != callers.ANYBODY:
            try:
                environ[callers.FOUND] = callers.let_in(self.door, asking, view)
            except (Unauthorized, TooManyWrongKeys) as error:
                return self._refuse(_Refused(asking, rule.rule, error, began), start)
            except ServiceError as error:
                environ[callers.FOUND] = error
        return self.inside(environ, start)

    def _asked(self, asking: Request) -> tuple[Rule | None, Any]:
        """Nothing for what is not there, or is elsewhere."""
        with suppress(HTTPException):
            rule, _ = self.app.url_map.bind_to_environ(asking.environ).match(return_rule=True)
            return rule, self.app.view_functions[rule.endpoint]
        return None, None

    def _refuse(self, refused: _Refused, start: Any) -> Iterable[bytes]:
        wire: socket.socket | None = refused.asking.environ.get("gunicorn.socket")
        if isinstance(refused.error, TooManyWrongKeys) and wire is not None:
            self._close(refused, wire)
        headers, body = self._answer(refused)
        self._note(refused, shown=True)
        start(_status(refused.status), list(headers.items()))
        return [body]

    def _close(self, refused: _Refused, wire: socket.socket) -> NoReturn:
        """Answer, later, and have done with the connection: StopIteration is gunicorn's sign for that."""
        headers, body = self._answer(refused)
        lines = [f"HTTP/1.1 {_status(refused.status)}", *(f"{name}: {value}" for name, value in headers.items())]
        with self._holding() as held, suppress(OSError):
            self._note(refused, shown=held)
            time.sleep(HELD_SECONDS if held else 0)
            wire.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body)
            if held:
                _linger(wire)
        raise StopIteration

    @contextmanager
    def _holding(self) -> Iterator[bool]:
        """Whether there is a place among those that wait."""
        held = self._held < MOST_HELD
        self._held += held
        try:
            yield held
        finally:
            self._held -= held

    def _answer(self, refused: _Refused) -> tuple[Headers, bytes]:
        asking, error = refused.asking, refused.error
        told = Told(refused.status, error.code, str(error), error.retryable, error.errors, error.members)
        answer = written(told, asking, refused.id, self.app.extensions[SHAPES])
        body = f"{self.app.json.dumps(answer.body, separators=(',', ':'))}\n".encode()
        vary = {"Vary": "Origin"} if self.origins else {}
        headers = {
            "Content-Type": answer.media_type,
            "Content-Length": str(len(body)),
            **headers_of(error, asking),
            **security_headers.HEADERS,
            **security_headers.cors(asking.headers.get("Origin"), self.origins),
            **vary,
            "X-Request-Id": refused.id,
        }
        return headers, b"" if asking.method == "HEAD" else body

    def _note(self, refused: _Refused, *, shown: bool) -> None:
        """Count it, and log it where it is `shown`: a flood fills no disk."""
        logs.request_id.set(refused.id)
        seconds = time.perf_counter() - refused.began
        metrics.note(self.record, refused.noted, seconds, shown=shown)


@dataclass(slots=True)
class _Refused:
    """A request, by the rule of its route, and why it goes no further."""

    asking: Request
    route: str
    error: ServiceError
    began: float
    id: str = field(init=False)
    status: int = field(init=False)

    def __post_init__(self) -> None:
        self.id = request_id.chosen(self.asking.headers.get("X-Request-Id", ""))
        self.status = status_of(self.error)

    @property
    def noted(self) -> metrics.Answered:
        return metrics.Answered(self.route, self.asking.method, self.status, self.error.code)


def _status(number: int) -> str:
    return f"{number} {HTTPStatus(number).phrase.upper()}"


def _linger(wire: socket.socket) -> None:
    """Take what the client still sends, for a moment. Raises OSError."""
    wire.shutdown(socket.SHUT_WR)
    wire.settimeout(LINGER_SECONDS)
    end, taken = time.monotonic() + LINGER_SECONDS, 0
    while taken < LINGER_BYTES and time.monotonic() < end and (more := wire.recv(1 << 16)):
        taken += len(more)
