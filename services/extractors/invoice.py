"""Invoices: who bills, when, until when to pay, sums and what is billed."""

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
from services.extractors._einvoice.answer import answer
from services.extractors._einvoice.described import EInvoice
from services.extractors._einvoice.told import warnings
from services.extractors.barcodes.model import Barcode

REQUIRES = barcodes.REQUIRES


@dataclass(frozen=True, slots=True)
class Invoice:
    """What an invoice says; None or empty where it does not. Amounts are in `currency`, rates in percent.

    `document_kind` is `invoice`, `credit_note` and the like, and `referenced_number` that of the invoice that a credit
    note is about. `amount_due` is the total less what was paid before, `amount_paid`, and more by `rounding` and by a
    `previous_balance`; `discount` has been taken off the total, `withheld` is tax that the buyer pays for the seller.
    `vendor_tax_id` and `buyer_tax_id` are numbers of tax offices, without blanks, as `iban` is.
    `payment_terms` and `e_invoice` are there only where a document carries an electronic invoice, which then is what
    the other fields are from; print is what they are held against.
    `validation` are the sums and the order of dates that were checked, whether they hold or not. `low_confidence` are
    fields whose print can be read in two ways, and both.
    """

    vendor: Field | None
    address: Field | None
    date: Field | None
    due_date: Field | None
    invoice_number: Field | None
    currency: Field | None
    subtotal: Field | None
    tax: Field | None
    tax_rates: tuple[Field, ...]
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
    payment_terms: Field | None = None
    e_invoice: EInvoice | None = None


FOUND = Kind("invoice", Invoice)


CODES = Kind("invoice", tuple[Barcode, ...])
"""What its pages have of it."""


def build(settings: Settings) -> Extractor:
    """Looks at the text, the codes beside it, and the electronic invoice of a document; no settings of its own."""
    from services.extractors.barcodes.glance import glance

    look = OnPage(CODES, lambda raster, read: glance(raster.pixels, raster.number))
    return Extractor(look, OnDocument(FOUND, extract, warn), opens=True)


def warn(invoice: Invoice) -> tuple[str, ...]:
    """What is wrong with the electronic invoice and with print beside it and beside codes, and whether there are more
    items than are given."""
    own = (*bill.warnings(invoice), *items.warnings(invoice.line_items))
    return (*own, *(warnings(invoice.e_invoice) if invoice.e_invoice else ()))


def extract(document: Document) -> Invoice:
    """Reads the pages of one invoice with its codes, and the electronic one where there is one."""
    return bill.with_codes(answer(document, _printed(document)), document, CODES)


def _printed(document: Document) -> Invoice:
    sale = read_sale(document)
    return Invoice(
        vendor=sale.parties.vendor,
        address=sale.parties.address,
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
        validation=(*sale.sums.checks, *sale.dates.checks),
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
