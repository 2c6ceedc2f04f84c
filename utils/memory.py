"""How much memory processes use, and how much of its limit this container uses."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

CGROUP = Path("/sys/fs/cgroup")
LIMITS = ("memory.max", "memory/memory.limit_in_bytes")
"""Of cgroups' second version and of the first, in which no limit is a very large number."""

ARENA_MAX, MMAP_THRESHOLD, TRIM_THRESHOLD = -8, -3, -1
"""What mallopt(3) calls M_ARENA_MAX, M_MMAP_THRESHOLD and M_TRIM_THRESHOLD."""


def container_limit(cgroup: Path = CGROUP) -> int:
    """Bytes that this container may use: the cgroup's limit, or the machine's memory where none is set."""
    total = int(psutil.virtual_memory().total)
    for file in LIMITS:
        with suppress(OSError):
            limit = (cgroup / file).read_text().strip()
            return total if limit == "max" else min(total, int(limit))
    return total


def used_percent(cgroup: Path = CGROUP) -> float:
    """0 to 100, of the container's limit; of the machine's memory where no limit is set."""
    try:
        limited = (cgroup / "memory.max").read_text().strip() != "max"
        used = int((cgroup / "memory.current").read_text()) - _reclaimable(cgroup)
    except OSError:
        limited = False
    if not limited:
        return float(psutil.virtual_memory().percent)
    return round(100 * used / container_limit(cgroup), 1)


def _reclaimable(cgroup: Path) -> int:
    """Bytes of cached files that the kernel drops when memory is wanted; the kubelet leaves them out too."""
    for line in (cgroup / "memory.stat").read_text().splitlines():
        name, _, value = line.partition(" ")
        if name == "inactive_file":
            return int(value)
    return 0


def rss(pids: Iterable[int]) -> dict[int, int]:
    """Resident bytes of each process that is still there."""
    sizes = {}
    for pid in pids:
        try:
            sizes[pid] = int(psutil.Process(pid).memory_info().rss)
        except psutil.NoSuchProcess:
            continue
    return sizes


def mb(size: float) -> float:
    """Bytes as megabytes of 2**20, to one decimal."""
    return round(size / 2**20, 1)


def give_back_freed() -> None:
    """From now on glibc's malloc returns large pieces to the system when they are freed, and keeps two heaps.

    Left to itself it makes heaps for every thread and raises its thresholds with the largest piece that was freed, so a
    process that once held a large page never shrinks. Does nothing under another libc.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    mallopt(ARENA_MAX, 2)
    mallopt(MMAP_THRESHOLD, 1 << 20)
    mallopt(TRIM_THRESHOLD, 16 << 20)
