"""Totals before rounding, refunds, what is paid and what only looks like it, and balances that run beside a table."""

from __future__ import annotations

import pytest

from tests.support.bills import amounts, checks, items, letter, till, value

# Rounding

ROUNDED = {
    "de": ("Total", "Rundung", "Zu bezahlen CHF", "Bar CHF", "Rückgeld CHF"),
    "cs": ("Celkem", "Zaokrouhlení", "K úhradě", "Hotovost", "Vráceno"),
    "hu": ("Összesen", "Kerekítés", "Fizetendő", "Készpénz", "Visszajáró"),
    "sv": ("Totalt", "Öresavrundning", "Att betala", "Kontant", "Tillbaka"),
    "en": ("Total", "Rounding", "To pay", "Cash", "Change"),
}


@pytest.mark.parametrize("words", ROUNDED.values(), ids=ROUNDED)
@pytest.mark.parametrize(
    ("total", "rounding", "due", "change"), [(11.23, 0.02, 11.25, 8.75), (11.22, -0.02, 11.2, 8.8)]
)
def test_a_total_stands_before_it_is_rounded(
    words: tuple[str, ...], total: float, rounding: float, due: float, change: float
) -> None:
    printed = (total, rounding, due, 20, change)
    rows = "\n".join(f"        {word:<30}{amount:.2f}" for word, amount in zip(words, printed, strict=True))
    bill = till(f"        BEISPIEL LADEN\n        Bread                         {total:.2f}\n{rows}")
    assert amounts(bill, "total", "rounding", "amount_due", "amount_paid") == (total, rounding, due, 20)
    assert checks(bill) == {
        "items = total": True,
        "total - paid + rounding = amount_due": True,
        "paid - change = amount_due": True,
    }


def test_a_total_payable_is_the_total_though_another_stands_before_its_rounding() -> None:
    bill = till("""
        EXAMPLE STATIONERY
        Tacks                         19.93
        Total                         19.93
        Rounding Adj                   0.02
        Total Payable                 19.95
        Cash                          50.00
        Change                        30.05
    """)
    assert amounts(bill, "total", "rounding") == (19.95, 0.02) and all(checks(bill).values())


# Refunds


@pytest.mark.parametrize("refund", ["REFUND TO VISA            21.64", "VISA REFUND              -21.64"])
def test_a_refund_has_a_negative_total_however_the_card_is_printed(refund: str) -> None:
    bill = till(f"""
        EXAMPLE STORES
        Dallas TX 75201
        RETURN
        SHIRT                    -19.99
        TAX 8.25%                 -1.65
        TOTAL                    -21.64
        {refund}
    """)
    assert amounts(bill, "total", "tax") == (-21.64, -1.65) and all(checks(bill).values())


# How many


@pytest.mark.parametrize("label", ["TOTAL FOR 2 ITEMS", "TOTAL 2 ITEMS", "BALANCE FOR 2 ITEMS"])
def test_how_many_items_there_are_parts_no_label_from_its_amount(label: str) -> None:
    bill = till(f"""
        EXAMPLE GROCERS
        Bread                   18.99
        Milk 2L                 34.99
        {label:<24}53.98
        CASH                   100.00
        CHANGE                  46.02
    """)
    assert amounts(bill, "total", "amount_paid") == (53.98, 100) and all(checks(bill).values())
    assert items(bill) == [("Bread", 18.99), ("Milk 2L", 34.99)]


# What looks like payment


@pytest.mark.parametrize("balance", ["Gift card balance", "Remaining card balance", "Points balance"])
def test_what_is_left_on_a_card_is_neither_due_nor_paid(balance: str) -> None:
    bill = till(f"""
        EXAMPLE FUEL
        Snacks                  20.00
        TOTAL                   20.00
        {balance:<24}80.00
        VISA                    20.00
    """)
    assert amounts(bill, "total", "amount_paid", "amount_due") == (20, 20, None)


def test_a_gift_card_is_bought_above_the_total_and_paid_with_below() -> None:
    bought = till("""
        EXAMPLE BOOKS
        Gift card               25.00
        Birthday card            3.50
        TOTAL                   28.50
        VISA                    28.50
    """)
    paid = till("""
        EXAMPLE BOOKS
        Atlas                   28.50
        TOTAL                   28.50
        GIFT CARD               25.00
        VISA                     3.50
        BALANCE DUE              0.00
    """)
    assert items(bought) == [("Gift card", 25), ("Birthday card", 3.5)] and amounts(bought, "amount_paid") == (28.5,)
    assert items(paid) == [("Atlas", 28.5)] and amounts(paid, "total", "amount_paid", "amount_due") == (28.5, 28.5, 0)


NUMBERS = ("GST NO:", "GST NO: 29ABCDE1234F1Z5", "VAT Reg No", "GST Reg No M2-1234567-8", "PIN P051234567X", "SST ID")


@pytest.mark.parametrize("number", NUMBERS)
def test_the_name_of_a_number_names_no_amount_below_it(number: str) -> None:
    bill = till(f"""
        SHOP
        {number}
        10.00          Pen
        20.00          Ink
        Pen            10.00
        Ink            20.00
        Total          30.00
    """)
    assert amounts(bill, "total", "tax", "amount_paid") == (30, None, None)


def test_the_pin_of_the_kenyan_tax_office_is_the_sellers_number() -> None:
    bill = till("""
        DUKA LA MFANO NAIROBI
        PIN P051234567X
        Sukari         150/=
        Unga           210/=
        TOTAL          360/=
    """)
    assert value(bill.vendor_tax_id) == "P051234567X" and amounts(bill, "total", "amount_paid") == (360, None)


# Coupons and statements


def test_a_coupon_among_the_items_is_one_of_them_and_no_discount_of_the_sum() -> None:
    bill = till("""
        EXAMPLE MART
        Juice                    4.99
        Bananas                  1.15
        COUPON                  -1.00
        SUBTOTAL                 5.14
        TOTAL                    5.14
    """)
    assert items(bill) == [("Juice", 4.99), ("Bananas", 1.15), ("COUPON", -1)]
    assert value(bill.discount) is None and all(checks(bill).values())


STATEMENTS = {
    "charges, credits, balance": """
        Date        Description       Charges    Credits     Balance
        03/01/2026  Opening balance                           500.00
        03/05/2026  Toner order        250.00                 750.00
        03/12/2026  Cheque, thanks                300.00      450.00
        03/20/2026  Paper order        120.00                 570.00
    """,
    "amount, balance": """
        Date        Description       Amount     Balance
        03/05/2026  Toner order       250.00      750.00
        03/12/2026  Cheque, thanks    300.00      450.00
        03/20/2026  Paper order       120.00      570.00
    """,
}


@pytest.mark.parametrize("table", STATEMENTS.values(), ids=STATEMENTS)
def test_of_a_statement_the_changes_are_billed_and_not_the_running_balance(table: str) -> None:
    bill = letter(f"""
        EXAMPLE SUPPLY INC
        STATEMENT OF ACCOUNT
        Date 03/31/2026   Austin, TX 78701
{table.rstrip()}
        Current  370.00   30 days 200.00   60 days 0.00
        Balance due                                           570.00
    """)
    assert [amount for _, amount in items(bill)] == [250, -300, 120]
    assert value(bill.line_items[0].description) == "Toner order"
    assert amounts(bill, "total") == (570,) and all(checks(bill).values())


def test_amounts_that_grow_by_the_price_are_no_balance() -> None:
    bill = till("""
        EXAMPLE MART
        Qty  Item     Price   Amount
        1    Pen       5.00     5.00
        2    Ink       5.00    10.00
        3    Pad       5.00    15.00
        Total                  30.00
    """)
    assert [amount for _, amount in items(bill)] == [5, 10, 15] and checks(bill) == {"items = total": True}
