"""How gunicorn serves: gevent, so that clients who wait for a job cost no thread."""

import logging
import signal
from typing import Any

import gevent

from config import Settings, environment
from services.operations.health import OPEN
from services.operations.misspelt import misspelt
from utils.logs import setup
from utils.processes import OTHER_FILES, allow_files, die_with_parent, leave_no_core

settings = Settings.from_env()
setup(settings.log_level)

bind = f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}"
worker_class = "gevent"
workers = settings.web_workers
worker_connections = settings.web_connections
timeout = 120
graceful_timeout = 10
keepalive = 15
accesslog = None
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "loggers": {"gunicorn.error": {"level": "WARNING", "handlers": [], "propagate": True}},
}
worker_tmp_dir = None
control_socket_disable = True


def when_ready(server: Any) -> None:
    """Said once, by the process that listens."""
    for text in misspelt(environment()):
        logging.getLogger("ocr").warning("%s", text)
    if settings.is_open:
        logging.getLogger("ocr").warning("%s", OPEN)


def post_worker_init(worker: Any) -> None:
    """Streams end when the process is told to, rather than hold up its end; their clients come again."""
    stop: Any = signal.getsignal(signal.SIGTERM)

    def leave(number: int, frame: Any) -> None:
        stop(number, frame)
        gevent.spawn(worker.wsgi.extensions["hub"].close)

    signal.signal(signal.SIGTERM, leave)


def post_fork(server: Any, worker: Any) -> None:
    """A web process never outlives the one that started it, and leaves nothing of a passport when it crashes."""
    die_with_parent(server.pid)
    leave_no_core()
    allow_files(settings.web_connections + OTHER_FILES)
