"""What is found of workers that died, of messages that were lost, and of jobs whose time is over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

import redis

from services.jobs.units import Unit
from services.redis import keys
from services.redis.connection import translated
from services.redis.scripts import Scripts

TOMBSTONE = 7 * 86400
"""Seconds for which an expired job is answered with 410 rather than 404."""


class Upkeep:
    """For housekeeping. Any number may keep house at once."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client
        self._run = Scripts(client, "jobs").run

    @translated
    def renew(self, worker: str, lease: float, pids: Iterable[int]) -> None:
        """Extend the leases of a worker's living processes and end those of its dead ones at once."""
        self._run("renew", worker, lease, *pids)

    @translated
    def leaving(self, worker: str) -> None:
        """A worker was told to end: what it leaves undone is not held against the jobs."""
        self._redis.set(keys.LEAVING + worker, 1, ex=600)

    @translated
    def is_idle_with_messages(self, worker: str, queue: str) -> bool:
        """Whether a worker runs nothing while messages wait in the list `queue`."""
        holders: Any = self._redis.hvals(keys.HOLDERS)
        return not any(holder.startswith(f"{worker}/") for holder in holders) and bool(self._redis.llen(queue))

    @translated
    def my_turn(self, work: str, seconds: float) -> bool:
        """Whether nobody has been given this work within the last `seconds`."""
        return seconds <= 0 or bool(self._redis.set(keys.TURN + work, 1, nx=True, px=int(seconds * 900)))

    @translated
    def lost(self) -> list[Unit]:
        """Units whose lease has run out."""
        return [Unit.parse(name) for name in self._run("lost")]

    @translated
    def requeue_lost(self, unit: Unit, tries: int, limit: float) -> Literal["kept", "again", "lost", "timeout"]:
        """What becomes of a lost unit: it waits `again` unless it was lost `tries` times now, or ran `limit` seconds.

        Not counted is what a worker lost that was told to end.
        A process ran until its lease ended or it was found dead, however long ago that is.
        """
        outcome: Literal["kept", "again", "lost", "timeout"] = self._run(
            "requeue_lost", unit, unit.job_id, tries, limit
        )
        return outcome

    @translated
    def due(self) -> int:
        """How many units' rest is over; they are waiting now and want a message each."""
        return int(self._run("due"))

    @translated
    def forgotten(self, queue: str, age: float) -> int:
        """How many messages the queue lacks for its units, once one of those has waited for `age` seconds."""
        return int(self._run("forgotten", queue, age))

    @translated
    def expired(self, now: float) -> list[str]:
        """Jobs whose files are to go."""
        ids: Any = self._redis.zrangebyscore(keys.EXPIRY, "-inf", now, start=0, num=1000)
        return list(ids)

    @translated
    def bury(self, job_id: str) -> bool:
        """Reduce an ended job to the fact that it existed. False if it has not ended yet."""
        return bool(self._run("bury", job_id, TOMBSTONE))
