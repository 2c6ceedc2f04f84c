"""`celery -A wiring.door worker`: what Celery loads to become a worker of this service."""

from __future__ import annotations

import secrets

from config import Settings
from tasks.worker import Worker
from wiring.worker import build_worker

_settings = Settings.from_env()
_name = secrets.token_hex(8)
_worker = Worker(_settings, _name, build_worker(_settings, _name))
celery = _worker.attend()
