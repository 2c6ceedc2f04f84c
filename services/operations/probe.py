"""`python -m services.operations.probe [web|worker|worker-alive]`: whether what runs here of the service works.

For a container's health check. Exit status 0 if so, 1 with a sentence if not. Without an argument, process 1 tells by
its command line what runs here; `python app.py` by itself is both.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from config import BadSetting, Settings
from services.embedded import http_ok, redis_url
from services.errors import BrokerUnavailable
from services.jobs.workers import WorkerRegistry
from services.redis.connection import connect

FIRST = Path("/proc/1/cmdline")
UNSEEN = "the broker does not answer, so the worker cannot be seen"


def web(settings: Settings) -> str:
    """The web process answers, whatever else is away."""
    return "" if http_ok(settings, "/health/alive") else f"nothing answers at port {settings.port}"


def worker(settings: Settings) -> str:
    """A worker of this host has told within seconds that it lives and that its models are loaded."""
    try:
        workers = WorkerRegistry(connect(redis_url(settings), patience=0)).all()
    except BrokerUnavailable:
        return UNSEEN
    here = any(one.loaded and one.host == socket.gethostname() for one in workers)
    return "" if here else "no worker of this host has its models loaded"


def worker_alive(settings: Settings) -> str:
    """As `worker`, but content while the broker is away: a worker bears that, and starting it again would not help."""
    fault = worker(settings)
    return "" if fault == UNSEEN else fault


PARTS: Mapping[str, Callable[[Settings], str]] = {"web": web, "worker": worker}
"""What is asked of each part: the fault, or an empty text."""

QUESTIONS: Mapping[str, Callable[[Settings], str]] = {**PARTS, "worker-alive": worker_alive}
"""What may be asked by name."""


def running(command: bytes) -> tuple[str, ...]:
    """The parts that a command line as in /proc/PID/cmdline starts; all where it names none."""
    words = command.decode(errors="replace").split("\0")
    named = words[words.index("app.py") + 1 :] if "app.py" in words else []
    return tuple(word for word in named if word in PARTS) or tuple(PARTS)


def main(parts: Sequence[str]) -> int:
    """Ask each part. Prints what is wrong."""
    try:
        settings = Settings.from_env()
        faults = [QUESTIONS[part](settings) for part in parts or running(FIRST.read_bytes())]
    except KeyError as error:
        faults = [f"there is no part {error}; choose from {', '.join(QUESTIONS)}"]
    except BadSetting as error:
        faults = [str(error)]
    print("; ".join(filter(None, faults)) or "well")
    return 1 if any(faults) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
