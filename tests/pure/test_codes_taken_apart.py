"""Codes whose fields hold the signs that part them, that say a thing twice, or that come from the wrong place."""

from __future__ import annotations

import gzip
import random
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from time import process_time

import numpy as np
import pytest
import segno
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from services.extractors import product
from services.extractors._gtin import checked
from services.extractors.barcodes.codes import gtin
from services.extractors.barcodes.reading import find
from services.extractors.barcodes.schemes.br_nfce import TREASURIES
from tests.pure.test_code_meanings import TSE, said
from tests.pure.test_codes_beside_print import checks, code, found, value, warned
from tests.support.typed import typed

ORDER = '2;"Eisbecher ""Himbeere""";3.99\r1;"Kaffee; klein";2.20'
FNC1 = "\x1d"


def german(register: str, kind: str, data: str) -> str:
    return f"V0;{register};{kind};{data};17;38;{TSE}"


@pytest.mark.parametrize("register", ["KASSE-01", "Theke;links", "a;b;c", ""])
@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("Bestellung-V1", ORDER),
        ("SonstigerVorgang", "frei;geformt"),
        ("Kassenbeleg-V1", "Beleg^1.19_0.00_0.00_0.00_0.00^1.19:Bar"),
    ],
)
def test_fields_of_german_receipts_may_have_semicolons(register: str, kind: str, data: str) -> None:
    if not register and ";" in data:
        register = "1"
    told = said(german(register, kind, data))
    assert (told["number"], told["date"]) == ("17", date(2026, 11, 30))
    details = told["details"]
    assert (details.get("register") or "", details["process"], details["signature_count"]) == (register, kind, "38")
    assert told["total"] == (Decimal("1.19") if kind == "Kassenbeleg-V1" else None)


@given(st.lists(st.text('aB1;^_:."', max_size=8), max_size=6))
def test_no_process_data_move_the_fields_behind_them(parts: Sequence[str]) -> None:
    told = said(german("K;1", "Bestellung-V1", ";".join(parts)))
    assert (told["number"], told["details"]["register"], told["details"]["end"]) == (
        "17",
        "K;1",
        "2026-11-30T10:11:00.000Z",
    )


@pytest.mark.parametrize("register", ["KASSE-7", "KASSE_7", "a_b_c"])
def test_registers_of_austrian_receipts_may_have_underscores(register: str) -> None:
    sums = "12,00_5,50_0,00_0,00_-1,50_4r9sKg==_7a3c_Kf7cP2pQ7sY=_tJ1w=="
    told = said(f"_R1-AT1_{register}_1042_2026-11-30T10:11:00_{sums}")
    assert (told["total"], told["number"], told["details"]["register"]) == (16, "1042", register)


# GS1: what is told twice


@pytest.mark.parametrize(
    ("elements", "member", "shown"),
    [
        ("0109506000134352" + "10B1" + FNC1 + "10B2", "batch", "(10)B1, (10)B2"),
        ("0109506000134352" + "0104012345678901", "gtin", "(01)09506000134352, (01)04012345678901"),
        ("0109506000134352" + "17270831" + "17280831", "expiry_date", "(17)270831, (17)280831"),
        ("0109506000134352" + "3103001250" + "3102001250", "weight_kg", "(3103)001250, (3102)001250"),
        ("0109506000134352" + "3922199" + FNC1 + "3922299", "price", "(3922)199, (3922)299"),
    ],
)
def test_an_element_that_is_told_twice_with_two_values_is_an_error(elements: str, member: str, shown: str) -> None:
    told = said(elements, gs1=True)
    assert told[member] is None
    assert told["errors"] == (f"an element is there 2 times with different values: {shown}",)
    assert member == "gtin" or told["gtin"] == "09506000134352"


def test_an_element_that_is_told_twice_with_one_value_is_none() -> None:
    told = said("0109506000134352" + "10B1" + FNC1 + "10B1", gs1=True)
    assert (told["batch"], told["errors"], told["details"]["10"]) == ("B1", (), "B1")


def test_so_it_is_in_digital_links() -> None:
    told = said("https://example.com/01/09506000134352/10/B1?17=270831&17=280831")
    assert told["expiry_date"] is None and told["batch"] == "B1" and "(17)270831, (17)280831" in told["errors"][0]


def test_a_label_says_so_and_takes_neither() -> None:
    told = product.extract(
        found(typed("TEA"), "barcodes", [code("0109506000134352" + "10B1" + FNC1 + "10B2" + FNC1 + "21S7", "gs1")])
    )
    assert value(told.batch) is None and value(told.serial) == "S7" and told.serial and told.serial.confidence <= 0.5
    assert warned(product, told)[0].startswith("CODE_INVALID: ") and checks(told) == {}


@pytest.mark.parametrize("digits", [8, 12, 13, 14])
def test_a_number_of_nothing_but_zeros_is_no_article(digits: int) -> None:
    assert said(f"https://example.com/01/{'0' * digits}") == {}
    assert said("01" + "0" * 14 + "10B1", gs1=True) == {}
    assert (
        not checked("0" * digits)
        and gtin({8: "EAN8", 12: "UPCA", 13: "EAN13", 14: "ITF14"}[digits], "0" * digits) is None
    )


# Brazil: whose address it is


def brazilian(host: str, state: str = "35") -> str:
    key = f"{state}26111234567800019565001000000017112345678"
    total = sum(int(sign) * (2 + place % 8) for place, sign in enumerate(reversed(key)))
    return f"https://{host}/qrcode?p={key}{0 if total % 11 < 2 else 11 - total % 11}|2|1|30|60.90|797a4759|1|5CBAB5"


@pytest.mark.parametrize("state", sorted(TREASURIES))
def test_every_states_treasury_is_known(state: str) -> None:
    for domain in TREASURIES[state].split():
        told = said(brazilian(f"www.nfce.{domain}.gov.br", state))
        assert told["scheme"] == "br-nfce" and told["errors"] == () and told["total"] == Decimal("60.90")


@pytest.mark.parametrize(
    "host",
    ["example.com", "nfce.fazenda.sp.gov.br.example.com", "fazenda.sp.gov.br@example.com", "campinas.sp.gov.br",
     "sp.gov.br", "nfce-fazenda.sp.gov.br", "xfazenda.sp.gov.br", "fazenda.sp.com.br"],
)  # fmt: skip
def test_a_key_at_any_other_address_means_nothing(host: str) -> None:
    assert said(brazilian(host)) == {}


def test_a_key_of_another_state_is_told() -> None:
    told = said(brazilian("www.fazenda.rj.gov.br", "35"))
    assert told["total"] == Decimal("60.90") and "state 35" in told["errors"][0]
    assert said(brazilian("dfe-portal.svrs.rs.gov.br", "12"))["errors"] == ()


# India: numbers longer than Python turns at once


def aadhaar(size: int) -> str:
    texts = ["2", "734520261130101100123", "Asha Specimen", "05-04-1988", "F", "D/O Ravi", "Pune", "", "12"]
    texts += ["Kothrud", "411038", "Kothrud", "Maharashtra", "Test Road", "Haveli", "Pune City"]
    data = b"\xff".join(text.encode() for text in texts) + b"\xff"
    photo = bytes((place * place * 31 + place // 7) % 251 for place in range(size))
    number, blocks = int.from_bytes(gzip.compress(data + photo, 0, mtime=0)), []
    while number:
        number, block = divmod(number, 10**1000)
        blocks.append(f"{block:01000}")
    return "".join(reversed(blocks)).lstrip("0")


@pytest.mark.parametrize("size", [1000, 1600, 2600, 20_000])
def test_a_secure_code_of_any_length_is_read(size: int) -> None:
    text = aadhaar(size)
    began = process_time()
    told = said(text)
    assert (told["name"], told["number"], told["birth_date"]) == ("Asha Specimen", "7345", date(1988, 4, 5))
    assert process_time() - began < 1 and len(text) > 2 * size


def test_longer_ones_than_codes_hold_mean_nothing() -> None:
    assert said(aadhaar(30_000)) == {}


def test_bars_that_a_row_of_a_large_code_makes_by_chance_are_no_code() -> None:
    digits = str(random.Random(104).randrange(10**2900, 10**2901))
    drawn = segno.make(digits, error="l", boost_error=False)
    modules = np.pad(np.array([list(row) for row in drawn.matrix], np.uint8), 4)
    grey = np.ascontiguousarray(255 - 255 * np.kron(modules, np.ones((3, 3), np.uint8)))
    assert {one.format.name for one in zxingcpp.read_barcodes(grey)} > {"QRCode"}
    assert [one.value for one in find(np.stack([grey] * 3, axis=-1), 1)] == [digits]
