"""On what, when and of which version something was measured."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from config import ROOT
from utils.cpus import available
from utils.memory import container_limit

CPUINFO = Path("/proc/cpuinfo")
FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_int8", "amx_bf16")
"""What decides how fast, and in what precision, networks run on a processor."""


def facts() -> dict[str, str]:
    """Name and value of each, for the head of a report."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "version": f"{(ROOT / 'VERSION').read_text().strip()}, commit {_commit()}",
        "processor": processor(CPUINFO.read_text() if CPUINFO.exists() else ""),
        "cores": f"{available()} of {os.cpu_count()}",
        "memory": f"{container_limit() / 2**30:.0f} GiB",
        "load before": f"{os.getloadavg()[0]:.1f} processes wanted a core in the minute before",
        "system": f"{platform.system()} {platform.machine()}, Python {platform.python_version()}",
    }


def processor(cpuinfo: str) -> str:
    """Model and the flags that matter, out of /proc/cpuinfo."""
    model = re.search(r"^model name\s*:\s*(.*)$", cpuinfo, re.MULTILINE)
    flags = re.search(r"^flags\s*:\s*(.*)$", cpuinfo, re.MULTILINE)
    here = set(flags[1].split()) if flags else set()
    told = ", ".join(flag if flag in here else f"no {flag}" for flag in FLAGS)
    return f"{model[1] if model else platform.processor() or platform.machine()} ({told})"


def _commit() -> str:
    """With a + where files differ from it."""
    command = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=10)
    except OSError:
        return "unknown"
    return done.stdout.strip() or "unknown"
