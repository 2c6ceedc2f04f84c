"""Till receipts: shop, date, sums, payment and what was bought."""

from __future__ import annotations

from dataclasses import dataclass

from config import Settings
from services.document.findings import Kind
from services.document.model import Document
from services.extractors import Extractor, Field, OnDocument, OnPage, barcodes
from services.extractors._commerce.bill import items
from services.extractors._commerce.bill.items import LineItem
from services.extractors._commerce.bill.sale import read_sale
from services.extractors._commerce.codes import bill
from services.extractors._commerce.reading.entries import Doubt
from services.extractors._commerce.reading.evidence import Check
from services.extractors.barcodes.model import Barcode

__all__ = ["FOUND", "REQUIRES", "Check", "LineItem", "Receipt", "build", "extract"]

REQUIRES = barcodes.REQUIRES


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says; None or empty where it does not. Amounts are in `currency`, rates in percent.

    `document_kind` is `receipt`, `credit_note` and the like, `referenced_number` that of the bill which a credit note
    is about. `amount_due` is the total less what was paid before, and more by a `previous_balance`; `amount_paid` is
    before change. `rounding` has its sign, `discount` and `withheld` have been taken off.
    `vendor_tax_id` and `buyer_tax_id` are numbers of tax offices, without blanks, as `iban` is.
    `validation` are the sums that were checked, whether they hold or not. `low_confidence` are fields whose print can
    be read in two ways, and both.
    """

    vendor: Field | None
    address: Field | None
    date: Field | None
    receipt_number: Field | None
    currency: Field | None
    subtotal: Field | None
    tax: Field | None
    tax_rates: tuple[Field, ...]
    tip: Field | None
    total: Field | None
    payment_method: Field | None
    line_items: tuple[LineItem, ...]
    validation: tuple[Check, ...]
    document_kind: Field | None = None
    referenced_number: Field | None = None
    buyer: Field | None = None
    vendor_tax_id: Field | None = None
    buyer_tax_id: Field | None = None
    iban: Field | None = None
    amount_due: Field | None = None
    amount_paid: Field | None = None
    previous_balance: Field | None = None
    rounding: Field | None = None
    discount: Field | None = None
    withheld: Field | None = None
    low_confidence: tuple[Doubt, ...] = ()


FOUND = Kind("receipt", Receipt)


CODES = Kind("receipt", tuple[Barcode, ...])
"""What its pages have of it."""


def build(settings: Settings) -> Extractor:
    """Looks at the text, and at the codes beside it; no settings of its own."""
    from services.extractors.barcodes.glance import glance

    look = OnPage(CODES, lambda raster, read: glance(raster.pixels, raster.number))
    return Extractor(look, OnDocument(FOUND, extract, warn))


def warn(receipt: Receipt) -> tuple[str, ...]:
    """What codes beside its print say otherwise, and whether there are more items than are given."""
    return (*bill.warnings(receipt), *items.warnings(receipt.line_items))


def extract(document: Document) -> Receipt:
    """Reads the pages of one receipt, and its codes."""
    return bill.with_codes(_printed(document), document, CODES)


def _printed(document: Document) -> Receipt:
    sale = read_sale(document)
    return Receipt(
        vendor=sale.parties.vendor,
        address=sale.parties.address,
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
        document_kind=sale.kind,
        referenced_number=sale.referenced,
        buyer=sale.parties.buyer,
        vendor_tax_id=sale.parties.vendor_tax_id,
        buyer_tax_id=sale.parties.buyer_tax_id,
        iban=sale.parties.iban,
        amount_due=sale.sums.amount_due,
        amount_paid=sale.sums.amount_paid,
        previous_balance=sale.sums.previous_balance,
        rounding=sale.sums.rounding,
        discount=sale.sums.discount,
        withheld=sale.sums.withheld,
        low_confidence=sale.doubts,
    )
