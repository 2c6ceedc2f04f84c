"""What has to add up: the rules BR-CO-10 to BR-CO-17 of EN 16931-1, and BR-S-08 for what is taxed at a standard rate.

Sums hold to the cent. Where a tax follows from a rate, the norm's own tests allow less than one unit of the currency,
since it may have been rounded line by line. Profiles that say less are checked as far as they say something.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from services.extractors._einvoice.model import Adjustment, Bill
from services.extractors._einvoice.profiles import Depth, Profile
from services.extractors._einvoice.values import CENT, rounded

UNIT = Decimal(1)
"""The tolerance of taxes in the norm's published tests."""

EXTENSION = "xrechnung-extension"
"""Adds what is collected for others, by its own BR-DEX-09."""

STANDARD = "S"
NONE = Decimal(0)


@dataclass(frozen=True, slots=True)
class Sum:
    """A rule with its two sides: what is said, and what it follows from. They may differ by less than the tolerance."""

    rule: str
    what: str
    said: Decimal
    right: Decimal
    tolerance: Decimal = NONE

    @property
    def holds(self) -> bool:
        return self.said == self.right or abs(self.said - self.right) < self.tolerance

    def __str__(self) -> str:
        return f"{self.rule}: {self.what} is {self.said:f} and should be {self.right:f}"


def sums(bill: Bill, profile: Profile) -> Iterator[Sum]:
    """Every rule whose parts are there, whether it holds or not. ZUGFeRD 1 and orders have only sums in common."""
    yield from _of_totals(bill)
    if profile.norm:
        yield from _of_lines(bill, profile)
        yield from _of_adjustments(bill)
        yield from _of_due(bill, profile)
        yield from _of_taxes(bill)
        yield from _of_standard_rates(bill)


def _of_lines(bill: Bill, profile: Profile) -> Iterator[Sum]:
    amounts = [line.amount for line in bill.lines if line.counted]
    if bill.totals.lines is not None and amounts:
        slack = CENT * (len(amounts) + 1) if profile.name == "extended" else NONE
        yield Sum("BR-CO-10", "the sum of the lines (BT-106)", bill.totals.lines, _sum(amounts), slack)


def _of_adjustments(bill: Bill) -> Iterator[Sum]:
    for rule, what, said, charge in (
        ("BR-CO-11", "the sum of allowances (BT-107)", bill.totals.allowances, False),
        ("BR-CO-12", "the sum of charges (BT-108)", bill.totals.charges, True),
    ):
        amounts = [adjustment.amount for adjustment in bill.adjustments if adjustment.charge is charge]
        if amounts or said:
            yield Sum(rule, what, said or NONE, _sum(amounts))


def _of_totals(bill: Bill) -> Iterator[Sum]:
    totals = bill.totals
    charges, allowances = totals.charges or NONE, totals.allowances or NONE
    if totals.lines is not None and totals.basis is not None:
        right = totals.lines - allowances + charges
        yield Sum("BR-CO-13", "the total without VAT (BT-109)", totals.basis, right)
    if totals.basis is not None and totals.grand is not None:
        right = totals.basis + (totals.tax or NONE)
        yield Sum("BR-CO-15", "the total with VAT (BT-112)", totals.grand, right)


def _of_due(bill: Bill, profile: Profile) -> Iterator[Sum]:
    """Only a profile that has prepaid amounts can say what is due."""
    totals = bill.totals
    if totals.grand is not None and totals.due is not None and profile.depth > Depth.TOTALS:
        right = totals.grand - (totals.prepaid or NONE) + (totals.rounding or NONE)
        if profile.name == EXTENSION:
            right += totals.collected
        if totals.withheld and totals.due == right - totals.withheld:  # which the norm does not know
            right -= totals.withheld
        yield Sum("BR-CO-16", "the amount due (BT-115)", totals.due, right)


def _of_taxes(bill: Bill) -> Iterator[Sum]:
    if bill.taxes and (bill.totals.tax is not None or any(tax.amount for tax in bill.taxes)):
        right = _sum(tax.amount for tax in bill.taxes)
        yield Sum("BR-CO-14", "the total of VAT (BT-110)", bill.totals.tax or NONE, right)
    for tax in bill.taxes:
        if tax.basis is not None and tax.amount is not None and tax.rate is not None:
            right = rounded(tax.basis * tax.rate / 100, CENT)
            yield Sum("BR-CO-17", f"the tax at {tax.rate:f} % (BT-117)", tax.amount, right, UNIT)


def _of_standard_rates(bill: Bill) -> Iterator[Sum]:
    if not bill.lines or any(line.amount is None for line in bill.lines):
        return
    taxed = _taxed(bill)
    for tax in bill.taxes:
        if tax.category == STANDARD and tax.basis is not None and tax.rate is not None:
            right = taxed.get(tax.rate, NONE)
            yield Sum("BR-S-08", f"what is taxed at {tax.rate:f} % (BT-116)", tax.basis, right, UNIT)


def _taxed(bill: Bill) -> Mapping[Decimal | None, Decimal]:
    """By standard rate what lines, and charges less allowances, come to."""
    found: defaultdict[Decimal | None, Decimal] = defaultdict(Decimal)
    for line in bill.lines:
        if line.counted and line.category == STANDARD:
            found[line.rate] += line.amount or NONE
    for adjustment in bill.adjustments:
        if adjustment.category == STANDARD:
            found[adjustment.rate] += _signed(adjustment)
    return found


def _signed(one: Adjustment) -> Decimal:
    amount = one.amount or NONE
    return amount if one.charge else -amount


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), NONE)
