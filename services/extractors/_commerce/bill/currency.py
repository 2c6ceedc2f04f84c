"""What currency a bill is in: the codes and signs that are printed, and for signs of several the country."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from services.extractors import Field
from services.extractors._commerce.reading.entries import Entry
from services.extractors._commerce.reading.evidence import field
from services.extractors._commerce.reading.geometry import Cell, Sheet
from services.extractors._commerce.reading.notation import Notation, printed_codes
from services.extractors._commerce.reading.places import currency_signs, is_ambiguous, signs_apart

PRINTED, BY_COUNTRY, BY_HABIT = 0.97, 0.93, 0.85
"""Trust in a sign that means one currency alone, in one of several by the country, and in one that is usually meant."""


def currency(sheet: Sheet, entries: Sequence[Entry], notation: Notation, total: Field | None) -> Field | None:
    """The ISO 4217 code. None where nothing is printed, or codes contradict each other and none is the total's."""
    signed = [entry for entry in entries if entry.amount.currency]
    own = [entry for entry in signed if total and entry.value == total.value]
    printed = list(dict.fromkeys(code for cell in sheet.cells for code in printed_codes(cell.text, notation)))
    code = _of_total(own, printed) if len(printed) > 1 else next(iter(printed), None) or _usual(sheet, signed, notation)
    if code is None:
        return None
    for entry in own + signed:
        if entry.amount.currency == code or is_ambiguous(entry.amount.sign):
            trust = _trust(entry.amount.sign, code, printed, notation)
            return field(code, entry.cell, entry.amount.start, entry.amount.end, trust)
    return _apart(sheet.cells, code, notation)


def _of_total(own: Iterable[Entry], printed: Sequence[str]) -> str | None:
    """The code beside the total, where there is just one."""
    codes = {entry.amount.currency for entry in own if entry.amount.sign.upper() in printed}
    return codes.pop() if len(codes) == 1 else None


def _usual(sheet: Sheet, signed: Iterable[Entry], notation: Notation) -> str | None:
    counts = Counter(currency_signs(sheet, notation))
    for entry in signed:
        counts[str(entry.amount.currency)] += 2  # what decimals tell of a sign counts more than the sign
    return max(counts, key=lambda code: counts[code], default=None)


def _trust(sign: str, code: str, printed: Sequence[str], notation: Notation) -> float:
    if printed or not is_ambiguous(sign):
        return PRINTED
    return BY_COUNTRY if notation.origin.of_currency(code) else BY_HABIT


def _apart(cells: Iterable[Cell], code: str, notation: Notation) -> Field | None:
    """Where the code or a sign of it is printed without a number beside it."""
    for cell in cells:
        at = cell.text.find(code)
        if at >= 0 and code in printed_codes(cell.text, notation):
            return field(code, cell, at, at + len(code), 0.85)
        for other, found in signs_apart(cell.text, notation):
            if other == code:
                return field(code, cell, found.start, found.end, 0.85)
    return None
