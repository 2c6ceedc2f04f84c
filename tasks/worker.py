"""`celery -A tasks.worker worker`: the worker's door to the composition root.

The parent process keeps house in threads: it tells the world that the worker lives, renews what its children hold,
and brings back what dead processes held. The children load the models and run units.
"""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

import psutil
from billiard.util import get_logger
from celery.exceptions import CPendingDeprecationWarning, SecurityWarning
from celery.signals import setup_logging, worker_init, worker_process_init, worker_ready, worker_shutting_down

from app import build_worker
from config import BadSetting, Settings
from services.errors import BrokerUnavailable
from tasks import stopping
from tasks.ocr import load
from utils.logs import setup
from utils.memory import rss
from utils.processes import die_with_parent, leave_no_core

log = logging.getLogger(__name__)

SETTINGS = Settings.from_env()
PARENT = os.getpid()
WORKER = secrets.token_hex(8)
PARTS = build_worker(SETTINGS, WORKER)
celery = PARTS.celery

BEAT, CLEAN_EVERY = 1.0, 60.0
"""Seconds between two rounds of keeping jobs alive, and of cleaning up."""

STUCK_BEATS = 15
"""How often in a row a worker is found idle beside waiting messages until it counts as stuck."""

STOPS_SECONDS = 2
"""For which the parent listens at a time for jobs that were cancelled; less than a connection's own patience."""

PAUSE = 3.0
"""Seconds that a process which cannot load its engine leaves its parent to end."""

_stopping = threading.Event()

for answered in (SecurityWarning, CPendingDeprecationWarning):
    warnings.simplefilter("ignore", answered)  # see tasks.queue for the answers


@setup_logging.connect
def _logs(**_: Any) -> None:
    setup(SETTINGS.log_level)
    get_logger().setLevel(logging.WARNING)
    get_logger().propagate = True  # or the pool's logger would print lines that are not JSON


@worker_init.connect
def _ignore_stops(**_: Any) -> None:
    """Children are born deaf to it: until they run something there is nothing to stop."""
    signal.signal(stopping.SIGNAL, signal.SIG_IGN)


@worker_process_init.connect
def _load_models(**_: Any) -> None:
    die_with_parent(PARENT)
    leave_no_core()
    try:
        load(PARTS.start_process())
    except Exception as error:
        known = isinstance(error, BadSetting)
        log.critical("the engine cannot be loaded: %s", error, exc_info=not known)
        os.kill(PARENT, signal.SIGTERM)
        time.sleep(PAUSE)  # or the parent would start another at once
        os._exit(1)
    log.info("models are loaded", extra={"engine": SETTINGS.ocr_engine})


@worker_ready.connect
def _start_housekeeping(**_: Any) -> None:
    """Each in a thread of its own: a slow disk must not keep leases from being renewed."""
    rounds = (
        (_keep_alive, BEAT),
        (PARTS.housekeeping.recover, BEAT),
        (_watch_consumer, BEAT),
        (_stop_cancelled, 0),
        (_clean, CLEAN_EVERY),
    )
    for work, seconds in rounds:
        threading.Thread(target=_repeat, args=(work, seconds), name=work.__name__, daemon=True).start()


@worker_shutting_down.connect
def _withdraw(**_: Any) -> None:
    _stopping.set()


def _repeat(work: Callable[[], None], seconds: float) -> None:
    while True:
        try:
            work()
        except BrokerUnavailable:
            log.warning("the broker is away; trying again")
        except Exception:
            log.exception("housekeeping failed; trying again")
        if not _stopping.wait(seconds):
            continue
        time.sleep(BEAT)


def _keep_alive() -> None:
    children = [p.pid for p in psutil.Process().children() if p.status() != psutil.STATUS_ZOMBIE]
    PARTS.housekeeping.keep_alive(WORKER, children)
    if _stopping.is_set():
        PARTS.workers.withdraw(WORKER)
        PARTS.housekeeping.leave(WORKER)
    else:
        PARTS.workers.announce(WORKER, socket.gethostname(), rss([os.getpid(), *children]))


def _watch_consumer() -> None:
    """Celery's consumer has been seen to stop for ever after its server hung; a new one starts with a new worker."""
    for _ in range(STUCK_BEATS):
        if _stopping.is_set() or not PARTS.workers.any_loaded or not PARTS.housekeeping.stuck(WORKER):
            return
        time.sleep(BEAT)
    log.critical("messages wait and none is taken; the worker ends to be started again")
    os.kill(PARENT, signal.SIGTERM)


def _stop_cancelled() -> None:
    if asked := PARTS.stops.next(WORKER, STOPS_SECONDS):
        threading.Thread(target=stopping.stop, args=(PARTS.stops, asked), daemon=True).start()


def _clean() -> None:
    PARTS.housekeeping.clean(CLEAN_EVERY)
