"""What currency amounts are in, and how they were paid."""

from __future__ import annotations

from collections.abc import Sequence

from services.extractors import Field
from services.extractors._commerce.reading.currencies import codes
from services.extractors._commerce.reading.entries import Entry
from services.extractors._commerce.reading.evidence import field
from services.extractors._commerce.reading.geometry import Cell, Sheet
from services.extractors._commerce.reading.lexicon import Mention, fold, mentions
from services.extractors._commerce.reading.places import CODE, currency_signs, is_ambiguous

LONGEST_ROW_CHARACTERS = 45
"""Longer rows are sentences about ways to pay."""

METHODS = {"amounts.cash": "cash", "amounts.card": "card", "amounts.bank": "transfer"}


def currency(sheet: Sheet, entries: Sequence[Entry], total: Field | None) -> Field | None:
    """The ISO 4217 code. None where nothing is printed, or codes contradict each other.

    `$` means the dollar whose code is printed, or else that of the USA.
    """
    printed = _printed_codes(sheet)
    if len(printed) > 1:
        return None
    signed = [entry for entry in entries if entry.amount.currency]
    counts = currency_signs(sheet)
    for entry in signed:
        counts[str(entry.amount.currency)] += 2  # what decimals tell of a sign counts more than the sign
    code = next(iter(printed), None) or max(counts, key=lambda code: counts[code], default=None)
    if code is None:
        return None
    own = [entry for entry in signed if total and entry.value == total.value] + signed
    for entry in own:
        if entry.amount.currency == code or is_ambiguous(entry.amount.sign):
            trust = 0.85 if is_ambiguous(entry.amount.sign) and not printed else 0.97
            return field(code, entry.cell, entry.amount.start, entry.amount.end, trust)
    return _printed(sheet, code)


def _printed_codes(sheet: Sheet) -> dict[str, Cell]:
    return {
        code: cell
        for cell in sheet.cells
        for code in CODE.findall(cell.text)
        if code.casefold() in codes() and codes()[code.casefold()] == code
    }


def _printed(sheet: Sheet, code: str) -> Field | None:
    """Where the code or a sign of it is printed without a number beside it."""
    for cell in sheet.cells:
        folded = fold(cell.text)
        for sign in (known for known, meant in codes().items() if meant == code):
            at = folded.find(sign)
            if at >= 0 and (len(sign) > 1 or not sign.isalnum()):
                return field(code, cell, at, at + len(sign), 0.85)
    return None


def payment_method(sheet: Sheet, entries: Sequence[Entry]) -> Field | None:
    """`cash`, `card` or `transfer`, from a label of the method or from a row that says what was paid.

    Such rows stand below the first total: above it, `carta` may be paper.
    """
    sums = [mention.cell.row for mention in entries if max(mention.weight("total"), mention.weight("payable")) > 0.5]
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
