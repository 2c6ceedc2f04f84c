"""Subtotal and tax that fit a total, and whether what is printed adds up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from services.extractors._commerce.bill.ledger import MOST_TAXES, ROUNDING, TOLERANCE, Ledger, is_close, nearly
from services.extractors._commerce.reading.evidence import Check
from services.extractors._commerce.reading.money import Money

TABLE = 1.8
"""What speaks for the taxes of a table that comes to the total, as much as labels and a sum."""


class Scored(NamedTuple):
    score: float
    money: Money


class Levied(NamedTuple):
    """A tax, or several."""

    score: float
    money: tuple[Money, ...]

    @property
    def value(self) -> Decimal:
        return sum((one.value for one in self.money), Decimal(0))


def parts(ledger: Ledger, total: Money) -> tuple[Scored | None, Levied | None]:
    """The pair of subtotal and tax that fits labels and total best; either may be None."""
    known = [Scored(one.weight("subtotal"), one) for one in ledger.of("subtotal")]
    known += [Scored(0.2, one) for one in ledger.of("total") if 0 < one.value < total.value]
    bases: list[Scored | None] = [None, *known]
    taxes: list[Levied | None] = [None, *_taxes(ledger, total), *_several_taxes(ledger, total, known)]
    pairs = [(base, tax) for base in bases for tax in taxes if _possible(base, tax, total)]
    base, tax = max(pairs, key=lambda pair: _fit(ledger, total, *pair))
    agreed = 0.4 if base and tax and is_close(base.money.value + tax.value, total.value, ledger.extra_sums) else 0.0
    if base and base.score < 0.3 and not agreed:
        base = None
    return (
        Scored(base.score + agreed, base.money) if base else None,
        Levied(tax.score + agreed, tax.money) if tax else None,
    )


def _taxes(ledger: Ledger, total: Money) -> Iterator[Levied]:
    yield from (Levied(one.weight("tax"), (one,)) for one in ledger.of("tax", 0.3) if one.cell is not total.cell)
    if len(ledger.tax_lines) == 1:
        yield Levied(0.6, (ledger.tax_lines[0].tax,))
    if ledger.taxed[0] == total.value:
        yield Levied(TABLE, ledger.taxed[1])


def _several_taxes(ledger: Ledger, total: Money, bases: Sequence[Scored]) -> Iterator[Levied]:
    """Taxes of several rows that fill the gap between a subtotal and the total together, as two rates of VAT do."""
    gaps = {total.value - base.money.value - extra for base in bases for extra in ledger.extra_sums}
    named = [one for one in ledger.of("tax", 0.5) if one.value > 0 and one.cell is not total.cell][:MOST_TAXES]
    for size in range(2, len(named) + 1):
        for chosen in combinations(named, size):
            rows = {one.cell.row for one in chosen}
            if len(rows) == size and not gaps.isdisjoint(nearly(sum((one.value for one in chosen), Decimal(0)))):
                yield Levied(min(one.weight("tax") for one in chosen) - 0.05 * size, chosen)


def _possible(base: Scored | None, tax: Levied | None, total: Money) -> bool:
    if (
        base
        and tax
        and any(base.money is one or (tax.money[1:] and base.money.cell.row == one.cell.row) for one in tax.money)
    ):
        return False
    return not (tax and tax.value >= total.value) and not (base and base.money is total)


def _fit(ledger: Ledger, total: Money, base: Scored | None, tax: Levied | None) -> float:
    """Labels, and whether base and tax come to the total, or the total includes the tax already."""
    score = (base.score if base else 0.0) + (tax.score if tax else 0.0)
    if base and tax:
        if is_close(base.money.value + tax.value, total.value, ledger.extra_sums):
            score += 0.8
        elif is_close(base.money.value, total.value, ledger.extra_sums):
            score += 0.3
    return score


def checks(ledger: Ledger, total: Money, base: Money | None, tax: Levied | None) -> Iterator[Check]:
    if base and tax:
        yield _sum_check(ledger, total.value, base.value, tax.value)
    if ledger.items is not None:
        against = min([one for one in (base, total) if one], key=lambda one: abs(one.value - (ledger.items or 0)))
        name = "subtotal" if against is base else "total"
        allowed = ROUNDING if against.value in ledger.rounded else TOLERANCE
        yield Check(f"items = {name}", ledger.items, against.value, abs(ledger.items - against.value) <= allowed)
    changes = ledger.of("change")
    if changes and ledger.paid:
        given = abs(changes[0].value)
        left = min((paid - given for paid in ledger.paid), key=lambda left: abs(left - total.value))
        yield Check("paid - change = total", left, total.value, abs(left - total.value) <= ROUNDING)


def _sum_check(ledger: Ledger, total: Decimal, base: Decimal, tax: Decimal) -> Check:
    """Subtotal and tax against the total, with the charges that bring them closest; none if the total has tax in it."""
    if is_close(base, total, (Decimal(0),)) and tax:
        return Check("subtotal (tax included) = total", base, total, True)
    extra = min(ledger.extra_sums, key=lambda extra: (abs(base + tax + extra - total), abs(extra)))
    rule = "subtotal + tax + charges = total" if extra else "subtotal + tax = total"
    left = base + tax + extra
    if abs(left - total) > abs(base + tax - total) / 2:  # charges that do not explain the difference
        rule, left = "subtotal + tax = total", base + tax
    return Check(rule, left, total, abs(left - total) <= TOLERANCE)
