"""Lines that stand closely one below the other, and whether the lower one goes on with the upper one's sentence.

A column of running text tells itself by these seams, however narrow it is and whatever else stands level with it: half
of its lines and more begin in lower case while the line above has not ended. Cells of a table seldom do so, and where
they do because they are wrapped, their rows begin level with those beside them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from services.ocr.line_rows import Box, Boxes, is_above

CLOSE = 0.9
"""The widest gap within a paragraph, in heights of the lower line."""

ALIKE = 1.35
"""How many times as high as the other a line of one paragraph may be: found boxes vary with descenders."""

LOOKED_AT = 4
"""Rows above a line among which the line right above it is: columns that are not level interleave."""

LEAST, SHARE = 2, 0.4
"""Seams that go on, how many at least and the share of all, from which a side of a gutter is running text."""

ENDS = ".!?:;。！？"  # noqa: RUF001 - those of Chinese and Japanese too

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*[-,.;:!?)]*(?:\s|$)")
"""What a sentence goes on with: no address of the web or of mail, and no unit."""

Seam = tuple[Box, Box]


def seams_of(rows: Sequence[Boxes]) -> list[Seam]:
    """Pairs of a line and the one right below it, close and in type of the same size."""
    return list(_seams(rows))


def _seams(rows: Sequence[Boxes]) -> Iterator[Seam]:
    for place, row in enumerate(rows):
        for box in row:
            above = _above(box, rows[max(0, place - LOOKED_AT) : place])
            if above is not None and _is_close(above, box):
                yield above, box


def _above(box: Box, rows: Sequence[Boxes]) -> Box | None:
    return next((other for row in reversed(rows) for other in row if is_above(other, box)), None)


def _is_close(above: Box, box: Box) -> bool:
    low, high = sorted((above.height, box.height))
    return box.top - above.bottom < CLOSE * box.height and high < ALIKE * max(low, 1e-6)


def goes_on(seam: Seam) -> bool:
    """Whether the lower line begins in the middle of a sentence that the upper one has not ended."""
    above, below = (box.line.text.strip() for box in seam)
    return below[:1].islower() and bool(_WORD.match(below)) and above[-1:] not in ENDS and len(above.split()) > 1


def run_on(seams: Sequence[Seam], share: float = SHARE) -> bool:
    """Whether they are those of running text: so many of them go on."""
    count = sum(map(goes_on, seams))
    return count >= LEAST and count >= share * len(seams)


def heads_of(boxes: Boxes, seams: Sequence[Seam]) -> list[Box]:
    """The lines that go on with no other: the first ones of sentences, cells and headings."""
    later = {id(seam[1]) for seam in seams if goes_on(seam)}
    return [box for box in boxes if id(box) not in later]
