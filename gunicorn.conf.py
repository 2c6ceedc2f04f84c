"""How gunicorn serves: gevent, so that clients who wait for a job cost no thread."""

from typing import Any

from config import Settings
from utils.logs import setup
from utils.processes import die_with_parent, leave_no_core

settings = Settings.from_env()
setup(settings.log_level)

bind = f"[{settings.host}]:{settings.port}" if ":" in settings.host else f"{settings.host}:{settings.port}"
worker_class = "gevent"
workers = settings.web_workers
worker_connections = 1000
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


def post_fork(server: Any, worker: Any) -> None:
    """A web process never outlives the one that started it, and leaves nothing of a passport when it crashes."""
    die_with_parent(server.pid)
    leave_no_core()
