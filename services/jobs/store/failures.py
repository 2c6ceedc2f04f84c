"""Jobs that failed by the service's fault, for whoever operates it."""

from __future__ import annotations

from typing import Any, Literal

import redis

from services.redis import keys
from services.redis.connection import translated
from services.redis.scripts import Scripts


class Failures:
    """`keep`: seconds that a job lives that is run again."""

    def __init__(self, client: redis.Redis, *, keep: int) -> None:
        self._redis = client
        self._run = Scripts(client, "jobs").run
        self._keep = keep

    @translated
    def all(self) -> list[tuple[str, float]]:
        """Their ids, with the time of the failure in seconds since the epoch, oldest first."""
        found: Any = self._redis.zrange(keys.FAILED, 0, -1, withscores=True)
        return [(job_id, when) for job_id, when in found]

    @translated
    def has(self, job_id: str) -> bool:
        """Whether it is one of them."""
        return self._redis.zscore(keys.FAILED, job_id) is not None

    @translated
    def rerun(self, job_id: str) -> Literal["queued", "unknown", "settling"]:
        """Queue one of them as if it came now.

        `unknown`: it is none; `settling`: those who waited are still told of its end, or of its own leader's.

        Who waits for it asks again; it hears of it by the job's events, which begin anew.
        """
        outcome: Literal["queued", "unknown", "settling"] = self._run("rerun", job_id, self._keep)
        return outcome
