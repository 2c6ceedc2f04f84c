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

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median

from services.document.levelling import levelled
from services.document.model import Line
from services.document.rows import are_level, finite
from services.ocr.captions import is_caption
from services.ocr.line_rows import SAME_ROW, Box, Boxes, box_of, downwards, is_above, rows_of
from services.ocr.seams import goes_on
from services.ocr.side_by_side import are_blocks, are_columns

GUTTER = 0.25
"""The narrowest gap between columns, in line heights."""

TRIED = 6
"""Gutters that are tried in one block, those crossed by the fewest lines first."""

LEVELS, REACHING = 12, 2
"""Numbers of crossing lines that are looked for, from the lowest, and ends of lines that may reach into a gutter."""

DEPTH = 16
"""Cuts within cuts. Beyond it a block is read in rows, which bounds the work on hostile pages."""

BLANK, FIGURE = 1.5, 6.0
"""What is blank over the whole width, in line heights: between blocks that are looked at by themselves, and where
something stood, such as a picture, over which no column goes on."""

PARAGRAPH = 1.2
"""The gap, in line heights, from which a blank line is written, if it also is twice the page's usual gap."""

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


def _boxes(lines: Sequence[Line]) -> list[Box]:
    frame = levelled(lines)
    return [box_of(line, frame) for line in lines]


def _line_height(boxes: Boxes) -> float:
    return max(median(box.height for box in boxes), 1e-6) if boxes else 1.0


# Columns


def _layout(boxes: Boxes, height: float, depth: int) -> Iterator[list[Box]]:
    """The rows of a block in reading order."""
    for start, end in _gutters(boxes, height) if depth else ():
        bands = _bands(boxes, start, end, height)
        if any(len(band) == 2 for band in bands):
            for band in bands:
                for block in band:
                    yield from _layout(block, height, depth - 1)
            return
    yield from rows_of(boxes)


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


def _bands(boxes: Boxes, start: float, end: float, height: float) -> list[tuple[Boxes, ...]]:
    """The block from top to bottom: pairs of columns, and between them single blocks of what cannot be cut here."""
    bands: list[tuple[Boxes, ...]] = []
    rest: list[Box] = []
    for section, crossing in _sections(sorted(boxes, key=downwards), start, end):
        for sides in _cut(section, start, end, height):
            if len(sides) == 1:
                rest += sides[0]
            else:
                bands += [(rest,), sides] if rest else [sides]
                rest = []
        rest += crossing
    return _uninterrupted([*bands, (rest,)] if rest else bands)


def _uninterrupted(bands: Sequence[tuple[Boxes, ...]]) -> list[tuple[Boxes, ...]]:
    """The bands, those columns in one that go on in the middle of a sentence below what stands across them.

    It is a quotation from them or a picture's caption then, and comes behind them.
    """
    found: list[tuple[Boxes, ...]] = []
    for band in bands:
        found.append(band)
        if len(found) > 2 and list(map(len, found[-3:])) == [2, 1, 2] and _interrupts(*found[-3:]):
            above, between, below = found[-3:]
            found[-3:] = [tuple([*one, *other] for one, other in zip(above, below, strict=True)), between]
    return found


def _interrupts(above: tuple[Boxes, ...], between: tuple[Boxes, ...], below: tuple[Boxes, ...]) -> bool:
    """Whether a column goes on below, and does so neither in the next column nor in what stands between."""
    if not all((*above, *below)):
        return False
    last, then = max(above[0], key=downwards), (above[1], below[0], between[0])
    next_one, after, crossing = (min(boxes, key=downwards) for boxes in then)
    return goes_on((last, after)) and not goes_on((last, next_one)) and not goes_on((last, crossing))


def _cut(section: Boxes, start: float, end: float, height: float) -> Iterator[tuple[Boxes, ...]]:
    """What stands beside the gutter: pairs of columns, parted where nothing is for long, and what is read in rows."""
    whole = _sides(section, start, end)
    if are_columns(*whole):
        yield from (_sides(part, start, end) for part in _between_figures(section, start, end, height))
        return
    for part in _parts(section, BLANK * height):
        sides = _sides(part, start, end)
        yield sides if are_blocks(*sides) else (part,)


def _between_figures(section: Boxes, start: float, end: float, height: float) -> Iterator[Boxes]:
    """Columns parted where something stood over both. Of two that stand side by side each has its own caption."""
    above: list[Box] = []
    for part in _parts(section, FIGURE * height):
        if above and not all(map(_begins_with_caption, _sides(part, start, end))):
            yield above
            above = []
        above += part
    yield above


def _begins_with_caption(boxes: Boxes) -> bool:
    return bool(boxes) and is_caption(min(boxes, key=_top).line.text)


def _sides(boxes: Boxes, start: float, end: float) -> tuple[Boxes, Boxes]:
    left = [box for box in boxes if _is_left(box, start, end)]
    return left, [box for box in boxes if not _is_left(box, start, end)]


def _parts(boxes: Boxes, gap: float) -> Iterator[Boxes]:
    """From top to bottom, parted where nothing stands for more than this."""
    part: list[Box] = []
    reach = 0.0
    for box in sorted(boxes, key=_top):
        if part and box.top - reach > gap:
            yield part
            part = []
        reach = max(reach, box.bottom) if part else box.bottom
        part.append(box)
    if part:
        yield part


def _top(box: Box) -> float:
    return box.top


def _is_left(box: Box, start: float, end: float) -> bool:
    return box.left + box.right <= start + end


def _sections(boxes: Boxes, start: float, end: float) -> Iterator[tuple[list[Box], list[Box]]]:
    """Runs of lines beside the gutter, each with the line below it that crosses the gutter, if there is one."""
    section: list[Box] = []
    for box in boxes:
        if box.left <= start and box.right >= end:
            yield section, [box]
            section = []
        else:
            section.append(box)
    yield section, []


# Text


def _joint(box: Box, after: Box, limit: float) -> str:
    """What stands between two lines that follow each other in reading order."""
    if are_level(box, after, SAME_ROW) and after.left >= box.left and not is_above(box, after):
        return " "
    return "\n\n" if _gap(box, after) > limit else "\n"


def _gap(box: Box, after: Box) -> float:
    return after.top - box.bottom


def _paragraph_gap(boxes: Boxes) -> float:
    gaps = [gap for box, after in pairwise(boxes) if (gap := _gap(box, after)) > 0]
    return max(PARAGRAPH * _line_height(boxes), 2 * median(gaps)) if gaps else 0.0
