"""Which workers there are, as they tell it themselves every second."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import redis

from services.jobs.broker import translated

SILENT_AFTER = 10.0
"""Seconds without a word after which a worker counts as gone."""


@dataclass(frozen=True, slots=True)
class WorkerState:
    """One worker: `loaded` are the processes that have their models, `rss` the resident bytes of each process."""

    id: str
    host: str
    loaded: tuple[int, ...]
    rss: Mapping[str, int]
    seen_at: float


class WorkerRegistry:
    """Kept in Redis, so that every web process of every machine sees all workers. Raises BrokerUnavailable."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    @translated
    def process_loaded(self, worker: str, pid: int) -> None:
        """A process of a worker has its models in memory."""
        self._redis.sadd(f"ocr:loaded:{worker}", pid)
        self._redis.expire(f"ocr:loaded:{worker}", 60)

    @translated
    def announce(self, worker: str, host: str, rss: Mapping[int, int]) -> None:
        """What the worker is now; `rss` has its living processes, its own included."""
        loaded: Any = self._redis.smembers(f"ocr:loaded:{worker}")
        alive = tuple(sorted(int(pid) for pid in loaded if int(pid) in rss))
        state = WorkerState(worker, host, alive, {str(k): v for k, v in rss.items()}, time.time())
        with self._redis.pipeline() as pipe:
            pipe.expire(f"ocr:loaded:{worker}", 60)
            pipe.hset("ocr:workers", worker, json.dumps(asdict(state)))
            pipe.execute()

    @translated
    def withdraw(self, worker: str) -> None:
        """The worker is going."""
        self._redis.hdel("ocr:workers", worker)

    @translated
    def all(self) -> list[WorkerState]:
        """The workers that were heard of lately; the records of the others are removed."""
        found: Any = self._redis.hgetall("ocr:workers")
        states = [WorkerState(**json.loads(text)) for text in found.values()]
        silent = [state.id for state in states if time.time() - state.seen_at > SILENT_AFTER]
        if silent:
            self._redis.hdel("ocr:workers", *silent)
        return [state for state in states if state.id not in silent]
