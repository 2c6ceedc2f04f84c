"""Where text stands: skewed pages, long lines, small type on large pages, and boxes in the upload's own pixels."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from config import Settings
from services.document.model import Line, Page
from services.ocr.engine import Engine, ReadOptions
from services.ocr.engines import openvino
from services.ocr.pipeline import Pipeline
from services.ocr.raster import Limits
from tests.support import samples

Place = tuple[int, int]
Box = tuple[float, float, float, float]

WORDS = ReadOptions(words=True)
PAGE = Limits(max_width=4960, max_height=7016, max_pixels=100_000_000, max_pages=10)
LABELS: Mapping[str, Place] = {"Kitchen": (60, 50), "Bathroom": (520, 70), "Hallway": (80, 400), "Balcony": (560, 430)}
PARAGRAPH = [
    "Water boils at a lower temperature on a mountain,",
    "because the air above it weighs less there and",
    "holds its molecules back with less force. Cooks",
    "who live in high valleys know it well: potatoes",
    "take their time, and the best of them use a lid",
    "that closes firmly, so that the steam inside can",
    "do what the thin air outside of it no longer does.",
]


@cache
def engine() -> Engine:
    return openvino.build(Settings.from_env())


def read(tmp_path: Path, data: bytes, limits: Limits = PAGE) -> Page:
    path = tmp_path / "upload"
    path.write_bytes(data)
    pipeline = Pipeline(engine(), limits)
    with pipeline.open(path, "image/png", pages=None, password=None, dpi=300) as source:
        return pipeline.read(source, 1, WORDS)


def labelled(labels: Mapping[str, Place], size: Place, font_size: int) -> Image.Image:
    image = Image.new("RGB", size, "white")
    for text, place in labels.items():
        ImageDraw.Draw(image).text(place, text, "black", ImageFont.load_default(font_size))
    return image


def ink(image: Image.Image) -> Box:
    rows, columns = np.nonzero(np.asarray(image.convert("L")) < 128)
    return float(columns.min()), float(rows.min()), float(columns.max() + 1), float(rows.max() + 1)


def holds(line: Line, inner: Box, slack: float, most: float) -> bool:
    """Whether the line's box has the ink in it, but for `slack` pixels, and reaches at most `most` farther."""
    outer = line.quad.bounds
    over = (inner[0] - outer[0], inner[1] - outer[1], outer[2] - inner[2], outer[3] - inner[3])
    return all(-slack <= side <= most for side in over)


# Skew


@pytest.mark.parametrize("turn", [-10, -3, 0.5, 1, 2, 3, 5, 10])
def test_a_page_that_hangs_a_little_reads_like_a_straight_one(tmp_path: Path, turn: float) -> None:
    page = samples.picture(PARAGRAPH, (1000, 500), 34)
    turned = page.rotate(turn, expand=True, fillcolor="white", resample=Image.Resampling.BICUBIC)
    assert read(tmp_path, samples.encode(turned)).text.split("\n") == PARAGRAPH


@pytest.mark.parametrize("quarter", [90, 180, 270])
def test_words_of_turned_pages_lie_on_their_ink_from_their_own_top_left(tmp_path: Path, quarter: int) -> None:
    page = samples.picture(PARAGRAPH, (1000, 500), 34)
    straight = read(tmp_path, samples.encode(page)).lines
    turned = read(tmp_path, samples.encode(page.rotate(-quarter, expand=True))).lines
    assert [line.text for line in turned] == PARAGRAPH
    for line, other in zip(straight, turned, strict=True):
        for word, moved in zip(line.words, other.words, strict=True):
            assert moved.text == word.text
            there = [turned_point(point, quarter) for point in word.quad.points]
            assert np.abs(np.array(there) - np.array(moved.quad.points)).max() < 16


def turned_point(point: tuple[float, float], quarter: int) -> tuple[float, float]:
    """Of a page of 1000 x 500, turned clockwise."""
    x, y = point
    return {90: (500 - y, x), 180: (1000 - x, 500 - y), 270: (y, 1000 - x)}[quarter]


# Long lines


@pytest.mark.parametrize("repeats", [1, 3])
def test_a_line_longer_than_any_page_is_read_with_its_words_in_place(tmp_path: Path, repeats: int) -> None:
    text = " ".join(PARAGRAPH * repeats)
    font = ImageFont.load_default(40)
    page = Image.new("RGB", (round(font.getlength(text)) + 40, 64), "white")
    ImageDraw.Draw(page).text((20, 8), text, "black", font)
    limits = Limits(max_width=32_000, max_height=32_000, max_pixels=10**8, max_pages=1)
    (line,) = read(tmp_path, samples.encode(page), limits).lines
    assert line.text == text and page.width > 5000 * repeats
    ends = np.cumsum([len(word) + 1 for word in text.split()]) - 1
    places = [word.quad.bounds[2] for word in line.words]
    assert places == pytest.approx([20 + font.getlength(text[:end]) for end in ends], abs=25)


def test_small_labels_far_apart_on_a_large_drawing_are_found(tmp_path: Path) -> None:
    """At 1280 pixels the labels would be five pixels high and in part run together."""
    names = [f"Valve {number}" for number in range(101, 149)]
    places = {name: (150 + 1150 * (n % 4) + 37 * (n % 7), 120 + 270 * (n // 4)) for n, name in enumerate(names)}
    page = labelled(places, (5000, 3500), 20)
    lines = {line.text: line for line in read(tmp_path, samples.encode(page)).lines}
    assert set(names) <= set(lines)
    for name, place in places.items():
        assert holds(lines[name], ink_at(name, place, 20), slack=4, most=20), name


def ink_at(text: str, place: Place, font_size: int) -> Box:
    left, top, right, bottom = ink(labelled({text: (0, 0)}, (400, 100), font_size))
    return left + place[0], top + place[1], right + place[0], bottom + place[1]


# The way back


@pytest.mark.parametrize("longest", [7016, 500])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_boxes_lie_on_the_ink_of_the_file_however_it_is_stored(tmp_path: Path, orientation: int, longest: int) -> None:
    """Turned, mirrored and scaled into the pixel budget: a box always means the stored pixels."""
    limits = Limits(max_width=longest, max_height=longest, max_pixels=10**8, max_pages=1)
    page = read(tmp_path, samples.oriented(labelled(LABELS, (800, 520), 40), orientation, "PNG"), limits)
    assert (page.width, page.height) == ((520, 800) if orientation > 4 else (800, 520))
    assert {line.text for line in page.lines} == set(LABELS)
    for line in page.lines:
        alone = labelled({line.text: LABELS[line.text]}, (800, 520), 40)
        stored = samples.stored(alone, orientation)
        assert holds(line, ink(stored), slack=6, most=24), (orientation, line.text)
        assert all(holds(line, word.quad.bounds, slack=1, most=1000) for word in line.words)
