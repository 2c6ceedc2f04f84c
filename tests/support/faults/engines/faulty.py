"""The null engine, misbehaving when the first line of a page tells it to.

CRASH [N]     kill this process, the first N times only if N is given
SLEEP S       take S seconds; the soft time limit interrupts it
HOLD          take until `Stack.let_go`, so that no test is decided by how fast this machine is
DEAF S        take S seconds and hear no signal, as a library does that is stuck in C
LEAK MB       keep that much memory for ever
FLAKY [N]     fail, the first N times only if N is given
BAD           refuse the page: the caller's fault
BUG           raise what no engine should

Every try is noted in $FAULTS_DIR, a file a page and a line a try: the process id and the time.
"""

from __future__ import annotations

import hashlib
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from config import Settings
from services.document.model import Line
from services.errors import BadInput, EngineFailed
from services.ocr.engine import Engine, EngineInfo, Pixels, ReadOptions, uniform
from services.ocr.engines import null

REQUIRES: tuple[str, ...] = ()

HELD_SECONDS = 300.0
"""For which a page is held at most, so that a test that failed leaves no process behind."""

_leaked: list[bytearray] = []


@dataclass(frozen=True)
class Try:
    """The page's n-th, beginning with 1; `notes` is the file with all of them."""

    notes: Path
    number: int


def tries_file(folder: Path, text: str) -> Path:
    """Where the tries of the page with this text are noted."""
    return folder / hashlib.sha256(text.encode()).hexdigest()


def go_file(folder: Path, text: str) -> Path:
    """What ends a HOLD by being there."""
    return tries_file(folder, text).with_suffix(".go")


def describe(settings: Settings) -> EngineInfo:
    return EngineInfo("faulty", uniform(("faulty@1",), ("en",), "balanced"), words=True)


def check(settings: Settings) -> None:
    """There are no model files."""


def build(settings: Settings) -> Engine:
    return FaultyEngine(Path(os.environ["FAULTS_DIR"]))


class FaultyEngine:
    """Notes the try, obeys the command, then reads the page."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._null = null.NullEngine()

    def read(self, pixels: Pixels, options: ReadOptions) -> Sequence[Line]:
        lines = self._null.read(pixels, options)
        tried = self._note("\n".join(line.text for line in lines))
        word, _, argument = lines[0].text.partition(" ") if lines else ("", "", "")
        if word in COMMANDS:
            COMMANDS[word](float(argument) if argument else None, tried)
        return lines

    def _note(self, text: str) -> Try:
        path = tries_file(self._folder, text)
        with path.open("a") as file:
            file.write(f"{os.getpid()} {time.time()}\n")
        return Try(path, len(path.read_text().splitlines()))


def _crash(times: float | None, tried: Try) -> None:
    if times is None or tried.number <= times:
        os.kill(os.getpid(), signal.SIGKILL)


def _sleep(seconds: float | None, tried: Try) -> None:
    time.sleep(seconds or 0)


def _hold(_: float | None, tried: Try) -> None:
    end = time.monotonic() + HELD_SECONDS
    while not tried.notes.with_suffix(".go").exists() and time.monotonic() < end:
        time.sleep(0.02)


def _deaf(seconds: float | None, tried: Try) -> None:
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    time.sleep(seconds or 0)
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _leak(megabytes: float | None, tried: Try) -> None:
    _leaked.append(bytearray(b"x") * (int(megabytes or 0) << 20))


def _flaky(times: float | None, tried: Try) -> None:
    if times is None or tried.number <= times:
        raise EngineFailed()


def _bad(_: float | None, tried: Try) -> None:
    raise BadInput("The page is not to be read.")


def _bug(_: float | None, tried: Try) -> None:
    raise ZeroDivisionError("a bug")


COMMANDS: dict[str, Callable[[float | None, Try], None]] = {
    "CRASH": _crash,
    "SLEEP": _sleep,
    "HOLD": _hold,
    "DEAF": _deaf,
    "LEAK": _leak,
    "FLAKY": _flaky,
    "BAD": _bad,
    "BUG": _bug,
}
