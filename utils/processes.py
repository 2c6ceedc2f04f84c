"""Processes that end with the process that started them, even when that one is killed with SIGKILL.

Linux has the kernel do it (PR_SET_PDEATHSIG); elsewhere somebody watches. Run as a script this is a door for programs
that cannot ask for themselves:

    python -I -S utils/processes.py PARENT_PID [NAME=VALUE ...] -- PROGRAM [ARGUMENT ...]

ties itself to PARENT_PID, adds to its environment and becomes PROGRAM (same pid, no shell). The arguments show in the
process list until then, so they are no place for secrets. The program leaves no core dumps.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
import threading
import time
from typing import NoReturn

PR_SET_PDEATHSIG = 1  # linux/prctl.h
WATCH_SECONDS = 0.5
CORE_BYTES = 1
OTHER_FILES = 200
"""Files that a server has open beside its connections: libraries, logs, uploads, its own connections to others."""

NOT_FOUND = 127  # what a shell answers for a program it cannot start


def die_with_parent(parent: int | None = None) -> None:
    """Have this process killed (SIGKILL) once its parent has ended. The first thing to call in a forked child.

    Give `parent`, the pid that the forking process knows as its own: without it a parent that ended before this call
    goes unnoticed. On Linux "parent" is the thread that forked, and children forked from here have to ask again.
    """
    expected = os.getppid() if parent is None else parent
    if sys.platform == "linux":
        _ask_the_kernel()
    else:
        threading.Thread(target=_watch, args=(expected,), name="die-with-parent", daemon=True).start()
    if os.getppid() != expected:
        os.kill(os.getpid(), signal.SIGKILL)


def _ask_the_kernel() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL)) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(WATCH_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


def leave_no_core() -> None:
    """Have this process and what it starts leave no core dump: it would put uploads that are in memory on a disk.

    The limit is 1, not 0: for 0 Linux still hands the dump to a program that `core_pattern` names (core(5)), and a file
    of one byte is never begun.
    """
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    limit = CORE_BYTES if most == resource.RLIM_INFINITY else min(CORE_BYTES, most)
    resource.setrlimit(resource.RLIMIT_CORE, (limit, limit))


def allow_files(count: int) -> int:
    """Have this process open so many files, or as many as the system lets it. How many that are."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    return count if soft == resource.RLIM_INFINITY else min(count, soft)


def become(parent: int, program: list[str]) -> NoReturn:
    """Replace this process by `program`, which ends when `parent` ends. Exits with 127 if it cannot be started."""
    leave_no_core()
    if sys.platform == "linux":
        die_with_parent(parent)
    else:
        _leave_a_guard(parent)
    try:
        os.execvp(program[0], program)
    except OSError as error:
        print(f"{program[0]} cannot be started: {error.strerror}", file=sys.stderr)
        sys.exit(NOT_FOUND)


def _leave_a_guard(parent: int) -> None:
    """Fork a watcher that kills this process group when `parent` is gone: no thread survives an exec."""
    guarded = os.getpid()
    if os.fork() != 0:
        return
    while os.getppid() == guarded:
        if not _exists(parent):
            os.killpg(0, signal.SIGKILL)
        time.sleep(WATCH_SECONDS)
    os._exit(0)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's, so it exists
        return True
    return True


def main(arguments: list[str]) -> NoReturn:
    """The command line described above."""
    split = arguments.index("--")
    for addition in arguments[1:split]:
        os.putenv(*addition.split("=", 1))
    become(int(arguments[0]), arguments[split + 1 :])


if __name__ == "__main__":
    main(sys.argv[1:])
