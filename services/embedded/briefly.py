"""The server that keeps everything, for the length of one command, where the service itself does not run."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from config import Settings
from services.embedded import broker, checks

START_SECONDS = 30.0


@contextmanager
def reachable(settings: Settings) -> Iterator[str]:
    """The address of the server, which runs while this does.

    Of the embedded one too if nothing has started it: then DATA_DIR is locked as the service locks it, so that neither
    takes the data from the other. Raises CannotStart.
    """
    url = broker.redis_url(settings)
    if settings.redis_url or broker.answers(url):
        yield url
        return
    checks.prepare(settings)
    with checks.only_one(settings), _started(settings):
        yield url


@contextmanager
def _started(settings: Settings) -> Iterator[None]:
    checks.store(settings)
    child = broker.valkey(settings)
    process = subprocess.Popen(child.argv, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not child.up():
            if process.poll() is not None or time.monotonic() > deadline:
                raise checks.CannotStart(f"The server of the data in {settings.data_dir} does not start.")
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait()
        broker.remove_sockets(settings)
