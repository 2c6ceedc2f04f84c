"""How a bill was paid."""

from __future__ import annotations

from collections.abc import Sequence

from services.extractors import Field
from services.extractors._commerce.reading.entries import Entry
from services.extractors._commerce.reading.evidence import field
from services.extractors._commerce.reading.geometry import Cell, Sheet
from services.extractors._commerce.reading.lexicon import Mention, mentions

LONGEST_ROW_CHARACTERS = 45
"""Longer rows are sentences about ways to pay."""

METHODS = {"amounts.cash": "cash", "amounts.card": "card", "amounts.bank": "transfer"}


def payment_method(sheet: Sheet, entries: Sequence[Entry]) -> Field | None:
    """`cash`, `card` or `transfer`, from a label of the method or from a row that says what was paid.

    Such rows stand below the first total: above it, `carta` may be paper.
    """
    sums = [entry.cell.row for entry in entries if max(entry.weight("total"), entry.weight("payable")) > 0.5]
    best: tuple[float, Field] | None = None
    for cell in sheet.cells:
        for mention in mentions(cell.text):
            if mention.concept in METHODS:
                score = _method_score(sheet, cell, mention, min(sums, default=0))
                if score > (best[0] if best else 0.0):
                    best = score, field(METHODS[mention.concept], cell, mention.start, mention.end, score)
    return best[1] if best else None


def _method_score(sheet: Sheet, cell: Cell, method: Mention, total: int) -> float:
    """A short row that names a method of payment, or starts with one and has an amount."""
    row = sheet.rows[cell.row].text
    if len(row) > LONGEST_ROW_CHARACTERS:
        return 0.0
    named = any(mention.concept == "amounts.method" for mention in mentions(row))
    amount = any(character.isdigit() for character in row)
    first = not any(map(str.isalnum, cell.text[: method.start]))
    return 0.95 if named else 0.85 if amount and first and cell.row >= total else 0.0
