"""What the service did, counted in Redis: one truth over all web and worker processes and machines.

A series is a field of one hash, named `<metric>|<label>|<label>`. Every process adds at once, so nothing is lost when
one is recycled, and the sums survive restarts. What a script does is counted by the script itself, in the same step:
see `lua/shared/count.lua` beside this.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

import redis

from services.redis import keys
from services.redis.connection import translated, whole

log = logging.getLogger(__name__)


class Counters:
    """Safe to share between threads."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    def add(self, amounts: Iterable[tuple[str, float]], tenant: str = "") -> None:
        """Add to series, by name; to those of one tenant, or of all.

        Counting never fails what is counted: while Redis is away, nothing is.
        """
        try:
            with whole(), self._redis.pipeline(transaction=False) as pipe:
                for name, amount in amounts:
                    pipe.hincrbyfloat(_hash(tenant), name, amount)
                pipe.execute()
        except redis.RedisError as error:
            log.warning("metrics were not counted", extra={"reason": type(error).__name__})

    @translated
    def read(self, tenant: str = "") -> dict[str, float]:
        """Every series with its sum; those of one tenant, or of all. Raises BrokerUnavailable."""
        return {str(k): float(v) for k, v in self._redis.hgetall(_hash(tenant)).items()}  # type: ignore[union-attr]


def _hash(tenant: str) -> str:
    return keys.TENANT_METRICS + tenant if tenant else keys.METRICS


def series(metric: str, *labels: str) -> str:
    """The name of a series."""
    return "|".join((metric, *labels))
