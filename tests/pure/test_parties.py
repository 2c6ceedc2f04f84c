"""Whom a bill is for, by which numbers tax offices know both, and where to pay."""

from __future__ import annotations

from typing import Any

import pytest

from services.extractors import Field, invoice, receipt
from tests.support.typed import typed


def value(field: Field | None) -> Any:
    return field.value if field else None


LETTER = """
    Example Tools Ltd
    12 Mill Road, York YO1 7AB
    VAT No. GB 123 4567 89

    INVOICE                         Invoice number: 2026-118
    Bill to:                        Date: 12/11/2026
    Sample Garage GmbH
    Lange Str. 3
    18055 Rostock
    VAT ID: DE123456789

    Spanner set            2      20.00      40.00
    Total                                    40.00

    Please pay to IBAN GB33 BUKB 2020 1555 5555 55
"""


@pytest.mark.parametrize("module", [invoice, receipt])
def test_buyer_numbers_and_account_are_read_from_print(module: Any) -> None:
    found = module.extract(typed(LETTER))
    assert value(found.buyer) == "Sample Garage GmbH"
    assert (value(found.vendor_tax_id), value(found.buyer_tax_id)) == ("GB123456789", "DE123456789")
    assert value(found.iban) == "GB33BUKB20201555555555"
    assert found.vendor_tax_id.raw == "GB 123 4567 89" and found.iban.confidence > 0.95


def test_what_is_not_printed_is_null() -> None:
    found = receipt.extract(typed("CORNER SHOP\nTel 01904 123456\n12/11/2026\nBread      2.00\nTotal      2.00"))
    assert (found.buyer, found.vendor_tax_id, found.buyer_tax_id, found.iban) == (None, None, None, None)


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("GST ID : 001609584640", "001609584640"),
        ("GSTIN: 29ABCDE1234F1Z5", "29ABCDE1234F1Z5"),
        ("ABN 51 824 753 556", "51824753556"),
        ("USt-IdNr.: DE 123456789", "DE123456789"),
        ("Steuernummer 21/815/08150", "21/815/08150"),
        ("N° TVA intracommunautaire : FR 12 345678901", "FR12345678901"),
        ("C.U.I.T. 30-71234567-1", "30-71234567-1"),
        ("R.U.T.: 76.123.456-K", "76.123.456-K"),
        ("RFC XAXX010101000", "XAXX010101000"),
        ("CNPJ 12.345.678/0001-95", "12.345.678/0001-95"),
        ("P. IVA 01234567890", "01234567890"),
        ("NIP: 123-456-32-18", "123-456-32-18"),
        ("CHE-123.456.788 MWST", "CHE-123.456.788"),
        ("Org.nr 987 654 321 MVA", "987654321MVA"),
        ("HST No. 123456789 RT0001", "123456789RT0001"),
        ("登録番号T1234567890123", "T1234567890123"),
        ("사업자등록번호 123-45-67890", "123-45-67890"),
        ("ИНН 7707083893", "7707083893"),
        ("TRN: 100123456700003", "100123456700003"),
        ("Tax ID No              98-7654321", "98-7654321"),
    ],
)
def test_tax_numbers_of_many_countries(printed: str, meant: str) -> None:
    found = receipt.extract(typed(f"SHOP OF THINGS\n{printed}\n\nThing      4.00\nTotal      4.00"))
    assert value(found.vendor_tax_id) == meant and found.buyer_tax_id is None


@pytest.mark.parametrize(
    "printed",
    [
        "Company No 1234567",
        "Amtsgericht Rostock HRB 123456",
        "KvK 12345678",
        "Tel. 0381 1234567",
        "VAT 1234.56",
        "VAT No. 04/03/2018 15:20",
        "IBAN DE02 1203 0000 0000 2020 51",
        "Article 123456789012",
    ],
)
def test_other_numbers_are_no_tax_numbers(printed: str) -> None:
    found = receipt.extract(typed(f"SHOP OF THINGS\n{printed}\n\nThing      4.00\nTotal      4.00"))
    assert found.vendor_tax_id is None and found.buyer_tax_id is None


def test_a_label_may_say_that_a_number_is_the_buyers() -> None:
    found = invoice.extract(
        typed("""
            Muster Handel KG
            Steuernummer 21/815/08150
            USt-IdNr. DE111111125
            RECHNUNG 77
            Ihre USt-IdNr.: ATU12345675
            Gesamtbetrag      40,00 €
        """)
    )
    assert (value(found.vendor_tax_id), value(found.buyer_tax_id)) == ("DE111111125", "ATU12345675")


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        ("Customer: Sample Garage Ltd", "Sample Garage Ltd"),
        ("Rechnung an:\nMuster Werkstatt GmbH\nLange Str. 3", "Muster Werkstatt GmbH"),
        ("Sold to          Sample Garage Ltd", "Sample Garage Ltd"),
        ("Ship to:\nDepot North\n\nBill to:\nSample Garage Ltd", "Sample Garage Ltd"),
        ("Customer: 0012345", None),
        ("Customer copy", None),
        ("Client\n12 Mill Road, York YO1 7AB", None),
    ],
)
def test_buyers_by_their_label(rows: str, name: str | None) -> None:
    found = invoice.extract(typed(f"Example Tools Ltd\n\nINVOICE 12\n\n{rows}\n\nTotal      40.00"))
    assert value(found.buyer) == name


def test_an_account_with_a_wrong_check_digit_is_none() -> None:
    found = invoice.extract(typed("Example Ltd\nINVOICE 12\nTotal      40.00\nIBAN GB33 BUKB 2020 1555 5555 56"))
    assert found.iban is None
