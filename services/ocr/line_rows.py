"""Lines in the frame of a page's text, and the rows that they stand in."""

from __future__ import annotations

from bisect import bisect, insort
from collections.abc import Sequence
from dataclasses import dataclass

from services.document.model import Line
from services.document.rows import Extent, Frame, are_level, in_rows, shared_width

PADDING = 0.2
"""What detected boxes reach beyond their text on either side, in line heights: enough to close the narrow gap between
the columns of a typeset paper."""

SAME_ROW, RECENT = 0.5, 3
"""Lines stand in one row when their middles are closer than this share of the lower one's height; only so many rows
are looked at, those that were begun last."""

ABOVE = 0.5
"""Of two lines that share more of the narrower one's width, one stands above the other."""


@dataclass(frozen=True, slots=True)
class Box(Extent):
    """A line in the frame of the text."""

    line: Line


Boxes = Sequence[Box]


def box_of(line: Line, frame: Frame) -> Box:
    """The line where it stands, without the padding that detectors put around text."""
    extent = frame.extent(line.quad)
    padding = min(PADDING * extent.height, extent.width / 4)
    return Box(extent.left + padding, extent.right - padding, extent.middle, extent.height, line)


def rows_of(boxes: Boxes) -> list[list[Box]]:
    """Rows from top to bottom, each from left to right. Lines one above the other never share a row."""
    return [row.boxes for row in in_rows(sorted(boxes, key=downwards), _Row, RECENT)]


class _Row:
    """Lines side by side, sorted by where they start."""

    def __init__(self, first: Box) -> None:
        self.boxes = [first]
        self.widest = first

    def off(self, box: Box) -> float | None:
        """Of the widest line, whose place is the surest. The box has to be free of the others."""
        if not are_level(self.widest, box, SAME_ROW):
            return None
        at = bisect(self.boxes, box.left, key=_left)
        is_free = not any(is_above(other, box) for other in self.boxes[max(0, at - 1) : at + 1])
        return abs(self.widest.middle - box.middle) if is_free else None

    def add(self, box: Box) -> None:
        self.widest = max(self.widest, box, key=_width)
        insort(self.boxes, box, key=_left)


def downwards(box: Box) -> tuple[float, ...]:
    return box.middle, box.left, box.right, box.height


def _left(box: Box) -> float:
    return box.left


def _width(box: Box) -> float:
    return box.width


def is_above(one: Box, other: Box) -> bool:
    """Whether one stands above the other, whichever, rather than beside it."""
    return shared_width(one, other) > ABOVE
