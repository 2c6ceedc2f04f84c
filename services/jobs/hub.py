"""Wakes those who wait for something to happen to a job: one subscription a process, however many wait."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis

from services.access.keys import EVERYTHING
from services.redis import keys

log = logging.getLogger(__name__)

QUIET = 5.0
"""Seconds of silence after which the server is asked whether it is still there, and has as long to answer."""

RETRY = 0.5
"""Seconds between tries to reach the server again."""

LINGER = 60.0
"""Seconds for which the subscription is kept when nobody listens any more."""

BEAT = 15.0
"""Seconds after which who follows a job has a turn though nothing happened: who is gone is found out by writing."""

LONGEST_SECONDS = 3600.0
"""Seconds for which anybody may follow a job in one go."""


class Hub:
    """Rings bells; who hears one looks for himself, so that a bell too many does no harm.

    Nothing is missed by who begins to listen and looks afterwards: once the subscription stands, for the first time or
    after an outage, everybody is rung.
    """

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client
        self._lock = threading.Lock()
        self._bells: dict[str, set[threading.Event]] = {}
        self._subscribed = False
        self._last_wanted = 0.0
        self.closing = False

    @contextmanager
    def listen(self, job_id: str, bell: threading.Event | None = None) -> Iterator[threading.Event]:
        """A bell, or the one that is given, that is set whenever something has happened to the job."""
        bell = bell or threading.Event()
        with self._lock:
            self._bells.setdefault(job_id, set()).add(bell)
            if not self._subscribed:
                self._subscribed = True
                threading.Thread(target=self._stay_subscribed, name="events", daemon=True).start()
        try:
            yield bell
        finally:
            with self._lock:
                self._bells[job_id].discard(bell)
                if not self._bells[job_id]:
                    del self._bells[job_id]

    def turns(self, job_id: str, bell: threading.Event | None = None) -> Iterator[bool]:
        """One at once, then one whenever something has happened, which is True, or BEAT is over.

        They end after LONGEST_SECONDS, or when the process is to end.
        """
        end = time.monotonic() + LONGEST_SECONDS
        with self.listen(job_id, bell) as own:
            rang = True
            while time.monotonic() < end and not self.closing:
                own.clear()
                yield rang
                rang = own.wait(BEAT)

    def close(self) -> None:
        """The process is to end: tell all who listen."""
        self.closing = True
        self._ring()

    def _stay_subscribed(self) -> None:
        while self._wanted():
            try:
                self._hear()
            except (redis.RedisError, OSError) as error:
                log.warning("events are not heard of, trying again: %s", type(error).__name__)
                time.sleep(RETRY)
            except Exception:  # nobody would take over from this thread
                log.exception("events are not heard of, trying again")
                time.sleep(RETRY)

    def _wanted(self) -> bool:
        with self._lock:
            if self._bells:
                self._last_wanted = time.monotonic()
            self._subscribed = not self.closing and time.monotonic() - self._last_wanted < LINGER
            return self._subscribed

    def _hear(self) -> None:
        pubsub: Any = self._redis.pubsub
        with pubsub() as channel:
            channel.subscribe(keys.TOLD)
            asked = False
            while self._wanted():
                asked = self._next(channel, asked)

    def _next(self, channel: Any, asked: bool) -> bool:
        """Hear one message; whether the server has been asked for a sign of life. Raises redis.ConnectionError."""
        message = channel.get_message(timeout=QUIET)
        if message is None:
            if asked:
                raise redis.ConnectionError("the server is silent")
            channel.ping()
            return True
        if message["type"] == "message":
            self._ring(None if message["data"] == EVERYTHING else message["data"])
        elif message["type"] == "subscribe":
            self._ring()
        return False

    def _ring(self, job_id: str | None = None) -> None:
        """Everybody's, where no job is named."""
        with self._lock:
            found = self._bells.values() if job_id is None else (self._bells.get(job_id, ()),)
            bells = [bell for each in found for bell in each]
        for bell in bells:
            bell.set()
