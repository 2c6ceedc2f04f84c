"""Calling an address that a client named, within bounds."""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address
from math import inf
from typing import Any, BinaryIO

import certifi
import httpcore

from services.outbound.addresses import Address, is_public
from services.outbound.allowed import Allowed
from services.outbound.target import Target, parse

Resolve = Callable[[str, int], Iterable[str]]
"""All IP addresses of a name. Raises OSError."""

CONNECT_SECONDS, RESOLVE_SECONDS = 5.0, 5.0
"""For each connection and for each look-up of a name; a call as a whole has its own limit, whatever it waits for."""

MOST_ADDRESSES = 4
"""Of a name, how many are tried."""

REDIRECTS = 3
AWAY = (301, 302, 303, 307, 308)


class Refused(Exception):
    """What is not called: an odd URL, an address that is not public, or a name without one.

    They are one, and say nothing: whoever asks must not learn which names and addresses there are inside.
    """


class Unreachable(Exception):
    """The call was made and came to nothing; the message is a word for logs: `timeout`, `certificate` ..."""


class TooLarge(Exception):
    """More bytes came than were wanted."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`headers` by their names in lower case; `url` is where it came from in the end."""

    status: int
    headers: Mapping[str, str]
    url: Target


def addresses_of(host: str, port: int) -> Iterable[str]:
    """As this machine resolves names. Raises OSError."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@cache
def certificates() -> ssl.SSLContext:
    """Trusts what the machine trusts, SSL_CERT_FILE included, and Mozilla's list, as slim containers have none."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


@dataclass(frozen=True, slots=True)
class Outbound:
    """Safe to share between threads. `agent` is the header `User-Agent`."""

    allowed: Allowed
    agent: str
    resolve: Resolve = addresses_of
    trust: Callable[[], ssl.SSLContext] = field(default=certificates)

    def check(self, url: str) -> Target:
        """What a POST would go to, if it were made now. Raises Refused."""
        target = _parsed(url)
        self._open_to(target, Deadline(RESOLVE_SECONDS), secret=True)
        return target

    def post(self, url: str, headers: Mapping[str, str], body: bytes, seconds: float) -> Answer:
        """Only the head of the answer is read. A redirect is an answer like others.

        http is for hosts that are allowed, as what is sent is not for others' eyes. Raises Refused, Unreachable.
        """
        target, deadline = _parsed(url), Deadline(seconds)
        with self._called("POST", target, deadline, headers, body, secret=True) as response:
            return _answer(response, target)

    def fetch(self, url: str, into: BinaryIO, most: int, seconds: float) -> Answer:
        """Writes the body of a 2xx answer `into` a file. Redirects are followed, each checked like the first URL.

        Raises Refused, also for a redirect from https to http, Unreachable, TooLarge beyond `most` bytes.
        """
        target, deadline = _parsed(url), Deadline(seconds)
        for _ in range(REDIRECTS + 1):
            with self._called("GET", target, deadline, {"Accept-Encoding": "identity"}, b"") as response:
                answer = _answer(response, target)
                if answer.status not in AWAY:
                    _save(response, answer.status, into, most)
                    return answer
            target = _redirected(target, answer.headers.get("location", ""))
        raise Unreachable("redirects")

    def _open_to(self, target: Target, deadline: Deadline, *, secret: bool) -> list[Address]:
        """The addresses to call. One that will not do spoils all: nobody has a good reason for such a mixture."""
        found = [target.literal] if target.literal else self._resolved(target, deadline)
        named = self.allowed.has_name(target.host) or all(map(self.allowed.has_address, found))
        inside = [address for address in found if not is_public(address) and not self.allowed.has_address(address)]
        if not found or not named and (inside or (secret and target.scheme == "http")):
            raise Refused
        return found[:MOST_ADDRESSES]

    def _resolved(self, target: Target, deadline: Deadline) -> list[Address]:
        """In a thread, as a look-up cannot be given a time limit."""
        answers: queue.SimpleQueue[Sequence[str]] = queue.SimpleQueue()

        def look_up() -> None:
            try:
                answers.put(list(self.resolve(target.host, target.port)))
            except (OSError, UnicodeError):
                answers.put(())

        threading.Thread(target=look_up, daemon=True).start()
        try:
            found = answers.get(timeout=deadline.left(RESOLVE_SECONDS))
        except queue.Empty:
            raise Refused from None
        return list(dict.fromkeys(map(ip_address, found)))

    @contextmanager
    def _called(
        self,
        method: str,
        target: Target,
        deadline: Deadline,
        headers: Mapping[str, str],
        body: bytes,
        *,
        secret: bool = False,
    ) -> Iterator[httpcore.Response]:
        url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
        sent = {"Host": target.authority, "User-Agent": self.agent, "Connection": "close", **headers}
        trust = self.trust() if target.scheme == "https" else None
        with ExitStack() as stack:
            stack.enter_context(_translated())
            addresses = self._open_to(target, deadline, secret=secret)
            connection = stack.enter_context(
                httpcore.HTTPConnection(url.origin, ssl_context=trust, network_backend=_Checked(addresses, deadline))
            )
            yield stack.enter_context(connection.stream(method, url, headers=list(sent.items()), content=body or None))


class Deadline:
    """When all of a call has to be over. Raises a timeout of httpcore's afterwards."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self, most: float = inf) -> float:
        """Seconds for the next step."""
        if (left := self._end - time.monotonic()) <= 0:
            raise httpcore.ReadTimeout("the call as a whole")
        return min(left, most)


class _Checked(httpcore.NetworkBackend):
    """Connects to addresses that were looked at, whatever the name in the URL resolves to by now."""

    def __init__(self, addresses: Sequence[Address], deadline: Deadline) -> None:
        self._addresses = addresses
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failed: Exception = httpcore.ConnectError("no address")
        for address in self._addresses:
            try:
                stream = httpcore.SyncBackend().connect_tcp(str(address), port, self._deadline.left(CONNECT_SECONDS))
                return _Bounded(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


class _Bounded(httpcore.NetworkStream):
    """A stream that nobody can keep open by a byte now and then."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(CONNECT_SECONDS))
        return _Bounded(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _parsed(url: str, base: Target | None = None) -> Target:
    try:
        return parse(url, base)
    except ValueError:
        raise Refused from None


def _redirected(source: Target, location: str) -> Target:
    target = _parsed(location, source)
    if source.scheme == "https" and target.scheme == "http":
        raise Refused
    return target


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException as error:
        raise Unreachable("timeout") from error
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise Unreachable("certificate" if isinstance(error.__cause__, ssl.SSLError) else "connection") from error


def _answer(response: httpcore.Response, target: Target) -> Answer:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers}
    return Answer(response.status, headers, target)


def _save(response: httpcore.Response, status: int, into: BinaryIO, most: int) -> None:
    if not 200 <= status < 300:
        raise Unreachable(f"status {status}")
    size = 0
    for part in response.iter_stream():
        size += len(part)
        if size > most:
            raise TooLarge
        into.write(part)
    into.seek(0)
