"""How jobs come in: to be done, to wait for another's result, or answered from the cache."""

from __future__ import annotations

import time
from datetime import datetime
from math import ceil
from typing import Any, Literal

import redis

from services.errors import IdempotencyInProgress, IdempotencyMismatch, QueueFull, QuotaExceeded
from services.jobs import records
from services.jobs.idempotency import RESERVED
from services.jobs.model import Job
from services.redis import keys
from services.redis.connection import translated
from services.redis.scripts import Scripts, pairs


class Intake:
    """For who accepts uploads. `most`: jobs that may wait of which nothing was read yet; 0 sets no bound."""

    def __init__(self, client: redis.Redis, *, most: int = 0) -> None:
        self._redis = client
        self._run = Scripts(client, "jobs").run
        self._most = most

    @translated
    def accept(self, job: Job) -> Literal["hit", "lead", "follow"]:
        """Record a new job: as the one that computes its cache key, or as a follower of the one that already does.

        `hit` means that a result is cached; nothing was recorded then, nor when it raises QueueFull, QuotaExceeded, or
        IdempotencyInProgress where another job has the claim by now. Jobs in memory are never too many: who sent them
        does not wait for long.
        """
        most = 0 if job.handling.in_memory else self._most
        key, expires_at = job.handling.cache_key, job.times.expires_at
        outcome: Literal["hit", "lead", "follow", "full", "quota", "claimed"] = self._run(
            "accept", job.id, key, expires_at, most, *_claim(job), *pairs(records.dump(job))
        )
        if outcome == "full":
            raise QueueFull()
        if outcome == "quota":
            raise used_up(job)
        if outcome == "claimed":
            raise IdempotencyInProgress()
        return outcome

    @translated
    def reserve(self, job: Job) -> str | None:
        """Reserve the key of the job's claim for it, or the id of the job that an earlier request made with the same.

        Raises IdempotencyMismatch and IdempotencyInProgress.
        """
        outcome = str(self._run("reserve", job.claim.key, job.id, job.claim.payload, RESERVED)) if job.claim else ""
        if outcome == "mismatch":
            raise IdempotencyMismatch()
        if outcome == "in_progress":
            raise IdempotencyInProgress()
        return outcome if outcome not in ("", "reserved") else None

    @translated
    def unreserve(self, job: Job) -> None:
        """Free the key of a job that was not recorded."""
        if job.claim:
            self._run("unreserve", job.claim.key, job.id)

    @translated
    def check_room(self, cache_key: str) -> None:
        """Raises QueueFull for a job that `accept` would hardly take, before its upload is stored."""
        waiting: Any = self._redis.scard(keys.QUEUED)
        if self._most and waiting >= self._most and not self._redis.exists(keys.FLIGHT + cache_key):
            raise QueueFull()

    @translated
    def add_completed(self, job: Job, source: str) -> None:
        """Record a job that has the result of an earlier one. Raises IdempotencyInProgress as `accept` does."""
        fields = records.dump(job)
        fields.pop("password", None)
        args = job.id, job.times.expires_at, repr(job.times.created_at), source, *_claim(job), *pairs(fields)
        if self._run("add_completed", *args) == "claimed":
            raise IdempotencyInProgress()

    @translated
    def cached(self, cache_key: str) -> str | None:
        """The id of the job whose result answers this key."""
        found: Any = self._redis.get(keys.CACHE + cache_key)
        return str(found) if found else None

    @translated
    def forget_cached(self, cache_key: str) -> None:
        """Drop a cache entry whose result is gone."""
        self._redis.delete(keys.CACHE + cache_key)

    @translated
    def in_flight(self, cache_key: str) -> str | None:
        """The id of the job that computes this key at present."""
        found: Any = self._redis.get(keys.FLIGHT + cache_key)
        return str(found) if found else None


def used_up(job: Job) -> QuotaExceeded:
    """What its sender is told who has not so many pages left."""
    reset_at = job.allowance.reset_at if job.allowance else ""
    error = QuotaExceeded(
        f"The pages of this day are used up, or too few for this document. Send it again after {reset_at}."
    )
    if reset_at:
        error.members = {"reset_at": reset_at}
        error.retry_after = max(1, ceil(datetime.fromisoformat(reset_at).timestamp() - time.time()))
    return error


def _claim(job: Job) -> tuple[str, str]:
    return (job.claim.key, job.claim.payload) if job.claim else ("", "")
