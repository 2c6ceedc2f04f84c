"""What a decoded symbol says: its text as it is printed, the article number it carries, and what it means."""

from __future__ import annotations

from base64 import b64encode

from services.document.model import Quad
from services.extractors._gtin import checked
from services.extractors.barcodes.model import Barcode, Part
from services.extractors.barcodes.restricted import in_store
from services.extractors.barcodes.schemes import meaning
from services.extractors.barcodes.schemes.model import Content, Meaning
from services.extractors.barcodes.symbols import Symbol

NUMBERS = {"EAN13": 13, "UPCA": 12, "EAN8": 8, "UPCE": 8, "ISBN": 13, "ITF14": 14, "ITF": 14}
"""Symbologies that carry an article number, and the digits that it has in them."""


def barcode(symbol: Symbol, quad: Quad, page: int, confidence: float, part: Part | None = None) -> Barcode:
    """`quad` is where the symbol is, from its own top left. A part means what the whole text does, if it is known."""
    kind, text = printed(symbol)
    no_text = symbol.content in ("binary", "unknowneci")
    said = _meaning(symbol, part)
    number = gtin(kind, text) or (said.gtin if said else None)
    local = in_store(kind, text, said)
    return Barcode(
        format=kind,
        value=None if no_text else text,
        raw=symbol.text,
        confidence=confidence,
        page=page,
        bbox=quad,
        content=symbol.content,
        data=b64encode(symbol.data).decode() if no_text or symbol.content == "mixed" or symbol.ambiguous else None,
        gtin=None if local else number,
        add_on=symbol.add_on,
        in_store=local,
        part=part,
        meaning=said,
    )


def _meaning(symbol: Symbol, part: Part | None) -> Meaning | None:
    if part and part.text is None:
        return None
    text = part.text if part and part.text else symbol.text
    data = text.encode() if part else symbol.data
    return meaning(Content(text, data, gs1=symbol.content == "gs1"))


def printed(symbol: Symbol) -> tuple[str, str]:
    """Symbology and text as printed: an EAN-13 that begins with 0 is a UPC-A, a UPC-E has eight digits."""
    kind, text = symbol.kind, symbol.text
    if kind == "EAN13" and text.startswith("0"):
        return "UPCA", text[1:]
    return (kind, suppressed(text)) if kind == "UPCE" else (kind, text)


def gtin(kind: str, text: str) -> str | None:
    """The number of a symbology that holds nothing else, in 14 digits; None where its check digit is wrong."""
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
