"""The worker's parent process makes its children leave jobs that were cancelled."""

from __future__ import annotations

import logging
import os
import signal
import time

import psutil

from services.errors import BrokerUnavailable
from services.jobs.stops import Stop, Stops

log = logging.getLogger(__name__)

SIGNAL = signal.SIGUSR2
"""Asks a child to look whether it is still to run what it runs. See `Interruption.interrupt`."""

AGAIN, PATIENCE = 0.05, 0.7
"""Seconds between two signals, and until a child counts as deaf. It ignores those that reach it amid a command."""


def stop(stops: Stops, asked: Stop) -> None:
    """Return when the child has left the job, by itself or with its life; or is left alone, if asked gently."""
    deadline = time.monotonic() + PATIENCE
    try:
        child = _child(asked.pid)
        while child and stops.is_on(asked):
            if time.monotonic() > deadline:
                if not asked.gently:
                    _kill(child, stops, asked)
                return
            child.send_signal(SIGNAL)
            time.sleep(AGAIN)
    except BrokerUnavailable:
        log.warning("the broker is away; a cancelled job is left at the end of its page")
    except psutil.NoSuchProcess:
        log.info("the process that ran a cancelled job has ended")


def _child(pid: int) -> psutil.Process | None:
    return next((child for child in psutil.Process(os.getpid()).children() if child.pid == pid), None)


def _kill(child: psutil.Process, stops: Stops, asked: Stop) -> None:
    if stops.doom(asked):
        log.warning("a process does not leave a cancelled job; it is replaced", extra={"job_id": asked.job_id})
        child.kill()
