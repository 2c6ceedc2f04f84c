"""Subtotal and tax that fit a total, with the charges between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from services.extractors._commerce.bill.ledger import MOST_TAXES, Ledger
from services.extractors._commerce.reading.entries import Entry

TABLE = 1.8
"""What speaks for the taxes of a table that comes to the total, as much as labels and a sum."""


PLAIN_TAX = 0.5
"""How well a label has to say that an amount is a tax, for taxes of nothing beside it not to count."""

LARGEST_SHARE = Decimal("0.3")
"""Of a total, that is tax."""


OF_TABLE = 0.5
"""What speaks for what the bases of such a table come to being the subtotal."""


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
    called = ledger.of("subtotal")
    known = [Scored(entry.weight("subtotal"), entry) for entry in called if entry.value or not total.value]
    known += [Scored(0.2, entry) for entry in ledger.of("total") if 0 < entry.value < total.value]
    if ledger.taxes.makes(total.value) and all(base.score < PLAIN_TAX for base in known):
        known += [Scored(OF_TABLE, entry) for entry in ledger.positive if entry.value == ledger.taxes.net]
    bases: list[Scored | None] = [None, *known]
    taxes: list[Levied | None] = [None, *_taxes(ledger, total), *_several_taxes(ledger, total, known)]
    pairs = [(base, tax) for base in bases for tax in taxes if _possible(base, tax, total)]
    base, tax = max(pairs, key=lambda pair: _fit(ledger, total, *pair))
    agreed = 0.4 if base and tax and ledger.closes(base.entry.value + tax.value, total.value) else 0.0
    if base and base.score < 0.3 and not agreed:
        base = None
    return (
        Scored(base.score + agreed, base.entry) if base else None,
        Levied(tax.score + agreed, tax.entries) if tax else None,
    )


def _taxes(ledger: Ledger, total: Entry) -> Iterator[Levied]:
    called = [entry for entry in ledger.of("tax", 0.3) if entry.cell is not total.cell]
    some = any(_is_likely(entry, total) for entry in called)
    yield from (Levied(entry.weight("tax"), (entry,)) for entry in called if entry.value or not some)
    rows = ledger.taxes.rows
    if len(based := [group for group in ledger.taxes.groups if not group[0].gross]) == 1:
        yield Levied(0.6, tuple(row.tax for row in based[0]))
    if ledger.taxed[0] == total.value:
        yield Levied(TABLE, ledger.taxed[1])
    if ledger.taxes.all_make(total.value):
        yield Levied(TABLE, tuple(row.tax for row in rows))
    elif ledger.taxes.distinct and all(row.tax.weight("tax") >= 0.3 for row in rows):
        yield Levied(max(row.tax.weight("tax") for row in rows) + 0.1, tuple(row.tax for row in rows))


def _is_likely(tax: Entry, total: Entry) -> bool:
    """Whether it is a tax by its name and size, beside which one of nothing is that of another rate or kind."""
    return tax.weight("tax") >= PLAIN_TAX and 0 < tax.value <= total.value * LARGEST_SHARE


def _several_taxes(ledger: Ledger, total: Entry, bases: Sequence[Scored]) -> Iterator[Levied]:
    """Taxes of several rows that fill the gap between a subtotal and the total together, as two rates of VAT do."""
    gaps = {total.value - base.entry.value - extra for base in bases for extra in ledger.extra_sums}
    named = [entry for entry in ledger.of("tax", 0.5) if entry.value > 0 and entry.cell is not total.cell][:MOST_TAXES]
    for size in range(2, len(named) + 1):
        for chosen in combinations(named, size):
            rows = {entry.cell.row for entry in chosen}
            levied = sum((entry.value for entry in chosen), Decimal(0))
            if len(rows) == size and not gaps.isdisjoint(ledger.nearly(levied)):
                yield Levied(min(entry.weight("tax") for entry in chosen) - 0.05 * size, chosen)


def _possible(base: Scored | None, tax: Levied | None, total: Entry) -> bool:
    """Whether none of them is another's amount, and no more than half of the total is tax."""
    if (
        base
        and tax
        and any(
            base.entry is entry or (tax.entries[1:] and base.entry.cell.row == entry.cell.row) for entry in tax.entries
        )
    ):
        return False
    return not (tax and 2 * tax.value > total.value) and not (base and base.entry is total)


def _fit(ledger: Ledger, total: Entry, base: Scored | None, tax: Levied | None) -> float:
    """Labels, and whether base and tax come to the total, or the total includes the tax already."""
    score = (base.score if base else 0.0) + (tax.score if tax else 0.0)
    if base and tax:
        if ledger.closes(base.entry.value + tax.value, total.value):
            score += 0.8
        elif ledger.closes(base.entry.value, total.value):
            score += 0.3
    return score
