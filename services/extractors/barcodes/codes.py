"""What a decoded symbol says: its text as printed, its article number, its check digit."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

import zxingcpp

from services.document import Quad

PRINTED = ("UPCE", "UPCA", "EAN8", "ITF14")
"""Members of `extra` in which zxing-cpp gives an article number as it is printed, where it makes another of it."""

ARTICLES = {"EAN13": 13, "EAN8": 8, "UPCA": 12, "UPCE": 8, "ISBN": 13, "ITF14": 14}
"""Symbols that carry a GTIN, and its number of digits as printed."""

AI_GTIN = "01"
"""The GS1 application identifier of a GTIN, which always has 14 digits."""


@dataclass(frozen=True, slots=True)
class Barcode:
    """One symbol. `format` is its symbology, without spaces, as in EAN13, Code128, QRCode.

    `value` is its text; None for bytes that are no text, which are in `data`, base64. `content` is text, binary, mixed,
    gs1, iso15434 or unknowneci. `gtin` is the article number it carries, in 14 digits, so that articles compare
    whatever symbol was printed. `page` counts from 1.
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


def barcode(symbol: zxingcpp.Barcode, quad: Quad, page: int) -> Barcode:
    """`quad` is where the symbol is, from its own top left."""
    kind, content = symbol.format.name, symbol.content_type.name
    text = _printed(symbol)
    binary = content in ("Binary", "UnknownECI")
    return Barcode(
        format=kind,
        value=None if binary else text,
        raw=symbol.text,
        confidence=1.0,
        page=page,
        bbox=quad,
        content=content.lower(),
        data=b64encode(symbol.bytes).decode() if binary else None,
        gtin=None,
    )


def _printed(symbol: zxingcpp.Barcode) -> str:
    extra: Any = symbol.extra
    return str(extra.get(symbol.format.name, symbol.text)) if symbol.format.name in PRINTED else symbol.text
