"""What stands between subtotal, total and the sum due: charges, discounts, roundings, withheld tax, payments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from services.extractors._commerce.reading.entries import Entry

CHARGES = ("tip", "service", "shipping", "levy")
"""Roles of what is added."""

CUTS = ("discount", "withheld", "exempted")
"""Roles of what is taken off, printed with a minus or without."""

MOST_TERMS, MOST_COMBINED = 8, 3
"""Terms that are tried, and how many of them together."""


class Term(NamedTuple):
    """An amount with the sign that it has in a sum, and its role."""

    role: str
    value: Decimal
    entry: Entry


Combined = Mapping[Decimal, tuple[Term, ...]]
"""The fewest terms that come to a value; none come to zero."""


def charges(found: Mapping[str, Sequence[Entry]]) -> Iterator[Term]:
    """What may stand between subtotal and total, tax aside. `found` are the entries of each role."""
    for role in CHARGES:
        yield from (Term(role, entry.value, entry) for entry in found.get(role, ()) if entry.value > 0)
    yield from (Term("container", entry.value, entry) for entry in found.get("container", ()) if entry.value)
    yield from cuts(found)
    for entry in found.get("rounding", ()):
        yield from (Term("rounding", sign * abs(entry.value), entry) for sign in _signs(entry.value))


def cuts(found: Mapping[str, Sequence[Entry]]) -> Iterator[Term]:
    """What is taken off."""
    for role in CUTS:
        yield from (Term(role, -abs(entry.value), entry) for entry in found.get(role, ()) if entry.value)
    yield from (Term("discount", entry.value, entry) for entry in found.get("saving", ()) if entry.value < 0)


def payments(found: Mapping[str, Sequence[Entry]]) -> Iterator[Term]:
    """What may stand between the total and what is due: payments, balances before, withheld tax, rounding."""
    yield from (Term("previous", entry.value, entry) for entry in found.get("previous", ()) if entry.value)
    yield from (Term("paid", -abs(entry.value), entry) for entry in found.get("paid", ()) if entry.value)
    yield from (Term("withheld", -abs(entry.value), entry) for entry in found.get("withheld", ()) if entry.value)
    for entry in found.get("rounding", ()):
        yield from (Term("rounding", sign * abs(entry.value), entry) for sign in _signs(entry.value))


def _signs(value: Decimal) -> Sequence[int]:
    """As printed first; a rounding may be printed without its minus."""
    return (1, -1) if value > 0 else (-1, 1) if value < 0 else ()


def combined(terms: Iterable[Term]) -> Combined:
    """All sums of up to MOST_COMBINED different amounts, with the fewest terms for each."""
    distinct = list({(term.role, term.value): term for term in terms}.values())[:MOST_TERMS]
    sums: dict[Decimal, tuple[Term, ...]] = {Decimal(0): ()}
    for size in range(1, MOST_COMBINED + 1):
        for chosen in combinations(distinct, size):
            if len({id(term.entry) for term in chosen}) == size:
                sums.setdefault(sum((term.value for term in chosen), Decimal(0)), chosen)
    return sums
