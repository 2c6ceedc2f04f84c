"""What is read from a barcode."""

from __future__ import annotations

from dataclasses import dataclass

from services.document.model import Quad
from services.extractors.barcodes.schemes.model import Meaning


@dataclass(frozen=True, slots=True)
class Part:
    """Which of several symbols this is (`index` from 1 of `total`) that hold one text; they have the same `id`.

    `text` is all of it, where all parts are on the page.
    """

    index: int
    total: int
    id: str
    text: str | None = None


@dataclass(frozen=True, slots=True)
class Barcode:
    """One symbol. `format` is its symbology, as in EAN13, UPCE, Code128, QRCode.

    `value` is its text as printed, control characters included; None for bytes that are no text. `raw` is what the
    symbol encodes: for UPC-E the 13 digits that its eight stand for. `add_on` are the two or five digits beside an EAN
    or UPC. `content` is text, binary, mixed, gs1, iso15434 or unknowneci; of what may be no text, or text in more than
    one character set, `data` has the bytes in base64. `gtin` is the article number in 14 digits, its check digit right,
    by which articles compare whatever symbol was printed; a number that is `in_store` is none. `page` counts
    from 1.
    """

    format: str
    value: str | None
    raw: str
    confidence: float
    page: int
    bbox: Quad
    content: str
    data: str | None
    gtin: str | None
    add_on: str | None = None
    in_store: bool = False
    part: Part | None = None
    meaning: Meaning | None = None
