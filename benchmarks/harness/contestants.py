"""Who takes part, and the driver's side of `benchmarks.harness.door`.

A contestant is written `NAME` or `NAME:VARIANT`: one of this project's engines with a tier (`openvino:fast`), or a peer
with a model (`rapidocr:v6_small`).

Each is a process that lives as long as the run. While it is not asked it is stopped (SIGSTOP): threads that some
libraries leave spinning between two pages would otherwise be paid for by whoever comes next.
"""

from __future__ import annotations

import argparse
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from benchmarks import peers
from benchmarks.harness import environments
from benchmarks.harness.door import Setup
from benchmarks.harness.environments import FOLDER, CannotInstall, Environment
from config import ROOT, Settings
from services.ocr import engines
from services.plugins import load, names

DOOR = ROOT / "benchmarks" / "harness" / "door.py"
TIE = ROOT / "utils" / "processes.py"
LOAD_SECONDS = 300.0
READ_SECONDS = 300.0
LOG_LINES = 3


class ContestantFailed(Exception):
    """It cannot be installed, loaded, or gave no answer. The message is for the report."""


class PageFailed(Exception):
    """It could not read this page and goes on."""


@dataclass(frozen=True, slots=True)
class Contestant:
    """One row of a report. `environment` is None for ours, which run in this one."""

    name: str
    variant: str
    module: str
    languages: frozenset[str]
    environment: Environment | None = None
    slow: bool = False
    float32: bool = False

    def __str__(self) -> str:
        return f"{self.name}:{self.variant}"


@dataclass(frozen=True, slots=True)
class Reading:
    """One page. Seconds from the decoded pixels to the text; `peak_rss` in bytes, of the process so far."""

    text: str
    seconds: float
    cpu_seconds: float
    peak_rss: int


@dataclass
class Running:
    """A loaded contestant. `load_seconds` count from its start to its first word, `peak_rss` is what it told last."""

    contestant: Contestant
    process: subprocess.Popen[bytes]
    log: Path
    about: dict[str, Any] = field(default_factory=dict)
    load_seconds: float = 0.0
    peak_rss: int = 0
    _unread: bytes = b""

    def read(self, path: Path, language: str) -> Reading:
        """Raises PageFailed, and ContestantFailed when there is nobody to ask any more."""
        request = json.dumps({"path": str(path), "language": language}) + "\n"
        self.process.send_signal(signal.SIGCONT)
        try:
            os.write(_input(self.process), request.encode())
            answer = self.message(READ_SECONDS)
        except OSError as error:
            raise ContestantFailed(self._why("ended")) from error
        self.process.send_signal(signal.SIGSTOP)
        if "error" in answer:
            raise PageFailed(answer["error"])
        self.peak_rss = answer["peak_rss"]
        return Reading(**answer)

    def read_english(self, path: Path) -> None:
        """For those who want it read, not its text."""
        self.read(path, "en")

    def message(self, seconds: float) -> dict[str, Any]:
        """The next line. Raises ContestantFailed where none comes in so many seconds, and ends the process.

        What went on working would take the cores of those whose turn it is.
        """
        deadline = time.monotonic() + seconds
        assert self.process.stdout
        while b"\n" not in self._unread:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                self.process.kill()
                raise ContestantFailed(self._why(f"no answer in {seconds:.0f} s"))
            if not (more := os.read(self.process.stdout.fileno(), 1 << 16)):
                raise ContestantFailed(self._why("ended"))
            self._unread += more
        line, _, self._unread = self._unread.partition(b"\n")
        return dict(json.loads(line))

    def _why(self, what: str) -> str:
        """With the end of its log, less the paths of this machine."""
        lines = [line.strip() for line in self.log.read_text(errors="replace").splitlines() if line.strip()]
        return " / ".join([what, *lines[-LOG_LINES:]]).replace(str(ROOT), ".").replace(str(Path.home()), "~")

    def close(self) -> None:
        """Kill it: it keeps nothing, and one that is stopped would not hear anything milder."""
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            with suppress(OSError):
                stream and stream.close()


def add_options(parser: argparse.ArgumentParser) -> None:
    """`--contestants`, for `find`."""
    parser.add_argument("--contestants", nargs="+", help="NAME or NAME:VARIANT; by default our engine and all peers")


def find(wanted: Sequence[str] | None, settings: Settings) -> list[Contestant]:
    """Those written so, in this order; by default the deployment's own engine with all its tiers, and all peers.

    Raises SystemExit naming the known ones.
    """
    wanted = wanted or [settings.ocr_engine, *names(peers)]
    return [contestant for text in wanted for contestant in _matching(text, settings)]


def own(tier: str, settings: Settings) -> Contestant:
    """The deployment's engine with one of its tiers. Raises SystemExit naming the known ones."""
    (contestant,) = find([f"{settings.ocr_engine}:{tier}"], settings)
    return contestant


def with_defaults(module: ModuleType) -> Contestant:
    """A reader of one kind of document, which has `ENVIRONMENT` and the protocol of `benchmarks.harness.door`."""
    name = module.__name__.rpartition(".")[2]
    return Contestant(name, "defaults", module.__name__, frozenset({"en"}), module.ENVIRONMENT)


def reference(settings: Settings) -> str:
    """Whom all others are compared with: what a request gets that asks for nothing special."""
    return f"{settings.ocr_engine}:{settings.ocr_tier}"


def _matching(text: str, settings: Settings) -> list[Contestant]:
    name, _, variant = text.partition(":")
    known = _peer(name) if name in names(peers) else _own(name, settings) if name in names(engines) else []
    found = [contestant for contestant in known if variant in ("", contestant.variant)]
    if not found:
        listed = ", ".join(map(str, known)) or ", ".join([*names(engines), *names(peers)])
        raise SystemExit(f"there is no contestant {text!r}; choose from {listed}")
    return found


def _peer(name: str) -> list[Contestant]:
    module = import_module(f"{peers.__name__}.{name}")
    return [
        Contestant(name, variant, module.__name__, module.languages(variant), module.ENVIRONMENT, module.SLOW)
        for variant in module.VARIANTS
    ]


def _own(name: str, settings: Settings) -> list[Contestant]:
    info = load(engines, name).describe(settings)
    return [Contestant(name, tier, "benchmarks.harness.ours", frozenset(info.languages)) for tier in info.tiers]


@contextmanager
def running(contestant: Contestant, threads: int, settings: Settings, first: int = 0) -> Iterator[Running]:
    """Started and loaded, and stopped until it is asked. It has `threads` cores from number `first` on.

    Raises ContestantFailed.
    """
    one = contestant
    setup = Setup(one.module, one.name, one.variant, threads, str(settings.model_dir), first, one.float32)
    started = _start(contestant, setup)
    began = time.perf_counter()
    try:
        started.about = started.message(LOAD_SECONDS)
        if "error" in started.about:
            raise ContestantFailed(started.about["error"])
        started.load_seconds = time.perf_counter() - began
        started.process.send_signal(signal.SIGSTOP)
        yield started
    finally:
        started.close()


def _start(contestant: Contestant, setup: Setup) -> Running:
    home, log = FOLDER / "home", FOLDER / "logs" / f"{contestant}.log"
    for folder in (home, log.parent):
        folder.mkdir(parents=True, exist_ok=True)
    additions = [f"OMP_NUM_THREADS={setup.threads}", f"HOME={home}"]
    tie = [sys.executable, "-I", "-S", str(TIE), str(os.getpid()), *additions, "--"]
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [*tie, *_program(contestant), json.dumps(asdict(setup))],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
    return Running(contestant, process, log)


def _program(contestant: Contestant) -> list[str]:
    """Peers are run by path and without it on the module path; ours as everything of ours is run."""
    if contestant.environment is None:
        return [sys.executable, "-m", "benchmarks.harness.door"]
    try:
        return [str(environments.python(contestant.name, contestant.environment)), "-P", str(DOOR)]
    except CannotInstall as error:
        raise ContestantFailed(f"cannot be installed: {error}") from error


def _input(process: subprocess.Popen[bytes]) -> int:
    assert process.stdin
    return process.stdin.fileno()
