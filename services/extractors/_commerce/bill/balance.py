"""Subtotal and tax that fit a total, and whether what is printed adds up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from services.extractors._commerce.bill.ledger import MOST_TAXES, ROUNDING, TOLERANCE, Ledger, is_close, nearly
from services.extractors._commerce.reading.entries import Entry
from services.extractors._commerce.reading.evidence import Check, Rule

TABLE = 1.8
"""What speaks for the taxes of a table that comes to the total, as much as labels and a sum."""


class Scored(NamedTuple):
    score: float
    entry: Entry


class Levied(NamedTuple):
    """A tax, or several."""

    score: float
    entries: tuple[Entry, ...]

    @property
    def value(self) -> Decimal:
        return sum((entry.value for entry in self.entries), Decimal(0))


def parts(ledger: Ledger, total: Entry) -> tuple[Scored | None, Levied | None]:
    """The pair of subtotal and tax that fits labels and total best; either may be None."""
    known = [Scored(entry.weight("subtotal"), entry) for entry in ledger.of("subtotal")]
    known += [Scored(0.2, entry) for entry in ledger.of("total") if 0 < entry.value < total.value]
    bases: list[Scored | None] = [None, *known]
    taxes: list[Levied | None] = [None, *_taxes(ledger, total), *_several_taxes(ledger, total, known)]
    pairs = [(base, tax) for base in bases for tax in taxes if _possible(base, tax, total)]
    base, tax = max(pairs, key=lambda pair: _fit(ledger, total, *pair))
    agreed = 0.4 if base and tax and is_close(base.entry.value + tax.value, total.value, ledger.extra_sums) else 0.0
    if base and base.score < 0.3 and not agreed:
        base = None
    return (
        Scored(base.score + agreed, base.entry) if base else None,
        Levied(tax.score + agreed, tax.entries) if tax else None,
    )


def _taxes(ledger: Ledger, total: Entry) -> Iterator[Levied]:
    yield from (
        Levied(entry.weight("tax"), (entry,)) for entry in ledger.of("tax", 0.3) if entry.cell is not total.cell
    )
    if len(ledger.tax_lines) == 1:
        yield Levied(0.6, (ledger.tax_lines[0].tax,))
    if ledger.taxed[0] == total.value:
        yield Levied(TABLE, ledger.taxed[1])


def _several_taxes(ledger: Ledger, total: Entry, bases: Sequence[Scored]) -> Iterator[Levied]:
    """Taxes of several rows that fill the gap between a subtotal and the total together, as two rates of VAT do."""
    gaps = {total.value - base.entry.value - extra for base in bases for extra in ledger.extra_sums}
    named = [entry for entry in ledger.of("tax", 0.5) if entry.value > 0 and entry.cell is not total.cell][:MOST_TAXES]
    for size in range(2, len(named) + 1):
        for chosen in combinations(named, size):
            rows = {entry.cell.row for entry in chosen}
            if len(rows) == size and not gaps.isdisjoint(nearly(sum((entry.value for entry in chosen), Decimal(0)))):
                yield Levied(min(entry.weight("tax") for entry in chosen) - 0.05 * size, chosen)


def _possible(base: Scored | None, tax: Levied | None, total: Entry) -> bool:
    if (
        base
        and tax
        and any(
            base.entry is entry or (tax.entries[1:] and base.entry.cell.row == entry.cell.row) for entry in tax.entries
        )
    ):
        return False
    return not (tax and tax.value >= total.value) and not (base and base.entry is total)


def _fit(ledger: Ledger, total: Entry, base: Scored | None, tax: Levied | None) -> float:
    """Labels, and whether base and tax come to the total, or the total includes the tax already."""
    score = (base.score if base else 0.0) + (tax.score if tax else 0.0)
    if base and tax:
        if is_close(base.entry.value + tax.value, total.value, ledger.extra_sums):
            score += 0.8
        elif is_close(base.entry.value, total.value, ledger.extra_sums):
            score += 0.3
    return score


def checks(ledger: Ledger, total: Entry, base: Entry | None, tax: Levied | None) -> Iterator[Check]:
    if base and tax:
        yield _sum_check(ledger, total.value, base.value, tax.value)
    if ledger.items is not None:
        against = min(
            [entry for entry in (base, total) if entry], key=lambda entry: abs(entry.value - (ledger.items or 0))
        )
        rule = Rule.ITEMS_MAKE_SUBTOTAL if against is base else Rule.ITEMS_MAKE_TOTAL
        allowed = ROUNDING if against.value in ledger.rounded else TOLERANCE
        yield Check(rule, ledger.items, against.value, abs(ledger.items - against.value) <= allowed)
    changes = ledger.of("change")
    if changes and ledger.paid:
        given = abs(changes[0].value)
        left = min((paid - given for paid in ledger.paid), key=lambda left: abs(left - total.value))
        yield Check(Rule.PAID_LESS_CHANGE, left, total.value, abs(left - total.value) <= ROUNDING)


def _sum_check(ledger: Ledger, total: Decimal, base: Decimal, tax: Decimal) -> Check:
    """Subtotal and tax against the total, with the charges that bring them closest; none if the total has tax in it."""
    if is_close(base, total, (Decimal(0),)) and tax:
        return Check(Rule.TAX_INCLUDED, base, total, True)
    extra = min(ledger.extra_sums, key=lambda extra: (abs(base + tax + extra - total), abs(extra)))
    rule = Rule.SUBTOTAL_TAX_AND_CHARGES if extra else Rule.SUBTOTAL_AND_TAX
    left = base + tax + extra
    if abs(left - total) > abs(base + tax - total) / 2:  # charges that do not explain the difference
        rule, left = Rule.SUBTOTAL_AND_TAX, base + tax
    return Check(rule, left, total, abs(left - total) <= TOLERANCE)
