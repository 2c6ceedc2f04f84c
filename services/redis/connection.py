"""The connection to Redis or Valkey."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import redis
from redis.backoff import ExponentialBackoff
from redis.exceptions import (
    BusyLoadingError,
    ConnectionError,
    OutOfMemoryError,
    ReadOnlyError,
    ResponseError,
    TimeoutError,
)
from redis.retry import Retry

from config import BadSetting
from services.errors import BrokerUnavailable

P = ParamSpec("P")
T = TypeVar("T")

OUTAGES = (ConnectionError, TimeoutError, BusyLoadingError, ConnectionRefusedError)
REFUSALS = (OutOfMemoryError, ReadOnlyError)
"""What a server answers that lives, but cannot take anything in; so does MISCONF, which has no class of its own."""


def connect(url: str, *, patience: int, variable: str = "REDIS_URL", decode: bool = True) -> redis.Redis:
    """A client that connects on first use and bears an outage of about `patience` seconds (0: none).

    The web process wants a quick answer; a worker would rather wait for a restarted server than lose its work. Raises
    BadSetting, naming `variable`, for an address that makes no sense; the message does not repeat it, as it may hold a
    password. Without `decode`, values are bytes.
    """
    retry = Retry(ExponentialBackoff(cap=1, base=0.05), retries=patience + 4 if patience else 1)
    try:
        client = redis.Redis.from_url(
            url,
            decode_responses=decode,
            retry=retry,
            retry_on_error=list(OUTAGES),
            socket_timeout=10 if patience else 3,
            socket_connect_timeout=2,
        )
        client.connection_pool.make_connection()
    except (ValueError, TypeError):
        raise BadSetting(f"{variable} cannot be understood: use redis://[user:password@]host:port/0") from None
    return client


def ping(client: redis.Redis) -> None:
    """Raises BrokerUnavailable while the server is away."""
    translated(client.ping)()


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes that a server's data take, and may take (0: no limit)."""

    used: int
    limit: int


def memory(client: redis.Redis) -> Memory | None:
    """None from a server that does not say. Raises BrokerUnavailable."""
    with suppress(redis.ResponseError):
        told: Any = translated(client.info)("memory")
        return Memory(int(told["used_memory"]), int(told["maxmemory"]))
    return None


_thread = threading.local()


@contextmanager
def whole() -> Iterator[None]:
    """Marks what must not be broken off: a connection with an answer still in it would give it to the next command."""
    _thread.depth = getattr(_thread, "depth", 0) + 1
    try:
        yield
    finally:
        _thread.depth -= 1


def is_talking() -> bool:
    """Whether this thread is inside `whole`, as every translated method is."""
    return getattr(_thread, "depth", 0) > 0


def translated(method: Callable[P, T]) -> Callable[P, T]:
    """Turns an outage of the server, or its refusal to write, into BrokerUnavailable."""

    @wraps(method)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            with whole():
                return method(*args, **kwargs)
        except (*OUTAGES, *REFUSALS) as error:
            raise BrokerUnavailable() from error
        except ResponseError as error:
            if not str(error).startswith("MISCONF"):
                raise
            raise BrokerUnavailable() from error

    return call
