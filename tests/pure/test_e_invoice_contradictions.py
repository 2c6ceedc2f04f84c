"""Electronic invoices that contradict themselves or their print: elements told twice, lines and rates that differ."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.extractors._einvoice.parts import MOST_RATES
from services.extractors._einvoice.values import MOST_DIGITS
from services.extractors.invoice import Invoice, warn
from tests.pure.test_e_invoices import PRINTED, found, read, value
from tests.support.samples import invoices
from tests.support.samples.invoices import Bill, Line

WRITERS = {"cii": invoices.cii, "old": invoices.zugferd_1, "ubl": invoices.ubl}
TOTALS = {
    "total": ("GrandTotalAmount", "TaxInclusiveAmount"),
    "amount_due": ("DuePayableAmount", "PayableAmount"),
    "subtotal": ("TaxBasisTotalAmount", "TaxExclusiveAmount"),
}


def twice(content: bytes, name: str, other: str, *, before: bool) -> bytes:
    """With a second element of this name and another text, before or behind the first."""
    text = content.decode()
    start = text.index(":" + name)
    start, end = text.rindex("<", 0, start), text.index(">", text.index("</", start)) + 1
    element = text[start:end]
    own = element[element.index(">") + 1 : element.index("</")]
    more = element.replace(f">{own}<", f">{other}<")
    return (text[:start] + (more + element if before else element + more) + text[end:]).encode()


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("field", TOTALS)
@pytest.mark.parametrize("syntax", WRITERS)
def test_a_sum_that_is_told_twice_is_an_error_and_in_doubt(syntax: str, field: str, before: bool) -> None:
    name = TOTALS[field][syntax == "ubl"]
    content = twice(WRITERS[syntax](), name, "999.00", before=before)
    for bill in (read({"x.xml": content}), read({"x.xml": content}, PRINTED)):
        assert not found(bill).valid
        assert any(name in error and "2 times" in error and "999.00" in error for error in found(bill).errors)
        assert getattr(bill, field).confidence <= 0.5
        assert warn(bill)[0].startswith("E_INVOICE_INVALID")


def test_one_that_says_the_same_twice_is_an_error_but_no_doubt() -> None:
    bill = read({"x.xml": twice(invoices.cii(), "GrandTotalAmount", "387.91", before=False)}, PRINTED)
    assert found(bill).errors == ("schema: GrandTotalAmount is there 2 times",)
    assert bill.total and bill.total.confidence > 0.95


def test_a_third_that_differs_is_seen_too() -> None:
    content = twice(invoices.cii(), "GrandTotalAmount", "387.91", before=False)
    bill = read({"x.xml": twice(content, "GrandTotalAmount", "999.00", before=False)})
    assert bill.total and bill.total.confidence <= 0.5 and "3 times" in found(bill).errors[0]


@pytest.mark.parametrize(
    ("syntax", "group"),
    [
        ("cii", "ram:SpecifiedTradeSettlementHeaderMonetarySummation"),
        ("cii", "ram:ApplicableHeaderTradeSettlement"),
        ("cii", "rsm:SupplyChainTradeTransaction"),
        ("old", "ram:SpecifiedTradeSettlementMonetarySummation"),
        ("ubl", "cac:LegalMonetaryTotal"),
    ],
)
def test_whole_groups_that_are_told_twice_count_too(syntax: str, group: str) -> None:
    text = WRITERS[syntax]().decode()
    start = text.rindex(f"<{group}>")
    end = text.index(f"</{group}>", start) + len(group) + 3
    other = text[start:end].replace("387.91", "999.00")
    bill = read({"x.xml": (text[:end] + other + text[end:]).encode()})
    assert any("is there 2 times" in error for error in found(bill).errors)
    assert value(bill.total) == Decimal("387.91") and bill.total and bill.total.confidence <= 0.5


def test_a_seller_with_two_numbers_for_vat() -> None:
    for syntax, name in (("cii", "SpecifiedTaxRegistration"), ("ubl", "PartyTaxScheme")):
        text = WRITERS[syntax]().decode()
        sign = "ram:" if syntax == "cii" else "cac:"
        end = text.index(f"</{sign}{name}>") + len(f"</{sign}{name}>")
        more = text[text.index(f"<{sign}{name}>") : end].replace("DE123456788", "DE111111125")
        bill = read({"x.xml": (text[:end] + more + text[end:]).encode()})
        assert any("number for VAT is there 2 times" in error for error in found(bill).errors)
        assert bill.vendor_tax_id and bill.vendor_tax_id.confidence <= 0.5


# Lines and rates against the print


def differences(bill: Invoice) -> list[tuple[str, object, object]]:
    return [(one.field, one.xml, one.print) for one in found(bill).differences]


def printed(*changes: tuple[str, str]) -> str:
    text = PRINTED
    for own, other in changes:
        assert own in text
        text = text.replace(own, other)
    return text


UNSUMMED = ("Nettobetrag          329,00", "                           ")


def test_a_line_that_is_printed_otherwise_is_told_though_print_does_not_add_up() -> None:
    bill = read({"x.xml": invoices.cii()}, printed(("149,50          299,00", "144,50          289,00"), UNSUMMED))
    assert differences(bill) == [("line_items.0.amount", 299, 289)]
    assert found(bill).agrees_with_print is False and warn(bill)[-1].startswith("E_INVOICE_DIFFERS")
    first, second = bill.line_items
    assert first.amount.confidence <= 0.5 < second.amount.confidence
    rules = {check.rule: check.holds for check in bill.validation}
    assert rules["xml line_items.0.amount = print line_items.0.amount"] is False


def test_lines_of_another_number_are_held_against_those_of_their_name() -> None:
    more = "    3     Tisch                    1            500,00          500,00\n"
    text = printed(("10,00           30,00\n", "11,00           33,00\n" + more))
    assert ("line_items.1.amount", 30, 33) in differences(read({"x.xml": invoices.cii()}, text))


def test_prices_with_tax_are_the_same_lines() -> None:
    gross = printed(
        ("149,50          299,00", "177,91          355,81"), ("10,00           30,00", "10,70           32,10")
    )
    bill = read({"x.xml": invoices.cii()}, gross)
    assert found(bill).agrees_with_print is True and differences(bill) == []


@pytest.mark.parametrize("write", WRITERS.values(), ids=list(WRITERS))
@pytest.mark.parametrize("rate", ["16", "17.5", "0"])
def test_a_rate_that_is_printed_otherwise_is_told(write: Callable[[Bill], bytes], rate: str) -> None:
    lines = (
        Line("Stuhl", Decimal(2), Decimal("149.50"), Decimal(rate)),
        Line("Buch", Decimal(3), Decimal(10), Decimal(7)),
    )
    bill = read({"x.xml": write(Bill(lines=lines))}, PRINTED)
    told = [difference for difference in differences(bill) if difference[0] == "tax_rates"]
    assert told == ([] if rate == "0" else [("tax_rates", Decimal(rate), 19)])
    assert all((one.confidence <= 0.5) == (rate != "0") for one in bill.tax_rates)
    assert found(bill).agrees_with_print is False


def test_rates_that_are_printed_in_another_way_agree() -> None:
    for text in (PRINTED, printed(("MwSt. 19 %", "MwSt. 19,00%")), printed(("MwSt. 7 %  ", "inkl. 7% USt"))):
        bill = read({"x.xml": invoices.cii()}, text)
        assert not [name for name, *_ in differences(bill) if name == "tax_rates"]
        assert all(rate.confidence > 0.9 for rate in bill.tax_rates)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 90_000), st.integers(1, 90_000), st.sampled_from(["cii", "ubl"]))
def test_no_line_of_another_amount_is_taken_for_the_printed_one(one: int, other: int, syntax: str) -> None:
    cents = [Decimal(number) / 100 for number in (one, other)]
    lines = (Line("Stuhl", Decimal(1), cents[0]), Line("Buch", Decimal(3), Decimal(10), Decimal(7)))
    text = printed(
        ("2            149,50          299,00", "1  {0:>16}  {0:>14}".format(f"{cents[1]:.2f}".replace(".", ",")))
    )
    assume(cents[0] % 1 and f"{cents[0]:.2f}".replace(".", ",") not in PRINTED)
    bill = read({"x.xml": WRITERS[syntax](Bill(lines=lines))}, printed_without_sums(text))
    told = [(xml, read) for name, xml, read in differences(bill) if name == "line_items.0.amount"]
    assert told in ([], [(cents[0], cents[1])])
    if one != other and bill.line_items[0].amount.confidence > 0.9:
        assert told or not_read(text, cents[1])


def printed_without_sums(text: str) -> str:
    return "\n".join(row for row in text.splitlines() if not any(word in row for word in ("betrag", "MwSt")))


def not_read(text: str, amount: Decimal) -> bool:
    """Whether a reader of print alone does not find the amount among the items."""
    items = read({}, printed_without_sums(text)).line_items
    return amount not in [item.amount.value for item in items]


# Short texts in long words


def test_a_currency_that_is_part_of_a_word_is_not_printed() -> None:
    swiss = printed(("387,91 €", "387,91 CHF"), ("Beispiel Handels GmbH", "Beispiel Handels GmbH  Chauffeure"))
    bill = read({"x.xml": invoices.cii()}, swiss)
    assert ("currency", "EUR", "CHF") in differences(bill)


@pytest.mark.parametrize(("name", "agrees"), [("Beispiel Handels", True), ("Beispiel", True), ("Andere Bau", False)])
def test_a_seller_may_be_printed_shorter_but_not_as_a_part_of_a_word(name: str, agrees: bool) -> None:
    text = printed(("Beispiel Handels GmbH", name))
    told = [field for field, *_ in differences(read({"x.xml": invoices.cii()}, text))]
    assert ("vendor" not in told) is agrees
    joined = read(
        {"x.xml": invoices.cii(Bill(seller="Beispielhafte Bauten AG"))}, printed(("Beispiel Handels GmbH", "Beispiel"))
    )
    assert "vendor" in [field for field, *_ in differences(joined)]


# Both sides on one page, and two currencies in one file


def test_seller_and_buyer_the_other_way_round_are_told() -> None:
    bill = read({"x.xml": invoices.cii(Bill(seller="Kundin Muster AG", buyer="Beispiel Handels GmbH"))}, PRINTED)
    assert ("vendor", "Kundin Muster AG", "Beispiel Handels GmbH") in differences(bill)
    assert bill.vendor and bill.vendor.confidence <= 0.5 and bill.buyer and bill.buyer.confidence <= 0.5
    assert "vendor" not in [name for name, *_ in differences(read({"x.xml": invoices.cii()}, PRINTED))]


@pytest.mark.parametrize("syntax", WRITERS)
@pytest.mark.parametrize("field", TOTALS)
def test_a_sum_in_another_currency_than_the_invoice_is_an_error(syntax: str, field: str) -> None:
    name = TOTALS[field][syntax == "ubl"]
    text = WRITERS[syntax]().decode().replace(f':{name} currencyID="EUR"', f":{name}")
    own, other = (text.replace(f":{name}>", f':{name} currencyID="{code}">', 1) for code in ("EUR", "CHF"))
    assert found(read({"x.xml": own.encode()})).errors == ()
    assert f"schema: {name} is in CHF, the invoice in EUR" in found(read({"x.xml": other.encode()})).errors


# Numbers that no invoice has


@pytest.mark.parametrize("printed", ["", PRINTED])
@pytest.mark.parametrize("name", ["LineExtensionAmount", "TaxableAmount", "PriceAmount"])
def test_numbers_beyond_all_amounts_are_wrong_and_nothing_else(name: str, printed: str) -> None:
    """Their products have more digits than decimals usually keep."""
    longest, shortest = "9" * MOST_DIGITS, f"0.{'1':0>{MOST_DIGITS - 2}}"
    text = re.sub(rf"(<cbc:{name}[^>]*>)[\d.]+<", rf"\g<1>{longest}<", invoices.ubl().decode())
    text = re.sub(r"(<cbc:Percent>)[\d.]+<", rf"\g<1>{longest}<", text)
    base = f'<cbc:BaseQuantity unitCode="C62">{shortest}</cbc:BaseQuantity></cac:Price>'
    bill = read({"x.xml": text.replace("</cac:Price>", base).encode()}, printed)
    assert value(bill.invoice_number) == "RE-2026-0042" and not found(bill).valid


def test_of_hundreds_of_rates_some_are_looked_for_in_print() -> None:
    """Each is looked for in every line of the page."""
    text = invoices.cii().decode()
    start = text.index("<ram:ApplicableTradeTax>", text.index("<ram:ApplicableHeaderTradeSettlement>"))
    end = text.index("</ram:ApplicableTradeTax>", start) + len("</ram:ApplicableTradeTax>")
    rate = re.compile(r"(RateApplicablePercent>)[\d.]+<")
    many = "".join(rate.sub(rf"\g<1>{number / 100:.2f}<", text[start:end]) for number in range(2000, 2400))
    bill = read({"x.xml": (text[:end] + many + text[end:]).encode()}, printed(("MwSt. 7 %", "MwSt. 8 %")))
    assert len([one for one in found(bill).differences if one.field == "tax_rates"]) == MOST_RATES
