"""Contestants in turns on the same images, and what comes of it.

The images go round: each is given to one contestant after the other, in an order that turns with every image, so that
whatever else the machine does hits all alike.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.harness.contestants import Contestant, ContestantFailed, PageFailed, Running, running
from benchmarks.harness.data import Sample
from benchmarks.harness.report import progress
from benchmarks.harness.scoring import Score, score
from config import Settings

WARM_UP = 2
"""Images that everybody reads before the clock counts."""


@dataclass(frozen=True, slots=True)
class Page:
    """A sample and its picture, which all read."""

    sample: Sample
    path: Path


@dataclass(frozen=True, slots=True)
class Measurement:
    """One contestant on one image. Without seconds it could not read it, and scores as if it had found nothing."""

    contestant: str
    threads: int
    group: str
    file: str
    score: Score
    seconds: float | None = None
    cpu_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Process:
    """One contestant with so many threads. `peak_rss` in bytes, after the last image."""

    contestant: str
    threads: int
    load_seconds: float
    peak_rss: int
    versions: dict[str, str]
    precision: list[str]


@dataclass
class Run:
    """What has been measured so far. Reports are made from this alone, so a run that is stopped leaves one, too."""

    measurements: list[Measurement] = field(default_factory=list)
    processes: list[Process] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def of(self, contestant: str, threads: int, group: str) -> list[Measurement]:
        """In the order of the images."""
        wanted = (contestant, threads, group)
        return [
            measurement
            for measurement in self.measurements
            if (measurement.contestant, measurement.threads, measurement.group) == wanted
        ]

    def failed(self, text: str) -> None:
        """For the report, and at once for whoever watches."""
        self.failures.append(text)
        print(text, file=sys.stderr)


@dataclass(frozen=True, slots=True)
class Bounds:
    """Seconds after which no further image is begun, and how many images those get that are slow."""

    seconds: float
    slow_files: float


def measure(
    run: Run, chosen: Sequence[Contestant], threads: int, pages: Sequence[Page], bounds: Bounds, settings: Settings
) -> None:
    """All contestants with so many threads. Whoever fails is noted in the run, and the others go on."""
    with ExitStack() as stack:
        here = list(_loaded(run, chosen, threads, settings, stack))
        for page in pages[:WARM_UP]:
            _round(Run(), here, threads, page)
        try:
            _rounds(run, here, threads, pages, bounds)
        finally:
            run.processes.extend(_process(one, threads) for one in here)


def _loaded(
    run: Run, chosen: Sequence[Contestant], threads: int, settings: Settings, stack: ExitStack
) -> Iterator[Running]:
    for contestant in chosen:
        progress(f"loading {contestant}, {threads} threads")
        try:
            yield stack.enter_context(running(contestant, threads, settings))
        except ContestantFailed as error:
            run.failed(f"{contestant}, {threads} threads: {error}")


def _rounds(run: Run, here: list[Running], threads: int, pages: Sequence[Page], bounds: Bounds) -> None:
    began = time.monotonic()
    for number, page in enumerate(pages):
        passed = time.monotonic() - began
        if passed > bounds.seconds:
            run.failed(f"{threads} threads: time was up after {number} of {len(pages)} images.")
            return
        progress(f"{threads} threads, image {number + 1} of {len(pages)}, {passed:.0f} s")
        asked = [one for one in here if number < bounds.slow_files or not one.contestant.slow]
        turn = number % max(1, len(asked))
        for one in _round(run, [*asked[turn:], *asked[:turn]], threads, page):
            here.remove(one)


def _round(run: Run, asked: Sequence[Running], threads: int, page: Page) -> list[Running]:
    """Those who gave no answer and won't give any."""
    gone = []
    for one in asked:
        try:
            run.measurements.append(_measurement(run, one, threads, page))
        except ContestantFailed as error:
            run.failed(f"{one.contestant}, {threads} threads, at {page.path.name}: {error}")
            gone.append(one)
    return gone


def _measurement(run: Run, one: Running, threads: int, page: Page) -> Measurement:
    sample = page.sample
    about = (str(one.contestant), threads, sample.group, sample.path.name)
    try:
        reading = one.read(page.path, sample.language)
    except PageFailed as error:
        run.failed(f"{one.contestant}, {threads} threads, {sample.path.name}: {error}")
        return Measurement(*about, score(sample.text, "", sample.rules))
    return Measurement(*about, score(sample.text, reading.text, sample.rules), reading.seconds, reading.cpu_seconds)


def _process(one: Running, threads: int) -> Process:
    about = one.about
    return Process(str(one.contestant), threads, one.load_seconds, one.peak_rss, about["versions"], about["precision"])
