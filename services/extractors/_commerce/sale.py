"""A bill, be it a receipt or an invoice: everything both have, read once."""

from __future__ import annotations

from dataclasses import dataclass

from services.document import Document
from services.extractors._commerce.evidence import Field
from services.extractors._commerce.geometry import sheet
from services.extractors._commerce.issue import Issue, issue
from services.extractors._commerce.items import LineItem, line_items, total_of
from services.extractors._commerce.money import money
from services.extractors._commerce.numbers import document_number
from services.extractors._commerce.parties import address, issuer, vendor
from services.extractors._commerce.payment import currency, payment_method
from services.extractors._commerce.sums import Sums, sums


@dataclass(frozen=True, slots=True)
class Sale:
    """What a bill says. Everything that it does not say is None or empty."""

    vendor: Field[str] | None
    address: Field[str] | None
    number: Field[str] | None
    currency: Field[str] | None
    payment_method: Field[str] | None
    dates: Issue
    sums: Sums
    items: tuple[LineItem, ...]


def read_sale(document: Document) -> Sale:
    """Reads a bill of any number of pages."""
    page = sheet(document)
    if not page.rows:
        return Sale(None, None, None, None, None, Issue(), Sums(), ())
    amounts = money(page)
    items = line_items(page, amounts)
    found = sums(page, amounts, total_of(items))
    name = issuer(page)
    return Sale(
        vendor=vendor(name),
        address=address(page, name),
        number=document_number(page),
        currency=currency(page, amounts, found.total),
        payment_method=payment_method(page, amounts),
        dates=issue(page),
        sums=found,
        items=items,
    )

