"""Electronic invoices: found in whatever document, read in either syntax, checked, and held against the print."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.document.findings import Fields, Findings
from services.document.model import Attachment, Document, Enclosed, Quad
from services.document.values import dump, load, rounded
from services.extractors import Field, Source
from services.extractors._einvoice.described import EInvoice
from services.extractors._iban import is_iban
from services.extractors.barcodes.codes import barcode
from services.extractors.barcodes.symbols import Symbol
from services.extractors.invoice import FOUND, Invoice, extract, warn
from tests.support.samples import invoices
from tests.support.samples.invoices import Bill, Line
from tests.support.typed import typed

PRINTED = """
    Beispiel Handels GmbH
    Testweg 1
    10115 Berlin

    Rechnung an:
    Kundin Muster AG
    Testweg 1
    10115 Berlin

    Rechnung                                   Rechnungsnr.:  RE-2026-0042
                                               Datum:         28.11.2026
                                               Fällig am:     28.12.2026

    Pos   Bezeichnung            Menge     Einzelpreis     Gesamtpreis
    1     Stuhl                    2            149,50          299,00
    2     Buch                     3             10,00           30,00

                                           Nettobetrag          329,00
                                           MwSt. 19 %            56,81
                                           MwSt. 7 %              2,10
                                           Gesamtbetrag       387,91 €

    IBAN DE02 1203 0000 0000 2020 51           USt-IdNr. DE123456788
"""


def read(files: Mapping[str, bytes], text: str = "", metadata: bytes = b"") -> Invoice:
    enclosed = Enclosed(tuple(Attachment(name, content) for name, content in files.items()), metadata)
    return extract(replace(typed(text) if text else Document(()), enclosed=enclosed))


def found(invoice: Invoice) -> EInvoice:
    assert invoice.e_invoice
    return invoice.e_invoice


def value(field: Field | None) -> object:
    return field.value if field else None


SYNTAXES = {
    "cii": (invoices.cii(), "cii", "en16931", "en16931", "2017"),
    "factur-x basic": (invoices.cii(guideline=invoices.BASIC), "cii", "factur-x", "basic", "1.0"),
    "factur-x extended": (invoices.cii(guideline=invoices.EXTENDED), "cii", "factur-x", "extended", "1.0"),
    "factur-x basic without lines": (invoices.cii(guideline=invoices.BASIC_WL), "cii", "factur-x", "basicwl", "1.0"),
    "factur-x minimum": (invoices.cii(guideline=invoices.MINIMUM), "cii", "factur-x", "minimum", "1.0"),
    "zugferd 1": (invoices.zugferd_1(), "cii", "zugferd", "comfort", "1.0"),
    "zugferd 2": (
        invoices.cii(guideline="urn:cen.eu:en16931:2017#compliant#urn:zugferd.de:2p0:basic"),
        *("cii", "zugferd", "basic", "2.0"),
    ),
    "xrechnung in cii": (invoices.cii(guideline=invoices.XRECHNUNG), "cii", "xrechnung", "xrechnung", "3.0"),
    "xrechnung in ubl": (invoices.ubl(), "ubl", "xrechnung", "xrechnung", "3.0"),
    "peppol": (invoices.ubl(guideline=invoices.PEPPOL), "ubl", "peppol", "billing", "3.0"),
}


@pytest.mark.parametrize("kind", SYNTAXES)
def test_every_syntax_and_profile_says_the_same(kind: str) -> None:
    content, *names = SYNTAXES[kind]
    bill = read({"x.xml": content})
    own = found(bill)
    assert [own.syntax, own.standard, own.profile, own.version] == names
    assert (own.file, own.valid, own.errors) == ("x.xml", True, ())
    assert (value(bill.invoice_number), value(bill.date)) == ("RE-2026-0042", date(2026, 11, 28))
    assert (value(bill.vendor), value(bill.buyer)) == ("Beispiel Handels GmbH", "Kundin Muster AG")
    assert (value(bill.vendor_tax_id), value(bill.buyer_tax_id)) == ("DE123456788", "DE987654321")
    assert (value(bill.subtotal), value(bill.tax), value(bill.total)) == (329, Decimal("58.91"), Decimal("387.91"))
    assert (value(bill.amount_due), value(bill.currency)) == (Decimal("387.91"), "EUR")
    assert bill.total and bill.total.source is Source.XML and bill.total.page is None and bill.total.raw == "387.91"


@pytest.mark.parametrize("content", [invoices.cii(), invoices.zugferd_1(), invoices.ubl()], ids=["cii", "old", "ubl"])
def test_lines_rates_and_payment_come_from_it(content: bytes) -> None:
    bill = read({"x.xml": content})
    told = [tuple(map(value, (one.description, one.quantity, one.unit_price, one.amount))) for one in bill.line_items]
    assert told == [("Stuhl", 2, Decimal("149.50"), 299), ("Buch", 3, 10, 30)]
    assert [value(rate) for rate in bill.tax_rates] == [7, 19]
    assert (value(bill.iban), value(bill.payment_method)) == ("DE02120300000000202051", "transfer")
    assert value(bill.due_date) == date(2026, 12, 28)


ADJUSTED = Bill(
    allowance=Decimal("12.50"),
    charge=Decimal("4.90"),
    prepaid=Decimal(100),
    rounding=Decimal("-0.02"),
    terms="2 % Skonto bis 08.12.2026",
    due="",
)


@pytest.mark.parametrize("write", [invoices.cii, invoices.ubl])
def test_what_is_taken_off_and_paid_before_has_places_of_its_own(write: type) -> None:
    bill = read({"x.xml": write(ADJUSTED)})
    assert found(bill).errors == ()
    assert (value(bill.discount), value(bill.amount_paid)) == (Decimal("12.50"), 100)
    assert value(bill.rounding) == Decimal("-0.02") and value(bill.total) == Decimal("378.87")
    assert value(bill.amount_due) == Decimal("278.85") and bill.due_date is None
    assert value(bill.payment_terms) == "2 % Skonto bis 08.12.2026"
    rules = {one.rule: one.holds for one in bill.validation}
    assert rules["subtotal + tax = total"] and rules["total - paid + rounding = amount_due"]


@pytest.mark.parametrize("write", [invoices.cii, invoices.ubl])
def test_a_credit_note_names_what_it_is_about(write: type) -> None:
    bill = read({"x.xml": write(Bill(number="GS-3", kind="381", references="RE-2026-0007", currency="CHF"))})
    assert (value(bill.document_kind), value(bill.invoice_number)) == ("credit_note", "GS-3")
    assert (value(bill.referenced_number), value(bill.currency)) == ("RE-2026-0007", "CHF")
    assert value(bill.due_date) == date(2026, 12, 28) and found(bill).errors == ()


def test_an_order_is_no_invoice_and_says_so() -> None:
    bill = read({"order-x.xml": invoices.order_x()})
    assert (found(bill).standard, found(bill).profile, value(bill.document_kind)) == ("order-x", "comfort", "order")
    assert value(bill.invoice_number) == "PO-7" and len(bill.line_items) == 2
    both = read({"order-x.xml": invoices.order_x(), "b.xml": invoices.cii()})
    assert found(both).file == "b.xml" and found(both).others == () and found(both).valid


# Which file it is


def test_metadata_tells_the_file_then_the_standards_name_then_the_root() -> None:
    one, other = invoices.cii(), invoices.cii(Bill(number="ANOTHER"))
    told = read({"a.xml": other, "factur-x.xml": other, "z.xml": one}, metadata=invoices.xmp("z.xml", version="1.0"))
    assert found(told).file == "z.xml" and found(told).standard == "factur-x" and found(told).version == "1.0"
    assert found(read({"a.xml": other, "factur-x.xml": one})).file == "factur-x.xml"
    assert found(read({"notes.xml": b"<notes/>", "any name": one})).file == "any name"


def test_metadata_in_attributes_and_in_older_namespaces_counts() -> None:
    packet = b"""<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <rdf:Description xmlns:zf="urn:ferd:pdfa:CrossIndustryDocument:invoice:1p0#" zf:DocumentFileName="z.xml"/>
        </rdf:RDF></x:xmpmeta>"""
    files = {"a.xml": invoices.zugferd_1(Bill(number="ANOTHER")), "z.xml": invoices.zugferd_1()}
    assert found(read(files, metadata=packet)).file == "z.xml"
    assert found(read(files, metadata=b"<no end")).file == "a.xml"


def test_a_document_without_an_invoice_in_it_is_read_as_before() -> None:
    bill = read({"notes.xml": b"<notes/>"}, PRINTED)
    assert bill == replace(extract(typed(PRINTED)), e_invoice=None)
    assert bill.total and bill.total.source is Source.PRINT and value(bill.total) == Decimal("387.91")


def test_two_invoices_that_differ_are_said() -> None:
    bill = read(
        {"factur-x.xml": invoices.cii(), "b.xml": invoices.ubl(Bill(number="RE-9", iban="DE75512108001245126199"))}
    )
    own = found(bill)
    assert own.file == "factur-x.xml" and not own.valid
    assert [(other.file, other.syntax, other.differs) for other in own.others] == [
        ("b.xml", "ubl", ("number", "ibans"))
    ]
    assert any("b.xml" in error and "number" in error for error in own.errors)
    assert bill.invoice_number and bill.invoice_number.confidence <= 0.5
    assert bill.iban and bill.iban.confidence <= 0.5 < 0.9 < (bill.total.confidence if bill.total else 0)


def test_two_that_say_the_same_are_one() -> None:
    own = found(read({"a.xml": invoices.cii(), "b.xml": invoices.ubl()}))
    assert own.valid and [other.differs for other in own.others] == [()]


def test_where_nothing_else_tells_print_decides_between_two() -> None:
    other = invoices.cii(Bill(number="RE-1", lines=(Line("Tisch", Decimal(1), Decimal(500)),)))
    bill = read({"a.xml": other, "b.xml": invoices.cii()}, PRINTED)
    assert found(bill).file == "b.xml" and value(bill.invoice_number) == "RE-2026-0042"
    assert found(bill).others[0].file == "a.xml" and not found(bill).valid


# Against the print


def test_print_that_says_the_same_lends_its_places() -> None:
    bill = read({"factur-x.xml": invoices.cii()}, PRINTED)
    own = found(bill)
    assert own.agrees_with_print is True and own.differences == () and own.valid
    for field in (bill.total, bill.invoice_number, bill.date, bill.vendor, bill.buyer, bill.iban, bill.vendor_tax_id):
        assert field and field.source is Source.XML and field.page == 1 and field.bbox and field.confidence > 0.95
    assert bill.total and bill.total.raw in ("387,91", "387,91 €")
    rules = {one.rule: one.holds for one in bill.validation}
    assert rules["xml total = print total"] and rules["xml invoice_number = print invoice_number"]
    assert rules["print: subtotal + tax = total"]


DIFFERENT = {
    "invoice_number": (Bill(number="RE-2026-0043"), "RE-2026-0043", "RE-2026-0042"),
    "date": (Bill(issued="2026-11-27"), date(2026, 11, 27), date(2026, 11, 28)),
    "total": (Bill(said={"GrandTotalAmount": "38791.00"}), Decimal("38791.00"), Decimal("387.91")),
    "iban": (Bill(iban="DE75512108001245126199"), "DE75512108001245126199", "DE02 1203 0000 0000 2020 51"),
    "currency": (Bill(currency="CHF"), "CHF", "EUR"),
    "vendor_tax_id": (Bill(seller_tax="DE111111125"), "DE111111125", "DE123456788"),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_what_differs_from_print_is_said(name: str) -> None:
    written, xml, print_ = DIFFERENT[name]
    bill = read({"factur-x.xml": invoices.cii(written)}, PRINTED)
    assert found(bill).agrees_with_print is False
    assert [(one.field, one.xml, one.print) for one in found(bill).differences] == [(name, xml, print_)]
    field = getattr(bill, name)
    assert field.value == xml and field.confidence == 0.5 and field.bbox
    assert {one.rule: one.holds for one in bill.validation}[f"xml {name} = print {name}"] is False


def test_slips_of_recognition_are_no_contradiction() -> None:
    text = PRINTED.replace("Rechnungsnr.:  RE-2026-0042", "Rechnungsnummer2026-OO42").replace(
        "IBAN DE02 ", "IBAN DEO2 "
    )
    bill = read({"factur-x.xml": invoices.cii(Bill(number="2026-0042"))}, text)
    assert found(bill).differences == ()
    for field in (bill.invoice_number, bill.iban):
        assert field and field.bbox and field.confidence > 0.95
    assert bill.invoice_number and bill.invoice_number.raw == "2026-OO42"


def test_a_number_within_a_longer_one_is_not_that_number() -> None:
    bill = read({"factur-x.xml": invoices.cii(Bill(number="2026-004"))}, PRINTED)
    assert [(one.field, one.print) for one in found(bill).differences] == [("invoice_number", "RE-2026-0042")]


def test_a_tax_in_a_second_currency_is_not_the_tax() -> None:
    second = '<ram:TaxTotalAmount currencyID="CHF">55.11</ram:TaxTotalAmount><ram:GrandTotalAmount>'
    content = invoices.cii().decode().replace("<ram:GrandTotalAmount>", second).encode()
    bill = read({"x.xml": content})
    assert value(bill.tax) == Decimal("58.91") and found(bill).valid


def test_an_item_that_costs_something_else_is_said() -> None:
    lines = (Line("Stuhl", Decimal(2), Decimal(145)), Line("Buch", Decimal(3), Decimal(13), Decimal(7)))
    bill = read({"factur-x.xml": invoices.cii(Bill(lines=lines))}, PRINTED)
    told = [one.field for one in found(bill).differences]
    assert {"line_items.0.amount", "line_items.1.amount"} <= set(told)


def test_another_reading_of_what_is_printed_is_no_contradiction() -> None:
    """The reader of print may take the sum that is left to pay for the total, or a misread letter for a name."""
    text = PRINTED.replace(
        "387,91 €", "387,91 €\n                  Anzahlung 87,91\n                  Zu zahlen   300,00 €"
    )
    bill = read({"factur-x.xml": invoices.cii(Bill(prepaid=Decimal("87.91"), buyer="Kundin Muster A6"))}, text)
    assert found(bill).differences == () and found(bill).agrees_with_print is True
    assert value(bill.total) == Decimal("387.91") and value(bill.amount_due) == 300


def test_what_is_printed_in_parts_or_in_words_is_printed() -> None:
    text = PRINTED.replace("Beispiel Handels GmbH", "Beispiel Handels\n    Gesellschaft", 1)
    text = text.replace("28.11.2026", "28. November 2026").replace(
        "MwSt. 19 %            56,81", "MwSt. 19 %   56,81  A"
    )
    bill = read({"factur-x.xml": invoices.cii(Bill(seller="Beispiel Handels Gesellschaft"))}, text)
    assert found(bill).differences == () and found(bill).agrees_with_print is True
    shorter = read({"factur-x.xml": invoices.cii(Bill(seller="GLN 4333741000005 Beispiel Handels GmbH"))}, PRINTED)
    assert found(shorter).differences == ()


def test_a_credit_note_may_be_printed_with_signs() -> None:
    lines = tuple(replace(line, quantity=-line.quantity) for line in Bill().lines)
    bill = read({"x.xml": invoices.cii(Bill(lines=lines))}, PRINTED)
    assert not [one for one in found(bill).differences if one.field in ("total", "subtotal")]


# What has to hold


BROKEN = {
    "BR-CO-10": {"LineTotalAmount": "330.00"},
    "BR-CO-13": {"TaxBasisTotalAmount": "300.00"},
    "BR-CO-14": {"TaxTotalAmount": "58.00"},
    "BR-CO-15": {"GrandTotalAmount": "387.92"},
    "BR-CO-16": {"DuePayableAmount": "0.01"},
    "BR-14": {"GrandTotalAmount": ""},
    "BR-15": {"DuePayableAmount": ""},
}


@pytest.mark.parametrize("write", [invoices.cii, invoices.ubl])
@pytest.mark.parametrize("rule", BROKEN)
def test_sums_that_do_not_hold_are_named_by_their_rule(rule: str, write: type) -> None:
    own = found(read({"x.xml": write(Bill(said=BROKEN[rule]))}))
    assert not own.valid and rule in {error.split(":")[0] for error in own.errors}


def test_amounts_of_an_invoice_that_does_not_add_up_are_less_sure() -> None:
    bill = read({"x.xml": invoices.cii(Bill(said=BROKEN["BR-CO-15"]))})
    assert bill.total and bill.vendor and bill.total.confidence == 0.7 < bill.vendor.confidence


def changed(old: str, new: str, content: bytes = invoices.cii()) -> EInvoice:
    assert old in content.decode()
    return found(read({"x.xml": content.decode().replace(old, new, 1).encode()}))


WRONG = {
    "a tax that its rate does not give": ("<ram:CalculatedAmount>56.81<", "<ram:CalculatedAmount>65.81<", "BR-CO-17"),
    "a basis that the lines do not give": ("<ram:BasisAmount>299.00<", "<ram:BasisAmount>239.00<", "BR-S-08"),
    "no number": ("<ram:ID>RE-2026-0042</ram:ID>", "", "BR-02"),
    "no currency": ("<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>", "", "BR-05"),
    "no seller": ("<ram:Name>Beispiel Handels GmbH</ram:Name>", "", "BR-06"),
    "no country": ("<ram:CountryID>DE</ram:CountryID>", "", "BR-09"),
    "no name of a line": ("<ram:Name>Stuhl</ram:Name>", "", "BR-25"),
    "no unit": (' unitCode="C62"', "", "BR-23"),
    "a price below zero": ("<ram:ChargeAmount>149.50<", "<ram:ChargeAmount>-149.50<", "BR-27"),
    "no due date": ('<udt:DateTimeString format="102">20261228</udt:DateTimeString>', "", "BR-CO-25"),
    "no identifier": ('<ram:ID schemeID="VA">DE123456788</ram:ID>', "", "BR-CO-26"),
    "a comma": ("<ram:GrandTotalAmount>387.91<", "<ram:GrandTotalAmount>387,91<", "schema"),
    "a date that is none": (">20261128<", ">20261131<", "schema"),
    "an exponent": ("<ram:BasisAmount>299.00<", "<ram:BasisAmount>2.99e2<", "schema"),
    "something twice": ("<ram:TypeCode>380</ram:TypeCode>", "<ram:TypeCode>380</ram:TypeCode>" * 2, "schema"),
    "another order": (
        "<ram:GrandTotalAmount>387.91</ram:GrandTotalAmount><ram:DuePayableAmount>387.91</ram:DuePayableAmount>",
        "<ram:DuePayableAmount>387.91</ram:DuePayableAmount><ram:GrandTotalAmount>387.91</ram:GrandTotalAmount>",
        "schema",
    ),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_the_norm_asks_for_is_checked(kind: str) -> None:
    old, new, rule = WRONG[kind]
    own = changed(old, new)
    assert not own.valid and rule in {error.split(":")[0] for error in own.errors}


def test_a_profile_is_held_to_what_it_has() -> None:
    assert found(read({"x.xml": invoices.cii(guideline=invoices.MINIMUM)})).valid
    own = found(read({"x.xml": invoices.cii(Bill(), invoices.EN16931)}))
    assert own.valid
    lineless = invoices.cii(guideline=invoices.BASIC_WL).decode().replace(invoices.BASIC_WL, invoices.EN16931)
    assert "BR-16" in {error.split(":")[0] for error in found(read({"x.xml": lineless.encode()})).errors}


def test_a_credit_note_needs_no_due_date() -> None:
    assert found(read({"x.xml": invoices.ubl(Bill(kind="381", due=""))})).valid
    assert not found(read({"x.xml": invoices.ubl(Bill(due=""))})).valid


def test_tax_that_is_held_back_is_no_mistake_in_the_sum() -> None:
    held = '<cac:WithholdingTaxTotal><cbc:TaxAmount currencyID="EUR">60.00</cbc:TaxAmount></cac:WithholdingTaxTotal>'
    content = invoices.ubl(Bill(said={"DuePayableAmount": "327.91"})).decode()
    bill = read({"x.xml": content.replace("<cac:LegalMonetaryTotal>", f"{held}<cac:LegalMonetaryTotal>").encode()})
    assert (value(bill.withheld), value(bill.amount_due)) == (60, Decimal("327.91")) and found(bill).valid


def test_taxes_may_have_been_rounded_line_by_line() -> None:
    cents = {"TaxTotalAmount": "58.90", "GrandTotalAmount": "387.90", "DuePayableAmount": "387.90"}
    content = invoices.cii(Bill(said=cents)).decode().replace("CalculatedAmount>56.81<", "CalculatedAmount>56.80<")
    assert found(read({"x.xml": content.encode()})).valid


# What is told and kept


def begins(invoice: Invoice) -> list[str]:
    return [sentence.split(":")[0] for sentence in warn(invoice)]


def test_warnings_say_what_a_reader_of_single_values_would_miss() -> None:
    assert begins(read({"a.xml": invoices.cii()}, PRINTED)) == [] and begins(read({})) == []
    assert begins(read({"a.xml": invoices.cii(Bill(number="RE-1"))}, PRINTED)) == ["E_INVOICE_DIFFERS"]
    assert begins(read({"a.xml": invoices.cii(Bill(said=BROKEN["BR-CO-16"]))})) == ["E_INVOICE_INVALID"]
    assert begins(read({"order-x.xml": invoices.order_x()})) == ["E_ORDER"]
    two = {"factur-x.xml": invoices.cii(), "b.xml": invoices.cii(Bill(number="RE-1"))}
    assert "E_INVOICES_DIFFER" in begins(read(two)) and begins(read({"factur-x.xml": b"<a"})) == ["E_INVOICE_INVALID"]


@pytest.mark.parametrize("content", [invoices.cii(), invoices.cii(Bill(number="RE-1")), b"<no end"])
def test_what_was_found_survives_being_stored(content: bytes) -> None:
    stored = dump(rounded(read({"factur-x.xml": content}, PRINTED)))
    again = load(FOUND.form, json.loads(json.dumps(stored)))
    assert dump(again) == stored and again.e_invoice and again.e_invoice.file == "factur-x.xml"


# What is not read


ENTITY = b'<!DOCTYPE Invoice [<!ENTITY a "EUR 1000000">]>'
UNREAD = {
    "a document type": invoices.cii().replace(b"?>\n", b"?>\n" + ENTITY, 1),
    "no end": invoices.cii()[:-40],
    "another root": b"<Rechnung/>",
}


@pytest.mark.parametrize("kind", UNREAD)
def test_a_file_that_should_be_the_invoice_and_is_not_read_is_said(kind: str) -> None:
    bill = read({"factur-x.xml": UNREAD[kind]}, PRINTED)
    own = found(bill)
    assert (own.file, own.syntax, own.valid, own.agrees_with_print) == ("factur-x.xml", None, False, None)
    assert own.errors[0].startswith("factur-x.xml was not read: ") and "1000000" not in own.errors[0]
    assert bill.total and bill.total.source is Source.PRINT


def test_an_unread_file_beside_an_invoice_is_said_too() -> None:
    own = found(read({"factur-x.xml": UNREAD["no end"], "b.xml": invoices.cii()}))
    assert own.file == "b.xml" and not own.valid and own.errors[-1].startswith("factur-x.xml was not read")


def test_a_file_too_large_to_take_out_is_said() -> None:
    enclosed = Enclosed((Attachment("factur-x.xml", flaw="it is larger than 16 MiB"),))
    own = found(extract(Document((), enclosed)))
    assert own.errors == ("factur-x.xml was not read: it is larger than 16 MiB",) and not own.valid


@pytest.mark.slow
def test_an_invoice_of_thousands_of_lines_is_read() -> None:
    lines = tuple(Line(f"Thing {number}", Decimal(1), Decimal(1)) for number in range(5000))
    bill = read({"x.xml": invoices.cii(Bill(lines=lines))}, PRINTED)
    assert len(bill.line_items) == 5000 and value(bill.subtotal) == 5000


def test_check_digits_of_accounts() -> None:
    assert is_iban("DE02 1203 0000 0000 2020 51") and is_iban("DE02120300000000202051")
    assert not is_iban("DE02 1203 0000 0000 2020 15") and not is_iban("DE02")
    # python-stdnum 2.2 takes the second of each pair, schwifty 2026.10.1 refuses it as ISO 13616 does
    for right, twin in (("98", "01"), ("97", "00"), ("02", "99")):
        account = {"98": "WEST12345698000008", "97": "WEST12345698000026", "02": "WEST12345698000087"}[right]
        assert is_iban(f"GB{right}{account}") and not is_iban(f"GB{twin}{account}")


# Beside codes


def with_code(bill: Bill, amount: str, iban: str) -> Invoice:
    text = f"BCD\n002\n1\nSCT\n\n{bill.seller}\n{iban}\nEUR{amount}\n\n\n{bill.number}"
    code = barcode(Symbol("QRCode", text, text.encode(), "text"), Quad((0, 0), (9, 0), (9, 9), (0, 9)), 1, 1.0)
    page = replace(typed(PRINTED).pages[0], findings=Findings(Fields({"invoice": (code,)})))
    enclosed = Enclosed((Attachment("factur-x.xml", invoices.cii(bill)),), b"")
    return extract(replace(Document((page,)), enclosed=enclosed))


def test_a_payment_code_is_held_against_the_electronic_invoice_too() -> None:
    right = with_code(Bill(), "387.91", "DE02120300000000202051")
    assert right.iban and right.iban.confidence >= 0.99 and warn(right) == ()
    wrong = with_code(Bill(), "387.91", "DE75512108001245126199")
    assert value(wrong.iban) == "DE02120300000000202051" and wrong.iban and wrong.iban.confidence <= 0.5
    assert warn(wrong) == ("CODE_DIFFERS: a code says otherwise about: iban.",)
    other = with_code(Bill(), "487.91", "DE02120300000000202051")
    assert value(other.total) == Decimal("387.91") and other.total and other.total.confidence <= 0.5
    assert warn(other) == ("CODE_DIFFERS: a code says otherwise about: total.",)


def test_a_name_of_a_million_letters_is_cut() -> None:
    told = read({"a.xml": invoices.cii(Bill(seller="Stuhl " * 200_000))}, PRINTED)
    assert told.vendor and 100 < len(str(told.vendor.value)) <= 1000
