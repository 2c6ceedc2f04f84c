"""Job records in Redis. Their states are changed by compare-and-set only."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import redis

from services.errors import (
    Failure,
    IdempotencyInProgress,
    IdempotencyMismatch,
    JobExpired,
    QueueFull,
    UnknownJob,
    public_errors,
)
from services.jobs import records, scripts
from services.jobs.idempotency import RESERVED
from services.jobs.model import Job, JobError, Status
from services.jobs.owned import OwnedJobs
from services.jobs.units import Unit
from services.redis.connection import translated

TOMBSTONE = 7 * 86400
"""Seconds for which an expired job is answered with 410 rather than 404."""


WALKED = 1000
"""Waiting units that an estimate looks at one by one."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is read before a job has ended: `pages` of other jobs, and its own, of which `total` may not be known."""

    pages: float
    total: int | None
    done: int


class JobStore:
    """Every method raises BrokerUnavailable while the server is away.

    `keep`: seconds that ended jobs live. `most`: jobs that may wait of which nothing was read yet; 0 sets no bound.
    """

    def __init__(self, client: redis.Redis, *, keep: int, cache_ttl: int, most: int = 0) -> None:
        self._redis = client
        self._keep = keep
        self._cache_ttl = cache_ttl
        self._most = most
        self.owned = OwnedJobs(client)
        self._scripts = {name: client.register_script(text) for name, text in scripts.ALL.items()}

    def _run(self, name: str, *args: object) -> Any:
        return self._scripts[name](args=[str(a) for a in args])

    @translated
    def ping(self) -> None:
        self._redis.ping()

    @translated
    def accept(self, job: Job) -> Literal["hit", "lead", "follow"]:
        """Record a new job: as the one that computes its cache key, or as a follower of the one that already does.

        `hit` means that a result is cached; nothing was recorded then, nor when it raises QueueFull, or
        IdempotencyInProgress where another job has the claim by now. Jobs in memory are never too many: who sent them
        does not wait for long.
        """
        most = 0 if job.in_memory else self._most
        outcome: Literal["hit", "lead", "follow", "full", "claimed"] = self._run(
            "accept", job.id, job.cache_key, job.expires_at, most, *_claim(job), *_pairs(records.dump(job))
        )
        if outcome == "full":
            raise QueueFull()
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
        waiting: Any = self._redis.scard("ocr:queued")
        if self._most and waiting >= self._most and not self._redis.exists(f"ocr:flight:{cache_key}"):
            raise QueueFull()

    @translated
    def add_completed(self, job: Job, source: str) -> None:
        """Record a job that has the result of an earlier one. Raises IdempotencyInProgress as `accept` does."""
        fields = records.dump(job)
        fields.pop("password", None)
        args = job.id, job.expires_at, repr(job.created_at), source, *_claim(job), *_pairs(fields)
        if self._run("add_completed", *args) == "claimed":
            raise IdempotencyInProgress()

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
        return status not in (None, "expired", Status.CANCELLED.value)

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
    def next(self, holder: str, lease: float) -> tuple[Unit, int] | None:
        """Take the unit whose turn it is for `lease` seconds, with the number of the try, from 1; None if none waits.

        A holder that has a unit is given the same answer again.
        """
        taken = self._run("next", holder, lease)
        return (Unit.parse(taken[0]), int(taken[1])) if taken else None

    @translated
    def release(self, unit: Unit, holder: str) -> None:
        """A unit is done, though its job may not be; nothing happens if another holds it by now."""
        self._run("release", unit, holder)

    @translated
    def set_total(self, job_id: str, total: int) -> None:
        """Nothing happens if the job has ended meanwhile, or is gone."""
        self._run("set_total", job_id, total)

    @translated
    def split(self, job_id: str, total: int, units: Iterable[Unit]) -> bool:
        """Replace the unit of the whole job by units of page ranges."""
        return bool(self._run("split", job_id, total, *units))

    @translated
    def save_page(self, job_id: str, number: int, page: str) -> int:
        """Keep a page that was read; how many there are now, or -1 if the job has ended meanwhile."""
        return int(self._run("save_page", job_id, number, page))

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
    def some_pages(self, job_id: str, numbers: Sequence[int]) -> list[str]:
        """Those of them that are there, in this order; none once the job has ended."""
        found: Any = self._redis.hmget(f"ocr:pages:{job_id}", [str(number) for number in numbers]) if numbers else []
        return [page for page in found if page]

    @translated
    def finish(self, job_id: str, error: JobError | None = None) -> bool:
        """End a job, once, and count it. False if it had ended before."""
        return bool(self._run("finish", *self._end(job_id, error, self._cache_ttl)))

    @translated
    def finish_follower(self, job_id: str, leader_id: str, error: JobError | None, pages: int | None) -> bool:
        """End a job as its ended leader did, which had so many pages.

        False if it had ended before, or waits for that one no more.
        """
        read = {"done": str(pages), "total": str(pages)} if pages and not error else {}
        end = self._end(job_id, error, 0, cached="1", **read)
        return bool(self._scripts["finish_follower"](keys=[leader_id], args=[str(part) for part in end]))

    def _end(self, job_id: str, error: JobError | None, cache_ttl: int, **more: str) -> tuple[object, ...]:
        status = Status.FAILED if error else Status.COMPLETED
        fields = more | ({"error": json.dumps(asdict(error))} if error else {})
        fields |= {"kept": "1"} if error and _is_ours(error) else {}
        return job_id, status.value, self._keep, cache_ttl, *_pairs(fields)

    @translated
    def cancel(self, job_id: str) -> bool:
        """End a job without a result, and have the processes stopped that run parts of it. False if it had ended.

        Who waits for its result must not suffer: the oldest of them takes its place, with the pages read so far, and
        the others wait for that one. Nobody was called for its unit.
        """
        return bool(self._run("cancel", job_id, Status.CANCELLED.value, self._keep, 0))

    @translated
    def in_flight(self, cache_key: str) -> str | None:
        """The id of the job that computes this key at present."""
        found: Any = self._redis.get(f"ocr:flight:{cache_key}")
        return str(found) if found else None

    @translated
    def erase(self, job_id: str) -> bool:
        """Leave nothing of an ended job but its files, which are to go now; a minute later they go once more.

        False if it has not ended, or some still wait for its result.
        """
        return bool(self._run("erase", job_id))

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
        """Nobody waits for this ended job any more; nothing happens if it has begun anew."""
        self._run("settled", job_id)

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
    def due(self) -> int:
        """How many units' rest is over; they are waiting now and want a message each."""
        return int(self._run("due"))

    @translated
    def forgotten(self, queue: str, age: float) -> int:
        """How many messages the queue lacks for its units, once one of those has waited for `age` seconds."""
        return int(self._run("forgotten", queue, age))

    @translated
    def failed(self) -> list[tuple[str, float]]:
        """Jobs that failed by the service's fault, with the time of that, oldest first."""
        found: Any = self._redis.zrange("ocr:failed", 0, -1, withscores=True)
        return [(job_id, when) for job_id, when in found]

    @translated
    def rerun(self, job_id: str) -> Literal["queued", "unknown", "settling"]:
        """Queue one of `failed` as if it came now.

        `unknown`: it is none; `settling`: those who waited are still told of its end, or of its own leader's.

        Who waits for it asks again; it hears of it by the job's events, which begin anew.
        """
        outcome: Literal["queued", "unknown", "settling"] = self._run("rerun", job_id, self._keep)
        return outcome

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
        """The job's place in the order in which units are taken, from 1; None when it is not waiting."""
        rank: Any = self._redis.zrank("ocr:waiting", job_id)
        return None if rank is None else int(rank) + 1

    @translated
    def ahead(self, job: Job, typical: float) -> Ahead:
        """See `services.jobs.order.AHEAD`. A job that waits for another's result ends with that one."""
        pages, total, done = self._run("ahead", job.id, job.cache_key, WALKED, typical)
        return Ahead(float(pages), int(total) if total else None, int(done))

    @translated
    def waiting(self) -> int:
        """How many units wait."""
        return int(self._redis.zcard("ocr:waiting"))  # type: ignore[arg-type]

    @translated
    def is_resting(self, job_id: str) -> bool:
        """Whether a unit of the job waits for its next try."""
        units: Any = self._redis.hget(f"ocr:job:{job_id}", "units")
        rests: Any = self._redis.zmscore("ocr:retry", [job_id, *(units or "").split()])
        return any(at is not None for at in rests)


def _is_ours(error: JobError) -> bool:
    """Whether it is the service's to mend: no bad input."""
    return issubclass(public_errors().get(error.code, Failure), Failure)


def _claim(job: Job) -> tuple[str, str]:
    return (job.claim.key, job.claim.payload) if job.claim else ("", "")


def _pairs(fields: dict[str, str]) -> list[str]:
    return [part for pair in fields.items() for part in pair]
