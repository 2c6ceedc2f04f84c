"""Pages in any of four directions, read by the real engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from config import Settings
from services.document.model import Line, Page
from services.ocr.engine import ReadOptions
from services.ocr.engines import null, openvino
from services.ocr.pipeline import Pipeline
from services.ocr.raster import Limits
from services.ocr.upright import read_upright
from tests.support import samples

LINES = ["Minutes of the meeting", "Those present agreed on", "the budget of next year"]
LIMITS = Limits(4960, 7016, 100_000_000, 100)


@pytest.fixture(scope="module")
def pipeline() -> Iterator[Pipeline]:
    yield Pipeline(openvino.build(Settings.from_env()), LIMITS)


def read(pipeline: Pipeline, image: Image.Image, folder: Path) -> Page:
    path = folder / "page.png"
    image.save(path)
    with pipeline.open(path, "image/png", pages=None, password=None, dpi=300) as source:
        return pipeline.read(source, 1, ReadOptions(words=True))


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_turned_page_is_read_and_its_boxes_are_where_the_text_is(
    pipeline: Pipeline, tmp_path: Path, degrees: int
) -> None:
    upright = samples.picture(LINES, (800, 400), 40)
    turned = upright.rotate(degrees, expand=True)
    page = read(pipeline, turned, tmp_path)
    assert page.text.split("\n") == LINES
    x, y = page.lines[0].quad.top_left  # the first line starts at (20, 20) of the upright picture
    width, height = upright.size
    expected = {0: (20, 20), 90: (20, width - 20), 180: (width - 20, height - 20), 270: (height - 20, 20)}[degrees]
    assert abs(x - expected[0]) < 20 and abs(y - expected[1]) < 20
    assert [word.text for word in page.lines[0].words] == LINES[0].split()


def test_a_page_that_is_read_well_is_read_once() -> None:
    calls = []

    def engine(pixels: object) -> Sequence[Line]:
        calls.append(pixels)
        return null.NullEngine().read(null.encode("sure of it"), ReadOptions())

    assert [line.text for line in read_upright(engine, null.encode("any"))] == ["sure of it"]
    assert len(calls) == 1


def on_paper(*lines: Image.Image) -> Image.Image:
    """Lines below each other, as they are."""
    sheet = Image.new("RGB", (800, 70 * len(lines) + 40), "white")
    for number, line in enumerate(lines):
        sheet.paste(line, (0, 20 + 70 * number))
    return sheet


def strip(text: str) -> Image.Image:
    return samples.picture([text], (800, 70), 34)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_a_line_on_its_head_is_read_on_a_page_that_is_not(pipeline: Pipeline, tmp_path: Path, degrees: int) -> None:
    lines = [strip(line) for line in LINES]
    sheet = on_paper(lines[0], lines[1].rotate(180), lines[2])
    page = read(pipeline, sheet.rotate(degrees, expand=True), tmp_path)
    assert sorted(page.text.split("\n")) == sorted(LINES)
    one, other = (next(line for line in page.lines if line.text == text).quad for text in LINES[:2])
    along = [(quad.top_right[0] - quad.top_left[0], quad.top_right[1] - quad.top_left[1]) for quad in (one, other)]
    assert along[0][0] * along[1][0] + along[0][1] * along[1][1] < 0  # they run against each other


@pytest.mark.parametrize("count", [1, 2])
def test_a_page_of_a_line_or_two_on_its_head_is_read(pipeline: Pipeline, tmp_path: Path, count: int) -> None:
    page = read(pipeline, on_paper(*map(strip, LINES[:count])).rotate(180), tmp_path)
    assert page.text.split("\n") == LINES[:count]


CELLS = [("Item", "Type", "Count"), ("Bolt", "I", "1"), ("Nut", "l", "10"), ("Pin", "1", "7"), ("Clip", "|", "11")]
STROKES = set("Il1|!")


@pytest.mark.parametrize("size", [20, 26])
def test_lone_strokes_in_cells_are_read_as_they_stand(pipeline: Pipeline, tmp_path: Path, size: int) -> None:
    """What stands alone in a cell cannot be told from its likes, but it is no dash, and nothing is left out."""
    table = Image.new("RGB", (490, 260), "white")
    draw, font = ImageDraw.Draw(table), ImageFont.load_default(size)
    for row, cells in enumerate(CELLS):
        for column, text in enumerate(cells):
            corner = 20 + 150 * column, 20 + 44 * row
            draw.rectangle((*corner, corner[0] + 150, corner[1] + 44), outline="black")
            draw.text((corner[0] + 75, corner[1] + 22), text, "black", font, anchor="mm")
    found: dict[tuple[int, int], str] = {}
    for line in read(pipeline, table, tmp_path).lines:
        x, y = (sum(point[axis] for point in line.quad.points) / 4 for axis in (0, 1))
        found[int((y - 20) // 44), int((x - 20) // 150)] = line.text
    for row, cells in enumerate(CELLS):
        for column, text in enumerate(cells):
            seen = found.get((row, column), "")
            assert seen == text or (set(text) | set(seen) <= STROKES and seen), (text, seen)


def test_text_that_stands_on_its_side_is_still_laid_down(pipeline: Pipeline, tmp_path: Path) -> None:
    """A heading along the edge of a page of lines that lie, as long as only a few of them are high."""
    sheet = on_paper(*map(strip, LINES))
    sheet.paste(samples.picture(["Page 12"], (170, 60), 34).rotate(-90, expand=True), (700, 20))
    assert "Page 12" in read(pipeline, sheet, tmp_path).text.split("\n")


@pytest.mark.parametrize(("share", "lift"), [(0.6, 0.35), (0.5, 0.4)])
def test_raised_endings_of_ordinals_are_letters(pipeline: Pipeline, tmp_path: Path, share: float, lift: float) -> None:
    dates = [("Held on the 1", "st", " of June"), ("The 2", "nd", " edition"), ("August 22", "nd", " to 24")]
    dates += [("Due on the 23", "rd", " of May 2026"), ("On the 4", "th", " of July"), ("Born 11", "th", " June")]
    sheet = Image.new("RGB", (700, 400), "white")
    draw, font, small = ImageDraw.Draw(sheet), ImageFont.load_default(32), ImageFont.load_default(round(32 * share))
    for number, (before, ending, behind) in enumerate(dates):
        x, y = 30.0, 60 + 60 * number
        for text, face, height in ((before, font, 0.0), (ending, small, 32 * lift), (behind, font, 0.0)):
            draw.text((x, y - height), text, "black", face, anchor="ls")
            x += face.getlength(text)
    assert read(pipeline, sheet, tmp_path).text.split("\n") == ["".join(parts) for parts in dates]


def test_signs_behind_numbers_stay_what_they_are(pipeline: Pipeline, tmp_path: Path) -> None:
    lines = ["Waits 1s and 2s", "At 23° today", "Takes 5t of sand", "The 60s and 70s"]
    assert read(pipeline, samples.picture(lines, (800, 320), 30), tmp_path).text.split("\n") == lines
