"""Invoices: who bills, when, until when to pay, sums and what is billed."""

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
class Invoice:
    """What an invoice says; None or empty where it does not. Amounts are in `currency`, rates in percent.

    `validation` are the sums that were checked, whether they hold or not.
    """

    vendor: Field[str] | None
    address: Field[str] | None
    date: Field[date] | None
    due_date: Field[date] | None
    invoice_number: Field[str] | None
    currency: Field[str] | None
    subtotal: Field[Decimal] | None
    tax: Field[Decimal] | None
    tax_rates: tuple[Field[Decimal], ...]
    total: Field[Decimal] | None
    payment_method: Field[str] | None
    line_items: tuple[LineItem, ...]
    validation: tuple[Check, ...]


def extract(document: Document) -> Invoice:
    """Reads the pages of one invoice."""
    sale = read_sale(document)
    return Invoice(
        vendor=sale.vendor,
        address=sale.address,
        date=sale.dates.date,
        due_date=sale.dates.due_date,
        invoice_number=sale.number,
        currency=sale.currency,
        subtotal=sale.sums.subtotal,
        tax=sale.sums.tax,
        tax_rates=sale.sums.tax_rates,
        total=sale.sums.total,
        payment_method=sale.payment_method,
        line_items=sale.items,
        validation=sale.sums.checks,
    )
