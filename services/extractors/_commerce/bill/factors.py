"""Quantities and unit prices: the numbers of a row whose product is its amount."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import pairwise

from services.extractors._commerce.reading.entries import Entry


def left_of(entry: Entry, entries: Sequence[Entry]) -> list[Entry]:
    """The numbers of a row before one of them."""
    return list(entries[: entries.index(entry)])


def factors(numbers: Sequence[Entry], amount: Entry, step: Decimal) -> tuple[Entry, Entry] | None:
    """Quantity and price, whose product is the amount. The one that looks less like money is the quantity."""
    for left, right in pairwise(numbers):
        if amount.value and is_product(left.value, right.value, amount.value, step):
            return (right, left) if left.amount.is_money and not right.amount.is_money else (left, right)
    return None


def is_product(quantity: Decimal, price: Decimal, amount: Decimal, step: Decimal) -> bool:
    """Whether an amount is quantity times price, but for the rounding; `step` is the smallest one of amounts."""
    return abs(quantity * price - amount) <= step * Decimal("1.1")


def count(numbers: Sequence[Entry]) -> Entry | None:
    """A small whole number in front of the words or in a column of its own."""
    return next((entry for entry in numbers if _is_count(entry)), None)


def _is_count(entry: Entry) -> bool:
    text = entry.cell.text
    alone = not any(map(str.isalpha, text[: entry.amount.start])) and (
        entry.amount.start == 0 or not any(map(str.isalpha, text))
    )
    plain = entry.amount.places == 0 and not entry.amount.currency and not text[entry.amount.start :].startswith("0")
    return alone and plain and 0 < entry.value < 100
