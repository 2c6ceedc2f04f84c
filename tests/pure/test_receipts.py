"""What receipts say, whatever till printed them: shop, date, sums that add up, payment and what was bought."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.document.model import Document, Line, Page, Quad
from services.extractors import Field, invoice, product
from services.extractors.receipt import Receipt, extract
from tests.support.typed import typed

CAFE = """
        CORNER CAFE LTD
      12 Mill Road, York YO1 7AB
      Tel: 01904 555 123

    Receipt No: 40217
    03/04/2018  14:22

    2 x Flat white       2.80     5.60
    1 x Carrot cake      3.40     3.40
    Toast                         2.00

    Subtotal                     11.00
    VAT 20%                       2.20
    TOTAL                 GBP    13.20
    Cash                         20.00
    Change                        6.80
"""


def value(field: Field | None) -> Any:
    return field.value if field else None


def items(bill: Any) -> list[tuple[Any, ...]]:
    members = ("description", "quantity", "unit_price", "amount")
    return [tuple(value(getattr(item, member)) for member in members) for item in bill.line_items]


def checks(bill: Any) -> dict[str, bool]:
    return {check.rule: check.holds for check in bill.validation}


def read(text: str) -> Receipt:
    return extract(typed(text))


@pytest.mark.parametrize("degrees", [0, 4, -3, 90, 180])
def test_a_receipt_is_read_however_the_photo_was_held(degrees: float) -> None:
    bill = extract(typed(CAFE, degrees=degrees))
    assert value(bill.vendor) == "CORNER CAFE LTD"
    assert value(bill.address) == "12 Mill Road, York YO1 7AB"
    assert value(bill.receipt_number) == "40217"
    assert value(bill.date) == date(2018, 4, 3)
    assert (value(bill.subtotal), value(bill.tax), value(bill.total)) == tuple(map(Decimal, ("11.00", "2.20", "13.20")))
    assert [value(rate) for rate in bill.tax_rates] == [20]
    assert value(bill.currency) == "GBP" and value(bill.payment_method) == "cash"
    assert items(bill) == [
        ("Flat white", 2, Decimal("2.80"), Decimal("5.60")),
        ("Carrot cake", 1, Decimal("3.40"), Decimal("3.40")),
        ("Toast", None, None, Decimal("2.00")),
    ]
    assert checks(bill) == {"subtotal + tax = total": True, "items = subtotal": True, "paid - change = total": True}


def test_evidence_is_what_is_printed_and_where() -> None:
    total = read(CAFE).total
    assert total and total.raw == "13.20" and total.page == 1 and 0.8 < total.confidence <= 0.99
    assert total.bbox and total.source == "print"
    left, top, right, bottom = total.bbox.bounds
    assert (left, right) == (290, 340) and (top, bottom) == (390, 410)


def test_a_total_is_what_adds_up_and_not_the_first_amount_beside_the_word() -> None:
    bill = read("""
        GREEN GROCER
        Total items                3
        Total savings           4.00
        Sub-total              30.00
        Sales tax               2.40
        Total                  32.40
        Visa                   32.40
    """)
    assert value(bill.total) == Decimal("32.40") and value(bill.subtotal) == 30 and value(bill.payment_method) == "card"


def test_sums_that_are_wrong_as_printed_are_told() -> None:
    bill = read(CAFE.replace("13.20", "14.20"))
    assert value(bill.total) == Decimal("14.20")
    assert checks(bill)["subtotal + tax = total"] is False and checks(bill)["paid - change = total"] is False


def test_a_japanese_receipt() -> None:
    bill = read("""
        セブンマート渋谷店
        東京都渋谷区1-2-3
        2021年10月31日 13:05
        おにぎり          ¥120
        お茶              ¥150
        小計              ¥270
        消費税(8%)         ¥21
        合計              ¥291
        お預り            ¥500
        お釣り            ¥209
    """)
    assert [(name, amount) for name, _, _, amount in items(bill)] == [("おにぎり", 120), ("お茶", 150)]
    assert (value(bill.total), value(bill.currency), value(bill.payment_method)) == (291, "JPY", "cash")
    assert set(checks(bill).values()) == {True} and len(bill.validation) == 3


def test_a_receipt_in_bengali_digits() -> None:
    bill = read("""
        রহমান স্টোর
        ১২ মিরপুর রোড, ঢাকা
        রশিদ নং: ২০৪৫
        তারিখ: ০৫/০৩/২০২৩

        চাল          ২     ৬০.০০     ১২০.০০
        ডাল          ১    ১৩০.৫০     ১৩০.৫০

        উপমোট                       ২৫০.৫০
        ভ্যাট ৫%                       ১২.৫৩
        সর্বমোট                     ৳ ২৬৩.০৩
        নগদ                         ৩০০.০০
        ফেরত                          ৩৬.৯৭
    """)
    assert value(bill.date) == date(2023, 3, 5) and value(bill.receipt_number) == "2045"
    assert value(bill.total) == Decimal("263.03") and value(bill.currency) == "BDT"
    assert bill.total and bill.total.raw == "৳ ২৬৩.০৩"
    assert items(bill)[0] == ("চাল", 2, 60, 120) and set(checks(bill).values()) == {True}


def test_a_tip_belongs_to_the_total() -> None:
    bill = read("""
        THE GRILL HOUSE
        Boston, MA 02108
        6/18/2021 8:15 PM
        Steak                  $30.00
        Subtotal               $30.00
        Tax                     $2.10
        Tip                     $6.00
        Total                  $38.10
    """)
    assert (value(bill.tip), value(bill.total)) == (6, Decimal("38.10"))
    assert checks(bill)["subtotal + tax + charges = total"] is True


def test_taxes_at_several_rates_are_listed() -> None:
    bill = read("""
        BÄCKEREI SOMMER
        Brötchen                 2,14
        Kaffee                  11,90
        Summe EUR               14,04
        MwSt 7%       2,00       0,14
        MwSt 19%     10,00       1,90
        Bar                     20,00
        Rückgeld                 5,96
    """)
    assert {value(rate) for rate in bill.tax_rates} == {7, 19}
    assert value(bill.total) == Decimal("14.04") and value(bill.currency) == "EUR"
    assert checks(bill)["paid - change = total"] is True


def test_cash_is_rounded_where_small_coins_are_gone() -> None:
    bill = read("""
        KEDAI BUKU SDN BHD
        Total                RM 19.98
        Rounding adj          RM 0.02
        Total rounded        RM 20.00
        Cash                 RM 50.00
        Change               RM 30.00
    """)
    assert value(bill.total) == 20 and value(bill.currency) == "MYR"


def test_goods_given_back_are_taken_off() -> None:
    bill = read("""
        TOOL STORE
        Drill          80.00
        Saw           -30.00
        Total          50.00
    """)
    assert value(bill.total) == 50 and [amount for *_, amount in items(bill)] == [80, -30]
    assert checks(bill) == {"items = total": True}


@pytest.mark.parametrize(
    ("place", "printed", "meant"),
    [
        ("Dallas, TX 75201", "04/05/2019", date(2019, 4, 5)),
        ("Leeds LS1 4AP", "04/05/2019", date(2019, 5, 4)),
        ("Dallas, TX 75201", "25/05/2019", date(2019, 5, 25)),
        ("東京都 150-0001", "2021年3月5日", date(2021, 3, 5)),
        ("東京都 150-0001", "令和3年10月31日", date(2021, 10, 31)),
        ("8010 Graz", "3. März 2022", date(2022, 3, 3)),
        ("28013 Madrid", "5 de abril de 2020", date(2020, 4, 5)),
        ("Oslo", "2020-11-30", date(2020, 11, 30)),
        ("Leeds LS1 4AP", "17-02-18", date(2018, 2, 17)),
    ],
)
def test_dates_are_read_as_the_country_writes_them(place: str, printed: str, meant: date) -> None:
    assert value(read(f"CORNER SHOP\n{place}\nDate: {printed}\nTotal   5.00").date) == meant


def test_doubtful_dates_are_settled_by_those_that_are_not() -> None:
    bill = read("""
        CORNER SHOP
        Date: 07/06/2021
        Return within 30 days, by 6 August 2021
        Total   5.00
    """)
    assert value(bill.date) == date(2021, 6, 7)
    again = read("""
        CORNER SHOP
        Printed 08/13/2021
        Date: 08/12/2021
        Total   5.00
    """)
    assert value(again.date) == date(2021, 8, 12)


@pytest.mark.parametrize(
    ("printed", "meant"),
    [
        ("6,54,321.00", "654321.00"),
        ("654,321.00", "654321.00"),
        ("1.234.567,80", "1234567.80"),
        ("1 234,50", "1234.50"),
        ("1'234.50", "1234.50"),
        ("12,34,56,789.10", "123456789.10"),
    ],
)
def test_amounts_of_all_conventions(printed: str, meant: str) -> None:
    assert value(read(f"SHOP\nAnother thing      {printed}\nTotal         {printed}").total) == Decimal(meant)


def test_small_words_are_no_currencies() -> None:
    assert value(read("SHOP\nOne for all 9\nTotal    9.00").currency) is None


def test_a_page_that_is_no_receipt_has_no_total() -> None:
    letter = read("""
        Dear Ms Miller,
        thank you for the 12 samples of May 3. Please send another 300 by train.
        The court may award damages in excess of $5,000 and costs.
        Yours, J. Smith
    """)
    assert letter.total is None and letter.line_items == () and letter.validation == ()


# Odd documents


WORDS = [
    "Total",
    "subtotal",
    "tax 20%",
    "12.50",
    "1.00",
    "Invoice no",
    "A-123",
    "01/02/2020",
    "due",
    "Bill to",
    "GmbH",
] + [
    "cash",
    "change",
    "Qty",
    "500 g",
    "exp",
    "L1234",
    "Street 5",
    "$5.00",
    "-1.00",
    "net",
    "(",
    "令和3年1月1日",
    "1" * 400,
]


def line(text: str, x: float, y: float, width: float = 0.0, height: float = 20.0) -> Line:
    right = x + (width or 10 * len(text))
    return Line(text, 0.9, Quad((x, y), (right, y), (right, y + height), (x, y + height)))


def garbage(lines: int, seed: int) -> Document:
    chance = random.Random(seed)
    made = [
        line(" ".join(chance.choices(WORDS, k=chance.randrange(1, 8))), chance.randrange(1500), 10 * number)
        for number in range(lines)
    ]
    return Document((Page(1, 2000, 30000, tuple(made)),))


ODD = {
    "no pages": Document(()),
    "no lines": Document((Page(1, 100, 100),)),
    "blank": Document((Page(1, 100, 100, (line(" ", 0, 0),)),)),
    "one line": Document((Page(1, 100, 100, (line("Total 5.00", 0, 0),)),)),
    "no height": Document((Page(1, 100, 100, tuple(line("Total 5.00", 0, 0, 1e-4, 0) for _ in range(30))),)),
    "one row": Document((Page(1, 100, 100, tuple(line(f"{n}.00", 60 * n, 0) for n in range(1500))),)),
    "one place": Document((Page(1, 100, 100, tuple(line("total 5.00", 0, 0) for _ in range(1500))),)),
    "long lines": Document(
        (Page(1, 100, 100, tuple(line(sign * 5000, 0, 0) for sign in ("1", "1,", "- ", "(", "/"))),)
    ),
    "few of all kinds": garbage(40, 1),
    "2000 of all kinds": garbage(2000, 2),
}


@pytest.mark.slow
@pytest.mark.parametrize(
    "extractor", [extract, invoice.extract, product.extract], ids=["receipt", "invoice", "product"]
)
@pytest.mark.parametrize("odd", ODD)
def test_odd_documents_neither_fail_nor_hang(odd: str, extractor: Any) -> None:
    found = extractor(ODD[odd])
    assert isinstance(found.validation, tuple)


def test_sums_that_hold_make_their_parts_sure() -> None:
    sure, unsure = read(CAFE), read(CAFE.replace("11.00", "11.50").replace("20.00", "").replace("2.00", "2.70"))
    assert all(one and one.confidence >= 0.85 for one in (sure.total, sure.subtotal, sure.tax))
    assert not any(checks(unsure).values())
    assert unsure.total and sure.total and unsure.total.confidence < sure.total.confidence


def test_a_shop_whose_name_is_like_a_kind_of_document_is_none() -> None:
    found = extract(typed("# RELIANCE SMART\nTax Invoice\n\nTata Salt          26.00\nTotal              26.00"))
    assert value(found.document_kind) != "reminder"


def test_rounding_for_cash_is_no_payment_in_cash() -> None:
    found = extract(
        typed("CORNER SHOP\n\nMilk            $4.65\nTOTAL           $4.65\nCASH ROUNDING   $0.00\nEFTPOS  $4.65")
    )
    assert value(found.payment_method) != "cash"


def test_the_expiry_of_an_authorisation_is_no_due_date() -> None:
    lines = ["FACTURA B", "Fecha: 04/05/2026", "", "Yerba          15.700,50", "Importe Total: $ 15.700,50"]
    for label in ("Vto. CAE:", "Fecha de Vto. de CAE:"):
        found = invoice.extract(typed("\n".join([*lines, f"CAE N°: 76123456789012  {label} 14/05/2026"])))
        assert value(found.due_date) is None
