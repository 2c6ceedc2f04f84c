"""Texts that several symbols of a page hold together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import xor

from services.extractors.barcodes.appended import Place
from services.extractors.barcodes.model import Part
from services.extractors.barcodes.symbols import Symbol


def parts(symbols: Sequence[Symbol]) -> list[Part | None]:
    """For each symbol, which part it is of what; None for one that stands alone."""
    return [_part(symbol.place, symbols) if symbol.place else None for symbol in symbols]


def _part(place: Place, symbols: Sequence[Symbol]) -> Part:
    """With the whole text where every part is there and all bytes together have the parity that each part says."""
    siblings = {
        symbol.place.number: symbol
        for symbol in symbols
        if symbol.place and symbol.place[1:] == (place.total, place.parity)
    }
    whole = [siblings[number] for number in sorted(siblings)]
    data = b"".join(sibling.data for sibling in whole)
    complete = len(whole) == place.total and reduce(xor, data, 0) == place.parity
    text = _text(data, whole) if complete else None
    return Part(place.number, place.total, str(place.parity), text)


def _text(data: bytes, whole: Sequence[Symbol]) -> str:
    """A character may begin in one part and end in the next, so bytes are joined first."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(symbol.text for symbol in whole)
