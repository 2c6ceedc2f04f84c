"""Tables whose last column is a balance that runs from row to row, as on statements: what is billed is the change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from services.extractors._commerce.reading.entries import Entry

FEWEST = 3
"""Rows from which on a column may be a running balance."""

Amounts = Sequence[tuple[Sequence[Entry], Entry | None]]
"""Of each row its numbers, and the last amount of them."""


def movements(rows: Amounts) -> Sequence[Entry | None] | None:
    """What each row adds to the balance or takes off it; None for a row that does neither. None without a balance."""
    places = [place for place, (_, last) in enumerate(rows) if last]
    if len(places) < FEWEST:
        return None
    found: list[Entry | None] = [None] * len(rows)
    for before, place in zip(places, places[1:], strict=False):
        found[place] = _movement(*rows[place], rows[before][1])
    moved = sum(entry is not None for entry in found)
    if moved < max(FEWEST - 1, (len(places) + 1) // 2):
        return None
    found[places[0]] = _opening(*rows[places[0]])
    return found


def _movement(numbers: Sequence[Entry], balance: Entry | None, before: Entry | None) -> Entry | None:
    """The number of a row that is the difference of its balance and the one before, with the sign that it has there."""
    if balance is None or before is None:
        return None
    change = balance.value - before.value
    return next(
        (_signed(entry, change < 0) for entry in _others(numbers, balance) if abs(entry.value) == abs(change)), None
    )


def _opening(numbers: Sequence[Entry], balance: Entry | None) -> Entry | None:
    """The only other amount of the first row; without one that is the balance before."""
    others = _others(numbers, balance)
    return others[0] if len(others) == 1 else None


def _others(numbers: Sequence[Entry], balance: Entry | None) -> list[Entry]:
    return [entry for entry in numbers if entry is not balance and entry.amount.is_money and entry.value]


def _signed(entry: Entry, negative: bool) -> Entry:
    value = -abs(entry.value) if negative else abs(entry.value)
    return replace(entry, amount=replace(entry.amount, value=value))
