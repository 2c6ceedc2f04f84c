"""What the supervisor has to know about a program to keep it running."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from config import Settings

PROBE_SECONDS = 2.0
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A program to keep running.

    `up` says whether it does its work yet; it is asked ten times a second until it says yes, in the supervisor's
    only thread, so it has to answer within a second or two. `env` is added to the supervisor's environment and shows
    in the process list for a moment: no secrets. `needs` names the children that have to be up before this one starts.
    `stop` lists the signals that end it, each with the seconds it has before the next; they go to the program alone,
    and whatever is left of its session after the last one is killed. `keeps_lock` keeps DATA_DIR locked until it ends.
    """

    name: str
    argv: tuple[str, ...]
    up: Callable[[], bool]
    env: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    stop: tuple[tuple[signal.Signals, float], ...] = ((signal.SIGTERM, 10.0),)
    log: Path | None = None
    keeps_lock: bool = False


def _reachable(host: str) -> str:
    return EVERYWHERE.get(host, host)


def address(settings: Settings) -> str:
    """The service's URL as seen from this machine, without a slash at its end."""
    host = _reachable(settings.host)
    return f"http://[{host}]:{settings.port}" if ":" in host else f"http://{host}:{settings.port}"


def http_ok(settings: Settings, path: str) -> bool:
    """Whether GET `path` of the service on this machine is answered with 200. Follows no proxy and no redirect."""
    connection = HTTPConnection(_reachable(settings.host), settings.port, timeout=PROBE_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
