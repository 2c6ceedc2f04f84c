"""Several codes on one page, codes that contradict print, and what counts as one number, tax number or name."""

from __future__ import annotations

from decimal import Decimal
from difflib import SequenceMatcher
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.document.model import Document
from services.extractors import Source, invoice, product, receipt
from services.extractors._commerce.reading.sameness import same_name, same_number, same_tax_number
from tests.pure.test_codes_beside_print import CAFE, INVOICE, PORTUGAL, checks, code, found, value, warned, with_codes
from tests.support.typed import typed

OWN, OTHER = "DE89370400440532013000", "DE02120300000000202051"
SWISS = "CH4431999123000889012"


def epc(amount: str = "119.00", iban: str = OWN, name: str = "Muster Handels GmbH", text: str = "R-2026-17") -> str:
    return f"BCD\n002\n1\nSCT\n\n{name}\n{iban}\nEUR{amount}\n\n\n{text}"


def swiss(amount: str = "119.00", currency: str = "EUR") -> str:
    rows = ["SPC", "0200", "1", SWISS, "S", "Muster Handels GmbH", "Hauptstrasse", "1", "8001", "Zürich", "CH"]
    return "\n".join([*rows, *[""] * 7, amount, currency, *[""] * 7, "NON", "", "", "EPD"])


def without(text: str, *words: str) -> str:
    """The text without the rows that have one of these words."""
    return "\n".join(row for row in text.splitlines() if not any(word in row for word in words))


BARE = without(INVOICE, "Gesamtbetrag", "Nettobetrag", "MwSt", "Beratung")
"""An invoice whose sums cannot be read."""


def billed(text: str, *codes: str) -> invoice.Invoice:
    return invoice.extract(with_codes(text, "invoice", *codes))


def trust(field: Any) -> float:
    return float(field.confidence) if field else 0.0


@pytest.mark.parametrize("turned", [False, True])
def test_of_two_payment_codes_that_differ_none_decides(turned: bool) -> None:
    codes = [epc("119.00", OWN), epc("190.00", OTHER)]
    bill = billed(BARE, *(reversed(codes) if turned else codes))
    assert value(bill.total) is None and value(bill.iban) is None
    assert checks(bill)["total in code = total in another code"] is False
    assert checks(bill)["iban in code = iban in another code"] is False
    assert warned(invoice, bill) == ["CODES_DIFFER: codes disagree with each other about: total, iban."]


def test_what_both_of_them_say_is_given_in_doubt() -> None:
    bill = billed(BARE, epc("119.00"), epc("190.00"))
    assert value(bill.total) is None and value(bill.iban) == OWN and trust(bill.iban) <= 0.5
    assert value(bill.currency) == "EUR"


def test_two_payment_codes_that_agree_are_fine() -> None:
    bill = billed(INVOICE, epc(text="R-2026-17"), epc(text="Rechnung R-2026-17"))
    assert value(bill.iban) == OWN and trust(bill.iban) >= 0.99 and trust(bill.total) >= 0.99
    assert warned(invoice, bill) == [] and checks(bill)["total = total in code"] is True


def test_print_decides_between_codes_but_not_with_certainty() -> None:
    bill = billed(INVOICE, epc("190.00", OTHER), epc("119.00", OWN))
    assert value(bill.total) == Decimal("119.00") and trust(bill.total) <= 0.5
    assert value(bill.iban) == OWN and trust(bill.iban) <= 0.5
    assert warned(invoice, bill) == [
        "CODE_DIFFERS: a code says otherwise about: total.",
        "CODES_DIFFER: codes disagree with each other about: total, iban.",
    ]


def test_a_european_and_a_swiss_code_of_different_accounts() -> None:
    bill = billed(INVOICE, epc(), swiss())
    assert value(bill.total) == Decimal("119.00") and trust(bill.total) > 0.9
    assert value(bill.iban) is None and checks(bill)["iban in code = iban in another code"] is False
    assert billed(INVOICE, swiss()).iban == billed(INVOICE, swiss(), swiss()).iban is not None


def test_two_receipts_on_one_page_are_not_taken_for_one() -> None:
    codes = [PORTUGAL.format(total=total) for total in ("12.30", "8.00")]
    bill = receipt.extract(with_codes("THANK YOU", "receipt", *codes))
    assert value(bill.total) is None and value(bill.vendor_tax_id) == "123456789" and trust(bill.vendor_tax_id) <= 0.5


@pytest.mark.parametrize("amount", ["72.30", "1230.00", "12.31"])
def test_a_code_that_contradicts_print_is_in_doubt_in_all_that_is_taken_from_it(amount: str) -> None:
    plain = without(CAFE, "2026-11-30", "FS 2026A/17")
    right = receipt.extract(with_codes(plain, "receipt", PORTUGAL.format(total="12.30")))
    wrong = receipt.extract(with_codes(plain, "receipt", PORTUGAL.format(total=amount)))
    for name in ("date", "receipt_number", "vendor_tax_id"):
        own, taken = getattr(right, name), getattr(wrong, name)
        assert own.source is taken.source is Source.CODE and own.value == taken.value
        assert own.confidence >= 0.99 and taken.confidence <= 0.5


def test_a_code_that_contradicts_print_confirms_nothing_else_of_it() -> None:
    alone = receipt.extract(typed(CAFE))
    bill = receipt.extract(with_codes(CAFE, "receipt", PORTUGAL.format(total="72.30")))
    assert bill.tax == alone.tax and bill.date == alone.date and bill.receipt_number == alone.receipt_number


def test_an_account_from_a_code_that_contradicts_the_total() -> None:
    assert trust(billed(INVOICE, epc()).iban) >= 0.99
    assert trust(billed(INVOICE, epc("719.00")).iban) <= 0.5


def test_payees_of_two_codes_are_compared_too() -> None:
    nameless = without(BARE, "Muster Handels")
    bill = billed(nameless, epc(name="Muster Handels GmbH"), epc(name="Anders Bau AG"))
    assert checks(bill)["vendor in code = vendor in another code"] is False
    same = billed(nameless, epc(name="Muster Handels GmbH"), epc(name="MUSTER HANDELS", text="2"))
    assert "vendor in code = vendor in another code" not in checks(same) and trust(same.iban) >= 0.99


def test_two_codes_of_a_label_that_differ() -> None:
    codes = [code("010950600013435210" + batch, "gs1") for batch in ("B80989", "B80999")]
    told = product.extract(found(typed("DARJEELING TEA"), "barcodes", codes))
    assert value(told.batch) is None
    assert warned(product, told) == ["CODES_DIFFER: codes disagree with each other about: batch."]
    printed = product.extract(found(typed("DARJEELING TEA\nBatch No: B80989"), "barcodes", codes))
    assert value(printed.batch) == "B80989" and trust(printed.batch) <= 0.5


def test_codes_on_two_pages_are_compared() -> None:
    first, second = (with_codes(BARE, "invoice", epc(amount)).pages[0] for amount in ("119.00", "190.00"))
    assert value(invoice.extract(Document((first, second))).total) is None


NUMBERS = [
    ("FS 2026A/17", "FS 2026A/17", True),
    ("2026A/17", "FS 2026A/17", True),
    ("fs2026a17", "FS 2026A/17", True),
    ("00003-00000171", "0003-00000171", True),
    ("000.000.171", "171", True),
    ("B2022-0100", "B20220100", True),
    ("17", "FS 2026A/17", None),
    ("7", "17", False),
    ("2026", "2026-17", False),
    ("R-2026-17", "R-2026-171", False),
    ("R-2026-1", "R-2026-17", False),
    ("A-100", "100-A", False),
    ("", "17", None),
]


@pytest.mark.parametrize(("one", "other", "wanted"), NUMBERS)
def test_a_number_is_the_same_with_and_without_its_series(one: str, other: str, wanted: bool | None) -> None:
    assert same_number(one, other) is wanted and same_number(other, one) is wanted


@given(st.integers(100, 10**9), st.integers(1, 10**9))
def test_no_part_of_a_run_of_digits_is_the_number(number: int, more: int) -> None:
    assert same_number(f"R-{number}", f"R-{number}{more}") is False
    assert same_number(str(number), f"{more}{number}") is False
    assert same_number(str(number), f"{more}/{number}") is True


TAX_NUMBERS = [
    ("DE123456788", "DE123456788", True),
    ("DE 123 456 788", "123456788", True),
    ("CHE-106.017.086 MWST", "CHE-106.017.086", True),
    ("CHE-106.017.086", "106017086", True),
    ("ESB12345674", "B12345674", True),
    ("DE123456788", "AT123456788", False),
    ("123456788", "23456788", False),
    ("9123456788", "123456788", False),
    ("12", "9912", False),
    ("", "", False),
]


@pytest.mark.parametrize(("one", "other", "wanted"), TAX_NUMBERS)
def test_a_tax_number_is_the_same_with_and_without_its_country(one: str, other: str, wanted: bool) -> None:
    assert same_tax_number(one, other) is wanted and same_tax_number(other, one) is wanted


NAMES = [
    ("Muster Handels GmbH", "MUSTER HANDELS", True),
    ("Müller & Söhne S.A.", "Muller Sohne SA", True),
    ("Café Central, Lda.", "CAFE CENTRAL", True),
    ("Muster Handels GmbH", "Muster Handel GmbH", True),
    ("Muster", "Mustermann Bau GmbH", False),
    ("Hotel", "Hotel Adler", None),
    ("Muster Handels GmbH", "Anders Bau AG", False),
    ("شركة المثال", "Al Mithal Co", None),
    ("", "Anders Bau AG", None),
]


@pytest.mark.parametrize(("one", "other", "wanted"), NAMES)
def test_a_name_is_the_same_by_its_words(one: str, other: str, wanted: bool | None) -> None:
    assert same_name(one, other) is wanted and same_name(other, one) is wanted


def test_unlike_names_are_told_without_aligning_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which takes far longer than all else, and there may be tens of thousands of pairs."""
    monkeypatch.setattr(SequenceMatcher, "ratio", None)
    for other in ("Anders Bau AG", "Muster Handels und Vertriebsgesellschaft", "Metzgerei Lindner"):
        assert same_name("Bauer und Partner GmbH", other) is False
    with pytest.raises(TypeError):
        same_name("Bauer und Partner GmbH", "Baver und Partner GmbH")


def test_of_a_long_name_the_beginning_is_compared() -> None:
    long = "Muster Handels " * 8
    assert same_name(long + "Nord", long + "Anderswo Weit Weg") is True
    assert same_name(long[:30] + "Nord", long[:30] + "Anderswo Weit Weg") is False


def test_hundreds_of_codes_are_compared_in_bounded_time() -> None:
    codes = [
        epc(f"{cents}.00" if cents % 2 else f"-{cents}", name=f"Firma {cents} Bau {cents * 7919}")
        for cents in range(1, 401)
    ]
    document = with_codes(BARE, "invoice", *codes)
    began = process_time()
    bill = invoice.extract(document)
    assert process_time() - began < 5
    assert value(bill.total) is None and value(bill.iban) == OWN and trust(bill.iban) <= 0.5
    assert all(len(warning) < 600 for warning in warned(invoice, bill))
