"""How a page leans of which no line is long enough to say it: a table of short cells.

The box of a few characters is found a degree or two off, or level although the page is not. What then tells is where
the boxes stand: at the right lean most of them are level with others.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import atan2, radians, tan
from statistics import median

from services.document.model import Line
from services.document.rows import Extent, Frame, frame_of, runs_leftwards

LONG = 8.0
"""The lean of a line that is so many times as long as high is sure by itself."""

MOST_DEGREES, STEP_DEGREES = 4.0, 0.25
LEAST_LINES, MOST_LINES = 8, 400

LEVEL = 0.15
"""Middles that differ by this share of the middling height are not level any more."""

GAIN = 1.2
"""By what factor the boxes have to be more level, before the lean of the boxes themselves is given up."""


def levelled(lines: Sequence[Line]) -> Frame:
    """The frame of the lines, turned to where most of them are level if all are short."""
    frame = frame_of(lines)
    if not LEAST_LINES <= len(lines) <= MOST_LINES:
        return frame
    extents = [frame.extent(line.quad) for line in lines]
    if any(extent.width > LONG * extent.height for extent in extents):
        return frame
    lean = _lean(extents)
    if not lean:
        return frame
    sign = -1 if (leftwards := runs_leftwards(lines)) else 1
    angle = atan2(frame.along[1] * sign, frame.along[0] * sign)
    return Frame.at(angle + lean * sign, leftwards=leftwards)


def _lean(extents: Sequence[Extent]) -> float:
    """Radians by which v grows along u, 0 where that is not clearly better than nothing; of two alike the lesser."""
    near = max(LEVEL * median(extent.height for extent in extents), 1e-6)
    steps = round(MOST_DEGREES / STEP_DEGREES)
    leans = [radians(STEP_DEGREES * step) for step in range(-steps, steps + 1)]
    best = max(leans, key=lambda lean: (_level(extents, lean, near), -abs(lean)))
    return best if _level(extents, best, near) > GAIN * _level(extents, 0.0, near) else 0.0


def _level(extents: Sequence[Extent], lean: float, near: float) -> float:
    """How level the boxes are at this lean: 1 for each that is level with the next, 0 for one that is off by `near`."""
    slope = tan(lean)
    middles = sorted(extent.middle - slope * (extent.left + extent.right) / 2 for extent in extents)
    return sum(max(0.0, 1 - (after - middle) / near) for middle, after in pairwise(middles))
