"""One worker process or several, and whether rendering the next page while this one is read gains anything.

A PDF of scans and a TIFF of the same pages, 300 dpi, are read in parts of PAGES_PER_TASK pages by one process with all
threads or by a process for each core with one thread, each with and without a thread that renders ahead. Every process
has loaded its models and read a page before the clock starts. Arrangements take turns, `--rounds` times; the table
gives medians. Memory is the highest sum of the processes' PSS, so pages that they share count once.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from queue import Empty
from statistics import median
from typing import Any

import psutil
from PIL import Image, ImageDraw, ImageFont

from benchmarks.harness.data import media_type
from config import Settings
from services.ocr import engines
from services.ocr.engine import ReadOptions
from services.ocr.pipeline import Pipeline
from services.ocr.raster import Limits, Raster
from services.ocr.source import Source
from services.plugins import load
from utils.cpus import available

PAPER, DPI = (2480, 3508), 300
SAMPLE_SECONDS = 0.2

Parts = list[tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Arrangement:
    """`processes` share the cores evenly; `ahead`: each renders its next page while it reads one."""

    processes: int
    ahead: bool

    def __str__(self) -> str:
        threads = max(1, available() // self.processes)
        return f"{self.processes} x {threads} | {'yes' if self.ahead else 'no'}"


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one run: elapsed and processor seconds, and bytes."""

    seconds: float
    cpu: float
    pss: int


class _Ahead:
    """A source that renders the next page of a part in a thread of its own while this one is read."""

    def __init__(self, source: Source, numbers: Sequence[int], thread: ThreadPoolExecutor) -> None:
        self._source, self._thread = source, thread
        self._after = dict(zip(numbers, numbers[1:], strict=False))
        self._coming: dict[int, Future[Raster]] = {}
        self.text_layer = source.text_layer

    def render(self, number: int) -> Raster:
        raster = self._coming.pop(number, None) or self._thread.submit(self._source.render, number)
        found = raster.result()
        if (after := self._after.get(number)) is not None:
            self._coming[after] = self._thread.submit(self._source.render, after)
        return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table."""
    options = _parser().parse_args(arguments)
    arrangements = [Arrangement(count, ahead) for count in sorted({1, available()}) for ahead in (False, True)]
    with tempfile.TemporaryDirectory() as folder:
        documents = _documents(Path(folder), options.pages, options.lines)
        found: dict[tuple[Path, Arrangement], list[Figures]] = {}
        for _ in range(options.rounds):
            for key in ((path, arrangement) for path in documents for arrangement in arrangements):
                found.setdefault(key, []).append(_measured(*key, options.pages, options.tier))
    print("| document | processes x threads | renders ahead | pages a second | CPU s a page | peak MB |")
    print("|---|---|---|---|---|---|")
    for (path, arrangement), runs in found.items():
        print(f"| {path.suffix[1:]} | {arrangement} | {_row(runs, options.pages)} |")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.processes", description="Processes and threads.")
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--lines", type=int, default=40, help="of text on a page")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--tier", default="balanced")
    return parser


def _row(runs: Sequence[Figures], pages: int) -> str:
    speed, cpu, pss = (median(values) for values in zip(*((r.seconds, r.cpu, r.pss) for r in runs), strict=True))
    return f"{pages / speed:.2f} | {cpu / pages:.2f} | {pss / 2**20:.0f}"


def _documents(folder: Path, pages: int, lines: int) -> list[Path]:
    """The same pages as a TIFF and as a PDF of JPEGs."""
    sheets = [_sheet(number, lines) for number in range(pages)]
    paths = [folder / "scan.tiff", folder / "scan.pdf"]  # Pillow leaves settings of the PDF in the images
    sheets[0].save(paths[0], save_all=True, append_images=sheets[1:], dpi=(DPI, DPI), compression="tiff_lzw")
    sheets[0].save(paths[1], save_all=True, append_images=sheets[1:], resolution=DPI)
    return paths


def _sheet(seed: int, lines: int) -> Image.Image:
    """Made-up words on paper with a little noise, so that it compresses like a scan."""
    chance = random.Random(seed)
    noise = Image.effect_noise(PAPER, 12).point(lambda level: min(255, level + 100))
    draw, font = ImageDraw.Draw(noise), ImageFont.load_default(42)
    for row in range(lines):
        words = ("".join(chance.choices("etaoinshrdlu", k=chance.randint(2, 9))) for _ in range(13))
        draw.text((200, 200 + 76 * row), " ".join(words), 20, font)
    return noise


def _measured(path: Path, arrangement: Arrangement, pages: int, tier: str) -> Figures:
    spawned = multiprocessing.get_context("spawn")
    parts, ready, done = spawned.Queue(), spawned.Semaphore(0), spawned.Queue()
    start = spawned.Event()
    work = partial(_work, path, arrangement, tier, parts, ready, start, done)
    children = [spawned.Process(target=work) for _ in range(arrangement.processes)]
    for child in children:
        child.start()
    for _ in children:
        ready.acquire()
    for part in _parts(pages, Settings.from_env().pages_per_task):
        parts.put(part)
    with _peak_pss([child.pid or 0 for child in children]) as pss:
        began = time.perf_counter()
        start.set()
        cpu = sum(done.get() for _ in children)
        seconds = time.perf_counter() - began
    for child in children:
        child.join()
    return Figures(seconds, cpu, pss())


def _parts(pages: int, size: int) -> Parts:
    return [tuple(range(first, min(first + size, pages + 1))) for first in range(1, pages + 1, size)]


def _work(path: Path, arrangement: Arrangement, tier: str, parts: Any, ready: Any, start: Any, done: Any) -> None:
    """One process: as many parts as it gets hold of."""
    settings = replace(Settings.from_env(), ocr_workers=arrangement.processes, ocr_tier=tier)
    pipeline = Pipeline(load(engines, settings.ocr_engine).build(settings), Limits.of(settings))
    options = ReadOptions(tier=tier)
    _read_part(pipeline, path, (1,), options, ahead=False)
    ready.release()
    start.wait()
    began = time.process_time()
    while True:
        try:
            part = parts.get_nowait()
        except Empty:
            break
        _read_part(pipeline, path, part, options, ahead=arrangement.ahead)
    done.put(time.process_time() - began)


def _read_part(pipeline: Pipeline, path: Path, part: tuple[int, ...], options: ReadOptions, *, ahead: bool) -> None:
    with (
        pipeline.open(path, media_type(path), pages=None, password=None, dpi=DPI) as source,
        ThreadPoolExecutor(1) as thread,
    ):
        pages: Any = _Ahead(source, part, thread) if ahead else source
        for number in part:
            pipeline.read(pages, number, options)


@contextmanager
def _peak_pss(pids: Sequence[int]) -> Iterator[Callable[[], int]]:
    """The highest sum so far, in bytes."""
    peak, stop = [0], threading.Event()
    processes = [psutil.Process(pid) for pid in pids]

    def sample() -> None:
        while not stop.wait(SAMPLE_SECONDS):
            peak[0] = max(peak[0], sum(_pss(process) for process in processes))

    sampler = threading.Thread(target=sample)
    sampler.start()
    try:
        yield lambda: peak[0]
    finally:
        stop.set()
        sampler.join()


def _pss(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:  # it has ended meanwhile
        return 0


if __name__ == "__main__":
    sys.exit(main())
