"""The recognised document: what every engine produces and every extractor and exporter reads.

All coordinates are pixels with the origin at the top left, x to the right, y down. Which image's pixels is
said by each class. Confidences run from 0 to 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from services.document.findings import Findings

Point = tuple[float, float]

SIGNED = "SIGNED"
"""Begins the warning that a document is signed."""

Bounds = tuple[float, float, float, float]
"""An upright rectangle: left, top, right, bottom."""


@dataclass(frozen=True, slots=True)
class Quad:
    """Four corners of a text region, clockwise from the text's own top left."""

    top_left: Point
    top_right: Point
    bottom_right: Point
    bottom_left: Point

    @property
    def points(self) -> tuple[Point, Point, Point, Point]:
        return (self.top_left, self.top_right, self.bottom_right, self.bottom_left)

    @property
    def bounds(self) -> Bounds:
        """The upright rectangle around the quad."""
        xs, ys = zip(*self.points, strict=True)
        return min(xs), min(ys), max(xs), max(ys)

    def stretch(self, start: float, end: float) -> Quad:
        """The part between two fractions of the length, 0 where the text begins and 1 where it ends."""
        return Quad(
            _between(self.top_left, self.top_right, start),
            _between(self.top_left, self.top_right, end),
            _between(self.bottom_left, self.bottom_right, end),
            _between(self.bottom_left, self.bottom_right, start),
        )


def _between(one: Point, other: Point, fraction: float) -> Point:
    return one[0] + (other[0] - one[0]) * fraction, one[1] + (other[1] - one[1]) * fraction


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters without white space, part of one line."""

    text: str
    confidence: float
    quad: Quad


@dataclass(frozen=True, slots=True)
class Line:
    """One detected text line. `words` may be empty where nobody asked for word boxes.

    `keeps_hyphen` says that the hyphen at its end is its word's own, and stays where the next line is joined to it.
    """

    text: str
    confidence: float
    quad: Quad
    words: tuple[Word, ...] = ()
    keeps_hyphen: bool = False


class TextSource(StrEnum):
    """Where a page's text came from: recognition, a PDF's own text, or the values of an XML file."""

    OCR = "ocr"
    PDF = "pdf"
    XML = "xml"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table, which takes up `row_span` rows and `column_span` columns from `row` and `column` on, from 0.

    `bbox` is the cell's own place where it is ruled, else what its text takes up, in the pixels of the page numbered
    `page`. `text` is its rows joined by spaces; empty cells have none. `lines` are the places in `Page.lines` of the
    lines that stand in it, whole or in part. `head` says that it names what stands below it.
    """

    row: int
    column: int
    bbox: Quad
    page: int
    text: str = ""
    lines: tuple[int, ...] = ()
    row_span: int = 1
    column_span: int = 1
    head: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Cells that cover `rows` x `columns` places without overlapping, row by row and from left to right.

    `page` is the number of the page that it begins on, in whose pixels `bbox` is.
    """

    page: int
    rows: int
    columns: int
    bbox: Quad
    cells: tuple[Cell, ...]


class BlockKind(StrEnum):
    """What a part of a page is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE = "table"
    CAPTION = "caption"
    HEADER = "header"
    FOOTER = "footer"
    NOTE = "note"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a page. `lines` are places in `Page.lines`, from 0; `bbox` is around them, in the page's pixels.

    `text` is its lines joined, with line feeds where lines end before they had to. `confidence` is the mean of its
    lines', by character. `level` is that of a heading, 1 or 2, or of an item, from 1; None for others.
    """

    kind: BlockKind
    lines: tuple[int, ...]
    bbox: Quad
    text: str
    confidence: float
    level: int | None = None


@dataclass(frozen=True, slots=True)
class PageFailure:
    """Why one page could not be read while the others could. `code` is one of `services.errors`."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page in the pixels of the upload: the stored image before EXIF rotation, or the PDF page at `dpi`.

    `number` counts from 1. `lines` are in reading order and `text` is their text. `rotation` is the clockwise
    turn in degrees (0, 90, 180, 270) that a viewer applies to show the page. `dpi`, across, is None where the upload
    has none. `aspect` is the height of one of the upload's pixels over its width, 1 but for faxes and the like.
    `warning` tells the reader what may be missing or wrong in it. `hidden_text` says that the file has text on this
    page that nobody sees there, and that is no part of `text`. `tables` are from top to bottom, None where nobody
    looked for any.
    """

    number: int
    width: int
    height: int
    lines: tuple[Line, ...] = ()
    text: str = ""
    source: TextSource = TextSource.OCR
    dpi: int | None = None
    rotation: int = 0
    aspect: float = 1.0
    failure: PageFailure | None = None
    warning: str = ""
    hidden_text: bool = False
    findings: Findings = Findings()
    tables: tuple[Table, ...] | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file within a document. `name` is the document's for it, empty for the upload itself.

    `content` is there for XML that could be taken out whole. `flaw` says why it could not: in words for a client, of
    what is or may be XML.
    """

    name: str
    content: bytes | None = field(default=None, repr=False)
    flaw: str = ""


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What a document carries beside its pages: files, and the XMP packet that describes it, empty without one."""

    files: tuple[Attachment, ...] = ()
    metadata: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Document:
    """All pages that were asked for, in the order of their numbers."""

    pages: tuple[Page, ...]
    enclosed: Enclosed = Enclosed()

    @property
    def text(self) -> str:
        """The pages' text with a form feed between pages."""
        return "\f".join(page.text for page in self.pages)
