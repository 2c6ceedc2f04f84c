"""By what number an article goes: its barcode, its stock-keeping unit, its batch.

A barcode is printed twice, as bars and as digits below them. What the bars say counts; digits that differ are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from services.document.model import Document
from services.extractors import Field, barcodes
from services.extractors._commerce.reading.dates import readings
from services.extractors._commerce.reading.evidence import Check, Rule, field
from services.extractors._commerce.reading.geometry import Cell, Sheet, gap_above
from services.extractors._commerce.reading.lexicon import mentions
from services.extractors._gtin import checked
from services.extractors.barcodes.model import Barcode

CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9]|[-/_.](?=[A-Za-z0-9]))*")
JOINT = re.compile(r"[\s:：.#№°]*(?:(?:no|nr|number|code)\b[\s:.#]*)?", re.IGNORECASE)
"""What may stand between a label and its code."""

LOT = re.compile(r"(?<![A-Za-z0-9])L(?:OT)?[ .:]{0,2}([A-Z]?\d[A-Z0-9]{2,9})(?![A-Za-z0-9])")
DIGITS = re.compile(r"(?<![\d.,/-])\d(?: {0,2}\d){7,13}(?![\d.,/-])")
LENGTHS = (8, 12, 13, 14)
"""How many digits article numbers have: EAN-8 and UPC-E, UPC-A, EAN-13, GTIN-14."""

LONGEST_CODE_CHARACTERS = 30
"""A code longer than this is data, and not an article's number."""


class _Printed(NamedTuple):
    """A run of digits as long as an article number, spaces left out of `digits`."""

    digits: str
    cell: Cell
    start: int
    end: int


def barcode(document: Document, page: Sheet) -> tuple[Field | None, tuple[Check, ...]]:
    """The article number of the bars, or else of the digits that are printed, and whether the two agree.

    Digits alone have to have a right check digit.
    """
    runs = list(_printed(page))
    symbol = next(iter(sorted(_symbols(document), key=_rank)), None)
    if symbol is None:
        own = next((run for run in runs if checked(run.digits)), None)
        return (field(own.digits, own.cell, own.start, own.end, 0.88) if own else None), ()
    return _scanned(symbol), tuple(_agreement(_number(symbol), runs))


def _rank(symbol: Barcode) -> int:
    """Article numbers first, then those of a shop's own."""
    return 0 if symbol.gtin else 1 if symbol.in_store else 2


def _symbols(document: Document) -> Iterator[Barcode]:
    """Findings of the extractor of barcodes that may be an article's number."""
    for page in document.pages:
        for symbol in page.findings.found.of(barcodes.FOUND) or ():
            code = symbol.value
            if symbol.gtin or (code and CODE.fullmatch(code) and len(code) <= LONGEST_CODE_CHARACTERS):
                yield symbol


def _number(symbol: Barcode) -> str:
    """The digits as printed below the bars; of a longer code the article number in it."""
    value = symbol.value or ""
    return symbol.gtin if symbol.gtin and len(value) not in LENGTHS else value


def _scanned(symbol: Barcode) -> Field:
    return Field(_number(symbol), symbol.raw, symbol.confidence, symbol.page, symbol.bbox)


def _printed(page: Sheet) -> Iterator[_Printed]:
    for cell in page.cells:
        for match in DIGITS.finditer(cell.text):
            digits = match.group().replace(" ", "")
            if len(digits) in LENGTHS:
                yield _Printed(digits, cell, *match.span())


def _agreement(number: str, printed: Sequence[_Printed]) -> Iterator[Check]:
    """Nothing where no digits are printed that could be the number's."""
    alike = [run.digits for run in printed if len(run.digits) == len(number)]
    if alike:
        nearest = max(alike, key=lambda digits: sum(a == b for a, b in zip(digits, number, strict=True)))
        yield Check(Rule.BARS_AS_DIGITS, number, nearest, nearest == number)


def stock_keeping_unit(page: Sheet) -> Field | None:
    """The code that a label calls so, or the article's number of the maker."""
    return _labelled(page, "goods.sku")


def batch(page: Sheet) -> Field | None:
    """The code after a label, or behind the L that marks lots in Europe (Directive 2011/91/EU)."""
    found = ((cell, match) for cell in page.cells for match in LOT.finditer(cell.text))
    lots = (field(match[1], cell, *match.span(1), 0.75) for cell, match in found)
    return _labelled(page, "goods.batch") or next(lots, None)


def _labelled(page: Sheet, concept: str) -> Field | None:
    """The first code after a label, in its line, beside it or below it."""
    labels = ((cell, mention) for cell in page.cells for mention in mentions(cell.text) if mention.concept == concept)
    ends = ((cell, mention.end) for cell, mention in labels if mention.end - mention.start > 1)
    return next((code for cell, end in ends for place in _after(page, cell, end) for code in _code(*place)), None)


def _after(page: Sheet, cell: Cell, end: int) -> Iterator[tuple[Cell, int, float]]:
    joint = JOINT.match(cell.text, end)
    start = joint.end() if joint else end
    yield cell, start, 0.95
    if start == len(cell.text):
        yield from ((beside, 0, 0.9) for beside in page.rows[cell.row].cells if beside.left > cell.left)
        below = [other for row in page.rows[cell.row + 1 : cell.row + 2] for other in row.cells]
        yield from ((other, 0, 0.7) for other in below if gap_above(cell, other) < 1 and other.left < cell.right)


def _code(cell: Cell, start: int, trust: float) -> Iterator[Field]:
    match = CODE.match(cell.text, start)
    if match and any(map(str.isdigit, match.group())) and not _in_date(cell, match):
        yield field(match.group(), cell, *match.span(), trust)


def _in_date(cell: Cell, match: re.Match[str]) -> bool:
    return any(reading.start < match.end() and match.start() < reading.end for reading in readings(cell.text))
