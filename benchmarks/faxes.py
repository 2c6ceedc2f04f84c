"""How well faxes are read, whose pixels are twice as high as wide.

Small print is drawn as a fax machine sees it: at 204 dots an inch across and 98 lines an inch down, black or white. The
same pixels are read twice: as the fax that they are, and as a file that says nothing of resolution, whose pixels are
taken for squares.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from statistics import fmean

from PIL import Image, ImageDraw, ImageFont

from benchmarks.harness import report
from benchmarks.harness.drawn import VOCABULARY
from benchmarks.harness.ours import read_file
from benchmarks.harness.report import Report, Table, decimal, progress
from benchmarks.harness.scoring import Rules, distance, normalised
from config import Settings
from services.ocr import engines
from services.ocr.engine import ReadOptions
from services.plugins import load

TARGET = 0.006
"""Mean character error that the faxes may have."""

ACROSS, DOWN = 204, 98
"""Standard resolution of ITU-T T.4, in dots and lines an inch."""

FINE = 4
"""So many times finer than the fax the print is drawn, which is then averaged."""

WIDTH = 1728
"""Dots of a line (ITU-T T.4)."""

SIZES, SEEDS, LINES = (7, 8, 9, 10), (1, 2, 3), 14
"""Of the print, in points; of the texts; and lines a page."""

HOW = """{count} pages, one for each of {seeds} texts in each size, of {lines} lines of words and numbers in one type.
The error is Levenshtein's distance over the characters of the truth, the mean over pages."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the report; the status is 1 where faxes have more errors than they may."""
    report.stoppable()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faxes", description="How well faxes are read.")
    report.add_options(parser)
    options, settings = parser.parse_args(arguments), replace(Settings.from_env(), ocr_workers=1)
    engine = load(engines, settings.ocr_engine).build(settings)
    asked = ReadOptions((settings.ocr_lang,), settings.ocr_tier)
    errors: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        path = Path(name) / "fax.tif"
        for points, seed in product(SIZES, SEEDS):
            progress(f"{points} pt, text {seed}")
            image, truth = fax(points, seed)
            for way, told in (("fax", (ACROSS, DOWN)), ("squares", (0, 0))):
                image.save(path, compression="group4", dpi=told)
                found = read_file(path, engine, settings, asked, lambda: None)
                errors.setdefault(way, []).append(_error(truth, found))
    report.write(_report(errors), options.out)
    return int(fmean(errors["fax"]) > TARGET)


def fax(points: int, seed: int) -> tuple[Image.Image, str]:
    """A page in print of so many points and its text, the same for the same seed."""
    dice = random.Random(seed)
    lines = [_line(dice) for _ in range(LINES)]
    dots = ACROSS * FINE
    font, step = ImageFont.load_default(round(points * dots / 72)), round(points * dots / 72 * 1.5)
    sheet = Image.new("L", (WIDTH * FINE, step * (LINES + 2)), 255)
    draw = ImageDraw.Draw(sheet)
    for number, line in enumerate(lines):
        draw.text((dots // 2, step * (number + 1)), line, 0, font)
    seen = sheet.resize((WIDTH, round(sheet.height / FINE * DOWN / ACROSS)), Image.Resampling.BOX)
    return seen.point(lambda level: 255 if level > 150 else 0).convert("1"), "\n".join(lines)


def _line(dice: random.Random) -> str:
    amount = f"{dice.randint(1, 9)},{dice.randint(0, 999):03}.{dice.randint(0, 99):02}"
    return f"{' '.join(dice.choices(VOCABULARY, k=5)).capitalize()} {amount} {dice.randint(1, 99)}%"


def _error(truth: str, found: str) -> float:
    whole, read = (normalised(text, Rules("en")) for text in (truth, found))
    return distance(whole, read) / len(whole)


def _report(errors: Mapping[str, Sequence[float]]) -> Report:
    by_size = [
        (f"{points} pt", *(decimal(fmean(found[place * len(SEEDS) :][: len(SEEDS)])) for found in errors.values()))
        for place, points in enumerate(SIZES)
    ]
    means = [fmean(found) for found in errors.values()]
    return Report(
        name="faxes",
        title="Faxes",
        parts=[
            Table(
                ("print", "read as the fax it is", "with pixels taken for squares"),
                [*by_size, ("mean", *map(decimal, means))],
            ),
            f"At most {TARGET}: {'yes' if means[0] <= TARGET else 'no'}.",
            HOW.format(count=len(errors["fax"]), seeds=len(SEEDS), lines=LINES),
        ],
        data={"errors": {way: list(found) for way, found in errors.items()}},
    )


if __name__ == "__main__":
    sys.exit(main())
