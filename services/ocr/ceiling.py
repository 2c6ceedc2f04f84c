"""A ceiling on the memory that a piece of native code may add to this process.

A library asked for one page may want ten gigabytes for it. Under the ceiling its allocation fails, it says so, and the
page is lost instead of the worker. It holds for the whole process, so it belongs around code that runs alone in it.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_STATUS = Path("/proc/self/status")


@contextmanager
def memory_ceiling(extra: int) -> Iterator[None]:
    """Let writable memory grow by at most `extra` bytes. Does nothing where /proc is missing (macOS)."""
    held = _held()
    if held is None:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
    limits = [held + extra, *(limit for limit in (soft, hard) if limit != resource.RLIM_INFINITY)]
    try:
        resource.setrlimit(resource.RLIMIT_DATA, (min(limits), hard))
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, (soft, hard))


def _held() -> int | None:
    """Bytes of private writable memory: what the kernel holds against RLIMIT_DATA (setrlimit(2), Linux 4.7)."""
    try:
        lines = _STATUS.read_text().splitlines()
    except OSError:
        return None
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmData:")), None)
