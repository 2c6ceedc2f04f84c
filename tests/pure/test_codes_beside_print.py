"""Codes beside the print of receipts, invoices and labels: what they confirm, what they add, and where they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import ModuleType
from typing import Any

import numpy as np
import segno
from PIL import Image

from config import Settings
from services.document.findings import Fields, Findings
from services.document.model import Document, Quad
from services.extractors import Field, Source, barcodes, invoice, product, receipt
from services.extractors._commerce.codes.bill import warnings
from services.extractors.barcodes.codes import barcode
from services.extractors.barcodes.glance import glance
from services.extractors.barcodes.model import Barcode
from services.extractors.barcodes.symbols import Symbol
from tests.support.typed import typed

PLACE = Quad((10, 500), (110, 500), (110, 600), (10, 600))

PORTUGAL = (
    "A:123456789*B:999999990*C:PT*D:FS*E:N*F:20261130*G:FS 2026A/17*H:CSDF7T5H-17*I1:PT*I7:10.00*I8:2.30*N:2.30"
    "*O:{total}*Q:AbCd*R:9999"
)
CAFE = """
    CAFE CENTRAL LDA
    Rua da Prata 12, Lisboa
    Fatura simplificada FS 2026A/17
    2026-11-30 14:22

    Bica                          12.30

    Base                          10.00
    IVA 23%                        2.30
    TOTAL EUR                     12.30
"""
INVOICE = """
    Muster Handels GmbH
    Hauptstrasse 1, 10115 Berlin

    Rechnung Nr. R-2026-17
    Datum: 30.11.2026

    Beratung          1     100,00      100,00

    Nettobetrag                         100,00
    MwSt 19%                             19,00
    Gesamtbetrag EUR                    119,00
"""
EPC = "BCD\n002\n1\nSCT\n\nMuster Handels GmbH\nDE89370400440532013000\nEUR119.00\n\n\nR-2026-17"


def code(text: str, content: str = "text") -> Barcode:
    return barcode(Symbol("QRCode", text, text.encode(), content), PLACE, 1, 1.0)


def with_codes(text: str, name: str, *texts: str) -> Document:
    """A typed page at which the extractor `name` has glanced."""
    return found(typed(text), name, [code(text) for text in texts])


def found(document: Document, name: str, codes: Sequence[Barcode]) -> Document:
    page = replace(document.pages[0], findings=Findings(Fields({name: tuple(codes)})))
    return Document((page, *document.pages[1:]))


def value(field: Field | None) -> Any:
    return field.value if field else None


def checks(bill: Any) -> dict[str, bool]:
    return {check.rule: check.holds for check in bill.validation if "in code" in check.rule}


def test_a_code_that_says_what_is_printed_confirms_it() -> None:
    alone = receipt.extract(typed(CAFE))
    bill = receipt.extract(with_codes(CAFE, "receipt", PORTUGAL.format(total="12.30")))
    assert value(bill.total) == Decimal("12.30") and bill.total and alone.total
    assert bill.total.source is Source.PRINT and bill.total.confidence >= max(0.99, alone.total.confidence)
    assert bill.total.bbox == alone.total.bbox
    assert checks(bill)["total = total in code"] and checks(bill)["date = date in code"]


def test_a_code_that_says_something_else_lowers_the_field_and_a_check_says_so() -> None:
    bill = receipt.extract(with_codes(CAFE, "receipt", PORTUGAL.format(total="72.30")))
    assert value(bill.total) == Decimal("12.30") and bill.total and bill.total.confidence <= 0.5
    assert checks(bill)["total = total in code"] is False
    assert warned(receipt, bill) == ["CODE_DIFFERS: a code says otherwise about: total."]
    agreeing = receipt.extract(with_codes(CAFE, "receipt", PORTUGAL.format(total="12.30")))
    assert warned(receipt, agreeing) == []


def warned(extractor: ModuleType, told: Any) -> list[str]:
    """What a client is told about the whole of it."""
    on_document = extractor.build(Settings()).document
    return list(on_document.warn(told))


def test_what_is_not_printed_is_taken_from_the_code_at_its_place() -> None:
    bill = receipt.extract(with_codes("THANK YOU\nCOME AGAIN", "receipt", PORTUGAL.format(total="12.30")))
    assert (value(bill.total), value(bill.tax), value(bill.currency)) == (Decimal("12.30"), Decimal("2.30"), "EUR")
    assert value(bill.date) == date(2026, 11, 30) and value(bill.receipt_number) == "FS 2026A/17"
    assert bill.total and bill.total.source is Source.CODE and bill.total.bbox == PLACE


def test_a_payment_code_of_an_invoice_gives_the_account() -> None:
    bill = invoice.extract(with_codes(INVOICE, "invoice", EPC))
    assert value(bill.total) == Decimal("119.00") and value(bill.iban) == "DE89370400440532013000"
    assert bill.iban and bill.iban.source is Source.CODE
    assert checks(bill)["total = total in code"]


def test_what_was_found_by_the_full_extractor_counts_once() -> None:
    document = typed(INVOICE)
    codes = (code(EPC),)
    page = replace(document.pages[0], findings=Findings(Fields({"barcodes": codes, "invoice": codes})))
    bill = invoice.extract(Document((page,)))
    assert [check.rule for check in bill.validation].count("total = total in code") == 1


def test_codes_that_are_of_no_bill_change_nothing() -> None:
    codes = ("https://example.com/01/09506000134352", "M1SPECIMEN/ANNA       EABC123 ZRHLHRXX 0834 326J001A0025 100")
    assert receipt.extract(with_codes(CAFE, "receipt", *codes, "hello")) == receipt.extract(typed(CAFE))


LABEL = """
    DARJEELING TEA
    Net Wt: 250 g
    Batch No: B80989
    EXP: 08/2027
"""
GS1 = "01095060001343521727083110B80989\x1d21S77"


def label(text: str, element_string: str) -> product.Product:
    return product.extract(found(typed(text), barcodes.FOUND.name, [code(element_string, "gs1")]))


def test_a_labels_code_gives_what_is_not_printed() -> None:
    told = label("DARJEELING TEA", GS1 + "\x1d3103000250")
    assert (value(told.batch), value(told.serial), value(told.expiry_date)) == ("B80989", "S77", "2027-08-31")
    assert (value(told.quantity), value(told.unit)) == (Decimal("0.250"), "kg")
    assert told.batch and told.batch.source is Source.CODE and value(told.barcode) == "09506000134352"


def test_a_labels_print_and_code_confirm_each_other() -> None:
    told = label(LABEL, GS1 + "\x1d3103000250")
    assert checks(told) == {
        "expiry_date = expiry_date in code": True,
        "batch = batch in code": True,
        "quantity = quantity in code": True,
    }
    assert value(told.expiry_date) == "2027-08" and (value(told.quantity), value(told.unit)) == (250, "g")


def test_a_labels_code_that_differs_is_told() -> None:
    told = label(LABEL, "010950600013435217290831" + "10B80999")
    assert checks(told) == {"expiry_date = expiry_date in code": False, "batch = batch in code": False}
    assert told.batch and told.batch.value == "B80989" and told.batch.confidence <= 0.5
    assert warned(product, told) == ["CODE_DIFFERS: a code says otherwise about: expiry_date, batch."]


def test_a_glance_finds_the_code_of_a_page_and_its_place() -> None:
    page = Image.new("RGB", (2480, 3508), "white")
    modules = np.kron(np.pad(np.array([list(row) for row in segno.make(EPC).matrix], np.uint8), 4), np.ones((6, 6)))
    symbol = Image.fromarray((255 - 255 * modules).astype(np.uint8))
    page.paste(symbol, (1500, 2600))
    (one,) = glance(np.array(page), 3)
    assert one.meaning and one.meaning.total == Decimal("119.00") and one.page == 3
    left, top, right, bottom = one.bbox.bounds
    assert abs(left - 1524) < 8 and abs(top - 2624) < 8 and abs(right - (1500 + symbol.width - 24)) < 8
    assert abs(bottom - (2600 + symbol.height - 24)) < 8


def test_bills_look_at_their_pages_codes() -> None:
    for extractor in (receipt, invoice):
        built = extractor.build(Settings.from_env())
        assert built.page and built.page.kind.name == extractor.FOUND.name


def portuguese_credit_note(sign: str) -> str:
    return f"""
    CAFE CENTRAL LDA
    Rua da Prata 12, Lisboa
    Nota de crédito NC 2026A/3
    2026-11-30 14:22

    Bica                         {sign}12.30

    Base                         {sign}10.00
    IVA 23%                       {sign}2.30
    TOTAL EUR                    {sign}12.30
"""


def test_a_portuguese_credit_note_gives_back_what_its_code_says_without_a_sign() -> None:
    told = PORTUGAL.replace("D:FS", "D:NC").format(total="12.30")
    for sign, total in (("-", "-12.30"), ("", "12.30")):
        bill = invoice.extract(with_codes(portuguese_credit_note(sign), "invoice", told))
        held = {check.rule: check.holds for check in bill.validation}
        assert value(bill.total) == Decimal(total) and held["total = total in code"] and held["tax = tax in code"]
    silent = invoice.extract(with_codes("CAFE CENTRAL LDA", "invoice", told))
    assert value(silent.total) == Decimal("-12.30") and value(silent.tax) == Decimal("-2.30")


def test_a_bill_that_was_annulled_by_its_code_warns() -> None:
    annulled = receipt.extract(with_codes(CAFE, "receipt", PORTUGAL.replace("E:N", "E:A").format(total="12.30")))
    normal = receipt.extract(with_codes(CAFE, "receipt", PORTUGAL.format(total="12.30")))
    assert [text.partition(":")[0] for text in warnings(annulled)] == ["CODE_ANNULLED"] and warnings(normal) == ()
    assert value(annulled.total) == Decimal("12.30")
