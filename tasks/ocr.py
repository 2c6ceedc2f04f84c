"""Look for a unit of work and run it. The message says no more than that there may be one."""

from __future__ import annotations

import logging
import os
import signal
from types import FrameType
from typing import Any

from celery import shared_task

from services.jobs.runner import Runner
from tasks import stopping
from tasks.queue import TASK

log = logging.getLogger(__name__)

AGAIN = 0.05
"""Seconds after which a unit that could not be broken off just then is tried to be broken off again."""

_loaded: dict[str, Runner] = {}


def load(runner: Runner) -> None:
    """Make this process's runner, with its models, known to the task. Called once, in the child."""
    _loaded["runner"] = runner


def _out_of_time(_signal: int, _frame: FrameType | None) -> None:
    """Celery says it once, and it may be a moment at which nothing may be broken off."""
    _loaded["runner"].interruption.time_is_up()
    signal.setitimer(signal.ITIMER_REAL, AGAIN)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    _loaded["runner"].interruption.interrupt()


@shared_task(name=TASK, bind=True)
def run(_task: Any) -> None:
    """Ends the process if the unit cannot be given back."""
    signal.signal(signal.SIGUSR1, _out_of_time)
    signal.signal(signal.SIGALRM, _out_of_time)
    signal.signal(stopping.SIGNAL, _stop)
    try:
        _loaded["runner"].run()
        for sent in (signal.SIGUSR1, signal.SIGALRM, stopping.SIGNAL):
            signal.signal(sent, signal.SIG_IGN)
        signal.setitimer(signal.ITIMER_REAL, 0)  # last, as a late handler sets it once more
    except (SystemExit, KeyboardInterrupt):
        os._exit(1)  # told to end at once; the unit is brought back by others
    except BaseException:
        log.critical("unit cannot be given back; this process ends, so that it is freed", exc_info=True)
        os._exit(1)
