"""The life of a worker: what its parent process and its children do beside running units.

The parent keeps house in threads: it tells the world that the worker lives, renews what its children hold, brings back
what dead processes held, and sends webhooks. The children load the models and run units.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psutil
from billiard.util import get_logger
from celery import Celery
from celery.exceptions import CPendingDeprecationWarning, SecurityWarning
from celery.signals import setup_logging, worker_init, worker_process_init, worker_ready, worker_shutting_down

from config import BadSetting, Settings
from services.errors import BrokerUnavailable
from services.jobs.housekeeping import Housekeeping
from services.jobs.runner import Runner
from services.jobs.stops import Stops
from services.jobs.workers import WorkerRegistry
from services.publishers import webhook
from services.publishers.webhook import Webhooks
from tasks import stopping
from tasks.ocr import load
from utils.logs import setup
from utils.memory import rss
from utils.processes import die_with_parent, leave_no_core

log = logging.getLogger(__name__)

BEAT, CLEAN_EVERY = 1.0, 60.0
"""Seconds between two rounds of keeping jobs alive, and of cleaning up."""

STUCK_BEATS = 15
"""How often in a row a worker is found idle beside waiting messages until it counts as stuck."""

STOPS_SECONDS = 2
"""For which the parent listens at a time for jobs that were cancelled; less than a connection's own patience."""

PAUSE = 3.0
"""Seconds that a process which cannot load its engine leaves its parent to end."""


@dataclass(frozen=True, slots=True)
class WorkerParts:
    """What a worker's parent process needs; `start_process` is called in each child, after the fork."""

    celery: Celery
    workers: WorkerRegistry
    housekeeping: Housekeeping
    stops: Stops
    webhooks: Webhooks | None
    start_process: Callable[[], Runner]


class Worker:
    """One worker, in the process that makes this and in those that are forked from it. `name` is no other worker's."""

    def __init__(self, settings: Settings, name: str, parts: WorkerParts) -> None:
        self._settings = settings
        self._name = name
        self._parts = parts
        self._parent = os.getpid()
        self._stopping = threading.Event()

    def attend(self) -> Celery:
        """The application that Celery is to run, with this worker told of what happens to it."""
        for answered in (SecurityWarning, CPendingDeprecationWarning):
            warnings.simplefilter("ignore", answered)  # see tasks.queue for the answers
        setup_logging.connect(self._log)
        worker_init.connect(self._ignore_stops)
        worker_process_init.connect(self._load_models)
        worker_ready.connect(self._start_housekeeping)
        worker_shutting_down.connect(self._withdraw)
        return self._parts.celery

    def _log(self, **_: Any) -> None:
        setup(self._settings.log_level)
        get_logger().setLevel(logging.WARNING)
        get_logger().propagate = True  # or the pool's logger would print lines that are not JSON

    def _ignore_stops(self, **_: Any) -> None:
        """Children are born deaf to it: until they run something there is nothing to stop."""
        signal.signal(stopping.SIGNAL, signal.SIG_IGN)

    def _load_models(self, **_: Any) -> None:
        die_with_parent(self._parent)
        leave_no_core()
        try:
            load(self._parts.start_process())
        except Exception as error:
            known = isinstance(error, BadSetting)
            log.critical("the engine cannot be loaded: %s", error, exc_info=not known)
            os.kill(self._parent, signal.SIGTERM)
            time.sleep(PAUSE)  # or the parent would start another at once
            os._exit(1)
        log.info("models are loaded", extra={"engine": self._settings.ocr_engine})

    def _start_housekeeping(self, **_: Any) -> None:
        """Each in a thread of its own: a slow disk must not keep leases from being renewed."""
        rounds = [
            (self._keep_alive, BEAT),
            (self._parts.housekeeping.recover, BEAT),
            (self._watch_consumer, BEAT),
            (self._stop_cancelled, 0),
            (self._clean, CLEAN_EVERY),
            *[(self._deliver, BEAT)] * (webhook.AT_ONCE if self._parts.webhooks else 0),
        ]
        for work, seconds in rounds:
            threading.Thread(target=self._repeat, args=(work, seconds), name=work.__name__, daemon=True).start()

    def _withdraw(self, **_: Any) -> None:
        self._stopping.set()

    def _repeat(self, work: Callable[[], None], seconds: float) -> None:
        while True:
            try:
                work()
            except BrokerUnavailable:
                log.warning("the broker is away; trying again")
            except Exception:
                log.exception("housekeeping failed; trying again")
            if not self._stopping.wait(seconds):
                continue
            time.sleep(BEAT)

    def _keep_alive(self) -> None:
        children = [p.pid for p in psutil.Process().children() if p.status() != psutil.STATUS_ZOMBIE]
        self._parts.housekeeping.keep_alive(self._name, children)
        if self._stopping.is_set():
            self._parts.workers.withdraw(self._name)
            self._parts.housekeeping.leave(self._name)
        else:
            self._parts.workers.announce(self._name, socket.gethostname(), rss([os.getpid(), *children]))

    def _watch_consumer(self) -> None:
        """Celery's consumer has been seen to stop for ever after its server hung; a new worker has a new one."""
        for _ in range(STUCK_BEATS):
            parts = self._parts
            if self._stopping.is_set() or not parts.workers.any_loaded or not parts.housekeeping.stuck(self._name):
                return
            time.sleep(BEAT)
        log.critical("messages wait and none is taken; the worker ends to be started again")
        os.kill(self._parent, signal.SIGTERM)

    def _stop_cancelled(self) -> None:
        if asked := self._parts.stops.next(self._name, STOPS_SECONDS):
            threading.Thread(target=stopping.stop, args=(self._parts.stops, asked), daemon=True).start()

    def _deliver(self) -> None:
        if self._parts.webhooks and not self._stopping.is_set():
            self._parts.webhooks.deliver_due()

    def _clean(self) -> None:
        self._parts.housekeeping.clean(CLEAN_EVERY)
