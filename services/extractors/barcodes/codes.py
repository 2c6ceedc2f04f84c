"""What a decoded symbol says: its text as it is printed, and the article number it carries."""

from __future__ import annotations

from base64 import b64encode

import zxingcpp

from services.document.model import Quad
from services.extractors._gtin import checked
from services.extractors.barcodes.model import Barcode

NUMBERS = {"EAN13": 13, "UPCA": 12, "EAN8": 8, "UPCE": 8, "ISBN": 13, "ITF14": 14, "ITF": 14}
"""Symbologies that carry an article number, and the digits that it has in them."""

GTIN = "01"
"""The GS1 application identifier of an article number, which then has 14 digits."""


def barcode(symbol: zxingcpp.Barcode, quad: Quad, page: int, confidence: float) -> Barcode:
    """`quad` is where the symbol is, from its own top left."""
    kind, text = printed(symbol)
    content = symbol.content_type.name
    no_text = content in ("Binary", "UnknownECI")
    return Barcode(
        format=kind,
        value=None if no_text else text,
        raw=symbol.text,
        confidence=confidence,
        page=page,
        bbox=quad,
        content=content.lower(),
        data=b64encode(symbol.bytes).decode() if no_text or content == "Mixed" else None,
        gtin=gtin(kind, text),
    )


def printed(symbol: zxingcpp.Barcode) -> tuple[str, str]:
    """Symbology and text as printed: an EAN-13 that begins with 0 is a UPC-A, a UPC-E has eight digits."""
    kind, text = symbol.format.name, symbol.text
    if kind == "EAN13" and text.startswith("0"):
        return "UPCA", text[1:]
    return (kind, suppressed(text)) if kind == "UPCE" else (kind, text)


def gtin(kind: str, text: str) -> str | None:
    """The article number in 14 digits; None where there is none, or its check digit is wrong."""
    if text.startswith(GTIN) and (kind.startswith("DataBar") or len(text) >= 16):
        digits = text[2:16] if len(text) >= 16 else text
    else:
        digits = expanded(text) if kind == "UPCE" else text if NUMBERS.get(kind) == len(text) else ""
    return digits.zfill(14) if digits and checked(digits) else None


def expanded(short: str) -> str:
    """The 12 digits of UPC-A for the 8 of UPC-E: GS1 General Specifications, section 5.2.2.4."""
    system, body, last, check = short[0], short[1:6], short[6], short[7]
    kept = {"0": 2, "1": 2, "2": 2, "3": 3, "4": 4}.get(last, 5)
    inserted = f"{last}0000" if kept == 2 else "00000" if kept < 5 else f"0000{last}"
    return f"{system}{body[:kept]}{inserted}{body[kept:]}{check}"


def suppressed(digits: str) -> str:
    """The 8 digits of UPC-E that stand for these 13; the inverse of `expanded`, as the symbol was printed."""
    full = digits[-12:]
    bodies = (
        full[1:3] + full[8:11] + full[3],
        full[1:4] + full[9:11] + "3",
        full[1:5] + full[10] + "4",
        full[1:6] + full[10],
    )
    shorts = (f"{full[0]}{body}{full[11]}" for body in bodies)
    return next((short for short in shorts if expanded(short) == full), digits)
