"""What is the total, and what lies between it and the subtotal, and between it and the sum that is due."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.support.bills import amounts, checks, letter, till, value

SUGGESTIONS = {
    "a row each": """
        Suggested gratuity
        18% Tip $2.66 Total $18.22
        20% Tip $2.95  Total $18.51
        25% Tip $3.69  Total $19.25
    """,
    "a total below each": """
        Tip guide
        15%                    2.21
        Total                 17.77
        20%                    2.95
        Total                 18.51
    """,
    "without a heading": """
        Tip 18%                2.66
        Tip 20%                2.95
        Tip 22%                3.25
    """,
    "side by side": """
        For your convenience:
        15% = $2.21  18% = $2.66  20% = $2.95
    """,
    "in words nobody knows": """
        15% = 2.21
        18% = 2.66
        20% = 2.95
    """,
}


@pytest.mark.parametrize("suggestions", SUGGESTIONS.values(), ids=SUGGESTIONS)
def test_suggested_tips_are_not_charged(suggestions: str) -> None:
    bill = till(f"""
        THE CORNER DINER
        77 Lake Rd, Madison WI 53703
        Burger                11.50
        Lemonade               3.25
        Subtotal              14.75
        Tax                    0.81
        TOTAL                $15.56
{suggestions}
        Thank you!
    """)
    assert amounts(bill, "total", "subtotal", "tax", "tip") == (15.56, 14.75, 0.81, None)
    assert set(checks(bill).values()) == {True}


def test_a_tip_that_was_added_is_one() -> None:
    bill = till("""
        BISTRO
        Dinner                40.00
        Subtotal              40.00
        Tax                    3.20
        Tip 18%                7.20
        Total                 50.40
    """)
    assert amounts(bill, "total", "tip", "tax") == (50.40, 7.20, 3.20)


EARLY = {
    "de": """
        Rechnungsbetrag                                  275,60 EUR
        Zahlbar bis 18.12.2024 mit 2 % Skonto = 270,09 EUR, bis 03.01.2025 rein netto.
    """,
    "de, a line each": """
        Gesamtbetrag                                     275,60 EUR
        Bei Zahlung bis 18.12.2024 abzgl. 2 % Skonto (5,51 EUR): 270,09 EUR
        Bei Zahlung bis 03.01.2025 ohne Abzug: 275,60 EUR
    """,
    "fr": """
        Total TTC                                        275,60 EUR
        Escompte 2 % si paiement avant le 18/12/2024 : 270,09 EUR
        Date d'échéance : 03/01/2025
    """,
    "en": """
        Invoice total                                    EUR 275.60
        2% early payment discount if paid by 18 December 2024: EUR 270.09
        Due date: 3 January 2025
    """,
}


@pytest.mark.parametrize("terms", EARLY.values(), ids=EARLY)
def test_what_is_left_after_a_cash_discount_is_not_the_total(terms: str) -> None:
    bill = letter(f"""
        Beispiel Stahl GmbH
        4 December 2024
{terms}
    """)
    assert float(value(bill.total)) == 275.6
    assert str(value(bill.due_date)) == "2025-01-03"


def test_a_balance_before_and_payments_lead_to_what_is_due() -> None:
    bill = letter("""
        CITY WATER
        Statement date: 4 May 2026
        Previous balance           120.00
        Payment received           -70.00
        Current charges             85.20
        Total amount due           135.20
    """)
    assert amounts(bill, "total", "previous_balance", "amount_paid", "amount_due") == (85.2, 120.0, 70.0, 135.2)
    assert checks(bill) == {"total + previous_balance - paid = amount_due": True}


DEPOSITS = {
    "en": ("Subtotal", "VAT 20%", "Total", "Less deposit paid", "Balance due"),
    "de": ("Nettobetrag", "zzgl. 20 % MwSt", "Gesamtbetrag", "abzgl. Anzahlung", "Restbetrag"),
    "fr": ("Total HT", "TVA 20 %", "Total TTC", "Acompte versé", "Reste à payer"),
    "es": ("Base imponible", "IVA 20%", "Total factura", "Anticipo", "Pendiente de pago"),
    "it": ("Imponibile", "IVA 20%", "Totale fattura", "Acconto versato", "Saldo da pagare"),
    "nl": ("Subtotaal", "BTW 20%", "Totaal", "Aanbetaling", "Nog te betalen"),
    "pt": ("Subtotal", "IVA 20%", "Total", "Adiantamento", "Valor a pagar"),
}


@pytest.mark.parametrize("words", DEPOSITS.values(), ids=DEPOSITS)
def test_a_deposit_makes_less_due_and_not_the_total_smaller(words: tuple[str, ...]) -> None:
    printed = ("1000.00", "200.00", "1200.00", "-300.00", "900.00")
    rows = "\n".join(f"        {word:<30}{amount}" for word, amount in zip(words, printed, strict=True))
    bill = letter(f"        EXAMPLE WORKS\n        12.05.2026\n{rows}")
    assert amounts(bill, "total", "subtotal", "tax", "amount_paid", "amount_due") == (1200, 1000, 200, 300, 900)
    assert checks(bill)["total - paid + rounding = amount_due"] and checks(bill)["subtotal + tax = total"]


WITHHELD = {
    "es": ("Base imponible", "IVA 21%", "Retención IRPF 15%", "TOTAL"),
    "en": ("Subtotal", "VAT 21%", "Withholding tax 15%", "TOTAL"),
    "pt": ("Subtotal", "IVA 21%", "Retenção na fonte 15%", "TOTAL"),
}


@pytest.mark.parametrize("words", WITHHELD.values(), ids=WITHHELD)
@pytest.mark.parametrize("minus", ["-", ""])
def test_withheld_tax_is_no_tax_of_the_bill_and_counts_in_its_sum(words: tuple[str, ...], minus: str) -> None:
    printed = ("1000.00", "210.00", f"{minus}150.00", "1060.00")
    rows = "\n".join(f"        {word:<30}{amount}" for word, amount in zip(words, printed, strict=True))
    bill = letter(f"        EXAMPLE STUDIO\n        12.05.2026\n{rows}")
    assert amounts(bill, "total", "subtotal", "tax", "withheld") == (1060, 1000, 210, 150)
    assert checks(bill) == {"subtotal + tax + charges = total": True}
    assert [value(rate) for rate in bill.tax_rates] == [21]


def test_withheld_tax_between_the_total_and_what_is_due() -> None:
    bill = letter("""
        STUDIO ESEMPIO
        Fattura n. 12 del 12/05/2026
        Imponibile                   100,00
        IVA 22%                       22,00
        Totale fattura               122,00
        Ritenuta d'acconto 20%       -20,00
        Netto a pagare               102,00
    """)
    assert amounts(bill, "total", "tax", "withheld", "amount_due") == (122, 22, 20, 102)
    assert set(checks(bill).values()) == {True}


@pytest.mark.parametrize(
    ("label", "printed", "total", "rounding"),
    [
        ("Rundung", "0.02", "1'237.95", 0.02),
        ("Rundung", "-0.03", "1'237.90", -0.03),
        ("Rounding", "0.03", "1'237.90", -0.03),
    ],
)
def test_rounding_to_coins_is_part_of_the_sum(label: str, printed: str, total: str, rounding: float) -> None:
    bill = till(f"""
        BEISPIEL LADEN AG
        Bahnhofstrasse 1, 8001 Zürich
        Tisch Eiche           1'234.50
        Brot                      3.43
        Zwischensumme         1'237.93
        {label}                  {printed}
        Total CHF             {total}
        MWST 8.1%                92.50
    """)
    assert amounts(bill, "rounding", "subtotal", "tax") == (rounding, 1237.93, 92.5)
    assert checks(bill) == {"subtotal + charges = total (tax included)": True, "items = subtotal": True}


def test_a_discount_below_the_subtotal_is_taken_off_and_its_rate_is_no_tax() -> None:
    bill = till("""
        RIVERSIDE PHARMACY
        Subtotal              35.37
        DISCOUNT 15%          (5.32)
        SALES TAX              1.80
        TOTAL                $31.85
    """)
    assert amounts(bill, "total", "tax", "discount", "subtotal") == (31.85, 1.80, 5.32, 35.37)
    assert bill.tax_rates == () and checks(bill) == {"subtotal + tax + charges = total": True}


def test_the_rate_of_a_service_charge_is_no_tax() -> None:
    bill = till("""
        NOODLE HOUSE
        Noodles               20.00
        Subtotal              20.00
        Service charge 10%     2.00
        GST 9%                 1.98
        Total                 23.98
    """)
    assert amounts(bill, "total", "tax") == (23.98, 1.98)
    assert [value(rate) for rate in bill.tax_rates] == [9]
    assert checks(bill)["subtotal + tax + charges = total"]


COUPONS = {
    "with a minus": ("-0.50", "-1.00"),
    "with a minus behind": ("0.50-", "1.00-"),
    "in brackets": ("(0.50)", "(1.00)"),
}


@pytest.mark.parametrize("cuts", COUPONS.values(), ids=COUPONS)
def test_coupons_among_the_items_count_once(cuts: tuple[str, str]) -> None:
    bill = till(f"""
        EXAMPLE MART
        Milk 2L                2.00
        Bread                  1.50
        Multibuy saving       {cuts[0]}
        Coupon                {cuts[1]}
        Subtotal               2.00
        Total to pay          £2.00
        Cash                  £5.00
        Change                £3.00
    """)
    assert value(bill.total) == 2 and set(checks(bill).values()) == {True}
    assert sum(value(item.amount) for item in bill.line_items) == 2


def test_what_was_saved_is_neither_an_item_nor_a_sum() -> None:
    bill = till("""
        GREEN GROCER
        Apples                 3.00
        Pears                  2.00
        You saved              1.25
        Total                  5.00
    """)
    assert value(bill.total) == 5 and [value(item.amount) for item in bill.line_items] == [3, 2]


INCLUDED = {
    "de, bases": ("MwSt A 19% aus 16,90  2,70", "MwSt B 7% aus 14,15  0,93"),
    "de, net, tax and gross": ("A 19,00%   14,20   2,70   16,90", "B  7,00%   13,22   0,93   14,15"),
    "fr": ("dont TVA 19%   2,70", "dont TVA 7%   0,93"),
    "it": ("di cui IVA 19%   2,70", "di cui IVA 7%   0,93"),
}


@pytest.mark.parametrize("taxes", INCLUDED.values(), ids=INCLUDED)
def test_every_rate_of_tax_in_the_prices_counts(taxes: tuple[str, str]) -> None:
    bill = till(f"""
        DORFLADEN MUSTER
        Emmentaler             9,85 B
        Wein                  16,90 A
        Brot                   4,30 B
        Summe EUR             31,05
        Bar                   50,00
        Rückgeld              18,95
        {taxes[0]}
        {taxes[1]}
    """)
    assert amounts(bill, "total", "tax") == (31.05, 3.63)
    assert sorted(value(rate) for rate in bill.tax_rates) == [7, 19]


def test_two_taxes_of_a_japanese_receipt_add_up() -> None:
    bill = till("""
        テスト商店
        東京都千代田区1-1-1
        牛乳                  ¥216
        ノート              ¥1,100
        小計                ¥1,316
        (8%対象              ¥216)
        (内消費税8%           ¥16)
        (10%対象           ¥1,100)
        (内消費税10%         ¥100)
        合計                ¥1,316
    """)
    assert amounts(bill, "total", "tax") == (1316, 116)
    assert sorted(value(rate) for rate in bill.tax_rates) == [8, 10] and len(bill.line_items) == 2


CREDITS = {
    "de": ("GUTSCHRIFT", "Nummer: GS-2026-17", "zu Rechnung R-2026-3", "Nettobetrag", "zzgl. 19% USt", "Gesamtbetrag"),
    "en": ("CREDIT NOTE", "Credit note no: GS-2026-17", "Original invoice: R-2026-3", "Net", "VAT 19%", "Total"),
    "fr": ("AVOIR", "Avoir n° GS-2026-17", "sur la facture R-2026-3", "Total HT", "TVA 19%", "Total TTC"),
    "it": ("NOTA DI CREDITO", "Numero: GS-2026-17", "Rif. fattura R-2026-3", "Imponibile", "IVA 19%", "Totale"),
    "nl": ("CREDITNOTA", "Creditnota nr. GS-2026-17", "Betreft factuur R-2026-3", "Subtotaal", "BTW 19%", "Totaal"),
    "es": ("FACTURA RECTIFICATIVA", "Número: GS-2026-17", "Rectifica a R-2026-3", "Base imponible", "IVA 19%", "Total"),
}


@pytest.mark.parametrize("words", CREDITS.values(), ids=CREDITS)
def test_a_credit_note_has_its_own_number_and_negative_sums(words: tuple[str, ...]) -> None:
    title, number, reference, net, tax, total = words
    bill = letter(f"""
        Beispiel GmbH
        Testweg 1, 10115 Berlin
        {title}
        {number}
        30.11.2026
        {reference}
        1 x Stuhl                 -100,00 EUR
        {net}                -100,00 EUR
        {tax}                -19,00 EUR
        {total}              -119,00 EUR
    """)
    assert value(bill.invoice_number) == "GS-2026-17" and value(bill.referenced_number) == "R-2026-3"
    assert value(bill.document_kind) == "credit_note"
    assert amounts(bill, "total", "tax", "subtotal") == (-119, -19, -100) and checks(bill)["subtotal + tax = total"]


def test_subtotals_heads_and_taxes_are_no_items() -> None:
    bill = letter("""
        EXAMPLE LTD
        Description         Qty    Price    Amount
        Desk                  1   100.00    100.00
        Chair                 2    50.00    100.00
        Subtotal furniture                  200.00
        Lamp                  1    30.00     30.00
        VAT 20%                              46.00
        Total                               276.00
    """)
    assert [value(item.description) for item in bill.line_items] == ["Desk", "Chair", "Lamp"]


def test_a_fee_that_is_to_be_transferred_is_the_total() -> None:
    bill = letter("""
        Dr. med. Erika Muster
        Fachärztin für Allgemeinmedizin
        Kirchplatz 2, 5020 Salzburg
        Honorarnote 260722-13742
        Datum: 22.07.2026
        22.07.2026 Ordination          4,66
        22.07.2026 Injektion          12,30
        22.07.2026 Verband            15,22
        Bitte überweisen Sie      EUR 32,18
    """)
    assert value(bill.total) == Decimal("32.18") and value(bill.invoice_number) == "260722-13742"
    assert value(bill.vendor) == "Dr. med. Erika Muster" and checks(bill)["items = total"]


def test_a_saving_with_a_minus_below_the_subtotal_is_a_discount() -> None:
    bill = till("""
        CORNER SHOP
        Bread                 5.00
        Cheese                8.00
        Subtotal             13.00
        Multibuy saving      -2.00
        Total                11.00
    """)
    assert amounts(bill, "total", "subtotal", "discount") == (11.0, 13.0, 2.0)
    assert all(checks(bill).values()) and checks(bill)


def test_a_card_called_net_is_a_payment_and_no_subtotal() -> None:
    bill = till("""
        CORNER SHOP
        Bread                 5.00
        Cheese                8.00
        Total                13.00
        Net card             13.00
    """)
    assert amounts(bill, "total", "subtotal", "amount_paid") == (13.0, None, 13.0)
