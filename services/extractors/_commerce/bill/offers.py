"""What a bill offers and does not charge: suggested tips, and what is to be paid by those who pay early."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from services.extractors._commerce.reading.amounts import rates
from services.extractors._commerce.reading.clauses import clause
from services.extractors._commerce.reading.dates import readings
from services.extractors._commerce.reading.entries import Entry
from services.extractors._commerce.reading.geometry import Row, Sheet
from services.extractors._commerce.reading.lexicon import concepts

MOST_SUGGESTED_ROWS = 8
"""How far below its heading a list of suggested tips reaches."""

FEWEST_TIPS = 2
"""Rates of tip from which on they are suggestions: nobody is charged two."""

TIP_RATES = (Decimal(5), Decimal(35))
"""The smallest and the largest tip that is suggested, in percent."""

TIP, EARLY = "amounts.tip", "amounts.early"
NO_TIPS = frozenset({"amounts.tax", "amounts.discount", "amounts.service", "amounts.base", "amounts.withheld"})


class _Tip(NamedTuple):
    """A share of a base in percent, and the amount that it comes to."""

    row: int
    rate: Decimal
    base: Decimal


def charged(sheet: Sheet, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The amounts without those that are only offered."""
    suggested = _suggested_rows(sheet, entries)
    return tuple(entry for entry in entries if entry.cell.row not in suggested and not is_early(sheet, entry))


def is_early(sheet: Sheet, entry: Entry) -> bool:
    """Whether an amount is what early payment saves or leaves: a cash discount, and the days in which it is granted."""
    own = clause(entry.cell.text, entry.amount.start, entry.amount.end)
    if sum(map(str.isalpha, own)) < 3:
        own = " ".join(cell.text for cell in sheet.rows[entry.cell.row].cells if cell.left <= entry.cell.left)
    return speaks_of_early_payment(own)


def speaks_of_early_payment(text: str) -> bool:
    """Whether a clause grants a cash discount under a condition."""
    names = concepts(text)
    return EARLY in names and ("amounts.condition" in names or bool(readings(text)))


def _suggested_rows(sheet: Sheet, entries: Sequence[Entry]) -> frozenset[int]:
    """Rows of suggested tips: below a heading that says so, or several rates of tip or of one sum."""
    headed = {row for head in sheet.rows if _is_heading(head) for row in _below(sheet, head)}
    if not any(rates(row.text) for row in sheet.rows):
        return frozenset(headed)
    named = [row.cells[0].row for row in sheet.rows if TIP in concepts(row.text) and rates(row.text)]
    several = named if len(named) >= FEWEST_TIPS else []
    return frozenset({*headed, *_span(sheet, several), *_span(sheet, _shares(sheet, entries))})


def _is_heading(row: Row) -> bool:
    return "amounts.suggested" in concepts(row.text)


def _below(sheet: Sheet, head: Row) -> Iterator[int]:
    """The heading's row and those below that name a rate or a tip, or repeat a total between such rows."""
    first = head.cells[0].row
    last = first
    for row in sheet.rows[first + 1 : first + 1 + MOST_SUGGESTED_ROWS]:
        if rates(row.text) or TIP in concepts(row.text):
            last = row.cells[0].row
        elif not _may_follow(row):
            break
    yield from range(first, last + 1)


def _may_follow(row: Row) -> bool:
    """Whether a row may stand between suggestions: words alone, or the total that one of them leads to."""
    return not any(map(str.isdigit, row.text)) or "amounts.total" in concepts(row.text)


def _span(sheet: Sheet, rows: Sequence[int]) -> Iterator[int]:
    """All rows from the first to the last, and a total right below."""
    if not rows:
        return
    yield from range(min(rows), max(rows) + 1)
    after = sheet.rows[max(rows) + 1 : max(rows) + 2]
    if (
        len(rows) > 1
        and any(_repeats(sheet, row) for row in rows)
        and after
        and "amounts.total" in concepts(after[0].text)
    ):
        yield max(rows) + 1


def _repeats(sheet: Sheet, row: int) -> bool:
    """Whether the row after one is a total, as between suggestions."""
    after = sheet.rows[row + 1 : row + 2]
    return bool(after) and "amounts.total" in concepts(after[0].text)


def _shares(sheet: Sheet, entries: Sequence[Entry]) -> list[int]:
    """Rows with amounts that are different shares of one and the same sum, as tips are and taxes are not."""
    sums = {entry.value for entry in entries if entry.value > 0 and _is_sum(entry)}
    rows: defaultdict[int, list[Entry]] = defaultdict(list)
    for entry in entries:
        rows[entry.cell.row].append(entry)
    by_base: defaultdict[Decimal, dict[Decimal, int]] = defaultdict(dict)
    for tip in _tips(sheet, rows, sums):
        by_base[tip.base][tip.rate] = tip.row
    several = (list(tips.values()) for tips in by_base.values() if len(tips) > FEWEST_TIPS)
    return next(several, [])


def _is_sum(entry: Entry) -> bool:
    return max(entry.weight("total"), entry.weight("payable"), entry.weight("subtotal")) > 0.4


def _tips(sheet: Sheet, rows: Mapping[int, Sequence[Entry]], sums: set[Decimal]) -> Iterator[_Tip]:
    for number, found in rows.items():
        text = sheet.rows[number].text
        if NO_TIPS & concepts(text):
            continue
        for rate, *_ in rates(text):
            for base in sums if TIP_RATES[0] <= rate <= TIP_RATES[1] else ():
                if any(abs(entry.value - base * rate / 100) < Decimal("0.011") for entry in found):
                    yield _Tip(number, rate, base)
