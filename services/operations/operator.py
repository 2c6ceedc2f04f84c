"""What the commands for whoever operates the service have in common."""

from __future__ import annotations

import sys
from collections.abc import Callable

import redis

from config import BadSetting, Settings
from services.embedded import redis_url
from services.errors import BrokerUnavailable
from services.redis.connection import connect

ALL = "all"
"""Stands for every job in place of the id of one."""

AWAY = "The server of REDIS_URL cannot be reached: start it, or correct REDIS_URL."
NOT_RUNNING = "The service does not run here, and its jobs are in a server that it starts itself: do `make run` first."


def on_server(command: Callable[[Settings, redis.Redis], int]) -> int:
    """What it returns; 1, with a sentence that says what to do, where a setting or the server will not do."""
    try:
        settings = Settings.from_env()
        return command(settings, connect(redis_url(settings), patience=0))
    except BadSetting as error:
        print(error, file=sys.stderr)
    except BrokerUnavailable:
        print(AWAY if settings.redis_url else NOT_RUNNING, file=sys.stderr)
    return 1
