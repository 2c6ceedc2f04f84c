"""What is read from a barcode."""

from __future__ import annotations

from dataclasses import dataclass

from services.document.model import Quad


@dataclass(frozen=True, slots=True)
class Barcode:
    """One symbol. `format` is its symbology, as in EAN13, UPCE, Code128, QRCode.

    `value` is its text as printed, control characters included; None for bytes that are no text. `raw` is what the
    symbol encodes: for UPC-E the 13 digits that its eight stand for. `content` is text, binary, mixed, gs1, iso15434 or
    unknowneci; of what may be no text, `data` has the bytes in base64. `gtin` is the article number in 14 digits, its
    check digit right, by which articles compare whatever symbol was printed. `page` counts from 1.
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
