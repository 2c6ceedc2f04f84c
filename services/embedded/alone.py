"""One part of the service by itself, where something else starts, watches and stops each part: a container, a unit."""

from __future__ import annotations

import os
from typing import NoReturn

from config import Settings
from services.embedded import checks
from services.embedded.checks import CannotStart
from services.embedded.child import Child
from utils.processes import leave_no_core


def alone(settings: Settings, child: Child) -> NoReturn:
    """Become `child`, keeping this process's pid. Raises CannotStart when it could not do its work here.

    Web and worker meet at REDIS_URL; the servers of that and of SPOOL_URL have to be there. Nothing of DATA_DIR is
    locked, as the parts share it.
    """
    if not settings.redis_url:
        raise CannotStart(
            f"{child.name} alone needs a Redis or Valkey that it shares with the other parts; "
            "set REDIS_URL, or run everything with `python app.py`."
        )
    checks.prepare(settings)
    if child.name == "web":
        checks.audits(settings)
    checks.store(settings)
    checks.spool(settings)
    leave_no_core()
    os.execv(child.argv[0], child.argv)
