"""How much memory an engine process and a worker hold while they read images of ever new shapes.

The images are crops of pages of our own making and, where there is a collection, of real scans: stretched, shrunk and
turned, the same ones every time.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from PIL import Image

from benchmarks.harness import client, contestants, data, report
from benchmarks.harness.contestants import PageFailed
from benchmarks.harness.report import Panel, Report, Series, Table, progress
from config import Settings
from tests.support.stack import Stack
from tests.support.stack import running as service
from utils.cpus import available
from utils.memory import mb

SEED = 11
SMALLEST, LARGEST = 200, 2600
"""Of an image's sides, in pixels."""

GROWTH_TARGET_MB, PEAK_TARGET_MB = 20, 900
NEVER = 1_000_000
"""Tasks and MB after which a worker would be replaced by a fresh one, which here would hide what is to be seen."""

HOW = """{count} images, {low} to {high} pixels a side, each of another shape. RSS is what the process has in memory,
PSS the same with shared pages divided among those that share them; both as the kernel tells them, after every {every}
images. `growth` is that of the last half, from its first sample to its last."""

Read = Callable[[Path], object]


@dataclass(frozen=True, slots=True)
class Level:
    """Bytes, after so many images."""

    images: int
    rss: int
    pss: int


@dataclass(frozen=True, slots=True)
class Watched:
    """A process to be watched, and how it is made to read an image."""

    pid: int
    read: Read


Start = Callable[[argparse.Namespace, Settings, Path], AbstractContextManager[Watched]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the report, also when interrupted."""
    report.stoppable()
    options, settings = _parser().parse_args(arguments), Settings.from_env()
    levels: dict[str, list[Level]] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        try:
            for way in options.through:
                levels[way] = []
                _watch(way, levels[way], options, settings, Path(name))
        except KeyboardInterrupt:
            print("interrupted; the report says how far it came", file=sys.stderr)
    report.write(_report(levels, options), options.out)
    return 0


def _parser() -> argparse.ArgumentParser:
    settings = Settings.from_env()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description="Memory over many images.")
    data.add_options(parser)
    report.add_options(parser)
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--every", type=int, default=10, help="images between two samples")
    parser.add_argument("--tier", default=settings.ocr_tier)
    parser.add_argument("--through", nargs="+", choices=WAYS, default=list(WAYS))
    return parser


def _watch(way: str, levels: list[Level], options: argparse.Namespace, settings: Settings, folder: Path) -> None:
    bases = _bases(options, folder)
    path = folder / "image.png"
    with WAYS[way](options, settings, folder) as watched:
        for number in range(1, options.images + 1):
            shaped(bases[number % len(bases)], number).save(path, compress_level=1)
            _tried(watched.read, path)
            if number % options.every == 0:
                levels.append(level(watched.pid, number))
                progress(f"{way}: {number} of {options.images} images, {mb(levels[-1].rss):.0f} MB")


def _tried(read: Read, path: Path) -> None:
    """An image that cannot be read has been tried all the same."""
    try:
        read(path)
    except PageFailed as error:
        print(error, file=sys.stderr)


def _bases(options: argparse.Namespace, folder: Path) -> list[Path]:
    """What images are cut from: pages of ours, then scans."""
    pages = data.drawn_pages(folder, 20)
    real = data.scans(options, folder) if (options.data / "dev").is_dir() else []
    return [sample.path for sample in [*pages, *real]]


def shaped(base: Path, seed: int) -> Image.Image:
    """A piece of a page in a shape of its own, the same for the same seed."""
    dice = random.Random(SEED + seed)
    with Image.open(base) as page:
        piece = page.convert("RGB").crop(_part(page.size, dice))
    factor = dice.uniform(0.5, 1.5)
    width, height = (_side(side * factor * dice.uniform(0.8, 1.25)) for side in piece.size)
    angle = dice.choice((0, 0, 90, 180, 270)) + dice.uniform(-4, 4)
    turned = piece.resize((width, height)).rotate(angle, Image.Resampling.BILINEAR, expand=True, fillcolor="white")
    turned.thumbnail((LARGEST, LARGEST))
    return turned


def _part(size: tuple[int, int], dice: random.Random) -> tuple[int, int, int, int]:
    width, height = (max(min(side, SMALLEST), int(side * dice.uniform(0.3, 1.0))) for side in size)
    left, top = dice.randint(0, size[0] - width), dice.randint(0, size[1] - height)
    return left, top, left + width, top + height


def _side(length: float) -> int:
    return round(min(LARGEST, max(SMALLEST, length)))


def level(pid: int, images: int) -> Level:
    """From /proc/PID/smaps_rollup, which Linux has since 4.14."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    sizes = {line.split(":")[0]: line.split()[1] for line in lines[1:]}
    return Level(images, 1024 * int(sizes["Rss"]), 1024 * int(sizes["Pss"]))


@contextmanager
def _engine(options: argparse.Namespace, settings: Settings, folder: Path) -> Iterator[Watched]:
    """The bare engine, with all cores."""
    with contestants.running(contestants.own(options.tier, settings), available(), settings) as one:
        yield Watched(one.process.pid, one.read_english)


@contextmanager
def _worker(options: argparse.Namespace, settings: Settings, folder: Path) -> Iterator[Watched]:
    """The one worker process of a real service, which is never replaced."""
    never = {"WORKER_MAX_MEMORY_MB": str(NEVER), "WORKER_MAX_TASKS": str(NEVER), "REDIS_CACHE_TTL": "0"}
    with service(folder / "service", OCR_ENGINE=settings.ocr_engine, OCR_WORKERS="1", **never) as stack:
        yield Watched(_child(stack), partial(client.send, stack.port, options.tier))


def _child(stack: Stack) -> int:
    """The process that holds the models: the largest of the worker's."""
    return max(stack.children("wiring.door"), key=lambda process: process.memory_info().rss).pid


WAYS: dict[str, Start] = {"engine": _engine, "worker": _worker}


def _report(levels: dict[str, list[Level]], options: argparse.Namespace) -> Report:
    columns = ("through", "images", "peak RSS MB", "at half", "at the end", "growth MB", "PSS at the end")
    rows = [_row(way, found) for way, found in levels.items() if found]
    targets = f"Targets: growth under {GROWTH_TARGET_MB} MB over 500 images, a worker under {PEAK_TARGET_MB} MB."
    return Report(
        name="memory",
        title="Memory over many images",
        parts=[
            Table(columns, rows),
            HOW.format(count=options.images, low=SMALLEST, high=LARGEST, every=options.every),
            targets,
        ],
        data={"tier": options.tier, "levels": {way: [asdict(one) for one in found] for way, found in levels.items()}},
        panels=[Panel("resident memory", "images", "MB", [_series(way, found) for way, found in levels.items()])],
    )


def _row(way: str, found: Sequence[Level]) -> tuple[str, ...]:
    half, last = found[(len(found) - 1) // 2], found[-1]
    peak = max(one.rss for one in found)
    sizes = peak, half.rss, last.rss, last.rss - half.rss, last.pss
    return (way, str(last.images), *(f"{mb(size):.0f}" for size in sizes))


def _series(way: str, found: Sequence[Level]) -> Series:
    return Series(f"{way}: RSS", [one.images for one in found], [mb(one.rss) for one in found])


if __name__ == "__main__":
    sys.exit(main())
