"""Reading order, and the text of a page.

For scripts that run from left to right; for those that run from right to left, whose pages are laid out like the
mirror image; and for vertical Chinese and Japanese, whose columns run from right to left. The method is the recursive
X-Y cut (Nagy and Seth, Hierarchical representation of optically scanned documents, ICPR 1984) with two changes. A cut
between columns may leave aside the lines that cross it, so headings over several columns do not hide them (as in
Breuel, High performance document layout analysis, SDIUT 2003, where what spans a gutter separates what it stands
between). And a cut is only made between running text on both sides: what looks like a table, a form or a receipt stays
in rows, label before amount. All distances are relative to the median height of a line.

Everything happens in the frame of the text: turned by the direction in which most of it runs, so pages that lie on
their side or hang a few degrees are read like upright ones.
"""

from __future__ import annotations

from bisect import bisect, insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from services.document.model import Line
from services.document.rows import Extent, Frame, are_level, finite, frame_of, in_rows, shared_width

GUTTER = 0.25
"""The narrowest gap between columns, in line heights."""

PADDING = 0.2
"""What detected boxes reach beyond their text on either side, in line heights: enough to close the narrow gap between
the columns of a typeset paper."""

TRIED = 6
"""Gutters that are tried in one block, those crossed by the fewest lines first."""

LEVELS, REACHING = 12, 2
"""Numbers of crossing lines that are looked for, from the lowest, and ends of lines that may reach into a gutter."""

DEPTH = 16
"""Cuts within cuts. Beyond it a block is read in rows, which bounds the work on hostile pages."""

SAME_ROW, RECENT = 0.5, 3
"""Lines stand in one row when their middles are closer than this share of the lower one's height; only so many rows
are looked at, those that were begun last."""

ABOVE = 0.5
"""Of two lines that share more of the narrower one's width, one stands above the other."""

PARAGRAPH = 1.2
"""The gap, in line heights, from which a blank line is written, if it also is twice the page's usual gap."""


@dataclass(frozen=True, slots=True)
class _Box(Extent):
    """A line in the frame of the text."""

    line: Line


Boxes = Sequence[_Box]

Strip = tuple[int, float, float]
"""How many lines stand over a strip of u, and its start and end."""


def order(lines: Iterable[Line]) -> tuple[Line, ...]:
    """The same lines in reading order, whatever order they come in. Takes n log n steps but for odd layouts."""
    boxes = _boxes(sorted(lines, key=_identity))
    return tuple(box.line for row in _layout(boxes, _line_height(boxes), DEPTH) for box in row)


def page_text(lines: Iterable[Line]) -> str:
    """The text of lines in reading order: one row of text per row of the page, lines in it parted by one space.

    A gap between rows that is clearly wider than usual becomes one blank line.
    """
    boxes = _boxes(list(lines))
    limit = _paragraph_gap(boxes)
    text = "".join(box.line.text + _joint(box, after, limit) for box, after in pairwise(boxes))
    return text + (boxes[-1].line.text if boxes else "")


def _identity(line: Line) -> tuple[object, ...]:
    """A total order of lines that has nothing to do with the order in which they come."""
    return (*(x for point in finite(line.quad) for x in point), line.text, line.confidence, repr(line.words))


def _boxes(lines: Sequence[Line]) -> list[_Box]:
    frame = frame_of(lines)
    return [_box(line, frame) for line in lines]


def _box(line: Line, frame: Frame) -> _Box:
    extent = frame.extent(line.quad)
    padding = min(PADDING * extent.height, extent.width / 4)
    return _Box(extent.left + padding, extent.right - padding, extent.middle, extent.height, line)


def _line_height(boxes: Boxes) -> float:
    return max(median(box.height for box in boxes), 1e-6) if boxes else 1.0


# Columns


def _layout(boxes: Boxes, height: float, depth: int) -> Iterator[list[_Box]]:
    """The rows of a block in reading order."""
    for start, end in _gutters(boxes, height) if depth else ():
        bands = _bands(boxes, start, end)
        if any(len(band) == 2 for band in bands):
            for band in bands:
                for block in band:
                    yield from _layout(block, height, depth - 1)
            return
    yield from _rows(boxes)


def _gutters(boxes: Boxes, height: float) -> list[tuple[float, float]]:
    """Strips of u that fewer lines cross than what is on either side, fewest first, then nearest to the middle.

    Ends of a few lines may reach into a strip: where it is too narrow up to the first of them, it goes on behind it.
    """
    steps = _coverage(boxes)
    lows = {count for (before, *_), (count, *_), (after, *_) in _threes(steps) if before > count < after}
    levels = sorted({low + more for low in sorted(lows)[:LEVELS] for more in range(REACHING + 1)})
    found: list[tuple[int, float, float, float]] = []
    for level in levels:
        for start, end in _runs(steps, level):
            if end - start >= GUTTER * height and not any(one[2] < end and start < one[3] for one in found):
                found.append((level, abs(start + end - steps[0][1] - steps[-1][2]), start, end))
    return [(start, end) for *_, start, end in sorted(found)[:TRIED]]


def _threes(steps: Sequence[Strip]) -> Iterator[tuple[Strip, Strip, Strip]]:
    return zip(steps, steps[1:], steps[2:], strict=False)


def _runs(steps: Sequence[Strip], level: int) -> Iterator[tuple[float, float]]:
    """The strips, joined, that at most `level` lines cross, but for those at the margins."""
    edges = [place for place, (count, *_) in enumerate(steps) if count > level]
    for before, after in pairwise(edges):
        if after > before + 1:
            yield steps[before][2], steps[after][1]


def _coverage(boxes: Boxes) -> list[Strip]:
    """How many lines stand over each strip of u: count, start, end."""
    changes: dict[float, int] = {}
    for box in boxes:
        changes[box.left] = changes.get(box.left, 0) + 1
        changes[box.right] = changes.get(box.right, 0) - 1
    strips, count = [], 0
    for (start, change), (end, _) in pairwise(sorted(changes.items())):
        count += change
        strips.append((count, start, end))
    return strips


def _bands(boxes: Boxes, start: float, end: float) -> list[tuple[Boxes, ...]]:
    """The block from top to bottom: pairs of columns, and between them single blocks of what cannot be cut here."""
    bands: list[tuple[Boxes, ...]] = []
    rest: list[_Box] = []
    for section, crossing in _sections(sorted(boxes, key=_downwards), start, end):
        sides = (
            [box for box in section if _is_left(box, start, end)],
            [box for box in section if not _is_left(box, start, end)],
        )
        if _are_columns(*sides):
            bands += [(rest,), sides] if rest else [sides]
            rest = []
        else:
            rest += section
        rest += crossing
    return [*bands, (rest,)] if rest else bands


def _is_left(box: _Box, start: float, end: float) -> bool:
    return box.left + box.right <= start + end


def _sections(boxes: Boxes, start: float, end: float) -> Iterator[tuple[list[_Box], list[_Box]]]:
    """Runs of lines beside the gutter, each with the line below it that crosses the gutter, if there is one."""
    section: list[_Box] = []
    for box in boxes:
        if box.left <= start and box.right >= end:
            yield section, [box]
            section = []
        else:
            section.append(box)
    yield section, []


def _are_columns(left: Boxes, right: Boxes) -> bool:
    """Whether these are two columns to be read one after the other, rather than the cells of rows.

    Lines that stand beside each other in pairs may be either, so there it takes longer or fuller columns.
    """
    if min(len(left), len(right)) < 3:
        return False
    shapes = _shape(left), _shape(right)
    if not all(shape.aspect >= 6 and shape.fill >= 0.5 for shape in shapes):
        return False
    paired = _paired(left, right) >= 0.7 * min(shape.rows for shape in shapes)
    return not paired or all(shape.aspect >= 9 and shape.rows >= (5 if shape.fill >= 0.7 else 12) for shape in shapes)


@dataclass(frozen=True, slots=True)
class _Shape:
    """Of a column: its rows, how many times as wide as high the middling line is, the share of its area with text."""

    rows: int
    aspect: float
    fill: float


def _shape(boxes: Boxes) -> _Shape:
    rows = len(_rows(boxes))
    area = (max(box.right for box in boxes) - min(box.left for box in boxes)) * rows
    return _Shape(
        rows=rows,
        aspect=median(box.width / max(box.height, 1e-6) for box in boxes),
        fill=sum(box.width for box in boxes) / max(area, 1e-6),
    )


def _paired(left: Boxes, right: Boxes) -> int:
    """Rows that have lines on both sides."""
    members = set(map(id, left))
    return sum(len({id(box) in members for box in row}) == 2 for row in _rows([*left, *right]))


# Rows


def _rows(boxes: Boxes) -> list[list[_Box]]:
    """Rows from top to bottom, each from left to right. Lines one above the other never share a row."""
    return [row.boxes for row in in_rows(sorted(boxes, key=_downwards), _Row, RECENT)]


class _Row:
    """Lines side by side, sorted by where they start."""

    def __init__(self, first: _Box) -> None:
        self.boxes = [first]
        self.widest = first

    def off(self, box: _Box) -> float | None:
        """Of the widest line, whose place is the surest. The box has to be free of the others."""
        if not are_level(self.widest, box, SAME_ROW):
            return None
        at = bisect(self.boxes, box.left, key=_left)
        is_free = not any(_is_above(other, box) for other in self.boxes[max(0, at - 1) : at + 1])
        return abs(self.widest.middle - box.middle) if is_free else None

    def add(self, box: _Box) -> None:
        self.widest = max(self.widest, box, key=_width)
        insort(self.boxes, box, key=_left)


def _downwards(box: _Box) -> tuple[float, ...]:
    return box.middle, box.left, box.right, box.height


def _left(box: _Box) -> float:
    return box.left


def _width(box: _Box) -> float:
    return box.width


def _is_above(one: _Box, other: _Box) -> bool:
    """Whether one stands above the other, whichever, rather than beside it."""
    return shared_width(one, other) > ABOVE


# Text


def _joint(box: _Box, after: _Box, limit: float) -> str:
    """What stands between two lines that follow each other in reading order."""
    if are_level(box, after, SAME_ROW) and after.left >= box.left and not _is_above(box, after):
        return " "
    return "\n\n" if _gap(box, after) > limit else "\n"


def _gap(box: _Box, after: _Box) -> float:
    return after.top - box.bottom


def _paragraph_gap(boxes: Boxes) -> float:
    gaps = [gap for box, after in pairwise(boxes) if (gap := _gap(box, after)) > 0]
    return max(PARAGRAPH * _line_height(boxes), 2 * median(gaps)) if gaps else 0.0
