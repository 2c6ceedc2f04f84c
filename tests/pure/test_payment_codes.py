"""Amounts in payment codes by the rules of their schemes, and tips beside them: drawn, right and wrong ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.extractors import invoice, receipt
from services.extractors._commerce.reading.currencies import currencies
from services.extractors._currencies import BY_NUMBER, places
from tests.pure.test_code_meanings import emv, said, scanned
from tests.pure.test_codes_beside_print import INVOICE, checks, value, warned, with_codes
from tests.pure.test_several_codes import BARE, epc, swiss

CENTS = st.integers(1, 99_999_999_999)


def upi(amount: str) -> str:
    return f"upi://pay?pa=specimen@okexample&pn=Specimen%20Stores&am={quote(amount)}&cu=INR"


def emvco(amount: str, currency: str = "986", **more: str) -> str:
    return emv(_52="5411", _53=currency, _54=amount, **more, _58="BR", _59="Specimen", _60="Sao Paulo")


SCHEMES: Mapping[str, Callable[[str], str]] = {"epc": epc, "swiss-qr-bill": swiss, "upi": upi, "emvco": emvco}


def meant(scheme: str, amount: str) -> dict[str, Any]:
    found = said(SCHEMES[scheme](amount))
    assert found["scheme"] == scheme
    return found


@given(st.sampled_from(sorted(SCHEMES)), CENTS)
def test_a_right_amount_is_an_amount(scheme: str, cents: int) -> None:
    found = meant(scheme, f"{Decimal(cents) / 100:.2f}")
    assert found["total"] == Decimal(cents) / 100 and found["errors"] == ()


@given(
    st.sampled_from(sorted(SCHEMES)),
    CENTS,
    st.sampled_from(
        [
            "-{:.2f}",
            "+{:.2f}",
            "{:.3f}",
            "{:,.2f}",
            "{:.2f} EUR",
            "{:.2f}.1",
            "0x{:.2f}",
            "{:.2f}e1",
            "1" * 18 + "{:.2f}",
        ]
    ),
)
def test_a_wrong_amount_is_told_and_no_amount(scheme: str, cents: int, form: str) -> None:
    number = Decimal(cents) / 100
    written = form.format(number)
    if form == "{:,.2f}" and number < 1000:
        written = f"{number:.2f}".replace(".", ",")
    found = meant(scheme, written)
    assert found["total"] is None
    (error,) = found["errors"]
    assert written[:20] in error and "amount" in error


@pytest.mark.parametrize(
    ("scheme", "amount", "right"),
    [
        ("epc", "12", True), ("epc", "12.3", True), ("epc", "0.00", False), ("epc", "1000000000.00", False),
        ("epc", "12.", False), ("swiss-qr-bill", "0.00", True), ("swiss-qr-bill", "12", False),
        ("swiss-qr-bill", "12.3", False), ("swiss-qr-bill", "012.30", False), ("swiss-qr-bill", "1000000000.00", False),
        ("upi", "12", True), ("upi", "12.3", True), ("upi", "12.345", False), ("emvco", "12.", True),
        ("emvco", "0.00", False), ("emvco", "12345678901.23", False),
    ],
)  # fmt: skip
def test_what_each_scheme_asks_of_an_amount(scheme: str, amount: str, right: bool) -> None:
    found = meant(scheme, amount)
    assert (found["errors"] == ()) is right and (found["total"] is not None) is right


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_code_without_an_amount_is_a_right_one(scheme: str) -> None:
    text = {"epc": epc("").replace("EUR", ""), "swiss-qr-bill": swiss(""), "upi": upi("0"), "emvco": emv(_53="986")}[
        scheme
    ]
    found = said(text)
    assert (found["scheme"], found["total"], found["errors"]) == (scheme, None, ())


def test_another_currency_in_a_swiss_or_european_code_is_told() -> None:
    assert said(swiss(currency="USD"))["currency"] is None and "USD" in said(swiss(currency="USD"))["errors"][0]
    assert "USD" in said(epc().replace("EUR119", "USD119"))["errors"][0]


@pytest.mark.parametrize(
    ("number", "amount", "right"),
    [
        ("392", "100", True),
        ("392", "100.5", False),
        ("048", "1.125", True),
        ("986", "1.125", False),
        ("704", "25000", True),
    ],
)
def test_an_amount_has_no_more_decimals_than_its_currency(number: str, amount: str, right: bool) -> None:
    found = said(emvco(amount, number))
    assert (found["errors"] == ()) is right and found["total"] == (Decimal(amount) if right else None)


def test_decimals_of_currencies_are_known_once() -> None:
    known = currencies()
    assert all(places(code) == known[code].places for code in BY_NUMBER.values() if code in known)


TIPS = [
    ({"_55": "01"}, "asked of the payer", None, None),
    ({"_55": "02", "_56": "2.50"}, "fixed", Decimal("2.50"), None),
    ({"_55": "03", "_57": "12.5"}, "percent", None, Decimal("12.5")),
]


@pytest.mark.parametrize(("objects", "kind", "fixed", "percent"), TIPS)
def test_a_tip_is_said_beside_the_amount(
    objects: dict[str, str], kind: str, fixed: Decimal | None, percent: Decimal | None
) -> None:
    found = scanned(emvco("20.00", **objects)).meaning
    assert found and found.total == 20 and found.errors == () and found.details["tip"] == kind
    assert (found.details.get("tip_amount"), found.details.get("tip_percent")) == (fixed, percent)


@pytest.mark.parametrize(
    "objects",
    [{"_55": "04"}, {"_55": "02"}, {"_55": "02", "_56": "-2.50"}, {"_55": "03", "_57": "100.00"}, {"_56": "2.50"},
     {"_55": "01", "_57": "5"}],
)  # fmt: skip
def test_a_tip_that_breaks_the_rules_is_told(objects: dict[str, str]) -> None:
    found = said(emvco("20.00", **objects))
    assert found["total"] == 20 and len(found["errors"]) == 1
    assert "tip_amount" not in found["details"] and "tip_percent" not in found["details"]


@pytest.mark.parametrize(
    ("objects", "holds"), [({"_55": "02", "_56": "19.00"}, True), ({"_55": "03", "_57": "19"}, True), ({}, False)]
)
def test_a_total_that_is_printed_with_the_tip_is_confirmed(objects: dict[str, str], holds: bool) -> None:
    bill = receipt.extract(with_codes(INVOICE, "receipt", emvco("100.00", "978", **objects)))
    assert value(bill.total) == Decimal("119.00") and checks(bill)["total = total in code"] is holds


def test_what_a_code_that_breaks_its_rules_says_besides_is_in_doubt() -> None:
    bill = invoice.extract(with_codes(BARE, "invoice", epc("-119.00")))
    assert value(bill.total) is None and bill.iban and bill.iban.confidence <= 0.5
    (warning,) = warned(invoice, bill)
    assert warning.startswith("CODE_INVALID: ") and "epc: the amount 'EUR-119.00'" in warning
