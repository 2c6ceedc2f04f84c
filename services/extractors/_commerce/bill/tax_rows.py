"""Which amounts of a row are taxes and which is what they apply to: whatever comes to base times rate.

The order of columns differs from country to country and from till to till, and heads are often not printed, so that
arithmetic alone decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import permutations
from typing import NamedTuple

from services.extractors._commerce.reading.entries import Entry


class TaxRow(NamedTuple):
    """A rate in percent, the tax, and what it applies to, where that is printed: with the tax in it if `gross`.

    `part` tells taxes apart that are levied on one base at one rate, such as those of India's union and its states.
    """

    rate: Decimal
    tax: Entry
    base: Entry | None = None
    gross: bool = False
    part: str = ""

    @property
    def levied_on(self) -> object:
        """What taxes of one base have in common."""
        return (self.base.value if self.part.isalpha() else id(self.base)) if self.base else None


def tax_rows(rates: Sequence[Decimal], own: Sequence[Entry], step: Decimal) -> Iterator[TaxRow]:
    """The taxes of a row's rates: all on one base, or each on its own; one sum of them, or two halves of one, as in
    India. `step` is by how much a tax may be rounded."""
    yield from _as_printed(rates, own, step) or _otherwise(rates, own, step)


def _as_printed(rates: Sequence[Decimal], own: Sequence[Entry], step: Decimal) -> Sequence[TaxRow]:
    together = _on_one_base(rates, own, step) if len(rates) > 1 else ()
    return together or [row for rate in rates if (row := _alone(rate, own, step))]


def _otherwise(rates: Sequence[Decimal], own: Sequence[Entry], step: Decimal) -> Sequence[TaxRow]:
    if len(rates) == 1:
        return _on_one_base([rates[0] / 2, rates[0] / 2], own, step)
    whole = _alone(sum(rates, Decimal(0)), own, step)
    return [whole] if whole else ()


def _on_one_base(rates: Sequence[Decimal], own: Sequence[Entry], step: Decimal) -> Sequence[TaxRow]:
    for gross in (False, True):
        for base in own:
            if base.value > 0 and (taxes := _all_taxes(rates, base, own, step, gross)):
                return [
                    TaxRow(rate, tax, base, gross, f"{place}")
                    for place, (rate, tax) in enumerate(zip(rates, taxes, strict=True))
                ]
    return ()


def _all_taxes(
    rates: Sequence[Decimal], base: Entry, own: Sequence[Entry], step: Decimal, gross: bool
) -> Sequence[Entry]:
    """The tax of each rate, no amount twice; empty where one is missing."""
    whole = 100 + sum(rates, Decimal(0)) if gross else Decimal(100)
    left = [entry for entry in own if entry is not base and entry.value > 0]
    found = []
    for rate in rates:
        tax = next((entry for entry in left if abs(base.value * rate / whole - entry.value) <= step), None)
        if tax is None:
            return ()
        left.remove(tax)
        found.append(tax)
    return found


def _alone(rate: Decimal, own: Sequence[Entry], step: Decimal) -> TaxRow | None:
    """Net amounts before gross ones: of small amounts both may fit."""
    return next(
        (
            TaxRow(rate, tax, base, gross)
            for gross in (False, True)
            for base, tax in permutations(own, 2)
            if base.value > 0 and comes_to(rate, base.value, tax.value, step, gross=gross)
        ),
        None,
    )


def comes_to(rate: Decimal, base: Decimal, tax: Decimal, step: Decimal, *, gross: bool) -> bool:
    """Whether a tax is that of a base at a rate in percent, the tax included in it if `gross`."""
    levied = base * rate / (100 + rate) if gross else base * rate / 100
    return tax > 0 and abs(levied - tax) <= step


def bases(rows: Iterable[TaxRow], own: Sequence[Entry]) -> frozenset[int]:
    """The ids of a row's amounts that are no taxes: bases, those with the taxes, and the largest of several columns
    that is not what the others come to."""
    rows = list(rows)
    values = [entry.value for entry in own]
    levied = sum((row.tax.value for row in rows), Decimal(0))
    found = {id(row.base) for row in rows if row.base}
    wholes = {row.base.value + levied for row in rows if row.base and not row.gross}
    found |= {id(entry) for entry in own if entry.value in wholes}
    if len(own) > 2 and 2 * max(values) != sum(values):
        found |= {id(entry) for entry in own if entry.value == max(values)}
    return frozenset(found - {id(row.tax) for row in rows})
