"""What invoices say in the languages and layouts that they come in: who bills, until when to pay, what and how much."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from services.extractors.invoice import Invoice, extract
from tests.pure.test_receipts import checks, items, value
from tests.support.typed import typed


def read(text: str) -> Invoice:
    return extract(typed(text))


GERMAN = """
    Müller Werkzeuge GmbH
    Industriestraße 12
    70565 Stuttgart

    Rechnung an:
    Bau AG
    Hauptstraße 5
    10115 Berlin

    Rechnung                                   Rechnungsnr.:  RE-2023-0815
                                               Datum:         05.03.2023
                                               Fällig am:     04.04.2023

    Pos   Bezeichnung            Menge     Einzelpreis     Gesamtpreis
    1     Bohrmaschine             2          1.250,00        2.500,00
    2     Schrauben M8           100              0,15           15,00

                                           Nettobetrag        2.515,00
                                           MwSt. 19 %           477,85
                                           Gesamtbetrag    2.992,85 €

    Umsatzsteuer-ID: DE123456789
"""


def test_rows_of_a_table_are_items_whatever_stands_between() -> None:
    bill = read(GERMAN)
    assert items(bill) == [
        ("Bohrmaschine", 2, Decimal("1250.00"), Decimal("2500.00")),
        ("Schrauben M8", 100, Decimal("0.15"), Decimal("15.00")),
    ]
    assert checks(bill) == {"subtotal + tax = total": True, "items = subtotal": True, "date <= due_date": True}


def test_the_seller_bills_and_not_the_buyer() -> None:
    bill = read(GERMAN)
    assert value(bill.vendor) == "Müller Werkzeuge GmbH"
    assert value(bill.address) == "Industriestraße 12 70565 Stuttgart"


def test_numbers_dates_and_sums_of_an_invoice() -> None:
    bill = read(GERMAN)
    assert value(bill.invoice_number) == "RE-2023-0815"
    assert (value(bill.date), value(bill.due_date)) == (date(2023, 3, 5), date(2023, 4, 4))
    assert value(bill.subtotal) == 2515 and value(bill.tax) == Decimal("477.85")
    assert value(bill.total) == Decimal("2992.85") and value(bill.currency) == "EUR"
    assert [value(rate) for rate in bill.tax_rates] == [19]


LANGUAGES = {
    "French": ("Facture n°: F-77", "Date: 02/07/2021", "Échéance: 05/08/2021", "Total HT", "TVA 20%", "Total TTC"),
    "Spanish": (
        "Factura nº: F-77",
        "Fecha: 02/07/2021",
        "Vencimiento: 05/08/2021",
        "Base imponible",
        "IVA 20%",
        "Total",
    ),
    "Italian": ("Fattura n. F-77", "Data: 02/07/2021", "Scadenza: 05/08/2021", "Imponibile", "IVA 20%", "Totale"),
    "Portuguese": ("Fatura nº: F-77", "Data: 02/07/2021", "Vencimento: 05/08/2021", "Subtotal", "IVA 20%", "Total"),
    "Dutch": ("Factuurnummer: F-77", "Factuurdatum: 02-07-2021", "Vervaldatum: 05-08-2021", "Subtotaal", "BTW 20%")
    + ("Totaal",),
    "Swedish": ("Fakturanummer: F-77", "Fakturadatum: 2021-07-02", "Förfallodatum: 2021-08-05", "Netto", "Moms 20%")
    + ("Att betala",),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages(language: str) -> None:
    number, issued, due, net, tax, total = LANGUAGES[language]
    bill = read(f"""
        Alpina Consult S.A.

        {number}
        {issued}
        {due}

        {net:<40}1.000,00 €
        {tax:<40}200,00 €
        {total:<40}1.200,00 €
    """)
    assert value(bill.invoice_number) == "F-77"
    assert (value(bill.date), value(bill.due_date)) == (date(2021, 7, 2), date(2021, 8, 5))
    assert (value(bill.subtotal), value(bill.tax), value(bill.total)) == (1000, 200, 1200)
    assert value(bill.currency) == "EUR" and value(bill.vendor) == "Alpina Consult S.A."


def test_a_chinese_invoice() -> None:
    bill = read("""
        上海明珠贸易有限公司
        发票号码：00123456
        开票日期：2022年05月06日
        小计          1,000.00
        税额            130.00
        合计         ¥1,130.00
    """)
    assert value(bill.date) == date(2022, 5, 6) and value(bill.total) == 1130 and value(bill.currency) == "CNY"


def test_indian_amounts_and_both_halves_of_the_tax() -> None:
    bill = read("""
        SHARMA ELECTRICALS PVT LTD
        14 MG Road, Bengaluru 560001
        GSTIN: 29ABCDE1234F1Z5
        Invoice No: SE/23-24/118
        Dated: 05-Mar-2024

        Description       Qty       Rate        Amount
        Transformer         2    2,50,000.00   5,00,000.00
        Cable drum          1      54,508.47     54,508.47

        Taxable amount                         5,54,508.47
        CGST 9%                                  49,905.76
        SGST 9%                                  49,905.76
        Grand Total                        Rs. 6,54,319.99
    """)
    assert value(bill.total) == Decimal("654319.99") and value(bill.currency) == "INR"
    assert value(bill.subtotal) == Decimal("554508.47") and value(bill.date) == date(2024, 3, 5)
    assert [amount for *_, amount in items(bill)] == [500000, Decimal("54508.47")]
    assert {value(rate) for rate in bill.tax_rates} == {9}
    assert value(bill.tax) == Decimal("99811.52") and bill.tax and bill.tax.raw == "49,905.76\n49,905.76"
    assert checks(bill) == {"subtotal + tax = total": True, "items = subtotal": True}


def test_sums_may_stand_side_by_side() -> None:
    bill = read("""
        Weber Handel GmbH
        Am Markt 3
        80331 München

        Artikel          Anzahl   Preis      Summe
        Lampe               3     20,00      60,00
        Kabel               2      5,50      11,00

        Netto      MwSt 19%      Brutto
        71,00      13,49         84,49
    """)
    assert (value(bill.subtotal), value(bill.tax), value(bill.total)) == tuple(map(Decimal, ("71", "13.49", "84.49")))
    assert len(items(bill)) == 2 and value(bill.address) == "Am Markt 3 80331 München"


def test_taxes_of_a_table_are_added_up() -> None:
    bill = read("""
        EDEKA Neumann
        Vollmilch                1,09 A
        Waschmittel              6,30 B
        SUMME              EUR   7,39
        MwSt%    Netto   Steuer  Brutto
        A 7,0     1,02    0,07    1,09
        B 19,0    5,29    1,01    6,30
    """)
    assert value(bill.tax) == Decimal("1.08") and value(bill.total) == Decimal("7.39") and bill.subtotal is None
    assert checks(bill) == {"items = total": True}


def test_signs_may_stand_apart_from_amounts_and_be_letters() -> None:
    assert value(read("Molen B.V.\nFatura FT 2023/77\nTotaal          €     99,74").currency) == "EUR"
    assert value(read("Fatura FT 2023/77\nTotal        153,75 €").invoice_number) == "FT 2023/77"
    assert value(read("Patel Traders\nGrand Total  Rs.17,325.00").total) == 17325


def test_an_amount_beside_the_address_is_no_part_of_it() -> None:
    bill = read("""
        Blue Ocean LLC                          Amount due
        55 Pine Ave, Seattle, WA 98101          $1,080.00

        Consulting              10   100.00     1,000.00
        Subtotal                                $1,000.00
        Tax (8%)                                   $80.00
        Total                                   $1,080.00
    """)
    assert value(bill.address) == "55 Pine Ave, Seattle, WA 98101" and value(bill.total) == 1080


def test_due_before_it_was_written_is_told() -> None:
    bill = read(GERMAN.replace("04.04.2023", "04.02.2023"))
    assert value(bill.due_date) == date(2023, 2, 4) and checks(bill)["date <= due_date"] is False


def test_a_line_that_does_not_add_up_is_told() -> None:
    assert checks(read(GERMAN.replace("        2.500,00", "        2.600,00")))["items = subtotal"] is False


def test_a_credit_note_has_negative_sums() -> None:
    bill = read("""
        Müller Werkzeuge GmbH
        Gutschrift

        Bezeichnung          Menge    Preis     Betrag
        Bohrmaschine           -1    100,00    -100,00

        Nettobetrag                          -100,00 €
        MwSt. 19 %                            -19,00 €
        Gesamtbetrag                         -119,00 €
    """)
    assert (value(bill.subtotal), value(bill.tax), value(bill.total)) == (-100, -19, -119)
    assert checks(bill)["subtotal + tax = total"] is True
    assert items(bill)[0][1:] == (-1, 100, -100)


def test_an_invoice_goes_on_over_pages() -> None:
    bill = read("""
        Paper Mill Ltd
        Invoice number: 771
        Description         Qty    Price     Amount
        Paper A4              3     5.00      15.00
    \f
        Paper A3              1     9.00       9.00
        Total due                             24.00
    """)
    assert len(items(bill)) == 2 and value(bill.total) == 24 and bill.total and bill.total.page == 2
    assert checks(bill) == {"items = total": True}


def test_discount_and_shipping_are_part_of_the_sum() -> None:
    bill = read("""
        Paper Mill Ltd
        Subtotal          100.00
        Discount          -10.00
        Shipping            5.00
        VAT 20%            19.00
        Total             114.00
    """)
    assert value(bill.total) == 114 and checks(bill) == {"subtotal + tax + charges = total": True}


def test_how_many_there_are_is_no_invoice_number() -> None:
    rows = (
        "Article      Qty     Price    Amount\nDelivery      1      9.00      9.00\nTotal                         9.00"
    )
    assert read(f"Paper Mill Ltd\n{rows}").invoice_number is None


def test_a_dollar_is_that_of_the_printed_code() -> None:
    assert value(read("Maple Ltd\nAll amounts in CAD\nTotal      $ 12.00").currency) == "CAD"
    assert value(read("Maple Ltd\nTotal      $ 12.00").currency) == "USD"


def test_nothing_is_made_up_for_what_is_not_printed() -> None:
    bill = read("Paper Mill Ltd\nTotal      12.00")
    unread = (bill.date, bill.due_date, bill.invoice_number, bill.currency, bill.subtotal, bill.tax, bill.address)
    assert unread == (None,) * 7 and bill.line_items == ()
