"""Pages that lie on their head, or sideways the wrong way round.

Text read upside down comes out with low confidence: on scans of forms, receipts, labels and magazines the mean was
.82 to .99 upright and .49 to .76 turned. So a page that was read with less than SURE is read a second time turned by
180 degrees, and the reading with more text that can be relied on counts: two lines that look like words by chance are
no match for a page of faint ones. Engines turn tall lines by themselves, always the same way,
so this mends two of the four directions by hand and leaves two to them. An engine that also looks at doubtful lines
from both sides (`services.ocr.lines.turning`) leaves little to do here.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.document.geometry import half_turned, map_line
from services.document.model import Line
from services.ocr.engine import Pixels, Read

SURE = 0.8
"""Mean confidence by character above which a page is taken to be upright."""


def read_upright(read: Read, pixels: Pixels) -> Sequence[Line]:
    """The lines of a page that may be turned, with quads in pixels of `pixels`, from each text's own top left."""
    lines = read(pixels)
    if confidence(lines) >= SURE:
        return lines
    turned, back = half_turned(pixels)
    again = read(turned)
    return [map_line(back, line) for line in again] if _reliable(again) > _reliable(lines) else lines


def confidence(lines: Sequence[Line]) -> float:
    """The mean over all characters; 0 where there are none: engines leave out what they cannot make sense of."""
    characters = sum(len(line.text) for line in lines)
    return _reliable(lines) / characters if characters else 0.0


def _reliable(lines: Sequence[Line]) -> float:
    """How many characters are right, if every line is as right as its confidence says."""
    return sum(line.confidence * len(line.text) for line in lines)
