"""Job records in Redis. Their states are changed by compare-and-set only."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any, Literal

import redis

from services.errors import JobExpired, UnknownJob
from services.jobs import records, scripts
from services.jobs.broker import translated
from services.jobs.model import Job, JobError, Status
from services.jobs.units import Unit

TOMBSTONE = 7 * 86400
"""Seconds for which an expired job is answered with 410 rather than 404."""


class JobStore:
    """Every method raises BrokerUnavailable while the server is away. `keep`: seconds that ended jobs live."""

    def __init__(self, client: redis.Redis, *, keep: int, cache_ttl: int) -> None:
        self._redis = client
        self._keep = keep
        self._cache_ttl = cache_ttl
        self._scripts = {name: client.register_script(text) for name, text in scripts.ALL.items()}

    def _run(self, name: str, *args: object) -> Any:
        return self._scripts[name](args=[str(a) for a in args])

    @translated
    def ping(self) -> None:
        self._redis.ping()

    @translated
    def accept(self, job: Job) -> Literal["hit", "lead", "follow"]:
        """Record a new job: as the one that computes its cache key, or as a follower of the one that already does.

        `hit` means that a result is cached; nothing was recorded then.
        """
        outcome: Literal["hit", "lead", "follow"] = self._run(
            "accept", job.id, job.cache_key, job.expires_at, *_pairs(records.dump(job))
        )
        return outcome

    @translated
    def add_completed(self, job: Job) -> None:
        """Record a job that was answered from the cache."""
        with self._redis.pipeline() as pipe:
            ended = {"status": Status.COMPLETED.value, "ended_at": repr(job.created_at), "cached": "1"}
            fields = {**records.dump(job), **ended}
            fields.pop("password", None)
            pipe.hset(f"ocr:job:{job.id}", mapping=fields)
            pipe.zadd("ocr:expiry", {job.id: job.expires_at})
            pipe.hincrby("ocr:metrics", f"ocr_jobs|{Status.COMPLETED.value}", 1)
            pipe.hincrby("ocr:metrics", "ocr_cache|hit", 1)
            self._scripts["call_back"](args=[job.id], client=pipe)
            pipe.execute()

    @translated
    def read(self, job_id: str, owner: str | None = None) -> Job:
        """Raises UnknownJob, also for another owner's job, and JobExpired. Without `owner`, anybody's job."""
        fields = self._fields(job_id)
        if not fields or (owner is not None and fields.get("owner") != owner):
            raise UnknownJob()
        if fields["status"] == "expired":
            raise JobExpired()
        job = records.load(job_id, fields)
        if job.ended and job.expires_at <= time.time():
            raise JobExpired()
        return job

    def _fields(self, job_id: str) -> dict[str, str]:
        fields: Any = self._redis.hgetall(f"ocr:job:{job_id}")
        return dict(fields)

    @translated
    def has_files(self, job_id: str) -> bool:
        """Whether the job's blobs are still wanted."""
        status: Any = self._redis.hget(f"ocr:job:{job_id}", "status")
        return status is not None and status != "expired"

    @translated
    def cached(self, cache_key: str) -> str | None:
        """The id of the job whose result answers this key."""
        found: Any = self._redis.get(f"ocr:cache:{cache_key}")
        return str(found) if found else None

    @translated
    def forget_cached(self, cache_key: str) -> None:
        """Drop a cache entry whose result is gone."""
        self._redis.delete(f"ocr:cache:{cache_key}")

    @translated
    def claim(self, unit: Unit, holder: str, lease: float) -> int:
        """Take a waiting unit for `lease` seconds: which try this is, from 1, or 0 if it is not to be run (now).

        Its holder may ask again and is given the same answer.
        """
        return int(self._run("claim", unit, unit.job_id, holder, lease))

    @translated
    def release(self, unit: Unit, holder: str) -> None:
        """A unit is done, though its job may not be; nothing happens if another holds it by now."""
        self._run("release", unit, holder)

    @translated
    def set_total(self, job_id: str, total: int) -> None:
        self._redis.hset(f"ocr:job:{job_id}", "total", str(total))

    @translated
    def split(self, job_id: str, total: int, units: Iterable[Unit]) -> bool:
        """Replace the unit of the whole job by units of page ranges."""
        return bool(self._run("split", job_id, total, *units))

    @translated
    def save_page(self, job_id: str, number: int, page: str) -> int:
        """Keep a page that was read; how many there are now, or -1 if the job has ended meanwhile."""
        return int(self._run("save_page", job_id, number, page, self._keep))

    @translated
    def page_numbers(self, job_id: str) -> set[int]:
        numbers: Any = self._redis.hkeys(f"ocr:pages:{job_id}")
        return {int(n) for n in numbers}

    @translated
    def pages(self, job_id: str) -> list[str]:
        """The pages that were read, by number."""
        pages: Any = self._redis.hgetall(f"ocr:pages:{job_id}")
        return [pages[number] for number in sorted(pages, key=int)]

    @translated
    def finish(self, job_id: str, error: JobError | None = None, *, cached: bool = False) -> bool:
        """End a job, once, and count it. False if it had ended before."""
        status = Status.FAILED if error else Status.COMPLETED
        extra = {"error": json.dumps(asdict(error))} if error else {}
        extra |= {"cached": "1"} if cached else {}
        ttl = 0 if cached else self._cache_ttl
        return bool(self._run("finish", job_id, status.value, self._keep, ttl, *_pairs(extra)))

    @translated
    def rest(self, unit: Unit, delay: float) -> None:
        """Give a unit back, to be queued again in `delay` seconds."""
        self._run("rest", unit, unit.job_id, delay)

    @translated
    def followers(self, job_id: str) -> list[str]:
        members: Any = self._redis.smembers(f"ocr:followers:{job_id}")
        return sorted(members)

    @translated
    def settling(self) -> list[str]:
        """Ended jobs whose followers are still to be ended."""
        members: Any = self._redis.smembers("ocr:settling")
        return sorted(members)

    @translated
    def settled(self, job_id: str) -> None:
        with self._redis.pipeline() as pipe:
            pipe.delete(f"ocr:followers:{job_id}")
            pipe.srem("ocr:settling", job_id)
            pipe.execute()

    @translated
    def renew(self, worker: str, lease: float, pids: Iterable[int]) -> None:
        """Extend the leases of a worker's living processes and end those of its dead ones at once."""
        self._run("renew", worker, lease, *pids)

    @translated
    def is_idle_with_messages(self, worker: str, queue: str) -> bool:
        holders: Any = self._redis.hvals("ocr:holders")
        return not any(holder.startswith(f"{worker}/") for holder in holders) and bool(self._redis.llen(queue))

    @translated
    def my_turn(self, work: str, seconds: float) -> bool:
        """Whether nobody has been given this work within the last `seconds`."""
        return seconds <= 0 or bool(self._redis.set(f"ocr:turn:{work}", 1, nx=True, px=int(seconds * 900)))

    @translated
    def leaving(self, worker: str) -> None:
        """A worker was told to end: what it leaves undone is not held against the jobs."""
        self._redis.set(f"ocr:leaving:{worker}", 1, ex=600)

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
    def due(self) -> list[Unit]:
        """Units whose rest is over; they are waiting now and want a message."""
        return [Unit.parse(name) for name in self._run("due")]

    @translated
    def forgotten(self, queue: str, age: float) -> list[Unit]:
        """Units that have waited for `age` seconds and have no message in the queue: it was lost.

        Messages keep their order, so where there are fewer messages than waiting units it is the oldest that have none.
        """
        return [Unit.parse(name) for name in self._run("forgotten", queue, age)]

    @translated
    def expired(self, now: float) -> list[str]:
        """Jobs whose files are to go."""
        ids: Any = self._redis.zrangebyscore("ocr:expiry", "-inf", now, start=0, num=1000)
        return list(ids)

    @translated
    def bury(self, job_id: str) -> bool:
        """Reduce an ended job to the fact that it existed. False if it has not ended yet."""
        return bool(self._run("bury", job_id, TOMBSTONE))

    @translated
    def queue_position(self, job_id: str) -> int | None:
        """How many units stand before this job, itself included; None when it is not waiting."""
        rank: Any = self._redis.zrank("ocr:waiting", job_id)
        return None if rank is None else int(rank) + 1

    @translated
    def is_resting(self, job_id: str) -> bool:
        """Whether a unit of the job waits for its next try."""
        units: Any = self._redis.hget(f"ocr:job:{job_id}", "units")
        rests: Any = self._redis.zmscore("ocr:retry", [job_id, *(units or "").split()])
        return any(at is not None for at in rests)

    @contextmanager
    def ending(self, job_id: str) -> Iterator[Any]:
        """A subscription that hears when the job ends; `get_message(timeout=s)` waits for it."""
        pubsub: Any = self._redis.pubsub
        with pubsub(ignore_subscribe_messages=True) as listener:
            translated(listener.subscribe)(f"ocr:ended:{job_id}")
            yield listener


def _pairs(fields: dict[str, str]) -> list[str]:
    return [part for pair in fields.items() for part in pair]
