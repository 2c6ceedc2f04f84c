"""What has to be there: the rules BR-01 to BR-26 and BR-45 to BR-48 of EN 16931-1, 6.4.

A profile that says less than the norm is held to less. Rules about codes need lists that change, and are not checked.
"""

from __future__ import annotations

from collections.abc import Iterator

from services.extractors._einvoice.kinds import is_credit, kind_of
from services.extractors._einvoice.model import Bill, Line
from services.extractors._einvoice.profiles import Depth, Profile

MOST_LINES = 20
"""Lines and rates of which faults are told."""

Rule = tuple[Depth, str, bool, str]
"""From which depth on it holds, its number, whether it holds, and what it wants."""


def absences(bill: Bill, profile: Profile) -> Iterator[str]:
    """A sentence for every rule that does not hold, its number in front."""
    rules = [*_of_all(bill), *(_of_norm(bill) if profile.norm else ())]
    yield from (f"{number}: {wanted}" for depth, number, holds, wanted in rules if profile.depth >= depth and not holds)
    if profile.norm and profile.depth >= Depth.HEAD:
        yield from _of_taxes(bill)
    if profile.norm and profile.depth >= Depth.LINES:
        yield from (fault for line in bill.lines[:MOST_LINES] for fault in _of_line(line))


def _of_all(bill: Bill) -> list[Rule]:
    return [
        (Depth.TOTALS, "BR-02", bool(bill.number), "there has to be a number"),
        (Depth.TOTALS, "BR-03", bill.issued is not None, "there has to be a date of issue"),
        (Depth.TOTALS, "BR-04", bool(bill.kind), "there has to be a type code"),
        (Depth.TOTALS, "BR-05", bool(bill.currency), "there has to be a currency"),
        (Depth.TOTALS, "BR-06", bool(bill.seller.name), "the seller has to have a name"),
        (Depth.TOTALS, "BR-07", bool(bill.buyer.name), "the buyer has to have a name"),
    ]


def _of_norm(bill: Bill) -> list[Rule]:
    totals = bill.totals
    return [
        (Depth.TOTALS, "BR-01", bool(bill.guideline), "there has to be a specification identifier"),
        (Depth.HEAD, "BR-08", bool(bill.seller.address), "the seller has to have an address"),
        (Depth.TOTALS, "BR-09", bool(bill.seller.country), "the seller's address has to have a country"),
        (Depth.LINES, "BR-10", bool(bill.buyer.address), "the buyer has to have an address"),
        (Depth.LINES, "BR-11", bool(bill.buyer.country), "the buyer's address has to have a country"),
        (Depth.HEAD, "BR-12", totals.lines is not None, "there has to be the sum of the lines (BT-106)"),
        (Depth.TOTALS, "BR-13", totals.basis is not None, "there has to be a total without VAT (BT-109)"),
        (Depth.TOTALS, "BR-14", totals.grand is not None, "there has to be a total with VAT (BT-112)"),
        (Depth.TOTALS, "BR-15", totals.due is not None, "there has to be an amount due (BT-115)"),
        (Depth.LINES, "BR-16", bool(bill.lines), "there has to be at least one line"),
        (Depth.HEAD, "BR-CO-18", bool(bill.taxes), "there has to be a VAT breakdown"),
        (Depth.HEAD, "BR-CO-25", _says_when(bill), "an amount due needs a due date or payment terms"),
        (Depth.TOTALS, "BR-CO-26", _is_identified(bill), "the seller has to have an identifier or a number for VAT"),
    ]


def _says_when(bill: Bill) -> bool:
    """Not asked of credit notes, say the norm's published tests."""
    due = bill.totals.due
    return due is None or due <= 0 or is_credit(kind_of(bill.kind)) or bill.due_date is not None or bool(bill.terms)


def _is_identified(bill: Bill) -> bool:
    return bill.seller.identified or bool(bill.seller.vat_id)


def _of_taxes(bill: Bill) -> Iterator[str]:
    for tax in bill.taxes[:MOST_LINES]:
        if tax.basis is None:
            yield "BR-45: a VAT breakdown has to have a taxable amount (BT-116)"
        if tax.amount is None:
            yield "BR-46: a VAT breakdown has to have a tax amount (BT-117)"
        if not tax.category:
            yield "BR-47: a VAT breakdown has to have a category (BT-118)"
        if tax.rate is None and tax.category != "O":
            yield "BR-48: a VAT breakdown has to have a rate (BT-119)"
    for adjustment in bill.adjustments[:MOST_LINES]:
        if not adjustment.reason:
            yield f"BR-CO-{22 if adjustment.charge else 21}: an allowance or a charge has to have a reason"


def _of_line(line: Line) -> Iterator[str]:
    about = f"line {line.id}" if line.id else "a line"
    rules = (
        ("BR-21", bool(line.id), "a number"),
        ("BR-22", line.quantity is not None, "a quantity"),
        ("BR-23", line.quantity is None or bool(line.unit), "a unit"),
        ("BR-24", line.amount is not None, "a net amount (BT-131)"),
        ("BR-25", bool(line.name), "a name"),
        ("BR-26", line.price is not None, "a net price (BT-146)"),
        ("BR-CO-04", bool(line.category), "a VAT category (BT-151)"),
    )
    if line.counted:
        yield from (f"{number}: {about} has to have {wanted}" for number, holds, wanted in rules if not holds)
        if line.price is not None and line.price < 0:
            yield f"BR-27: {about} has a price below zero"
