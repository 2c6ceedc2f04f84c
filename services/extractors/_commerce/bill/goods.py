"""Goods whose names are those of payments: deposits on bottles, gift cards that are bought, cards for birthdays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.extractors._commerce.reading.entries import Entry

PAID = frozenset({"paid"})

LIKE_GOODS = frozenset({"deposit", "card", "cash"})
"""Concepts of payments that goods are called by as well. What was paid for certain says so in other words."""

SUMS = ("total", "payable", "subtotal")


def with_goods(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The amounts, those with such names above the first sum as what is bought: nothing is paid before it is added up.

    Where no sum follows, or one of as much, names decide.
    """
    summed = [entry for entry in entries if entry.value > 0 and _is_sum(entry)]
    first = min((entry.cell.row for entry in summed), default=0)
    sums = {entry.value for entry in summed}
    return tuple(
        replace(entry, barred=entry.barred | PAID)
        if entry.cell.row < first and entry.value not in sums and _may_be_bought(entry)
        else entry
        for entry in entries
    )


def _is_sum(entry: Entry) -> bool:
    """Whether a label beside an amount calls it a sum; the head of a column does so to all below it."""
    beside = entry.label is not None and entry.label.cell.row == entry.cell.row
    return beside and any(entry.weight(role) > 0.5 for role in SUMS)


def _may_be_bought(entry: Entry) -> bool:
    names = entry.label.concepts if entry.label else frozenset[str]()
    return entry.value > 0 and bool(LIKE_GOODS & names) and "paid" not in names
