"""The electronic invoice in the terms of `fields.invoice`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import Decimal

from services.extractors import Field, Source
from services.extractors._commerce.bill.items import LineItem
from services.extractors._einvoice.comparing import Compared
from services.extractors._einvoice.kinds import METHODS, kind_of
from services.extractors._einvoice.model import Bill, Line
from services.extractors._einvoice.printed import Place, Print, Value
from services.extractors._einvoice.values import rounded

AGREED, ALONE, WRONG, AGAINST = 0.99, 0.95, 0.7, 0.5
"""Confidences: print says the same; nothing; the sums do not hold; something else."""

MOST_PLACED = 50
"""Lines that are looked for on the page."""

FINEST = Decimal("0.000001")


def values_of(bill: Bill) -> dict[str, Value]:
    """What the invoice says, by field. Sums that are nothing are not there."""
    totals = bill.totals
    said: dict[str, Value | None] = {
        "vendor": bill.seller.name,
        "address": bill.seller.address,
        "date": bill.issued,
        "due_date": bill.due_date,
        "invoice_number": bill.number,
        "currency": bill.currency,
        "subtotal": totals.basis,
        "tax": totals.tax,
        "total": totals.grand,
        "payment_method": METHODS.get(bill.means),
        "document_kind": kind_of(bill.kind),
        "referenced_number": ", ".join(bill.references),
        "buyer": bill.buyer.name,
        "vendor_tax_id": bill.seller.vat_id or bill.seller.tax_id,
        "buyer_tax_id": bill.buyer.vat_id or bill.buyer.tax_id,
        "iban": next(iter(bill.ibans), ""),
        "amount_due": totals.due,
        "amount_paid": totals.prepaid or None,
        "rounding": totals.rounding or None,
        "discount": totals.allowances or None,
        "withheld": totals.withheld or None,
        "payment_terms": bill.terms,
    }
    return {name: value for name, value in said.items() if value not in ("", None)}


def amounts_of(bill: Bill) -> frozenset[Decimal]:
    """All amounts of the whole, whatever their role, without their signs."""
    totals = (getattr(bill.totals, name) for name in type(bill.totals).__dataclass_fields__)
    parts = (part for tax in bill.taxes for part in (tax.basis, tax.amount))
    return frozenset(abs(total) for total in (*totals, *parts) if total is not None)


def parts_of(bill: Bill) -> dict[str, list[Decimal]]:
    """What the sums of taxes and of what is taxed are made of."""
    taxes = [tax for tax in bill.taxes if tax.amount]
    return {
        "tax": [tax.amount for tax in taxes if tax.amount is not None],
        "subtotal": [tax.basis for tax in bill.taxes if tax.basis is not None],
    }


def field(one: Compared, most: float = 1.0) -> Field:
    """A value with where print says it, or says otherwise."""
    trust = {True: AGREED, False: AGAINST, None: ALONE}[one.agrees]
    return placed(one.xml, one.place, min(trust, most))


def placed(value: Value, place: Place | None, trust: float) -> Field:
    """A value from the electronic invoice."""
    if place is None:
        return Field(value, str(value), trust, None, None, Source.XML)
    return Field(value, place.raw, trust, place.page, place.bbox, Source.XML)


def rates_of(bill: Bill, trust: float) -> tuple[Field, ...]:
    """Every rate of the breakdown once, the lowest first."""
    rates = sorted({tax.rate for tax in bill.taxes if tax.rate is not None})
    return tuple(placed(rate.normalize() + 0, None, trust) for rate in rates)


def items_of(bill: Bill, page: Print, trust: float, unlike: Collection[int]) -> tuple[LineItem, ...]:
    """The lines that are counted; print says otherwise of those whose places among them are in `unlike`."""
    lines = [line for line in bill.lines if line.counted]
    shown = page if len(lines) <= MOST_PLACED else None
    return tuple(_item(line, shown, AGAINST if place in unlike else trust) for place, line in enumerate(lines))


def _item(line: Line, page: Print | None, trust: float) -> LineItem:
    price = line.price
    if price is not None and line.base not in (None, 0, 1):
        price = rounded(price / (line.base or 1), FINEST).normalize() + 0
    return LineItem(
        description=placed(line.name, page.find(line.name) if page else None, trust) if line.name else None,
        quantity=placed(line.quantity, None, trust) if line.quantity is not None else None,
        unit_price=placed(price, None, trust) if price is not None else None,
        amount=Field(line.amount, str(line.amount or ""), trust, None, None, Source.XML),
    )


def reduced(differs: tuple[str, ...]) -> Iterator[str]:
    """The fields that are in doubt where another invoice says otherwise in these respects."""
    for name in differs:
        yield from OF.get(name, ())


OF = {
    "kind": ("document_kind",),
    "number": ("invoice_number",),
    "issued": ("date",),
    "due_date": ("due_date",),
    "currency": ("currency",),
    "seller": ("vendor", "address", "vendor_tax_id"),
    "buyer": ("buyer", "buyer_tax_id"),
    "ibans": ("iban",),
    "totals.basis": ("subtotal",),
    "totals.tax": ("tax",),
    "totals.grand": ("total",),
    "totals.prepaid": ("amount_paid",),
    "totals.due": ("amount_due",),
    "totals.allowances": ("discount",),
    "totals.rounding": ("rounding",),
    "totals.withheld": ("withheld",),
}
"""Fields by what `differing` calls them."""
