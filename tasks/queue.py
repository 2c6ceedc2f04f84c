"""The Celery application: how messages travel and how worker processes are kept in bounds."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from celery import Celery
from kombu.exceptions import OperationalError

from config import Settings
from services.errors import BrokerUnavailable
from services.jobs.ports import Publish

QUEUE = "ocr"
TASK = "ocr.run"
GRACE = 15
"""Seconds between the soft limit, which ends a unit in good order, and the hard one, which ends its process."""


def hard_limit(settings: Settings) -> int:
    """Seconds after which a process that still runs a unit is killed."""
    return settings.request_timeout + GRACE


def make_celery(settings: Settings, broker_url: str, *, socket_timeout: int, processes: int = 1) -> Celery:
    """Messages are acknowledged when they arrive: job records, not messages, remember what is to be done.

    A worker fetches a message only when a process is free, so that no job waits behind a busy worker. Messages are
    JSON, so that a worker may run as root, as a container's only user often does. What runs goes on while the broker
    is away. `socket_timeout`, in seconds, is long in a worker: when an acknowledgement times out, Celery takes its slot
    for used for ever.
    """
    celery = Celery("ocr", broker=_kombu_url(broker_url), include=["tasks.ocr"])
    celery.conf.update(
        task_default_queue=QUEUE,
        task_ignore_result=True,
        task_soft_time_limit=settings.request_timeout,
        task_time_limit=hard_limit(settings),
        worker_concurrency=processes,
        worker_disable_prefetch=True,
        worker_prefetch_multiplier=1,
        worker_max_tasks_per_child=settings.worker_max_tasks,
        worker_max_memory_per_child=settings.worker_max_memory_mb * 1024,
        worker_proc_alive_timeout=120,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options={
            "socket_connect_timeout": 2,
            "socket_timeout": socket_timeout,
            "health_check_interval": 5,
        },
    )
    return celery


def publisher(celery: Celery, *, patience: int) -> Publish:
    """Sends a message. Bears an outage of the broker for about `patience` seconds, then BrokerUnavailable."""
    policy: dict[str, Any] = {
        "max_retries": patience * 4,
        "interval_start": 0,
        "interval_step": 0.1,
        "interval_max": 0.25,
    }

    def publish() -> None:
        try:
            celery.send_task(TASK, retry=patience > 0, retry_policy=policy)
        except (OperationalError, OSError) as error:
            raise BrokerUnavailable() from error

    return publish


def _kombu_url(url: str) -> str:
    """redis-py says `unix://path?db=0`, kombu `redis+socket://path?virtual_host=0`."""
    if not url.startswith("unix://"):
        return url
    parts, query = urlsplit(url), dict(parse_qsl(urlsplit(url).query))
    password = query.get("password") or parts.password
    user = f":{quote(password)}@" if password else ""
    return f"redis+socket://{user}{parts.path}?virtual_host={query.get('db', '0')}"
