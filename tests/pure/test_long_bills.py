"""Bills of thousands of lines, and pages that no bill is like: read in a time that grows with their length alone."""

from __future__ import annotations

from collections.abc import Callable
from cProfile import Profile
from time import process_time
from types import ModuleType

import pytest

from config import Settings
from services.extractors import invoice, product, receipt
from tests.support.typed import typed

pytestmark = pytest.mark.slow

LINES, MOST = 800, 3000
SECONDS = 12
"""A generous bound: what grows with the square of so many lines takes minutes."""

PAGES: dict[str, Callable[[int], str]] = {
    "items": lambda number: f"Thing {number}      2      3.00      6.00",
    "totals": lambda number: f"Total      {number}.00",
    "taxes": lambda number: f"VAT {number % 30}%      {number}.00",
    "cuts": lambda number: f"Subtotal      {number}.00\nDiscount     -{number}.50\nTip    {number}.25",
    "dates": lambda number: f"Date      {number % 28 + 1:02}/{number % 12 + 1:02}/{10 + number % 15}",
    "one amount": lambda number: "1.00      1.00      1.00",
    "buyers": lambda number: "Bill to:",
    "tax numbers": lambda number: f"VAT No. GB {number:09}",
    "accounts": lambda number: "IBAN GB33 BUKB 2020 1555 5555 56",
    "firms": lambda number: f"Company {number} Ltd",
    "labels": lambda number: "Invoice No",
}


@pytest.mark.parametrize("module", [receipt, product], ids=lambda module: module.__name__.split(".")[-1])
@pytest.mark.parametrize("kind", PAGES)
def test_thousands_of_lines_end_soon(kind: str, module: ModuleType) -> None:
    page = typed("SHOP\n" + "\n".join(map(PAGES[kind], range(LINES))) + "\nTotal      99.00")
    before = process_time()
    module.extract(page)
    assert process_time() - before < SECONDS


def test_a_bill_of_thousands_of_items_has_its_total() -> None:
    rows = "\n".join(map(PAGES["items"], range(MOST)))
    found = invoice.extract(typed(f"SHOP OF THINGS\n{rows}\nTotal      {6 * MOST}.00"))
    assert found.total and found.total.value == 6 * MOST


def test_all_items_of_a_long_bill_are_given_and_its_sums_count_those_beyond() -> None:
    whole = receipt.extract(typed(f"SHOP OF THINGS\n{listed(500)}\nTotal      3000.00"))
    cut = receipt.extract(typed(f"SHOP OF THINGS\n{listed(2100)}\nTotal      12600.00"))
    assert len(whole.line_items) == 500 and warned(whole) == []
    assert len(cut.line_items) == 2000 and warned(cut) == ["ITEMS_CUT"]
    for bill in (whole, cut):
        assert {check.rule: check.holds for check in bill.validation} == {"items = total": True}


def test_twice_as_many_items_take_twice_the_work() -> None:
    few, many = (work(f"SHOP OF THINGS\n{listed(number)}\nTotal      {6 * number}.00") for number in (150, 300))
    assert many < 2.3 * few


def listed(number: int) -> str:
    return "\n".join(map(PAGES["items"], range(number)))


def warned(bill: receipt.Receipt) -> list[str]:
    on_document = receipt.build(Settings()).document
    assert on_document
    return [text.partition(":")[0] for text in on_document.warn(bill)]


def work(text: str) -> int:
    """How many functions are called to read a bill: the same on every machine, however busy."""
    page = typed(text)
    with Profile() as profile:
        receipt.extract(page)
    return sum(entry.callcount for entry in profile.getstats())
