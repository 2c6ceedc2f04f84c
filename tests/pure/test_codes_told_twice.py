"""Codes that say one thing twice in two ways, or what cannot be: said as errors, and no value is taken."""

from __future__ import annotations

import json
from base64 import b64encode
from binascii import crc_hqx
from collections.abc import Callable, Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.extractors import receipt
from services.extractors._iban import is_creditor_reference
from services.extractors.barcodes.schemes._values import linked, single
from tests.pure.test_code_meanings import said, token
from tests.pure.test_codes_beside_print import CAFE, PORTUGAL, checks, value, warned, with_codes
from tests.pure.test_several_codes import OTHER, OWN, swiss

SPAIN = "https://www2.agenciatributaria.gob.es/wlpl/TIKE-CONT/ValidarQR?nif=89890001K&numserie=A-17&fecha=30-11-2026&importe={}"
MEXICO = (
    "https://verificacfdi.facturaelectronica.sat.gob.mx/default.aspx?id=5803EB8D&re=AAA010101AAA&rr=XAXX010101000&tt={}"
)
CROATIA = "https://porezna.gov.hr/rn?jir=8c1a&datv=20261130_1011&izn={}"
RUSSIA = "t=20261130T1011&s={}&fn=9289000100123456&i=171&fp=3735643510"


def emvco(*objects: tuple[str, str]) -> str:
    text = "000201" + "".join(f"{name}{len(text):02}{text}" for name, text in objects) + "6304"
    return text + format(crc_hqx(text.encode(), 0xFFFF), "04X")


def zatca(*totals: str) -> str:
    tags = [
        (1, "Shop"),
        (2, "310122393500003"),
        (3, "2026-11-30T10:11:00Z"),
        *((4, total) for total in totals),
        (5, "1.50"),
    ]
    return b64encode(b"".join(bytes([tag, len(text)]) + text.encode() for tag, text in tags)).decode()


TWICE: Mapping[str, Callable[[str, str], str]] = {
    "upi": lambda one, other: f"upi://pay?pa=a@b&am={one}&am={other}",
    "emvco": lambda one, other: emvco(("53", "986"), ("54", one), ("54", other)),
    "zatca": zatca,
    "pt-at": lambda one, other: PORTUGAL.format(total=one) + f"*O:{other}",
    "es-verifactu": lambda one, other: SPAIN.format(one) + f"&importe={other}",
    "mx-cfdi": lambda one, other: MEXICO.format(one) + f"&TT={other}",
    "hr-fiscal": lambda one, other: CROATIA.format(one) + f"&izn={other}",
    "ru-fns": lambda one, other: RUSSIA.format(one) + f"&s={other}",
}  # fmt: skip


@given(st.sampled_from(sorted(TWICE)), st.integers(250, 10**7), st.integers(250, 10**7))
def test_of_two_totals_in_one_code_none_is_taken(scheme: str, one: int, other: int) -> None:
    amounts = [f"{Decimal(cents) / 100:.2f}" for cents in (one, other)]
    told = said(TWICE[scheme](*amounts))
    assert told["scheme"] == scheme
    if one == other:
        assert told["total"] == Decimal(one) / 100 and told["errors"] == ()
    else:
        assert told["total"] is None
        assert [error for error in told["errors"] if "2 times with different values" in error]


def test_two_payees_in_one_code_are_no_payee() -> None:
    assert said("upi://pay?pa=a@b&pa=c@d&am=5.00") == {}
    two = said(emvco(("26", "0014br.gov.bcb.pix0103a@b"), ("26", "0014br.gov.bcb.pix0103c@d"), ("53", "986")))
    assert "account" not in two["details"] and "'26'" in two["errors"][0]


@pytest.mark.parametrize("name", ["SellerGstin", "TotInvVal"])
def test_json_with_a_name_that_says_two_things_means_nothing(name: str) -> None:
    invoice = {"SellerGstin": "27AAAAA0000A1Z5", "TotInvVal": 1180, "DocNo": "1", "DocDt": "30/11/2026"}
    assert said(token(invoice))["total"] == 1180
    twice = json.dumps(invoice)[:-1] + f', "{name}": 5}}'
    claims = [b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "RS256"}, {"data": twice})]
    assert said(".".join([*claims, "A" * 40])) == {}


@given(st.lists(st.tuples(st.sampled_from("abC"), st.sampled_from("12")), max_size=8))
def test_what_is_said_once_or_in_the_same_way_counts(pairs: list[tuple[str, str]]) -> None:
    found, errors = single(pairs)
    for name in {name for name, _ in pairs}:
        values = {value for own, value in pairs if own == name}
        assert (found.get(name) in values) is (len(values) == 1)
    assert len(errors) == len({name for name, _ in pairs}) - len(found)
    link = linked("", "", pairs)
    assert all(link.has(name.lower()) for name, _ in pairs)


def test_a_code_that_says_a_thing_twice_is_in_doubt_beside_print() -> None:
    bill = receipt.extract(with_codes("THANK YOU", "receipt", PORTUGAL.format(total="12.30") + "*O:99.00"))
    assert value(bill.total) is None and bill.vendor_tax_id and bill.vendor_tax_id.confidence <= 0.5
    assert warned(receipt, bill)[-1].startswith("CODE_INVALID: a code breaks the rules of its scheme: pt-at: 'O'")


# What cannot be


def test_a_tax_above_the_total_is_told() -> None:
    assert said(zatca("11.50"))["errors"] == ()
    assert said(zatca("0.50"))["errors"] == ("the tax is more than the total",)


@pytest.mark.parametrize(
    ("reference", "right"),
    [
        ("RF18539007547034", True),
        ("RF18 5390 0754 7034", True),
        ("RF19539007547034", False),
        ("RF00ABC", False),
        ("18", False),
    ],
)
def test_creditor_references_have_check_digits(reference: str, right: bool) -> None:
    assert is_creditor_reference(reference) is right
    told = said(f"BCD\n002\n1\nSCT\n\nMuster\n{OWN}\nEUR1.00\n\n{reference}\n")
    assert (told["reference"] is None) is (not right and reference.startswith("RF"))


@given(st.integers(0, 10**26 - 1))
def test_swiss_references_have_a_check_digit(number: int) -> None:
    def bill(last: int) -> dict[str, object]:
        rows = swiss().split("\n")
        return said("\n".join([*rows[:27], "QRR", f"{number:026}{last}", *rows[29:]]))

    right = [last for last in range(10) if bill(last)["errors"] == ()]
    assert len(right) == 1 and bill(right[0])["reference"] == f"{number:026}{right[0]}"
    assert bill((right[0] + 1) % 10)["reference"] is None


def test_an_account_abroad_is_none_of_a_swiss_bill() -> None:
    told = said(swiss().replace("CH4431999123000889012", OTHER))
    assert told["iban"] is None and "neither Swiss" in told["errors"][0]


def test_what_follows_the_last_right_element_is_told() -> None:
    told = said("010950600013435217271300", gs1=True)
    assert told["gtin"] == "09506000134352" and told["errors"] == ("what follows the elements that are told is none",)


@pytest.mark.parametrize("total", ["12.30", "-12.30"])
def test_a_refund_is_the_same_with_and_without_its_sign(total: str) -> None:
    bill = receipt.extract(with_codes(CAFE, "receipt", PORTUGAL.format(total=total)))
    assert checks(bill)["total = total in code"] is True
