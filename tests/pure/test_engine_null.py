"""The engine of the other tests must tie each result to its own image, or their assertions prove nothing."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from config import Settings
from services.ocr import engines
from services.ocr.engine import Pixels, ReadOptions
from services.ocr.engines import null
from services.plugins import load

ENGINE = null.build(Settings())


def read(pixels: Pixels, *, words: bool = False) -> str:
    return "\n".join(line.text for line in ENGINE.read(pixels, ReadOptions(words=words)))


def test_it_is_found_by_name() -> None:
    assert load(engines, "null").describe(Settings()).words


@given(st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), max_size=200))
def test_what_was_written_is_read(text: str) -> None:
    assert read(null.encode(text)) == (text if text.strip() else "")


@pytest.mark.parametrize(
    ("form", "mode"), [("PNG", "RGB"), ("PNG", "L"), ("BMP", "RGB"), ("TIFF", "RGB"), ("PPM", "RGB")]
)
def test_lossless_files_keep_the_text(form: str, mode: str) -> None:
    file = io.BytesIO()
    Image.fromarray(null.encode("Total 12.00 €")).convert(mode).save(file, form)
    assert read(np.asarray(Image.open(file).convert("RGB"))) == "Total 12.00 €"


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (2, 3), (40, 40)])
def test_other_images_have_no_lines(shape: tuple[int, int]) -> None:
    assert read(np.full((*shape, 3), 255, dtype=np.uint8)) == ""


def test_a_cut_off_text_is_read_as_far_as_it_goes() -> None:
    assert read(null.encode("a" * 3000)[:4]).startswith("aaa")


def test_lines_are_stacked_and_blank_ones_leave_their_place() -> None:
    top, bottom = ENGINE.read(null.encode("one\n\nthree"), ReadOptions())
    assert top.quad.bounds == (0, 0, 24, 16)
    assert bottom.quad.bounds == (0, 32, 40, 48)


def test_quads_lie_within_the_image() -> None:
    pixels = null.encode("a long line of text\n" * 9)
    height, width = pixels.shape[:2]
    for line in ENGINE.read(pixels, ReadOptions()):
        _, _, right, bottom = line.quad.bounds
        assert right <= width and bottom <= height


def test_words_have_boxes_of_their_own() -> None:
    (line,) = ENGINE.read(null.encode("two  words"), ReadOptions(words=True))
    assert [(word.text, word.quad.bounds[0]) for word in line.words] == [("two", 0), ("words", 40)]


def test_threads_may_share_it() -> None:
    texts = [f"page {n}" for n in range(50)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda text: read(null.encode(text)), texts)) == texts
