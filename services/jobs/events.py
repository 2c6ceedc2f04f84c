"""What has happened to a job, in order, as it happens and long after."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import redis

from services.errors import BrokerUnavailable, JobExpired, UnknownJob
from services.jobs.hub import Hub
from services.jobs.model import ENDED, Job
from services.redis import keys
from services.redis.connection import translated

FINAL = frozenset(f"job_{status.value}" for status in ENDED)
"""The names of the events after which there are no more."""

RECORDED = "recorded"
"""The id of a final event that is not in the stream, but made from the job's record."""

LOOKS = 16
"""How many of a process look into streams at once, each over a connection of its own."""

START = "0-0"


@dataclass(frozen=True, slots=True)
class Event:
    """`id` is that of the stream entry. `data` has at least `job_id status progress{done,total}`."""

    id: str
    name: str
    data: Mapping[str, Any]

    @property
    def final(self) -> bool:
        return self.name in FINAL


class EventLog:
    """The events of jobs, as the scripts that change their states tell them. Safe to share between threads."""

    def __init__(self, client: redis.Redis, read: Callable[[str], Job], hub: Hub) -> None:
        """`read` is `JobReader.read`."""
        self._redis = client
        self._read_job = read
        self._hub = hub
        self._looks = threading.BoundedSemaphore(LOOKS)

    @translated
    def find(self, job_id: str, event_id: str) -> Event | None:
        """One event, also the final one of an ended job that is not in the stream. Raises BrokerUnavailable."""
        if event_id == RECORDED:
            return self._recorded(job_id)
        if not _is_stream_id(event_id):
            return None
        entries: Any = self._redis.xrange(keys.EVENTS + job_id, event_id, event_id)
        return next(iter(_events(entries)), None)

    def follow(self, job_id: str, after: str = START, bell: threading.Event | None = None) -> Iterator[Event | None]:
        """The events after that id, as they happen; None whenever it looked and there was none.

        Ends after the final one; without it when the job is gone or `Hub.turns` ends. Outages of the server are waited
        out.
        """
        for _ in self._hub.turns(job_id, bell):
            try:
                found = self._look(job_id, after)
            except (UnknownJob, JobExpired):
                return
            yield from found or (None,)
            if found and found[-1].final:
                return
            after = found[-1].id if found else after

    def _look(self, job_id: str, after: str) -> list[Event]:
        """News, with the final event for certain if the job has ended. Raises UnknownJob, JobExpired."""
        with self._looks, suppress(BrokerUnavailable):
            ended, found = self._read(job_id, after)
            if ended and not (found and found[-1].final):
                return [*found, *filter(None, [self._recorded(job_id)])]
            return found
        return []

    @translated
    def _read(self, job_id: str, after: str) -> tuple[bool, list[Event]]:
        """Whether the job was not at work, and what is new, both at the same moment."""
        with self._redis.pipeline() as pipe:
            pipe.hget(keys.JOB + job_id, "status")
            pipe.xrange(keys.EVENTS + job_id, f"({after}")
            status, entries = pipe.execute()
        return status not in ("queued", "processing"), _events(entries)

    def _recorded(self, job_id: str) -> Event | None:
        """Raises UnknownJob, JobExpired, BrokerUnavailable."""
        job = self._read_job(job_id)
        return Event(RECORDED, f"job_{job.status.value}", _data(job)) if job.ended else None


def _data(job: Job) -> dict[str, Any]:
    error, progress = job.outcome.error, {"done": job.progress.done, "total": job.progress.total}
    data = {"job_id": job.id, "status": job.status.value, "progress": progress}
    told = {"code": error.code, "message": error.message, "retryable": error.retryable} if error else None
    return data | ({"error": told} if told else {})


def _events(entries: Sequence[tuple[str, Mapping[str, str]]]) -> list[Event]:
    return [Event(entry_id, fields["event"], json.loads(fields["data"])) for entry_id, fields in entries]


def _is_stream_id(text: str) -> bool:
    """Two numbers of 64 bits."""
    found = re.fullmatch(r"([0-9]{1,20})-([0-9]{1,20})", text)
    return bool(found and all(int(part) < 2**64 for part in found.groups()))
