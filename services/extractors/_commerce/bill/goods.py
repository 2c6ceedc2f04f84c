"""Goods whose names are those of payments: deposits on bottles, gift cards that are bought, cards for birthdays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import Decimal

from services.extractors._commerce.reading.entries import Entry

PAID, CHANGE = frozenset({"paid"}), frozenset({"change"})

SOLD, LIKE_SOLD = frozenset({"deposit"}), frozenset({"card", "cash"})
"""Concepts of payments that goods are called by as well, and such as have a word in common with goods. What was paid
for certain says so in other words."""

CUTS, ADDED = frozenset({"discount", "saving"}), frozenset({"service", "shipping", "levy", "previous"})

SERVING = "serving"

SUMS = ("total", "payable", "subtotal")


def with_goods(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The amounts, those with such names above the first sum as what is bought: nothing is paid before it is added up.

    Where no sum follows, or cards are named beside what a sum comes to, names decide.
    """
    entries = _with_service(entries)
    summed = [entry for entry in entries if entry.value > 0 and _is_sum(entry)]
    first = min((entry.cell.row for entry in summed), default=0)
    sums = {entry.value for entry in summed}
    return tuple(_above(entry, sums) if entry.cell.row < first else entry for entry in entries)


def _above(entry: Entry, sums: Collection[Decimal]) -> Entry:
    """An amount above all sums. One with a minus is no change, but what was brought back: `RETOUR LAIT  -1,10`."""
    if entry.value < 0:
        return replace(entry, barred=entry.barred | CHANGE)
    return replace(entry, barred=entry.barred | PAID) if _may_be_bought(entry, sums) else entry


def _with_service(entries: Sequence[Entry]) -> Sequence[Entry]:
    """The amounts, those called service alone in their rows below a subtotal as if a rate stood with them: nothing is
    sold there."""
    subtotals = [entry.cell.row for entry in entries if entry.weight("subtotal") > 0.5 and _is_sum(entry)]
    money = Counter(entry.cell.row for entry in entries if entry.amount.is_money)
    first = min(subtotals, default=None)
    if first is None:
        return entries
    return [
        replace(entry, rated=True)
        if entry.cell.row > first and money[entry.cell.row] == 1 and entry.label and SERVING in entry.label.concepts
        else entry
        for entry in entries
    ]


def without_items(entries: Sequence[Entry], items: Collection[Entry]) -> tuple[Entry, ...]:
    """The amounts, those of `items` as nothing that lies between sums: a coupon or freight among what is bought counts
    there, where the items come to a printed sum with it. Columns beside it, of tax or gross, are none either."""
    come_to = sum((item.value for item in items), Decimal(0))
    if not any(entry.value == come_to and _is_sum(entry) for entry in entries):
        return tuple(entries)
    own, rows = {id(item) for item in items}, {item.cell.row for item in items}
    return tuple(replace(entry, barred=entry.barred | _settled_in(entry, own, rows)) for entry in entries)


def _settled_in(entry: Entry, items: Collection[int], rows: Collection[int]) -> frozenset[str]:
    """The roles that an amount has no longer: cuts as an item, charges in the row of one."""
    return (CUTS if id(entry) in items else frozenset()) | (ADDED if entry.cell.row in rows else frozenset())


def _is_sum(entry: Entry) -> bool:
    """Whether a label beside an amount calls it a sum; the head of a column does so to all below it."""
    beside = entry.label is not None and entry.label.cell.row == entry.cell.row
    return beside and any(entry.weight(role) > 0.5 for role in SUMS)


def _may_be_bought(entry: Entry, sums: Collection[Decimal]) -> bool:
    names = entry.label.concepts if entry.label else frozenset[str]()
    alike = bool(SOLD & names) or (bool(LIKE_SOLD & names) and entry.value not in sums)
    guessed = entry.label is not None and not entry.label.exact
    return entry.value > 0 and (guessed or (alike and "paid" not in names))
