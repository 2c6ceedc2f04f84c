"""Who is refused before anything is done is answered as one who is refused later, and waits where it has gone on."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from config import Settings
from middleware import doorstep
from middleware.doorstep import Doorstep
from services.access import api_key, strikes
from wiring.web import create_app

ORIGIN = "https://shop.example"


@pytest.fixture
def app(tmp_path: Path) -> Any:
    return create_app(
        Settings(ocr_engine="null", data_dir=tmp_path, auth="keys", cors_origins=(ORIGIN,), trusted_proxies=1)
    )


def door_of(app: Any) -> Doorstep:
    """Behind what tells addresses and paths."""
    found = app.wsgi_app
    while not isinstance(found, Doorstep):
        found = getattr(found, "app", None) or next(
            cell.cell_contents for cell in found.__closure__ if callable(cell.cell_contents)
        )
    return found


ASKED: list[dict[str, Any]] = [
    {"path": "/me"},
    {"path": "/me", "headers": {"X-API-Key": "ocr_mistyped", "X-Request-Id": "mine"}},
    {"path": "/me", "method": "HEAD", "headers": {"X-API-Key": "ocr_mistyped"}},
    {"path": "/ocr/image", "method": "POST", "headers": {"Authorization": "Bearer x", "Origin": ORIGIN}},
    {"path": "/ocr/jobs", "headers": {"Authorization": "Basic x", "Origin": "https://elsewhere.example"}},
    {"path": "/api/v1/ocr/process", "method": "POST", "headers": {"X-API-Key": "ocr_"}},
    {"path": "/scan-mrz", "method": "POST", "headers": {"X-API-Key": "ocr_"}},
    {"path": "/ocr/job/a/events", "query_string": "ticket=short"},
    {"path": "/nowhere", "headers": {"X-API-Key": "ocr_"}},
    {"path": "/me", "method": "POST"},
    {"path": "/ocr/jobs", "method": "OPTIONS", "headers": {"Origin": ORIGIN}},
    {"path": "/openapi.json", "headers": {"X-API-Key": "ocr_"}},
]


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: f"{asked.get('method', 'GET')} {asked['path']}")
def test_a_refusal_is_the_same_at_the_doorstep_and_within(app: Any, asked: dict[str, Any]) -> None:
    def told() -> tuple[int, dict[str, str], str]:
        answer = app.test_client().open(**asked)
        body = answer.get_json(silent=True) or {}
        flat = json.dumps(body).replace(answer.headers["X-Request-Id"], "<id>")
        return (
            answer.status_code,
            {k: v for k, v in answer.headers if k not in ("X-Request-Id", "Content-Length")},
            flat,
        )

    at_the_door = told()
    app.wsgi_app = door_of(app).inside
    assert told() == at_the_door
    assert at_the_door[0] in (200, 401, 404, 405)


def test_nothing_of_a_request_is_read_before_it_is_refused(app: Any) -> None:
    class Unread(BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("it was read")

        readline = readinto = read  # type: ignore[assignment]

    given = Headers({"X-API-Key": api_key.mint()[:-1], "Content-Length": "10000000"})
    environ = EnvironBuilder("/ocr/image", method="POST", headers=given, input_stream=Unread(b"x")).get_environ()
    statuses: list[str] = []
    assert b"unauthorized" in b"".join(app.wsgi_app(environ, lambda status, headers: statuses.append(status)))
    assert statuses == ["401 UNAUTHORIZED"]


@dataclass
class Wire:
    """The connection of a request, both ends, and what the client got."""

    ends: tuple[socket.socket, socket.socket] = field(default_factory=socket.socketpair)

    def got(self) -> bytes:
        self.ends[1].settimeout(5)
        found = b""
        while more := self.ends[1].recv(1 << 16):
            found += more
        return found


@pytest.fixture
def wire() -> Iterator[Wire]:
    found = Wire()
    yield found
    for end in found.ends:
        end.close()


def refused(app: Any, wire: Wire) -> float:
    """Seconds until the connection of one more wrong key was done with."""
    environ = EnvironBuilder("/me", headers=Headers({"X-API-Key": "ocr_wrong"})).get_environ()
    began = time.monotonic()
    with pytest.raises(StopIteration):
        app.wsgi_app({**environ, "REMOTE_ADDR": "127.0.0.1", "gunicorn.socket": wire.ends[0]}, None)
    return time.monotonic() - began


def struck(app: Any) -> None:
    """So many wrong keys have come from here that no more are tried."""
    for _ in range(strikes.MOST):
        assert app.test_client().get("/me", headers={"X-API-Key": "ocr_wrong"}).status_code == 401


def test_who_goes_on_with_wrong_keys_waits_and_loses_its_connection(
    app: Any, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorstep, "HELD_SECONDS", 0.3)
    struck(app)
    threading.Timer(0.5, wire.ends[1].shutdown, [socket.SHUT_WR]).start()
    assert 0.3 <= refused(app, wire) < 3
    wire.ends[0].close()
    head, _, body = wire.got().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 429 ") and b"\r\nConnection: close" in head and b"\r\nRetry-After: " in head
    assert json.loads(body)["code"] == "too_many_wrong_keys"


def test_only_so_many_are_held_at_once(app: Any, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    struck(app)
    monkeypatch.setattr(doorstep, "MOST_HELD", 0)
    assert refused(app, wire) < 0.5
    assert app.test_client().get("/me", headers={"X-API-Key": "ocr_wrong"}).status_code == 429
