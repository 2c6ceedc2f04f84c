"""Till receipts: shop, date, sums, payment and what was bought."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.document import Document
from services.extractors._commerce.evidence import Check, Field
from services.extractors._commerce.items import LineItem
from services.extractors._commerce.sale import read_sale

REQUIRES: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says; None or empty where it does not. Amounts are in `currency`, rates in percent.

    `validation` are the sums that were checked, whether they hold or not.
    """

    vendor: Field[str] | None
    address: Field[str] | None
    date: Field[date] | None
    receipt_number: Field[str] | None
    currency: Field[str] | None
    subtotal: Field[Decimal] | None
    tax: Field[Decimal] | None
    tax_rates: tuple[Field[Decimal], ...]
    tip: Field[Decimal] | None
    total: Field[Decimal] | None
    payment_method: Field[str] | None
    line_items: tuple[LineItem, ...]
    validation: tuple[Check, ...]


def extract(document: Document) -> Receipt:
    """Reads the pages of one receipt."""
    sale = read_sale(document)
    return Receipt(
        vendor=sale.vendor,
        address=sale.address,
        date=sale.dates.date,
        receipt_number=sale.number,
        currency=sale.currency,
        subtotal=sale.sums.subtotal,
        tax=sale.sums.tax,
        tax_rates=sale.sums.tax_rates,
        tip=sale.sums.tip,
        total=sale.sums.total,
        payment_method=sale.payment_method,
        line_items=sale.items,
        validation=sale.sums.checks,
    )
