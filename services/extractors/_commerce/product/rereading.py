"""Labels read a second time, for what is stamped on them.

Dates, weights and batches are in Latin letters whatever language a label is in, and run whichever way the machine or
the hand had it, not as the text does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from services.document.model import Document, Line, Page, Quad
from services.extractors._commerce.product.shelf import shelf_life
from services.extractors._commerce.reading.geometry import sheet
from services.ocr.engine import Read
from services.ocr.raster import Raster, affine, map_line

MOST_PAGES = 4
"""No label has more sides."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A line of the second reading."""

    text: str
    confidence: float
    bbox: Quad


def stamps(raster: Raster, read: Read) -> list[Stamp]:
    """The lines of the first reading that shows an expiry: as the page lies, or upside down; or else of the first."""
    if raster.number > MOST_PAGES:
        return []
    tried: list[Sequence[Line]] = []
    for lines in _readings(raster, read):
        tried.append(lines)
        if _expires(lines):
            return _stamps(lines)
    return _stamps(tried[0])


def _readings(raster: Raster, read: Read) -> Iterator[Sequence[Line]]:
    """The page's own reading, which may have been turned, costs nothing where it is there; the others do."""
    yield read(raster.pixels)
    yield read(raster.pixels.copy())
    height, width = raster.pixels.shape[:2]
    back = affine([[-1, 0, width], [0, -1, height]])
    yield [map_line(back, line) for line in read(np.ascontiguousarray(raster.pixels[::-1, ::-1]))]


def _expires(lines: Sequence[Line]) -> bool:
    return shelf_life(sheet(Document((Page(1, 0, 0, tuple(lines)),)))).expiry is not None


def _stamps(lines: Sequence[Line]) -> list[Stamp]:
    return [Stamp(line.text, line.confidence, line.quad) for line in lines]


def reread(document: Document, name: str) -> Document:
    """The document with the lines that the extractor `name` found as stamps for its own."""
    return Document(tuple(replace(page, lines=_lines(page.findings.found.get(name, ()))) for page in document.pages))


def _lines(found: Sequence[Mapping[str, Any]]) -> tuple[Line, ...]:
    return tuple(Line(one["text"], one["confidence"], _quad(one["bbox"])) for one in found)


def _quad(points: Sequence[Sequence[float]]) -> Quad:
    return Quad(*((float(x), float(y)) for x, y in points))
