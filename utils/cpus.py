"""How many processors this process may use."""

from __future__ import annotations

import os
from pathlib import Path

from utils.memory import container_limit, mb

CPU_MAX = Path("/sys/fs/cgroup/cpu.max")
CPU_INFO = Path("/proc/cpuinfo")
VNNI = frozenset(("avx512_vnni", "avx_vnni"))
"""What Linux calls the instructions of x86-64 that multiply bytes and add up in 32 bits."""


def available(cpu_max: Path = CPU_MAX) -> int:
    """At least 1: the processors it may run on, or the container's quota of them where that is lower."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    try:
        quota, period = cpu_max.read_text().split()
    except (OSError, ValueError):
        return allowed
    return allowed if quota == "max" else max(1, min(allowed, int(quota) // int(period)))


def processes(wanted: int, each_mb: int) -> int:
    """How many worker processes run: `wanted`, or where that is 0 one a core, as far as `each_mb` of memory allow."""
    return wanted or max(1, min(available(), int(mb(container_limit())) // each_mb))


def threads_each(wanted: int, each_mb: int) -> int:
    """A worker process's share of the processors, at least 1, where as many run as `processes` says."""
    return max(1, available() // processes(wanted, each_mb))


def multiplies_integers(cpu_info: Path = CPU_INFO) -> bool:
    """Whether 8-bit networks pay: without VNNI they are hardly faster than floats, and sums overflow 16 bits."""
    try:
        lines = cpu_info.read_text().splitlines()
    except OSError:
        return False
    flags = next((line for line in lines if line.startswith("flags")), "")
    return not VNNI.isdisjoint(flags.split())
