"""Bills of thousands of lines, and pages that no bill is like: read in a time that grows with their length alone."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time
from types import ModuleType

import pytest

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
