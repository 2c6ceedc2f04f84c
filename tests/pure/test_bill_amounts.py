"""How many decimals amounts have, and what their signs mean: decided for the whole bill, by currency and country."""

from __future__ import annotations

from decimal import Decimal

import pytest

from services.extractors._commerce.reading.currencies import currencies
from services.extractors._currencies import BY_NUMBER
from services.extractors.receipt import Receipt, extract
from tests.support.bills import value
from tests.support.typed import typed


def read(text: str) -> Receipt:
    return extract(typed(text))


def bill(head: str, *amounts: str, total: str, tail: str = "") -> Receipt:
    """A shop, its items and its total, with what tells where it is from in head and tail."""
    goods = "\n".join(f"Thing {number}              {amount}" for number, amount in enumerate(amounts, 1))
    return read(f"SHOP OF THINGS\n{head}\n30/11/2026 10:11\n\n{goods}\n\nTotal               {total}\n{tail}")


@pytest.mark.parametrize(
    ("head", "amounts", "total", "meant", "code"),
    [
        ("Santiago, Chile", ("$1.990", "$1.290"), "$3.280", "3280", "CLP"),
        ("Jl. Merdeka 1, Jakarta", ("Rp25.000", "Rp16.250"), "Rp41.250", "41250", "IDR"),
        ("Hà Nội, Việt Nam", ("25.000đ", "40.000đ"), "65.000đ", "65000", "VND"),
        ("Seoul, Korea", ("₩4,500", "₩6,000"), "₩10,500", "10500", "KRW"),
        ("Bogotá, Colombia", ("$ 12.900", "$ 8.100"), "$ 21.000", "21000", "COP"),
        ("NIT 900.123.456-7", ("$ 12.900", "$ 8.100"), "$ 21.000", "21000", "COP"),
        ("Asunción, Paraguay", ("₲ 15.000", "₲ 9.500"), "₲ 24.500", "24500", "PYG"),
        ("Salmiya, Kuwait", ("1.250", "2.375"), "KWD 3.625", "3.625", "KWD"),
        ("Manama, Bahrain", ("BD 1.250", "BD 0.500"), "BD 1.750", "1.750", "BHD"),
        ("Amman, Jordan", ("2.500 JD", "1.250 JD"), "3.750 JD", "3.750", "JOD"),
        ("Muscat, Oman", ("1.100", "2.400"), "OMR 3.500", "3.500", "OMR"),
        ("Tunis, Tunisie", ("12,500 DT", "3,750 DT"), "16,250 DT", "16.250", "TND"),
        ("Baghdad, Iraq", ("12,500", "7,250"), "IQD 19,750", "19750", "IQD"),
        ("Lange Str. 3, Rostock", ("1.250 EUR", "1.100 EUR"), "2.350 EUR", "2350", "EUR"),
        ("Buenos Aires, Argentina", ("$ 1.990,00", "$ 10,00"), "$ 2.000,00", "2000", "ARS"),
        ("Dakar", ("2 500", "10 000"), "12 500 FCFA", "12500", "XOF"),
        ("Praha 1", ("1 250 Kč", "750 Kč"), "2 000 Kč", "2000", "CZK"),
        ("Cape Town, South Africa", ("R 1 250.50", "R 749.50"), "R 2 000.00", "2000", "ZAR"),
        ("Budapest", ("1.290 Ft", "2.310 Ft"), "3.600 Ft", "3600", "HUF"),
    ],
)
def test_decimals_follow_currency_country_and_all_amounts(
    head: str, amounts: tuple[str, ...], total: str, meant: str, code: str
) -> None:
    found = bill(head, *amounts, total=total)
    assert value(found.total) == Decimal(meant) and value(found.currency) == code
    assert found.total and found.total.confidence > 0.7 and found.low_confidence == ()
    assert sum(item.amount.value for item in found.line_items) == Decimal(meant)  # type: ignore[misc]


def test_one_amount_with_decimals_shows_what_the_others_are() -> None:
    found = bill("", "1.250", "12,50", total="1.262,50")
    assert value(found.total) == Decimal("1262.50")


def test_a_weight_with_decimals_makes_no_decimals_of_groups() -> None:
    found = read("""
        FERIA LIBRE
        RUT 76.123.456-7
        Tomates 1.5 kg          $1.990
        Paltas                  $2.490
        TOTAL                   $4.480
    """)
    assert value(found.total) == 4480 and value(found.currency) == "CLP"


def test_what_may_be_off_by_a_factor_is_unsure_and_names_both_readings() -> None:
    found = bill("", "1.250", "2.375", total="3.625")
    assert found.total and found.total.confidence <= 0.5
    doubt = {doubt.field: doubt.readings for doubt in found.low_confidence}["total"]
    assert set(doubt) == {Decimal("3.625"), Decimal("3625")}


def test_all_amounts_of_a_doubtful_bill_name_both_readings() -> None:
    found = read("""
        SHOP OF THINGS
        Thing                1.250
        Other                2.375
        Subtotal             3.625
        Discount            -1.125
        Total                2.500
    """)
    readings = {doubt.field: set(doubt.readings) for doubt in found.low_confidence}
    assert readings["discount"] == {Decimal("1.125"), Decimal("1125")}
    assert readings["subtotal"] == {Decimal("3.625"), Decimal("3625")} and "total" in readings


def test_a_letter_before_a_sum_alone_is_its_currency() -> None:
    found = bill("", "1 050.50", "63.00", total="R1 113.50")
    assert value(found.total) == Decimal("1113.50") and value(found.currency) == "ZAR"


def test_a_unit_before_or_behind_an_amount_is_no_currency() -> None:
    for printed in ("L 43.50", "43.50 M", "43.50 KM"):
        assert bill("", "12.00", "31.50", total=printed).currency is None


def test_forint_without_a_place_are_read_from_all_amounts() -> None:
    found = bill("", "15 620 Ft", "11 855 Ft", total="27 475 Ft")
    assert value(found.total) == 27475 and value(found.currency) == "HUF"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("Total", "Sales tax 8.25%         0.92"), "USD"),
        (("Importe total", "Tarjeta de débito     12.00"), None),
        (("Importe total", "IVA 16%               1.66"), "MXN"),
        (("Montant TTC", "Monnaie rendue à la caisse   3.00"), None),
    ],
)
def test_a_dollar_sign_among_words_of_another_language_is_no_american_one(
    words: tuple[str, str], code: str | None
) -> None:
    label, tail = words
    text = f"SHOP OF THINGS\n\nThing             $4.00\nOther            $8.00\n{label}            $12.00\n{tail}"
    assert value(read(text).currency) == code


def test_words_of_a_language_tell_where_decimals_stand() -> None:
    found = bill("Rechnung", "1.250", "2.375", total="3.625", tail="enthaltene MwSt 19%        579")
    assert value(found.total) == 3625 and found.low_confidence == ()
    assert found.total and found.total.confidence > 0.9


def test_a_sign_of_many_currencies_does_not_tell_how_many_decimals_there_are() -> None:
    found = bill("", "$1.250", "$2.375", total="$3.625")
    assert found.total and found.total.confidence <= 0.5 and found.currency is None
    assert {doubt.field for doubt in found.low_confidence} >= {"total"}


def test_what_all_currencies_of_a_sign_have_in_common_is_sure() -> None:
    found = bill("", "kr 1.250", "kr 2.375", total="kr 3.625")
    assert value(found.total) == 3625 and found.low_confidence == ()


def test_the_last_group_of_a_spaced_number_is_no_total() -> None:
    found = bill("", "1 250", "2 375", total="3 625")
    assert value(found.total) in (None, 3625)


@pytest.mark.parametrize("printed", ["12.-", "12,-", "12.--", "12:-"])
def test_a_dash_stands_for_no_decimals(printed: str) -> None:
    assert value(bill("", "5.-", "7.-", total=printed).total) == 12


@pytest.mark.parametrize(
    ("sign", "head", "code"),
    [
        ("$", "CUIT 30-71234567-1", "ARS"),
        ("$", "RFC ABC010101AB1", "MXN"),
        ("$", "ABN 51 824 753 556", "AUD"),
        ("$", "Toronto ON M5V 2T6", "CAD"),
        ("$", "GST No. 123-456-789, Auckland", "NZD"),
        ("$", "Tel +65 6123 4567", "SGD"),
        ("$", "Montevideo, Uruguay", "UYU"),
        ("$", "77 Lake Rd, Madison WI 53703", "USD"),
        ("$", "12 Nowhere Road", "USD"),
        ("kr", "Org.nr. 987 654 321 MVA, Oslo", "NOK"),
        ("kr", "Org.nr 556012-5790 Stockholm", "SEK"),
        ("kr", "CVR 12345678, København", "DKK"),
        ("kr", "Kt. 123456-7890 Reykjavík", "ISK"),
        ("Rs.", "NTN 1234567-8, Karachi", "PKR"),
        ("Rs.", "Colombo, Sri Lanka", "LKR"),
        ("Rs.", "GSTIN 29ABCDE1234F1Z5", "INR"),
        ("£", "Cairo, Egypt", "EGP"),
        ("£", "12 Mill Road, York YO1 7AB", "GBP"),
        ("R", "Johannesburg, South Africa", "ZAR"),
        ("P", "Makati, Philippines", "PHP"),
        ("৳", "Dhaka", "BDT"),
    ],
)
def test_a_shared_sign_goes_by_the_country(sign: str, head: str, code: str) -> None:
    assert value(bill(head, f"{sign} 4.00", f"{sign} 8.00", total=f"{sign} 12.00").currency) == code


def test_a_sign_of_several_currencies_alone_is_none_of_them() -> None:
    assert bill("", "kr 4.00", total="kr 4.00").currency is None


@pytest.mark.parametrize(
    ("head", "code"), [("Dhaka, Bangladesh", "BDT"), ("Nairobi, Kenya", "KES"), ("Kampala, Uganda", "UGX")]
)
def test_shillings_and_taka_may_end_in_a_stroke(head: str, code: str) -> None:
    found = bill(head, "250/=", "1,250/=", total="1,500/=")
    assert value(found.total) == 1500 and value(found.currency) == code


@pytest.mark.parametrize("code", sorted(currencies()))
def test_every_code_is_known_behind_a_total(code: str) -> None:
    decimals = {0: "12", 2: "12.00", 3: "12.000"}[currencies()[code].habit]
    found = bill("", decimals, total=f"{decimals} {code}")
    assert value(found.currency) == code and value(found.total) == 12


def test_words_that_are_codes_are_no_currencies() -> None:
    found = read("""
        CORNER SHOP
        CUP 250ML             3.50
        PEN BLUE              1.25
        MOP HEAD              4.00
        TOTAL GBP             8.75
    """)
    assert value(found.currency) == "GBP" and value(found.total) == Decimal("8.75")


@pytest.mark.parametrize("printed", ["2.00-", "2.00- A", "2.00-B", "-2.00", "(2.00)", "2.00 CR", "−2.00"])
def test_a_minus_may_stand_behind_an_amount_and_a_letter_behind_it(printed: str) -> None:
    found = bill("", "10.00", printed, total="8.00")
    assert [item.amount.value for item in found.line_items] == [10, -2]
    assert {check.rule: check.holds for check in found.validation} == {"items = total": True}


def test_codes_know_by_number_every_currency_that_print_has_by_letters() -> None:
    assert currencies().keys() == {*BY_NUMBER.values()} - {"HRK"}
