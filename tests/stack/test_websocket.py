"""The events of a job of the point of sale, over a WebSocket."""

from __future__ import annotations

import json
import socket
import struct
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import pytest
import websocket

from tests.support.following import listening
from tests.support.stack import Stack, eventually, faulty, picture

ORIGIN = "https://shop.example"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {"OCR_WORKERS": "1", "CORS_ORIGINS": ORIGIN, "MAX_STREAMS_PER_CLIENT": "3"}
    with faulty(tmp_path_factory.mktemp("websocket") / "data", **settings) as service:
        yield service


def send(stack: Stack, text: str) -> str:
    with stack.client() as client:
        file = {"image": ("a.png", picture(f"{text}\n{uuid.uuid4()}"))}
        answer = client.post("/api/v1/ocr/process/async", files=file, data={"type": "receipt"})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["data"]["job_id"])


@contextmanager
def connected(stack: Stack, job_id: str, **options: Any) -> Iterator[websocket.WebSocket]:
    """Closed without a word in the end, if it still is open."""
    url = f"ws://127.0.0.1:{stack.port}/api/v1/ocr/jobs/{job_id}/ws"
    with socket.create_connection(("127.0.0.1", stack.port), timeout=60) as wire:
        yield websocket.create_connection(url, timeout=60, socket=wire, **options)


def messages(connection: websocket.WebSocket) -> tuple[list[dict[str, Any]], int]:
    """All messages, and the code with which the service closed."""
    found: list[dict[str, Any]] = []
    while True:
        kind, content = connection.recv_data()
        if kind == websocket.ABNF.OPCODE_CLOSE:
            return found, struct.unpack("!H", content[:2])[0]
        found.append(json.loads(content))


def test_a_job_is_told_from_its_beginning_to_its_end(stack: Stack) -> None:
    job_id = send(stack, "SLEEP 0.5")
    for _ in range(2):
        with connected(stack, job_id) as connection:
            found, code = messages(connection)
        assert [message["event"] for message in found] == ["job_queued", "job_started", "job_progress", "job_completed"]
        assert {message["data"]["job_id"] for message in found} == {job_id} and code == 1000
    with listening(stack, f"/api/v1/ocr/jobs/{job_id}/events") as events:
        assert [{"event": event.name, "data": event.data} for event in events] == found


def test_a_failed_job_has_the_familys_error(stack: Stack) -> None:
    with connected(stack, send(stack, "BAD")) as connection:
        found, code = messages(connection)
    error = found[-1]["data"]["error"]
    assert (found[-1]["event"], error["code"], code) == ("job_failed", "INVALID_IMAGE", 1000)
    assert error["details"]["code"] == "bad_input"


def refused(stack: Stack, job_id: str, **options: Any) -> tuple[int, str]:
    """Status and code of an answer that is no upgrade."""
    with pytest.raises(websocket.WebSocketBadStatusException) as caught, connected(stack, job_id, **options):
        pass
    return caught.value.status_code, json.loads(caught.value.resp_body or b"")["error"]["details"]["code"]


def test_what_cannot_be_followed_is_refused_before_the_upgrade(stack: Stack) -> None:
    job_id = send(stack, "one")
    assert refused(stack, "0" * 32) == (404, "unknown_job")
    assert refused(stack, stack.submit(str(uuid.uuid4()))) == (404, "unknown_job"), "it is of another family"
    assert refused(stack, job_id, origin="https://evil.example") == (403, "foreign_origin")
    ordinary = stack.get(f"/api/v1/ocr/jobs/{job_id}/ws")
    assert (ordinary.status_code, ordinary.headers["Upgrade"]) == (426, "websocket")
    assert ordinary.json()["error"]["details"]["code"] == "upgrade_required"


@pytest.mark.parametrize("options", [{"origin": ORIGIN}, {"suppress_origin": True}, {}])
def test_pages_of_allowed_origins_and_programs_may_follow(stack: Stack, options: dict[str, Any]) -> None:
    """Without options the client says that it is a page of the service itself."""
    with connected(stack, send(stack, "one"), **options) as connection:
        assert messages(connection)[1] == 1000


def test_who_sends_rubbish_is_shown_the_door(stack: Stack) -> None:
    job_id = send(stack, "SLEEP 5")
    with connected(stack, job_id) as connection:
        for _ in range(1000):
            try:
                connection.send("rubbish")
            except OSError:
                break
        with suppress(OSError, websocket.WebSocketException):  # where rubbish was on its way when the door was shut
            assert messages(connection)[1] == 1008
    with connected(stack, job_id) as connection:
        connection.send_binary(bytes(100_000))
        with pytest.raises((OSError, websocket.WebSocketException, AssertionError)):
            assert messages(connection)[1] == 1000
    with connected(stack, job_id) as connection:
        connection.send("hello?")
        assert messages(connection)[1] == 1000, "a word or two do no harm"


def test_who_goes_away_or_says_nothing_costs_nothing_lasting(stack: Stack) -> None:
    """Three may be open: places of those that left are free again."""
    job_id = send(stack, "SLEEP 8")

    def opens() -> bool:
        try:
            with connected(stack, job_id):
                return True
        except websocket.WebSocketBadStatusException:
            return False

    for _ in range(7):
        eventually(opens, 60, stack.tail)
    with connected(stack, job_id) as connection:
        assert messages(connection)[1] == 1000


def test_garbage_on_the_wire_does_no_harm(stack: Stack) -> None:
    job_id = send(stack, "SLEEP 2")
    for garbage in (b"\xff" * 1000, b"GET / HTTP/1.1\r\n\r\n", b"\x81\x7f" + b"\xff" * 8, b"\x88\x01\x00"):
        with connected(stack, job_id) as connection:
            assert connection.sock
            connection.sock.sendall(garbage)
            with pytest.raises((OSError, websocket.WebSocketException, AssertionError, struct.error)):
                assert messages(connection)[1] == 1000
    assert httpx.get(f"{stack.url}/health/alive").status_code == 200
    assert "Traceback" not in stack.tail()


def test_a_handshake_that_contradicts_itself_is_no_failure_of_the_service(stack: Stack) -> None:
    path, before = f"/api/v1/ocr/jobs/{send(stack, 'two')}/ws", stack.log.read_text().count("unhandled")
    head = f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: "
    with socket.create_connection(("127.0.0.1", stack.port), timeout=60) as wire:
        wire.sendall(f"{head}eA==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 99\r\n\r\n".encode())
        answer = wire.recv(1 << 16)
    assert b" 500 " not in answer and stack.log.read_text().count("unhandled") == before
