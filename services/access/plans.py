"""What tenants may use: how many requests, and how many pages a day. By default all the same, by plan each its own."""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any
from zoneinfo import available_timezones

import redis

from services.access.model import Plan
from services.redis import keys
from services.redis.connection import translated

REMEMBERED, SECONDS = 10_000, 2.0
"""Plans that a process remembers, and for how long: a change holds everywhere after that."""


NAMES = tuple(field.name for field in fields(Plan))


class Plans:
    """Safe to share between threads. What a tenant's own plan leaves open is as the `usual` one has it."""

    def __init__(self, client: redis.Redis, usual: Plan) -> None:
        self._redis = client
        self._usual = usual
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[float, Plan]] = OrderedDict()

    def of(self, tenant: str) -> Plan:
        """As it was lately; raises BrokerUnavailable where that is not known."""
        asked = time.monotonic()
        with self._lock:
            until, known = self._known.get(tenant, (0.0, self._usual))
        if until > asked:
            return known
        plan = replace(self._usual, **self.own(tenant))
        with self._lock:
            self._known[tenant] = (asked + SECONDS, plan)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return plan

    @translated
    def own(self, tenant: str) -> dict[str, Any]:
        """What was set for this tenant."""
        stored: Any = self._redis.hget(keys.TENANT + tenant, "plan")
        return own_of(stored)

    @translated
    def put(self, tenant: str, own: Mapping[str, Any]) -> Plan:
        """Set what is this tenant's own; all else is as usual from now on. Values have been checked."""
        plan = replace(self._usual, **own)
        with self._redis.pipeline() as pipe:
            pipe.hset(keys.TENANT + tenant, "plan", json.dumps(dict(own)))
            pipe.zadd(keys.TENANTS, {tenant: 0})
            pipe.execute()
        with self._lock:
            self._known.pop(tenant, None)
        return plan

    @translated
    def used(self, tenant: str, day: str) -> int:
        """Pages reserved or read of this day."""
        found: Any = self._redis.get(f"{keys.QUOTA}{tenant}:{day}")
        return int(found or 0)


def own_of(stored: str | None) -> dict[str, Any]:
    """A tenant's own plan, as it is stored."""
    return {name: value for name, value in json.loads(stored or "{}").items() if name in NAMES}


def is_time_zone(name: str) -> bool:
    """Whether days can be told by it."""
    return name in available_timezones()
