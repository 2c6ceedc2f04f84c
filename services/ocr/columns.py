"""Lines that were found across the gap between two columns, parted again.

Where columns stand close, a detector may take two lines that are level for one. The gap alone does not tell, justified
lines have as wide ones; but behind it stands the left edge of a column, where other lines begin.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from services.document.geometry import joined
from services.document.model import Line, Word
from services.document.rows import Frame, frame_of

WIDE = 0.5
"""The narrowest gap that may part columns, in line heights."""

ALIGNED, NEAR = 0.7, 60.0
"""In line heights: how far from the gap's end lines may begin that bear it out, and how far above or below."""

WITNESSES = 4
"""As many lines have to begin there."""


def parted(lines: Sequence[Line]) -> list[Line]:
    """The lines with those cut that run over a gap between columns. Lines without words stay as they are."""
    frame = frame_of(lines)
    starts = sorted((extent.left, extent.middle) for extent in (frame.extent(line.quad) for line in lines))
    return [part for line in lines for part in _parts(line, frame, starts)]


def _parts(line: Line, frame: Frame, starts: Sequence[tuple[float, float]]) -> Iterator[Line]:
    gutters = [_is_gutter(word, after, frame, starts) for word, after in pairwise(line.words)]
    edges = [0, *(place for place, wide in enumerate(gutters, 1) if wide), len(line.words)]
    yield from (_line_of(line.words[edge:other]) for edge, other in pairwise(edges)) if any(gutters) else (line,)


def _is_gutter(word: Word, after: Word, frame: Frame, starts: Sequence[tuple[float, float]]) -> bool:
    end, next_one = frame.extent(word.quad).right, frame.extent(after.quad)
    begin, height = next_one.left, next_one.height
    if begin - end < WIDE * height:
        return False
    first = bisect_left(starts, (begin - ALIGNED * height,))
    last = bisect_right(starts, (begin + ALIGNED * height, float("inf")))
    return sum(abs(other - next_one.middle) <= NEAR * height for _, other in starts[first:last]) >= WITNESSES


def _line_of(words: Sequence[Word]) -> Line:
    """Its confidence is the mean of its words', by character."""
    count = sum(len(word.text) for word in words)
    confidence = sum(word.confidence * len(word.text) for word in words) / count
    text = " ".join(word.text for word in words)
    return Line(text, confidence, joined(words[0].quad, words[-1].quad), tuple(words))
