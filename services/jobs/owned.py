"""A caller's own jobs, newest first.

A place in the list is kept by time and id, not by number, so it stays right while jobs come and go.
"""

from __future__ import annotations

import binascii
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Any

import redis

from services.jobs import records
from services.jobs.model import Job, Status
from services.redis import keys
from services.redis.connection import translated

LOOKED_AT = 500
"""Jobs that one call looks at, at most: a caller who asks for a rare status goes on where it stopped."""


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """The place just behind a job."""

    created_at: float
    job_id: str

    def __str__(self) -> str:
        return urlsafe_b64encode(f"{self.created_at!r} {self.job_id}".encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """The inverse of `str`. Raises ValueError."""
        try:
            seconds, job_id = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii").split()
        except binascii.Error as error:
            raise ValueError("not in base64") from error
        place = cls(float(seconds), job_id)
        if not isfinite(place.created_at):
            raise ValueError("no time")
        return place


@dataclass(frozen=True, slots=True)
class JobPage:
    """Some jobs, and where to go on; None when there are no more."""

    jobs: list[Job]
    next: Cursor | None


class OwnedJobs:
    """Every method raises BrokerUnavailable while the server is away."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    def page(self, owner: str, status: Status | None, after: Cursor | None, limit: int) -> JobPage:
        """At most `limit` jobs that have not expired. It may be fewer although there are more: see LOOKED_AT."""
        key, found, looked_at = keys.OWNER + records.owner_hash(owner), list[Job](), 0
        while looked_at < LOOKED_AT:
            places = self._places(key, after, limit + 1)
            for place, job in zip(places, self._read(places), strict=True):
                if len(found) == limit:
                    return JobPage(found, after)
                after, looked_at = place, looked_at + 1
                if job and status in (None, job.status):
                    found.append(job)
            if len(places) <= limit:
                return JobPage(found, None)
        return JobPage(found, after)

    @translated
    def _places(self, key: str, after: Cursor | None, count: int) -> list[Cursor]:
        """At most so many behind `after`; jobs of one moment by their ids, backwards."""
        top: Any = after.created_at if after else "+inf"
        found: list[Cursor] = []
        for start in range(0, LOOKED_AT, count):
            rows: Any = self._redis.zrevrangebyscore(key, top, "-inf", start=start, num=count, withscores=True)
            places = [Cursor(at, job_id) for job_id, at in rows]
            found += [place for place in places if after is None or place < after]
            if len(rows) < count or len(found) >= count:
                break
        return found[:count]

    @translated
    def _read(self, places: list[Cursor]) -> Iterator[Job | None]:
        """None for what is going at this moment."""
        with self._redis.pipeline(transaction=False) as pipe:
            for place in places:
                pipe.hgetall(keys.JOB + place.job_id)
            rows = pipe.execute()
        return (_job(place.job_id, fields) for place, fields in zip(places, rows, strict=True))


def _job(job_id: str, fields: dict[str, str]) -> Job | None:
    if "upload" not in fields:
        return None
    job = records.load(job_id, fields)
    return None if job.ended and job.times.expires_at <= time.time() else job
