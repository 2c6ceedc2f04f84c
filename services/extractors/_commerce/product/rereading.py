"""Labels read a second time, for what is stamped on them.

Dates, weights and batches are in Latin letters whatever language a label is in, and run whichever way the machine or
the hand had it, not as the text does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from services.document.findings import Kind
from services.document.geometry import half_turned, map_line
from services.document.model import Document, Line, Page, Quad
from services.extractors._commerce.product.shelf import shelf_life
from services.extractors._commerce.reading.geometry import sheet
from services.ocr.engine import Read
from services.ocr.raster import Raster

MOST_PAGES = 4
"""No label has more sides."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A line of the second reading."""

    text: str
    confidence: float
    bbox: Quad


STAMPS = Kind("product", tuple[Stamp, ...])
"""What pages have of the extractor of products."""


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
    turned, back = half_turned(raster.pixels)
    yield [map_line(back, line) for line in read(turned)]


def _expires(lines: Sequence[Line]) -> bool:
    return shelf_life(sheet(Document((Page(1, 0, 0, tuple(lines)),)))).expiry is not None


def _stamps(lines: Sequence[Line]) -> list[Stamp]:
    return [Stamp(line.text, line.confidence, line.quad) for line in lines]


def reread(document: Document) -> Document:
    """The document with the stamps that were found on its pages for its lines."""
    return Document(tuple(replace(page, lines=_lines(page)) for page in document.pages))


def _lines(page: Page) -> tuple[Line, ...]:
    return tuple(Line(stamp.text, stamp.confidence, stamp.bbox) for stamp in page.findings.found.of(STAMPS) or ())
