"""Letters that were covered before others were written in their place, such as a label on a bar.

There the page changes with its text, but it is the later text that is seen: the order of drawing tells.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from services.document.model import Bounds, Point
from services.ocr.own_text.drawing import Drawing, Drawn
from services.ocr.own_text.levels import stood_on
from services.ocr.own_text.seen import Sight
from services.ocr.own_text.stretches import Row, Stretch


def uncovered(sight: Sight, drawing: Drawing) -> Sight:
    """What is seen, less the letters under something that was drawn between them and what stands on them."""
    under = stood_on(sight.seen)
    order = drawing.order() if under else []
    covered = {id(part) for row in under for part in row.parts if _is_covered(_middle(part), order)}
    if not covered:
        return sight
    seen, unseen = _parted(sight.seen, covered)
    return Sight(tuple(seen), (*sight.unseen, *unseen))


def _middle(part: Stretch) -> Point:
    return (part.start + part.end) / 2, part.baseline - 0.3 * part.size


def _is_covered(point: Point, order: Iterable[Drawn]) -> bool:
    """Whether a shape lies over the first text at this point."""
    kinds = ["text" if one.is_text else "cover" for one in order if _holds(one.bounds, point)]
    first = kinds.index("text") if "text" in kinds else len(kinds)
    return "cover" in kinds[first:]


def _holds(bounds: Bounds, point: Point) -> bool:
    left, top, right, bottom = bounds
    return left <= point[0] <= right and top <= point[1] <= bottom


def _parted(rows: Sequence[Row], covered: set[int]) -> tuple[list[Row], list[Row]]:
    seen: list[Row] = []
    unseen: list[Row] = []
    for row in rows:
        for to, wanted in ((seen, False), (unseen, True)):
            parts = tuple(part for part in row.parts if (id(part) in covered) is wanted)
            if any(not part.text.isspace() for part in parts):
                to.append(replace(row, parts=parts))
    return seen, unseen
