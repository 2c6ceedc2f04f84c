"""Which workers there are, as they tell it themselves every second."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import redis

from services.redis import keys
from services.redis.connection import translated

SILENT_AFTER = 10.0
"""Seconds without a word after which a worker counts as gone."""


@dataclass(frozen=True, slots=True)
class WorkerState:
    """One worker: `pid` is its parent process, `loaded` those that have their models, `rss` is in bytes by process."""

    id: str
    host: str
    pid: int
    loaded: tuple[int, ...]
    rss: Mapping[str, int]
    seen_at: float


class WorkerRegistry:
    """Kept in Redis, so that every web process of every machine sees all workers. Raises BrokerUnavailable."""

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client
        self._loaded: set[int] = set()

    @property
    def any_loaded(self) -> bool:
        """Whether a process of the worker that announces itself here has its models."""
        return bool(self._loaded)

    @translated
    def process_loaded(self, worker: str, pid: int) -> None:
        """A process of a worker has its models in memory."""
        self._redis.sadd(keys.LOADED + worker, pid)
        self._redis.expire(keys.LOADED + worker, 60)

    @translated
    def announce(self, worker: str, host: str, rss: Mapping[int, int]) -> None:
        """What the worker is now; `rss` has its living processes, its own included.

        What was once told to be loaded is remembered here: the server may have lost it.
        """
        told: Any = self._redis.smembers(keys.LOADED + worker)
        self._loaded = {pid for pid in self._loaded | {int(pid) for pid in told} if pid in rss}
        sizes = {str(pid): size for pid, size in rss.items()}
        state = WorkerState(worker, host, os.getpid(), tuple(sorted(self._loaded)), sizes, self._now())
        with self._redis.pipeline() as pipe:
            pipe.expire(keys.LOADED + worker, 60)
            pipe.hset(keys.WORKERS, worker, json.dumps(asdict(state)))
            pipe.execute()

    @translated
    def withdraw(self, worker: str) -> None:
        """The worker is going."""
        self._redis.hdel(keys.WORKERS, worker)

    @translated
    def all(self) -> list[WorkerState]:
        """The workers that were heard of lately; the records of the others are removed."""
        found: Any = self._redis.hgetall(keys.WORKERS)
        states = [WorkerState(**json.loads(text)) for text in found.values()]
        now = self._now()
        silent = [state.id for state in states if now - state.seen_at > SILENT_AFTER]
        if silent:
            self._redis.hdel(keys.WORKERS, *silent)
        return [state for state in states if state.id not in silent]

    def any_ready(self) -> bool:
        """Whether a process of any worker has its models."""
        return any(worker.loaded for worker in self.all())

    def _now(self) -> float:
        """By the server's clock, the one that all machines share."""
        seconds, micros = self._redis.time()  # type: ignore[misc]
        return float(seconds) + float(micros) / 1e6
