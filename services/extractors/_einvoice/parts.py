"""Lines and rates of an electronic invoice held against the printed ones.

Readers of print may miss a line or take a discount for a rate, and print may have prices with tax where the electronic
invoice has them without. So only what both have and cannot be the same is a difference.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import zip_longest

from services.extractors import Field
from services.extractors._commerce.bill.items import LineItem
from services.extractors._commerce.reading.sameness import same_name
from services.extractors._einvoice.comparing import SURE
from services.extractors._einvoice.model import Line, Tax
from services.extractors._einvoice.printed import Print
from services.extractors._einvoice.values import CENT, rounded

MOST_COMPARED, MOST_RATES = 200, 20
"""Lines that are looked for by their names, and rates that are looked for in print."""


@dataclass(frozen=True, slots=True)
class Unlike:
    """What the electronic invoice has in place `number` of its counted lines, or as a rate, and print has otherwise."""

    number: int
    xml: Decimal | None
    print: Decimal | None


def lines_unlike(lines: Sequence[Line], items: Sequence[LineItem], page: Print, *, sure: bool) -> list[Unlike]:
    """Amounts of lines that differ. `sure` says that the printed items add up to a printed sum.

    Then, if they are as many, one that differs is no misreading. Else a line is held against the one item of its name,
    if its own amount is nowhere on the page.
    """
    own = [line for line in lines if line.counted]
    if sure and len(items) == len(own):
        return list(_unlike(enumerate(zip(own, items, strict=True))))
    named = ((number, (own[number], item)) for number, item in _named(own[:MOST_COMPARED], items[:MOST_COMPARED]))
    return [one for one in _unlike(named) if one.xml is not None and page.find(one.xml) is None]


def _unlike(pairs: Iterator[tuple[int, tuple[Line, LineItem]]]) -> Iterator[Unlike]:
    for number, (line, item) in pairs:
        read = item.amount.value
        if line.amount is not None and isinstance(read, Decimal) and abs(read) not in _ways(line, line.amount):
            yield Unlike(number, line.amount, read)


def _ways(line: Line, amount: Decimal) -> set[Decimal]:
    """How the amount of a line may be printed: without and with its tax, and before its own discounts."""
    before = amount - line.adjusted
    taxed = 1 + (line.rate or Decimal(0)) / 100
    return {abs(one) for own in (amount, before) for one in (own, rounded(own * taxed, CENT))}


def _named(lines: Sequence[Line], items: Sequence[LineItem]) -> Iterator[tuple[int, LineItem]]:
    """Lines with the one printed item that has their name, where that is the name of no other line."""
    called = [str(item.description.value) if item.description else "" for item in items]
    matches = [
        [place for place, name in enumerate(called) if name and line.name and same_name(line.name, name)]
        for line in lines
    ]
    taken = [place for places in matches for place in places]
    for number, places in enumerate(matches):
        if len(places) == 1 and taken.count(places[0]) == 1:
            yield number, items[places[0]]


def rates_unlike(taxes: Sequence[Tax], printed: Sequence[Field], page: Print) -> list[Unlike]:
    """Rates of tax that print does not have, beside those that it has instead."""
    own = {_plain(tax.rate) for tax in taxes if tax.rate}
    read = {_plain(field.value) for field in printed if isinstance(field.value, Decimal) and field.confidence >= SURE}
    missing = [rate for rate in sorted(own - read)[:MOST_RATES] if not _is_printed(rate, page)]
    others = sorted(rate for rate in read - own if rate)
    if not missing or not others:
        return []
    return [Unlike(number, *pair) for number, pair in enumerate(zip_longest(missing, others))]


def _plain(rate: Decimal) -> Decimal:
    return rate.normalize() + 0


def _is_printed(rate: Decimal, page: Print) -> bool:
    """Whether any line has the rate in percent."""
    whole, _, part = f"{rate:f}".partition(".")
    decimals = rf"[.,]{part}0*" if part else r"(?:[.,]0+)?"
    pattern = re.compile(rf"(?<![\d.,]){whole}{decimals}\s?%")
    return any(pattern.search(line.text) for _, line, _ in page.lines)
