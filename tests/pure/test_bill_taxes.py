"""Which amounts are taxes, whatever the order of columns, and what stands beside taxes and is none."""

from __future__ import annotations

from decimal import Decimal

import pytest

from services.extractors.receipt import Receipt
from tests.support.bills import amounts, failed, items, till, value


def rates(bill: Receipt) -> list[float]:
    return sorted(float(value(rate)) for rate in bill.tax_rates)


# Tables of taxes

GST = {
    "gross last": (
        "CGST 9%    9.00   SGST 9%    9.00   118.00",
        "CGST 2.5%  5.00   SGST 2.5%  5.00   210.00",
    ),
    "gross first": (
        "118.00   CGST 9%    9.00   SGST 9%    9.00",
        "210.00   CGST 2.5%  5.00   SGST 2.5%  5.00",
    ),
    "net last": (
        "CGST 9%    9.00   SGST 9%    9.00   100.00",
        "CGST 2.5%  5.00   SGST 2.5%  5.00   200.00",
    ),
    "net first, the taxes together last": (
        "8517   100.00   9%     9.00   9%     9.00   18.00",
        "1006   200.00   2.5%   5.00   2.5%   5.00   10.00",
    ),
    "one rate, two halves": (
        "18%   9.00   9.00   118.00",
        "5%    5.00   5.00   210.00",
    ),
}


@pytest.mark.parametrize("table", GST.values(), ids=GST)
def test_columns_of_a_gst_table_are_told_by_arithmetic(table: tuple[str, str]) -> None:
    bill = till(f"""
        EXAMPLE BAZAAR
        GSTIN: 27ABCDE1234F1Z5
        Kettle                           118.00
        Rice 5kg                         210.00
        Net Amount                       328.00
        {table[0]}
        {table[1]}
    """)
    assert amounts(bill, "total", "tax") == (328, 28)
    assert failed(bill) == [] and value(bill.subtotal) in (None, 300)
    assert items(bill) == [("Kettle", 118), ("Rice 5kg", 210)]


def test_the_base_in_the_last_column_of_one_row_is_no_tax() -> None:
    bill = till("""
        EXAMPLE BAZAAR
        Kettle                           225.00
        CGST 9%   17.16   SGST 9%   17.16   225.00
        Net Amount                       225.00
    """)
    assert amounts(bill, "total", "tax") == (225, 34.32) and failed(bill) == []


def test_two_equal_halves_of_a_tax_in_rows_of_their_own_count_both() -> None:
    bill = till("""
        EXAMPLE BAZAAR
        Kettle                          1000.00
        Subtotal                        1000.00
        CGST 9%                           90.00
        SGST 9%                           90.00
        Total                           1180.00
    """)
    assert amounts(bill, "total", "subtotal", "tax") == (1180, 1000, 180) and failed(bill) == []


ZERO_ROWS = {
    "above": ("A 19,0%        0,00    0,00    0,00", "B  7,0%        6,98    0,49    7,47"),
    "below": ("B  7,0%        6,98    0,49    7,47", "A 19,0%        0,00    0,00    0,00"),
}


@pytest.mark.parametrize("rows", ZERO_ROWS.values(), ids=ZERO_ROWS)
def test_a_rate_of_nothing_is_neither_subtotal_nor_tax(rows: tuple[str, str]) -> None:
    bill = till(f"""
        BEISPIEL MARKT GMBH
        Domstr. 20, 50668 Köln
        MILCH                          1,48 B
        KAFFEE                         5,99 B
        SUMME     EUR                  7,47
        Geg. EC-Cash EUR               7,47
        Steuer %       Netto   Steuer  Brutto
        {rows[0]}
        {rows[1]}
        Gesamtbetrag   6,98    0,49    7,47
    """)
    assert amounts(bill, "total", "subtotal", "tax") == (7.47, 6.98, 0.49)
    assert rates(bill) == [7] and failed(bill) == []


def test_japanese_taxes_of_nothing_do_not_replace_those_of_something() -> None:
    bill = till("""
        セブンマート 渋谷店
        東京都渋谷区道玄坂1-2-3
        おにぎり                ¥150
        レジ袋                    ¥5
        合計                    ¥155
        (10%対象                  ¥5)
        (8%対象                 ¥150)
        (内消費税等 10%           ¥0)
        (内消費税等 8%           ¥11)
    """)
    assert amounts(bill, "total", "tax") == (155, 11) and 8 in rates(bill) and failed(bill) == []


def test_a_total_with_the_tax_is_not_the_tax() -> None:
    bill = till("""
        BEISPIEL LADEN
        Brot                          3.40
        Käse                          7.83
        Total inkl. MWST             11.23
        Rundung                       0.02
        Zu bezahlen CHF              11.25
    """)
    assert amounts(bill, "tax", "rounding") == (None, 0.02) and failed(bill) == []


def test_a_bill_without_tax_has_a_tax_of_nothing() -> None:
    bill = till("""
        CORNER SHOP
        Bread                 5.00
        Subtotal              5.00
        Sales tax             0.00
        Total                 5.00
    """)
    assert amounts(bill, "total", "subtotal", "tax") == (5, 5, 0)


# Other levies


@pytest.mark.parametrize("others", ["0,00", "250,00"])
def test_argentinian_levies_are_no_tax_and_the_tax_contained_in_prices_is(others: str) -> None:
    total = "15.700,50" if others == "0,00" else "15.950,50"
    bill = till(f"""
        PANADERIA EJEMPLO SRL
        CUIT: 30-71234567-1
        Av. Corrientes 2345 - CABA
        FACTURA B
        Punto de Venta: 0003  Comp. Nro: 00012345
        Fecha de Emisión: 04/05/2026
        Facturas docena                 12.500,00
        Pan 1kg                          3.200,50
        Subtotal                        15.700,50
        Importe Otros Tributos:            {others}
        Importe Total: $                {total}
        Régimen de Transparencia Fiscal al Consumidor (Ley 27.743)
        IVA Contenido:  $                2.724,88
    """)
    assert amounts(bill, "subtotal", "tax") == (15700.5, 2724.88)
    assert f"{value(bill.total)}" == total.replace(".", "").replace(",", ".")
    assert failed(bill) == [] and value(bill.receipt_number) == "00012345"


# Service and deposits

SERVICES = {
    "en": ("Subtotal", "Service 10%", "VAT 5%"),
    "optional": ("Sub Total", "Optional Service 10%", "VAT 5%"),
    "id": ("Subtotal", "Service 10%", "PB1 5%"),
    "de": ("Zwischensumme", "Service 10%", "MwSt 5%"),
    "rate apart": ("Subtotal", "Service  10%", "GST 5%"),
    "no rate": ("Subtotal", "Service", "GST 5%"),
}


@pytest.mark.parametrize("words", SERVICES.values(), ids=SERVICES)
def test_service_with_a_rate_is_a_charge(words: tuple[str, str, str]) -> None:
    bill = till(f"""
        BISTRO
        Soup                          70.00
        Tea                           16.00
        {words[0]:<30}86.00
        {words[1]:<30}8.60
        {words[2]:<30}4.73
        Total                         99.33
    """)
    assert amounts(bill, "total", "subtotal", "tax") == (99.33, 86, 4.73)
    assert rates(bill) == [5] and failed(bill) == [] and items(bill) == [("Soup", 70), ("Tea", 16)]


def test_a_service_that_is_sold_is_an_item() -> None:
    bill = till("""
        EXAMPLE GARAGE
        Description        Qty    Price    VAT      Amount
        Service              1   100.00    20%      100.00
        Tyres                2    50.00    20%      100.00
        Subtotal                                    200.00
        VAT 20%                                      40.00
        Total                                       240.00
    """)
    assert [amount for _, amount in items(bill)] == [100, 100]
    assert amounts(bill, "total", "tax") == (240, 40) and rates(bill) == [20] and failed(bill) == []


DEPOSITS = ("BOTTLE DEPOSIT", "CA CRV", "PFAND", "STATIEGELD", "CONSIGNE", "KAUCJA", "DEPOSIT")


@pytest.mark.parametrize("deposit", DEPOSITS)
def test_a_deposit_on_bottles_is_bought_and_nothing_paid(deposit: str) -> None:
    bill = till(f"""
        EXAMPLE BEVERAGES
        Water 6 pack                  4.99
        {deposit:<30}0.80
        Bananas                       1.15
        Total                         6.94
        VISA                          6.94
    """)
    assert items(bill) == [("Water 6 pack", 4.99), (deposit, 0.80), ("Bananas", 1.15)]
    assert amounts(bill, "total", "amount_paid") == (6.94, 6.94) and failed(bill) == []


# Taxes in prices

INCLUDED = {
    "sv": ("Öresavrundning          -0,40", "Totalt SEK              49,00", "Moms 12%   Netto 44,11  Moms 5,29"),
    "nl": ("Afronding               -0,40", "Totaal EUR              49,00", "BTW 12%   over 44,11   5,29"),
}


@pytest.mark.parametrize("rows", INCLUDED.values(), ids=INCLUDED)
def test_taxes_in_rounded_totals_add_up(rows: tuple[str, str, str]) -> None:
    bill = till(f"""
        EXEMPEL LIVS
        Storgatan 4, 111 22 Stockholm
        Kaffe                   14,90
        Brod                    34,50
        {rows[0]}
        {rows[1]}
        {rows[2]}
    """)
    assert amounts(bill, "total", "tax", "rounding") == (49, 5.29, -0.4) and failed(bill) == []


def test_a_deposit_below_the_subtotal_lies_between_it_and_the_total() -> None:
    bill = till("""
        SUPERMARKT VOORBEELD
        Amsterdam 1012 AB
        Melk 1L                        2,58
        Brood                          1,61
        SUBTOTAAL                      4,19
        STATIEGELD                     0,25
        TOTAAL                         4,44
        PINNEN                         4,44
        BTW  OVER   EUR
        9%          3,85               0,35
    """)
    assert amounts(bill, "total", "subtotal", "tax", "amount_paid") == (4.44, 4.19, 0.35, 4.44)
    assert failed(bill) == []


@pytest.mark.parametrize("sales", ["SPRZEDAZ OPODATK.", "SPRZ. OPODATK.", "SPRZEDAŻ OPODATKOWANA", "SPRZ.OPOD.PTU"])
def test_polish_sums_of_taxed_goods_are_no_items(sales: str) -> None:
    bill = till(f"""
        SKLEP PRZYKLAD
        NIP 779-10-11-327
        PARAGON FISKALNY
        Chleb                   7,98C
        Sok                     4,50A
        {sales} A    4,50
        PTU A 23%               0,84
        {sales} C    7,98
        PTU C 5%                0,38
        SUMA PTU                1,22
        SUMA PLN               12,48
    """)
    assert items(bill) == [("Chleb", 7.98), ("Sok", 4.5)]
    assert amounts(bill, "total", "tax") == (12.48, 1.22) and failed(bill) == []
    assert value(bill.tax) == Decimal("1.22")
