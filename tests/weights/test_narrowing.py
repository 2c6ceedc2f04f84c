"""Lines that are read narrower than they are: what they read as, and what it depends on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from benchmarks.calibrate import lines_of
from config import Settings
from services.document.model import Line
from services.ocr.engine import Engine, Pixels, ReadOptions
from services.ocr.engines import openvino
from services.ocr.lines import characters
from services.ocr.lines.crops import Crop, half_turned
from services.ocr.pipeline import Pipeline
from services.ocr.ppocr.crops import COARSE, crop, filled_up
from services.ocr.ppocr.graph import Arithmetic
from services.ocr.ppocr.likelihood import Lattice
from services.ocr.ppocr.loading import Models
from services.ocr.ppocr.narrowing import LEAST, NEAR, SHORTEST, narrowed
from services.ocr.ppocr.narrowing import characters as counted
from services.ocr.ppocr.recognition import Recogniser
from services.ocr.ppocr.rescoring import RescoringRecogniser
from services.ocr.source import open_source
from tests.support import samples
from tests.support.rendering import LIMITS

SET_WIDE = ["Reference of the customer", "MATERIAL DEPARTMENT", "Delivery on 14.03.2026", "Total 1,234.50 EUR"]
CLOSE = "Reference of the customer 2026-0042"


def printed(text: str, stretch: float = 1.0) -> Pixels:
    """One line of type, close around it, and so many times as wide as it was cast."""
    font = ImageFont.load_default(size=40)
    image = Image.new("RGB", (round(font.getlength(text)) + 24, 64), "white")
    ImageDraw.Draw(image).text((12, 8), text, fill="black", font=font)
    return np.asarray(image.resize((round(image.width * stretch), image.height)))


def cut(page: Pixels) -> Crop:
    height, width = page.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    return crop(page, corners, COARSE)


@cache
def recogniser(name: str = "PP-OCRv6_small_rec") -> Recogniser:
    return Models(Settings.from_env().model_dir, Arithmetic(2, exact=True), integers=False).recogniser(name, cjk=False)


class Watched:
    """A recogniser that keeps the widths of what it is shown."""

    def __init__(self) -> None:
        self.alphabet = recogniser().alphabet
        self.widths: list[list[int]] = []

    def lattices(self, crops: Sequence[Crop]) -> list[Lattice]:
        self.widths.append([one.filled for one in crops])
        return recogniser().lattices(crops)


def read(*crops: Crop, narrows: bool = True) -> tuple[list[str], list[list[int]]]:
    """What lines read as, and the widths in which they were looked at, a list for each round."""
    watched = Watched()
    found = RescoringRecogniser(watched, None, narrows=narrows).read(crops)  # type: ignore[arg-type]
    return [characters.text(line) for line in found], watched.widths


def test_lines_with_room_are_read_narrower_and_read_the_same() -> None:
    lines = [cut(printed(text, 1.8)) for text in SET_WIDE]
    texts, (widths, again) = read(*lines)
    assert texts == SET_WIDE and again == []
    assert sum(widths) < 0.85 * sum(line.filled for line in lines)
    assert all(LEAST * NEAR * line.filled <= width for line, width in zip(lines, widths, strict=True))


def test_a_narrowed_line_fills_its_picture_and_lies_where_it_lay() -> None:
    line = cut(printed("Delivery on 14.03.2026", 1.4))
    narrow = narrowed(line)
    assert narrow.pixels.shape[2] == narrow.filled == filled_up(narrow.filled, COARSE) < line.filled
    assert np.array_equal(narrow.corners, line.corners)


def test_characters_are_counted_by_their_ink() -> None:
    """On drawn lines other than those that the weights were fitted on: blurred, noisy, faded, tilted."""
    drawn = list(lines_of(["", *"abcdefgh", " "], 60, seed=5))
    ratios = [counted(line) / len(text) for text, line in drawn]
    assert 0.85 < np.median(ratios) < 1.15
    assert np.mean([0.65 < ratio < 1.5 for ratio in ratios]) > 0.85


def test_close_set_lines_keep_their_width() -> None:
    line = cut(printed("illicit filling of little lilies in tiny print", 0.62))
    assert narrowed(line).filled >= NEAR * line.filled


def test_short_lines_stay_as_they_are() -> None:
    line = cut(printed("I", 2))
    assert line.filled < SHORTEST and narrowed(line) is line


def test_a_line_has_one_width_from_both_sides_and_in_light_type() -> None:
    line = cut(printed("Total 1,234.50 EUR", 1.3))
    light = Crop(255 - line.pixels, line.filled, line.corners)
    assert narrowed(line).filled == narrowed(half_turned(line)).filled == narrowed(light).filled < line.filled


def test_a_line_that_was_too_narrow_is_looked_at_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Faded strokes may hide from the estimate; what was read then says so."""
    monkeypatch.setattr("services.ocr.ppocr.narrowing.characters", lambda line: 1.0)
    close, wide = cut(printed(CLOSE)), cut(printed("Delivery note", 1.6))
    texts, (_, again) = read(close, wide)
    assert again == [close.filled]
    assert texts == [CLOSE, "Delivery note"]


def test_machine_readable_lines_are_read_as_wide_as_they_are() -> None:
    zone = cut(printed("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", 1.2))
    texts, rounds = read(zone)
    assert (texts, rounds[-1]) == (read(zone, narrows=False)[0], [zone.filled])


@pytest.mark.parametrize(("tier", "language", "narrows"), [
    ("fast", "en", True), ("balanced", "en", True), ("balanced", "zh", False), ("balanced", "ja", False),
    ("accurate", "en", False),
])  # fmt: skip
def test_only_latin_lines_are_narrowed_and_none_for_the_accurate_tier(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, tier: str, language: str, narrows: bool
) -> None:
    asked: list[int] = []

    def watched(line: Crop) -> Crop:
        asked.append(line.filled)
        return narrowed(line)

    monkeypatch.setattr("services.ocr.ppocr.rescoring.narrowed", watched)
    engine.read(page("Delivery note"), ReadOptions((language,), tier))
    assert bool(asked) is narrows
    asked.clear()
    engine.read(page("Delivery note"), ReadOptions((language,), tier, whole=True))
    assert not asked, "what extractors read is not narrowed first, only to be looked at again"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return openvino.build(Settings.from_env())


def page(*lines: str, size: int = 30) -> Pixels:
    return np.asarray(samples.picture(lines, (900, 120 + 60 * len(lines)), size))


def test_the_same_page_reads_the_same_twenty_times_beside_others(engine: Engine) -> None:
    options = ReadOptions(words=True)
    ours = page(*SET_WIDE, "2026-03-14 17:42")
    others = [
        page(f"Page {number} of somebody else", "1l", "A" * (number + 3), size=18 + number) for number in range(3)
    ]
    (first, *again) = [
        (engine.read(others[turn % 3], options), engine.read(ours, options))[1]
        if turn % 2
        else engine.read(ours, options)
        for turn in range(20)
    ]
    assert {line.text for line in first} >= set(SET_WIDE)
    assert all(lines == first for lines in again)


def test_pages_read_the_same_together_and_in_parts(engine: Engine, tmp_path: Path) -> None:
    pages = [samples.picture([*SET_WIDE, f"Page {number}"], (900, 400), 26 + 2 * number) for number in range(4)]
    path = tmp_path / "pages.tiff"
    path.write_bytes(samples.multipage_tiff(pages))
    pipeline = Pipeline(engine, LIMITS)

    def lines(wanted: str | None) -> list[tuple[Line, ...]]:
        with open_source(path, "image/tiff", pages=wanted, limits=LIMITS) as source:
            return [pipeline.read(source, number, ReadOptions(words=True)).lines for number in source.numbers]

    together = lines(None)
    assert together == [*lines("1"), *lines("2-3"), *lines("4")] and all(together)
    assert together[::-1] == [*lines("4"), *lines("3"), *lines("2"), *lines("1")]
