"""How much there is to do, of all jobs and before one."""

from __future__ import annotations

from dataclasses import dataclass

import redis

from services.jobs.model import Job
from services.redis import keys
from services.redis.connection import translated
from services.redis.scripts import Scripts

WALKED = 1000
"""Waiting units that an estimate looks at one by one."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is read before a job has ended: `pages` of other jobs, and its own, of which `total` may not be known."""

    pages: float
    total: int | None
    done: int


@dataclass(frozen=True, slots=True)
class Load:
    """Units that wait and that run, seconds that the oldest has waited, and jobs by what they are.

    `queued_jobs` and `processing_jobs` have not ended; `failed_jobs` are those that are kept for an operator.
    """

    waiting_units: int
    running_units: int
    oldest_seconds: float
    queued_jobs: int
    processing_jobs: int
    failed_jobs: int


class Figures:
    """Changes nothing."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client
        self._run = Scripts(client, "jobs").run

    @translated
    def load(self) -> Load:
        """All that the queue is asked for by monitors, in one round trip."""
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.zcard(keys.WAITING)
            pipe.zcard(keys.RUNNING)
            pipe.zrange(keys.ARRIVED, 0, 0, withscores=True)
            pipe.time()
            pipe.hgetall(keys.STATES)
            pipe.zcard(keys.FAILED)
            waiting, running, oldest, (seconds, microseconds), states, failed = pipe.execute()
        age = max(0.0, seconds + microseconds / 1e6 - oldest[0][1]) if oldest else 0.0
        queued, processing = (int(states.get(state, 0)) for state in ("queued", "processing"))
        return Load(waiting, running, age, queued, processing, failed)

    @translated
    def waiting(self) -> int:
        """How many units wait."""
        return int(self._redis.zcard(keys.WAITING))  # type: ignore[arg-type]

    @translated
    def ahead(self, job: Job, typical: float) -> Ahead:
        """What is read before the job has ended; a document that waits counts as `typical` pages.

        A job that waits for another's result ends with that one.
        """
        pages, total, done = self._run("ahead", job.id, job.handling.cache_key, WALKED, typical)
        return Ahead(float(pages), int(total) if total else None, int(done))
