"""How jobs end, once each: with a result, with an error, with that of the job they waited for, or by request."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import redis

from services.errors import Failure, public_errors
from services.jobs.model import JobError, Status
from services.redis import keys
from services.redis.connection import translated
from services.redis.scripts import Scripts, pairs


class Endings:
    """`keep`: seconds that ended jobs live. `cache_ttl`: seconds for which their results answer the same upload."""

    def __init__(self, client: redis.Redis, *, keep: int, cache_ttl: int) -> None:
        self._redis = client
        self._run = Scripts(client, "jobs").run
        self._keep = keep
        self._cache_ttl = cache_ttl

    @translated
    def finish(self, job_id: str, error: JobError | None = None, *, lost: int = 0) -> bool:
        """End a job, once, and count it. False if it had ended before. `lost` pages are given back to its tenant."""
        status, fields = _end(error, **({"lost_pages": str(lost)} if lost else {}))
        return bool(self._run("finish", job_id, status, self._keep, self._cache_ttl, *fields))

    @translated
    def finish_follower(self, job_id: str, leader_id: str, error: JobError | None, pages: int | None) -> bool:
        """End a job as its ended leader did, which had so many pages.

        False if it had ended before, or waits for that one no more.
        """
        read = {"done": str(pages), "total": str(pages)} if pages and not error else {}
        status, fields = _end(error, cached="1", **read)
        return bool(self._run("finish_follower", job_id, leader_id, status, self._keep, *fields))

    @translated
    def cancel(self, job_id: str) -> bool:
        """End a job without a result, and have the processes stopped that run parts of it. False if it had ended.

        Who waits for its result must not suffer: the oldest of them takes its place, with the pages read so far, and
        the others wait for that one. Nobody was called for its unit.
        """
        return bool(self._run("cancel", job_id, Status.CANCELLED.value, self._keep))

    @translated
    def erase(self, job_id: str) -> bool:
        """Leave nothing of an ended job but its files, which are to go now; a minute later they go once more.

        False if it has not ended, or some still wait for its result.
        """
        return bool(self._run("erase", job_id))

    @translated
    def followers(self, job_id: str) -> list[str]:
        """Jobs that wait for the result of this one."""
        members: Any = self._redis.smembers(keys.FOLLOWERS + job_id)
        return sorted(members)

    @translated
    def settling(self) -> list[str]:
        """Ended jobs whose followers are still to be ended."""
        members: Any = self._redis.smembers(keys.SETTLING)
        return sorted(members)

    @translated
    def settled(self, job_id: str) -> None:
        """Nobody waits for this ended job any more; nothing happens if it has begun anew."""
        self._run("settled", job_id)


def _end(error: JobError | None, **more: str) -> tuple[str, list[str]]:
    """The status of a job that has ended, and fields of its record."""
    fields = more | ({"error": json.dumps(asdict(error))} if error else {})
    fields |= {"kept": "1"} if error and is_ours(error.code) else {}
    return (Status.FAILED if error else Status.COMPLETED).value, pairs(fields)


def is_ours(code: str) -> bool:
    """Whether what has this code is the service's to mend: no bad input."""
    return issubclass(public_errors().get(code, Failure), Failure)
