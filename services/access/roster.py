"""All tenants that the service has heard of, by name, with what holds for each: so many at a time, in few questions."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import redis

from services.access.model import ANONYMOUS, Allowance, Plan
from services.access.plans import own_of
from services.redis import keys
from services.redis.connection import translated


@dataclass(frozen=True, slots=True)
class Tenant:
    """`own` are the names of what was set for it alone, `secrets` is how many its webhooks are signed with.

    `used` are pages of `today`.
    """

    name: str
    plan: Plan
    own: Sequence[str]
    secrets: int
    today: Allowance
    used: int


class Roster:
    """Every method raises BrokerUnavailable while the server is away. `usual` is the plan of who has none."""

    def __init__(self, client: redis.Redis, usual: Plan) -> None:
        self._redis = client
        self._usual = usual

    @translated
    def names(self, after: str, most: int) -> list[str]:
        """So many behind `after`: of whom a key was made, something set, or pages read, ever."""
        if not self._redis.exists(keys.TENANTS_KNOWN):
            self._gather()
        beginning = f"({after}" if after else "-"
        found: Any = self._redis.zrangebylex(keys.TENANTS, beginning, "+", start=0, num=most)
        return list(found)

    @translated
    def told(self, names: Sequence[str]) -> list[Tenant]:
        """What holds for these, and what they have used, in their order."""
        with self._redis.pipeline(transaction=False) as pipe:
            for name in names:
                pipe.hmget(keys.TENANT + name, ["plan", "webhook_secrets"])
            stored = pipe.execute()
        plans = [replace(self._usual, **own_of(plan)) for plan, _ in stored]
        days = [plan.today() for plan in plans]
        with self._redis.pipeline(transaction=False) as pipe:
            for name, today in zip(names, days, strict=True):
                pipe.get(f"{keys.QUOTA}{name}:{today.day}")
            used = pipe.execute()
        return [
            Tenant(name, plan, sorted(own_of(text)), len(json.loads(secrets or "[]")), today, int(pages or 0))
            for name, plan, (text, secrets), today, pages in zip(names, plans, stored, days, used, strict=True)
        ]

    def _gather(self) -> None:
        """Once, of what an earlier version has stored."""
        found = {name.removeprefix(keys.TENANT) for name in self._named(keys.TENANT)}
        found |= {name.removeprefix(keys.QUOTA).rpartition(":")[0] for name in self._named(keys.QUOTA)}
        with self._redis.pipeline(transaction=False) as pipe:
            for name in self._named(keys.API_KEY):
                pipe.hget(name, "tenant")
            found |= {tenant for tenant in pipe.execute() if tenant}
        added: Mapping[str, int] = dict.fromkeys(found - {ANONYMOUS}, 0)
        if added:
            self._redis.zadd(keys.TENANTS, dict(added))
        self._redis.set(keys.TENANTS_KNOWN, 1)

    def _named(self, beginning: str) -> Iterator[str]:
        return self._redis.scan_iter(match=f"{beginning}*", count=1000)
