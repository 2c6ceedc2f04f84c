"""Clients that follow a job: Server-Sent Events by the WHATWG's rules, as a browser's EventSource reads them."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx
import websocket

from tests.support.stack import Stack

FINAL = ("job_completed", "job_failed", "job_cancelled")


class Told(NamedTuple):
    """An event as a client has it."""

    id: str
    name: str
    data: dict[str, Any]


@contextmanager
def connected(stack: Stack, path: str, **options: Any) -> Iterator[websocket.WebSocket]:
    """A WebSocket at this path, whose socket is closed in the end even where it was refused."""
    url = f"ws://127.0.0.1:{stack.port}{path}"
    with socket.create_connection(("127.0.0.1", stack.port), timeout=60) as wire:
        yield websocket.create_connection(url, timeout=60, socket=wire, **options)


@contextmanager
def listening(stack: Stack, path: str, last: str = "") -> Iterator[Iterator[Told]]:
    """The events of one connection, which is closed in the end."""
    headers = {"Last-Event-ID": last} if last else {}
    with stack.client(headers=headers) as client, client.stream("GET", path) as answer:
        assert answer.status_code == 200, answer.read()
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        yield parsed(answer.iter_lines())


def parsed(lines: Iterator[str]) -> Iterator[Told]:
    """HTML standard, 9.2.6. Other fields than these three, and comments, are passed over."""
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        if name:
            fields[name] = value.removeprefix(" ")
        elif not line and "data" in fields:
            yield Told(fields.get("id", ""), fields["event"], json.loads(fields["data"]))
            fields = {}


def told(stack: Stack, job_id: str, last: str = "") -> list[Told]:
    """All events of a job, as one connection has them."""
    with listening(stack, f"/ocr/job/{job_id}/events", last) as events:
        return list(events)


def faithful(stack: Stack, job_id: str, seconds: float = 90) -> Iterator[Told]:
    """The events of a job for a client that connects again whenever it loses its connection, as a browser does."""
    last, deadline = "", time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with listening(stack, f"/ocr/job/{job_id}/events", last) as events:
                for event in events:
                    last = event.id
                    yield event
                    if event.name in FINAL:
                        return
        except (httpx.TransportError, AssertionError):
            time.sleep(0.2)
    raise AssertionError(f"no final event within {seconds} s\n{stack.tail()}")
