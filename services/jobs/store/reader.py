"""One job as it stands, and what there is of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import redis

from services.errors import JobExpired, UnknownJob
from services.jobs import records
from services.jobs.model import Job, Status
from services.redis import keys
from services.redis.connection import translated


class JobReader:
    """Changes nothing."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    @translated
    def read(self, job_id: str, owner: str | None = None) -> Job:
        """Raises UnknownJob, also for another owner's job, and JobExpired. Without `owner`, anybody's job."""
        fields = self._fields(job_id)
        if not fields or (owner is not None and fields.get("owner") != owner):
            raise UnknownJob()
        if fields["status"] == "expired":
            raise JobExpired()
        job = records.load(job_id, fields)
        if job.ended and job.times.expires_at <= time.time():
            raise JobExpired()
        return job

    def _fields(self, job_id: str) -> dict[str, str]:
        fields: Any = self._redis.hgetall(keys.JOB + job_id)
        return dict(fields)

    @translated
    def has_files(self, job_id: str) -> bool:
        """Whether the job's blobs are still wanted."""
        status: Any = self._redis.hget(keys.JOB + job_id, "status")
        return status not in (None, "expired", Status.CANCELLED.value)

    @translated
    def page_numbers(self, job_id: str) -> set[int]:
        """The pages that were read so far; none once the job has ended."""
        numbers: Any = self._redis.hkeys(keys.PAGES + job_id)
        return {int(n) for n in numbers}

    @translated
    def some_pages(self, job_id: str, numbers: Sequence[int]) -> list[str]:
        """Those of them that are there, in this order; none once the job has ended."""
        found: Any = self._redis.hmget(keys.PAGES + job_id, [str(number) for number in numbers]) if numbers else []
        return [page for page in found if page]

    @translated
    def queue_position(self, job_id: str) -> int | None:
        """The job's place in the order in which units are taken, from 1; None when it is not waiting."""
        rank: Any = self._redis.zrank(keys.WAITING, job_id)
        return None if rank is None else int(rank) + 1

    @translated
    def is_resting(self, job_id: str) -> bool:
        """Whether a unit of the job waits for its next try."""
        units: Any = self._redis.hget(keys.JOB + job_id, "units")
        rests: Any = self._redis.zmscore(keys.RETRY, [job_id, *(units or "").split()])
        return any(at is not None for at in rests)
