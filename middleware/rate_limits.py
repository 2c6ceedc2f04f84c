"""Limits per client, counted in Redis; by this process alone while Redis is away."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from math import ceil
from time import time
from typing import Any

from flask import Flask, Response
from flask_limiter import Limiter, RequestLimit
from flask_limiter.errors import RateLimitExceeded
from limits.errors import StorageError
from redis.exceptions import RedisError

from middleware.errors import service_error
from middleware.problems import problem
from services.errors import BrokerUnavailable

PERIODS = {1: "second", 60: "minute", 3600: "hour", 86400: "day"}


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds."""

    requests: int
    period: int

    def __str__(self) -> str:
        return f"{self.requests} per {self.period} second"

    @property
    def words(self) -> str:
        return f"{self.requests} per {PERIODS.get(self.period, f'{self.period} seconds')}"


def install(app: Flask, storage_uri: str, client: Callable[[], str], *, enabled: bool) -> Limiter:
    """`client` names the caller of the present request."""
    limiter = Limiter(
        client,
        storage_uri=_limits_uri(storage_uri),
        storage_options={"socket_connect_timeout": 2, "socket_timeout": 2},
        in_memory_fallback_enabled=True,
        enabled=enabled,
    )
    app.register_error_handler(RateLimitExceeded, partial(_exceeded, limiter))
    app.register_error_handler(RedisError, _away)
    app.after_request(partial(_headers, limiter))
    limiter.init_app(app)
    return limiter


def shared(
    limiter: Limiter,
    rate: Callable[[], Rate],
    scope: str,
    *,
    processes: int,
    client: Callable[[], str] | None = None,
) -> Callable[[Any], Any]:
    """A decorator for views that draw on one budget, of `client` where that is not who the limiter counts by.

    While Redis is away each of so many processes counts for itself, to its share of the rate.
    """

    def present() -> str:
        whole = rate()
        away = getattr(limiter, "_storage_dead", False)
        return str(Rate(max(1, whole.requests // processes), whole.period) if away else whole)

    def decorate(view: Any) -> Any:
        limited = limiter.shared_limit(present, scope=scope, key_func=client)(view)
        limited.rate = rate
        return limited

    return decorate


def exempt(limiter: Limiter) -> Callable[[Any], Any]:
    """A decorator for views without a limit, written out so that nobody forgets it."""

    def decorate(view: Any) -> Any:
        free = limiter.exempt(view)
        free.rate = None
        return free

    return decorate


def _exceeded(limiter: Limiter, error: RateLimitExceeded) -> Response:
    limit, current = error.limit.limit, limiter.current_limit
    rate = Rate(limit.amount, limit.get_expiry())
    wait = max(1, _seconds_left(current)) if current else rate.period
    members = {"error": "Rate limit exceeded", "retry_after": wait, "remaining": 0}
    detail = f"Too many requests. Limit: {rate.words}"
    return problem(429, "rate_limited", detail, retryable=True, headers={"Retry-After": str(wait)}, members=members)


def _away(error: RedisError) -> Response:
    """Redis went as this was counted, by one of several requests at once: the limiter falls back for those after it.

    Whoever else talks to Redis translates its errors.
    """
    told = BrokerUnavailable()
    told.__cause__ = error
    return service_error(told)


def _headers(limiter: Limiter, response: Response) -> Response:
    """X-RateLimit-*, and RateLimit and RateLimit-Policy of draft-ietf-httpapi-ratelimit-headers.

    Of several limits, that of which the least is left. They are left out while Redis is away: an answer must not fail
    for want of them.
    """
    with suppress(RedisError, StorageError):
        if current := _tightest(limiter):
            response.headers.update(_rate_headers(current))
    return response


def _tightest(limiter: Limiter) -> RequestLimit | None:
    if limiter.current_limit and limiter.current_limit.breached:
        return limiter.current_limit
    return min(limiter.current_limits, key=lambda one: one.remaining, default=None)


def _rate_headers(current: RequestLimit) -> dict[str, str]:
    amount, period = current.limit.amount, current.limit.get_expiry()
    remaining = 0 if current.breached else current.remaining
    return {
        "X-RateLimit-Limit": str(amount),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": str(int(current.reset_at)),
        "RateLimit-Policy": f'"default";q={amount};w={period}',
        "RateLimit": f'"default";r={remaining};t={_seconds_left(current)}',
    }


def _seconds_left(current: RequestLimit) -> int:
    """Never more than the period, which the limits library rounds up."""
    return max(0, min(ceil(current.reset_at - time()), current.limit.get_expiry()))


def _limits_uri(url: str) -> str:
    """redis-py says `unix://`, the limits library `redis+unix://`."""
    return f"redis+{url}" if url.startswith("unix://") else url
