"""What the reader of PP-OCR's models does before and after them."""

from __future__ import annotations

from math import dist

import numpy as np
import pytest

from services.ocr.lines import characters
from services.ocr.ppocr import ctc
from services.ocr.ppocr.detection import first_scale, size_at
from tests.support.rendering import whole


def line(*seen: tuple[str, float]) -> characters.Characters:
    return tuple(characters.Character(text, 0.9, middle) for text, middle in seen)


def test_the_best_path_becomes_characters() -> None:
    best = np.array([0, 3, 3, 0, 3, 2, 2, 0, 1, 0, 3, 0], dtype=np.int32)
    found = ctc.decode(best, np.linspace(1, 0.45, 12, dtype=np.float32), ["", "b", "a", " "], 12)
    assert characters.text(found) == "ab"
    assert [character.middle for character in found] == pytest.approx([6 / 12, 8.5 / 12])
    assert characters.confidence(found) == pytest.approx((0.75 + 0.6) / 2)
    assert ctc.decode(np.zeros(4, dtype=np.int32), np.ones(4, dtype=np.float32), [""], 4) == ()


def test_words_part_at_white_space() -> None:
    spans = list(characters.spans(line(("a", 0.1), ("b", 0.2), (" ", 0.3), ("\u3000", 0.4), ("c", 0.8))))
    assert [(span.text, span.start, round(span.end, 3)) for span in spans] == [
        ("ab", 0.0, 0.25),
        ("c", 0.6000000000000001, 1.0),
    ]
    assert list(characters.spans(())) == []


@pytest.mark.parametrize(
    ("size", "seen"),
    [((1, 1), (32, 32)), ((1, 20000), (32, 20000)), ((7016, 4961), (1280, 896)), ((700, 600), (704, 608))],
)
def test_what_the_detector_sees(size: tuple[int, int], seen: tuple[int, int]) -> None:
    assert size_at(first_scale(*size, longest=1280), *size) == seen


@pytest.mark.parametrize(("width", "height"), [(300, 30), (30, 300), (1, 1), (4000, 2), (2, 30000)])
def test_crops_are_as_high_as_the_recogniser_wants(width: int, height: int) -> None:
    part = whole(np.zeros((height, width, 3), dtype=np.uint8))
    assert part.pixels.shape[:2] == (1, 48) and part.pixels.shape[2] % 32 == 0 and part.filled <= part.pixels.shape[2]
    assert dist(part.corners[0], part.corners[1]) == max(width, height)
