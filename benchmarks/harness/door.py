"""The contestant's side: a process that reads page after page for whoever drives the benchmark.

    python benchmarks/harness/door.py SETUP

SETUP is a `Setup` as JSON. Requests come on standard input and answers go to standard output, a JSON object a line:

    -> {"path": "page.png", "language": "en"}
    <- {"text": "...", "seconds": 0.4, "cpu_seconds": 0.7, "peak_rss": 512000000}

The first line out is about the contestant itself, `{"versions": {...}, "precision": [...]}`. Where something goes wrong
a line has only `error`, and the process waits for the next page. Whatever libraries print goes to standard error.

This runs in the contestants' own environments, so it needs nothing but Python. The project is the last place where
modules are looked for: its top-level names must not stand in for a library's.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TextIO

Begin = Callable[[], None]
"""Starts the clock: a contestant calls it once the pixels are decoded."""

Read = Callable[[Path, str, Begin], str]
"""The text of the picture of one page in a language, an ISO 639-1 code or PaddleOCR's own name."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Who reads, and with what. `module` is what `benchmarks.peers` says a contestant is; paths are text for JSON.

    It has `threads` of the cores that this machine lets it have, from number `first` on. With `float32`, OpenVINO
    computes as on processors without bfloat16.
    """

    module: str
    name: str
    variant: str
    threads: int
    model_dir: str
    first: int = 0
    float32: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """A contestant that is ready. A report names the versions of its `packages`, and the `precision` it computes in."""

    read: Read
    packages: tuple[str, ...]
    precision: tuple[str, ...] = ()
    versions: tuple[tuple[str, str], ...] = ()


def main(arguments: list[str]) -> int:
    """Load, then answer until standard input ends. 1 where the contestant cannot be loaded."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    setup = Setup(**json.loads(arguments[0]))
    pin(setup.first, setup.threads)
    try:
        loaded: Loaded = import_module(setup.module).load(setup)
    except Exception as error:
        _send(answers, _failure(error))
        return 1
    _send(answers, {"versions": _versions(loaded), "precision": sorted(set(loaded.precision))})
    for line in sys.stdin:
        _send(answers, _answer(loaded.read, json.loads(line)))
    return 0


def pin(first: int, threads: int) -> None:
    """Let this process and its children run on these cores and no others, where the system can do that."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[first : first + threads])


def _send(answers: TextIO, message: Mapping[str, Any]) -> None:
    answers.write(json.dumps(message) + "\n")
    answers.flush()


def _failure(error: Exception) -> dict[str, str]:
    return {"error": f"{type(error).__name__}: {error}"}


def _answer(read: Read, request: Mapping[str, str]) -> dict[str, Any]:
    began: list[tuple[float, float]] = []
    try:
        text = read(Path(request["path"]), request["language"], lambda: began.append(_clocks()))
        (seconds, cpu), (wall_began, cpu_began) = _clocks(), began[0]
    except Exception as error:
        return _failure(error)
    return {"text": text, "seconds": seconds - wall_began, "cpu_seconds": cpu - cpu_began, "peak_rss": _peak_rss()}


def _clocks() -> tuple[float, float]:
    """Elapsed seconds, and processor seconds of this process and the children that it has waited for."""
    times = os.times()
    return time.perf_counter(), times.user + times.system + times.children_user + times.children_system


def _peak_rss() -> int:
    """Bytes, of this process or its largest child. ru_maxrss is in kB on Linux and survives exec, unlike VmHWM."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    own = [int(line.split()[1]) for line in lines if line.startswith("VmHWM")]
    return 1024 * max(children, *(own or [resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))


def _versions(loaded: Loaded) -> dict[str, str]:
    found = dict(loaded.versions)
    for package in loaded.packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


if __name__ == "__main__":
    sys.path.append(str(Path(__file__).resolve().parents[2]))
    sys.exit(main(sys.argv[1:]))
