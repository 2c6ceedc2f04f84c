"""A bill, be it a receipt or an invoice: everything both have, read once."""

from __future__ import annotations

from dataclasses import dataclass

from services.document.model import Document
from services.extractors import Field
from services.extractors._commerce.bill.currency import currency
from services.extractors._commerce.bill.goods import with_goods, without_items
from services.extractors._commerce.bill.issue import Issue, issue
from services.extractors._commerce.bill.items import LineItem, line_items
from services.extractors._commerce.bill.kinds import document_kind
from services.extractors._commerce.bill.numbers import document_number, referenced_number
from services.extractors._commerce.bill.offers import charged
from services.extractors._commerce.bill.parties import Parties, parties
from services.extractors._commerce.bill.payment import payment_method
from services.extractors._commerce.bill.sums import Sums, sums
from services.extractors._commerce.reading.entries import Doubt, entries, notation_of
from services.extractors._commerce.reading.geometry import sheet


@dataclass(frozen=True, slots=True)
class Sale:
    """What a bill says. Everything that it does not say is None or empty."""

    parties: Parties
    number: Field | None
    currency: Field | None
    payment_method: Field | None
    kind: Field | None
    referenced: Field | None
    dates: Issue
    sums: Sums
    items: tuple[LineItem, ...]
    doubts: tuple[Doubt, ...]


def read_sale(document: Document) -> Sale:
    """Reads a bill of any number of pages."""
    page = sheet(document)
    if not page.rows:
        return Sale(Parties(), None, None, None, None, None, Issue(), Sums(), (), ())
    usual = notation_of(page)
    amounts = with_goods(charged(page, entries(page, usual)))
    table = line_items(page, amounts, usual.places)
    found = sums(page, without_items(amounts, table.amounts), usual, table.total)
    return Sale(
        parties=parties(page),
        number=document_number(page),
        currency=currency(page, amounts, usual, found.total),
        payment_method=payment_method(page, amounts),
        kind=document_kind(page),
        referenced=referenced_number(page),
        dates=issue(page, usual),
        sums=found,
        items=table.items,
        doubts=(*found.doubts, *table.doubts),
    )
