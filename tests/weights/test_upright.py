"""Pages in any of four directions, read by the real engine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PIL import Image

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
