"""The process table and the command line.

`python app.py` runs everything on this machine, `python app.py web` or `worker` one part of it in this process.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

import psutil

import services.ocr.engines
from config import ROOT, BadSetting, Settings
from services import plugins
from services.embedded import CannotStart, Child, alone, binary, http_ok, redis_url, run, spool, valkey
from services.errors import BrokerUnavailable
from services.jobs.workers import WorkerRegistry, WorkerState
from services.redis.connection import connect
from tasks.queue import GRACE
from wiring.web import create_app

WORKER_ARGUMENTS = ("--without-gossip", "--without-mingle", "--without-heartbeat")
PARTS = ("web", "worker")
"""The children that may run by themselves, beside others of their kind."""


def children(settings: Settings) -> list[Child]:
    """What `python app.py` runs, in the order of their start."""
    servers = [] if settings.redis_url else [valkey(settings)]
    if not settings.spool_url and binary():
        servers.append(spool(settings))
    needs = tuple(server.name for server in servers)
    worker = Child(
        name="worker",
        argv=(sys.executable, "-m", "celery", "-A", "wiring.door", "--quiet", "worker", *WORKER_ARGUMENTS),
        up=partial(_worker_is_up, settings),
        needs=needs,
        stop=((signal.SIGTERM, float(GRACE)), (signal.SIGQUIT, 3.0)),
    )
    web = Child(
        name="web",
        argv=(sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py"), "wiring.web:create_app()"),
        up=partial(http_ok, settings, "/health/alive"),
        needs=needs,
        stop=((signal.SIGTERM, float(GRACE)),),
    )
    return [*servers, worker, web]


def _worker_is_up(settings: Settings) -> bool:
    with suppress(BrokerUnavailable):
        workers = WorkerRegistry(connect(redis_url(settings), patience=0)).all()
        return any(worker.loaded and _is_here(worker) for worker in workers)
    return False


def _is_here(worker: WorkerState) -> bool:
    """Whether it lives on this machine; the record of one that was killed stays for a while."""
    return worker.host == socket.gethostname() and psutil.pid_exists(worker.pid)


def _part(settings: Settings, name: str) -> Child:
    """The child called `name`, if it can run by itself: the embedded servers belong to the whole."""
    parts = {child.name: child for child in children(settings) if child.name in PARTS}
    if name not in parts:
        raise CannotStart(f"There is no part {name!r}: say {' or '.join(PARTS)}, or nothing for everything.")
    return parts[name]


def main(named: Sequence[str]) -> int:
    """Check the settings, then run what is `named`, or all, until told to stop. 1 and a sentence where it cannot be."""
    try:
        settings = Settings.from_env()
        part = _part(settings, " ".join(named)) if named else None
        plugins.load(services.ocr.engines, settings.ocr_engine).check(settings)
        create_app(settings)
        if part:
            alone(settings, part)
        return run(settings, children(settings), ready=partial(http_ok, settings, "/health/ready"))
    except (BadSetting, CannotStart) as error:
        print(f"Cannot start: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main(sys.argv[1:]))
