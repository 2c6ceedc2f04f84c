"""What the commands for whoever operates the service have in common."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext

import redis

from config import BadSetting, Settings
from services.embedded import CannotStart, checks, redis_url
from services.embedded.briefly import reachable
from services.errors import BrokerUnavailable
from services.redis.connection import connect

ALL = "all"
"""Stands for every job in place of the id of one."""

AWAY = "The server of REDIS_URL cannot be reached: start it, or correct REDIS_URL."
NOT_RUNNING = "The service does not run here, and its jobs are in a server that it starts itself: do `make run` first."


def on_server(command: Callable[[Settings, redis.Redis], int], *, anywhere: bool = False) -> int:
    """What it returns; 1, with a sentence that says what to do, where a setting or the server will not do.

    With `anywhere` the embedded server is started for it where the service does not run, by its own user alone.
    """
    try:
        settings = Settings.from_env()
        if anywhere:
            checks.as_its_user(settings)
            checks.audits(settings)
        with reachable(settings) if anywhere else nullcontext(redis_url(settings)) as url:
            return command(settings, connect(url, patience=0))
    except (BadSetting, CannotStart) as error:
        print(error, file=sys.stderr)
    except BrokerUnavailable:
        print(AWAY if settings.redis_url else NOT_RUNNING, file=sys.stderr)
    return 1


def show(rows: Sequence[Sequence[str]]) -> None:
    """Print a table."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
