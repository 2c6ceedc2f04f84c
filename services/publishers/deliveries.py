"""Webhooks that are to be sent, in Redis.

A delivery lives in its job's record and leaves with it: `callback_url`, `callback_tries`, and in the end why it was
given up, `callback_failure`. The very script that ends the job queues it (`services/jobs/lua/shared/webhooks.lua`),
and each host has a queue of its own, so that one receiver that is slow holds up nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import redis

from services.redis.connection import translated
from services.redis.scripts import Scripts

AT_ONCE = 4
"""Deliveries to one host at a time, by all workers together."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is this thread's for a while; `tried` counts its tries, this one included.

    `lease` tells it from other claims: the same job may end anew, and be claimed again, before this one is settled.
    """

    job_id: str
    host: str
    tried: int
    lease: str


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A delivery that failed for the last time, `at` seconds since the epoch; `reason` is a word or two."""

    job_id: str
    host: str
    reason: str
    at: float


class Deliveries:
    """Every method raises BrokerUnavailable while the server is away."""

    def __init__(self, client: redis.Redis) -> None:
        self._run = Scripts(client, "publishers").run

    @translated
    def claim(self, lease: float) -> Claimed | None:
        """The next one that is due, of a host that is not called too often already.

        After `lease` seconds it is due again, unless it is settled; so is one whose claim was answered to nobody.
        """
        found = self._run("claim", lease, AT_ONCE)
        return Claimed(found[0], found[1], int(found[2]), found[3]) if found else None

    def delivered(self, claimed: Claimed) -> None:
        """The address is forgotten, but for that of a failed job, which may be run again."""
        self._settle(claimed, "delivered")

    def drop(self, claimed: Claimed) -> None:
        """There is nothing to tell (any more)."""
        self._settle(claimed, "dropped")

    def unwanted(self, claimed: Claimed) -> None:
        """The receiver wants none of it. The address is forgotten."""
        self._settle(claimed, "unwanted")

    def put_off(self, claimed: Claimed, delay: float) -> None:
        """It is due again in `delay` seconds."""
        self._settle(claimed, delay)

    def give_up(self, claimed: Claimed, reason: str) -> None:
        """It is kept for an operator, for as long as its job is."""
        self._settle(claimed, "failed", reason)

    @translated
    def _settle(self, claimed: Claimed, fate: object, word: str = "") -> None:
        """Nothing happens if another has taken it over by now, or the job has ended anew."""
        self._run("settle", claimed.job_id, claimed.host, claimed.lease, fate, word)

    def failed(self) -> Iterator[GivenUp]:
        """Those that were given up and whose jobs are still kept, the oldest first."""
        return (GivenUp(id_, host, reason, float(at)) for id_, host, reason, at in self._failed())

    @translated
    def _failed(self) -> Any:
        return self._run("failed")

    @translated
    def resend(self, job_id: str) -> bool:
        """Try one that was given up as if it were new. False if there is none for this job."""
        return bool(self._run("resend", job_id))
