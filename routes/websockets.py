"""A WebSocket that tells and does not listen."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NoReturn

from flask import Response
from simple_websocket import ConnectionClosed, ConnectionError, Server
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import LocalProtocolError, RemoteProtocolError

from controllers.streams import Message, Messages

PING_SECONDS = 20.0
"""A client that has not answered a ping before the next one is due is gone."""

MOST_BYTES, MOST_MESSAGES = 1024, 100
"""What a client may send for nothing; then it is shown the door."""

GOODBYE_SECONDS = 2.0


class WebSocketResponse(Response):
    """Takes the connection over from gunicorn, whose `gunicorn.socket` it needs, and closes it with 1000 at the end."""

    def __init__(self, messages: Messages) -> None:
        super().__init__(status=101)
        self._messages = messages

    def __call__(self, environ: Any, start_response: Any) -> NoReturn:
        """Returns nothing to gunicorn: StopIteration is its sign for a connection that is done with."""
        wire = _Wire(environ["gunicorn.socket"])
        try:
            _talk(environ, wire, self._messages)
        finally:
            self.close()
        raise StopIteration


def _talk(environ: dict[str, Any], wire: _Wire, messages: Messages) -> None:
    bell = threading.Event()
    with suppress(ConnectionError, ConnectionClosed, LocalProtocolError, RemoteProtocolError, OSError):
        server = Server.accept(
            {**environ, "gunicorn.socket": wire},
            ping_interval=PING_SECONDS,
            max_message_size=MOST_BYTES,
            event_class=lambda: bell,
        )
        try:
            server.close(_send(server, messages(bell)))
            server.thread.join(GOODBYE_SECONDS)
        finally:
            server.connected = False
            wire.shutdown(socket.SHUT_RDWR)


def _send(server: Server, messages: Iterable[Message | None]) -> CloseReason:
    """Until there are no more; why the connection is to be closed then. Raises ConnectionClosed."""
    heard = 0
    for message in messages:
        heard += len(server.input_buffer)
        server.input_buffer.clear()
        if heard > MOST_MESSAGES:
            return CloseReason.POLICY_VIOLATION
        if message:
            server.send(message.text)
        if message and message.last:
            return CloseReason.NORMAL_CLOSURE
        if not server.connected:
            raise ConnectionClosed
    return CloseReason.GOING_AWAY


class _Wire:
    """A socket that two may write to, each message whole: simple-websocket sends what one call of `send` takes."""

    def __init__(self, inner: socket.socket) -> None:
        self._inner = inner
        self._lock = threading.Lock()

    def send(self, data: bytes) -> int:
        with self._lock:
            self._inner.sendall(data)
        return len(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)
