"""Lines that run across the gap between columns."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.document.model import Line, Quad, Word
from services.ocr.columns import parted
from services.ocr.text import order

LEFT = ["it was the best of", "times and the worst", "of times, an age of", "wisdom and an age", "of folly, an epoch"]
RIGHT = ["we had everything", "before us and had", "nothing before us", "we were all going", "direct to heaven."]


def box(text: str, x: float, y: float) -> Quad:
    return Quad((x, y), (x + 10 * len(text), y), (x + 10 * len(text), y + 20), (x, y + 20))


def words(text: str, x: float, y: float) -> list[Word]:
    starts = [sum(len(before) + 1 for before in text.split()[:n]) for n in range(len(text.split()))]
    return [Word(word, 0.9, box(word, x + 10 * at, y)) for word, at in zip(text.split(), starts, strict=True)]


def line(*found: Word) -> Line:
    first, last = found[0].quad, found[-1].quad
    quad = Quad(first.top_left, last.top_right, last.bottom_right, first.bottom_left)
    return Line(" ".join(word.text for word in found), 0.9, quad, tuple(found))


def pages(joined: set[int], at: float = 300) -> list[Line]:
    """Two columns of which the rows in `joined` were found as one line."""
    lines: list[Line] = []
    for row, (one, other) in enumerate(zip(LEFT * 4, RIGHT * 4, strict=True)):
        left, right = words(one, 100, 30 * row), words(other, at, 30 * row)
        lines += [line(*left, *right)] if row in joined else [line(*left), line(*right)]
    return lines


def test_lines_found_across_a_gutter_are_parted() -> None:
    lines = parted(pages({3, 4, 5, 6, 11}))
    apart = order(pages(set()))
    assert [(one.text, one.quad) for one in order(lines)] == [(one.text, one.quad) for one in apart]
    assert [one.confidence for one in lines] == pytest.approx([0.9] * len(lines))


def test_a_wide_gap_where_no_column_begins_is_none() -> None:
    prose = [
        line(*words("it was the", 100, 30 * row), *words("best of times", 250 + 30 * row, 30 * row))
        for row in range(20)
    ]
    assert parted(prose) == prose


def test_lines_without_words_stay_as_they_are() -> None:
    lines = [replace(line, words=()) for line in pages({3, 4})]
    assert parted(lines) == lines and parted([]) == []
