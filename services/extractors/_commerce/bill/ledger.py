"""All amounts of a document by what their labels call them, and what some of them come to together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from heapq import nlargest
from itertools import combinations, islice, permutations, product
from typing import NamedTuple

from services.extractors._commerce.reading.amounts import rates
from services.extractors._commerce.reading.entries import Entry
from services.extractors._commerce.reading.geometry import Row, Sheet
from services.extractors._commerce.reading.roles import ROLES

TOLERANCE = Decimal("0.011")
"""Sums of amounts with two decimals may miss by one cent, by rounding."""

MOST_TAXES = 6
"""Taxes that are added up."""

CENT = Decimal("0.01")

ROUNDING = Decimal("0.05")
"""The coarsest step that cash totals are rounded to without saying so."""

MOST_CANDIDATES = 12
"""Candidates of a kind that are tried against each other."""


class TaxLine(NamedTuple):
    """A row of a table of taxes: a rate in percent, what it applies to, and the tax."""

    rate: Decimal
    base: Entry
    tax: Entry


@dataclass(frozen=True)
class Ledger:
    """The amounts of a document by role, positive ones only, the best first."""

    sheet: Sheet
    entries: tuple[Entry, ...]
    items: Decimal | None
    places: int = 2

    def of(self, role: str, least: float = 0.2) -> list[Entry]:
        """The amounts called so, at most MOST of them."""
        return [entry for entry in self._ranked[role] if entry.weight(role) >= least]

    @cached_property
    def _ranked(self) -> Mapping[str, Sequence[Entry]]:
        plausible = [entry for entry in self.entries if self.plausible(entry)]
        return {role: nlargest(MOST_CANDIDATES, plausible, key=lambda entry: entry.weight(role)) for role in ROLES}

    @cached_property
    def positive(self) -> Sequence[Entry]:
        """What may be a total."""
        return [entry for entry in self.entries if entry.value > 0 and self.plausible(entry)]

    @cached_property
    def twins(self) -> Mapping[Decimal, int]:
        """How often a value is called a total."""
        return Counter(entry.value for entry in self.positive if named(entry) > 0.5)

    @cached_property
    def payable(self) -> Decimal:
        """The largest amount that is surely what is to be paid."""
        return max((entry.value for entry in self.positive if entry.weight("payable") > 0.7), default=Decimal(0))

    @cached_property
    def highest(self) -> Decimal:
        """The largest amount that is called a total."""
        return max((entry.value for entry in self.positive if named(entry) > 0.6), default=Decimal(0))

    @cached_property
    def joined(self) -> Mapping[Decimal, Sequence[tuple[Decimal, Decimal]]]:
        """Sums of two different amounts called total or subtotal, and which two."""
        parts = {one.value for role in ("total", "subtotal") for one in self.of(role, 0.3)}
        pairs: defaultdict[Decimal, list[tuple[Decimal, Decimal]]] = defaultdict(list)
        for one, other in combinations(sorted(parts), 2):
            pairs[one + other].append((one, other))
        return pairs

    @cached_property
    def reached(self) -> Mapping[Decimal, Decimal]:
        """What a subtotal, a tax and charges come to, and the least subtotal that does."""
        bases = [*self.of("subtotal"), *(entry for entry in self.of("total") if entry.weight("total") < 0.8)]
        rows = {line.tax.value for line in self.tax_lines}
        named = {entry.cell.row: entry.value for entry in self.of("tax", 0.5)}
        whole = {sum(rows, Decimal(0)), sum(named.values(), Decimal(0))}
        taxes = {entry.value for entry in self.of("tax", 0.3)} | rows | whole
        sums: dict[Decimal, Decimal] = {}
        for base, tax, extra in product({entry.value for entry in bases}, taxes, self.extra_sums):
            if tax > 0:
                sums[base + tax + extra] = min(base, sums.get(base + tax + extra, base))
        return sums

    @cached_property
    def taxed(self) -> tuple[Decimal, tuple[Entry, ...]]:
        """What the rows of a table of net, tax and gross come to, and their taxes; of one row alone, nothing."""
        rows = [row for row in self._rows.values() if len(row) == 3 and row[0].value + row[1].value == row[2].value]
        several = [row for row in rows if row[1].value > 0][:MOST_TAXES]
        if len(several) < 2:
            return Decimal(0), ()
        return sum((row[2].value for row in several), Decimal(0)), tuple(row[1] for row in several)

    @cached_property
    def _rows(self) -> Mapping[int, Sequence[Entry]]:
        """Amounts with two decimals by the number of their row."""
        rows: defaultdict[int, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            if entry.amount.places == 2:
                rows[entry.cell.row].append(entry)
        return rows

    @cached_property
    def tax_lines(self) -> Sequence[TaxLine]:
        """Rows that name a rate and show an amount and its tax at that rate."""
        rows = ((row, self._rows.get(row.cells[0].row, ())[:MOST_CANDIDATES]) for row in self.sheet.rows)
        found = (line for row, entries in rows for line in tax_lines(row, entries))
        return list({(line.rate, line.base.value): line for line in islice(found, MOST_CANDIDATES)}.values())

    def plausible(self, entry: Entry) -> bool:
        """Whether it is printed like money: most amounts of a page have the same number of decimals."""
        return entry.amount.is_money or (self.places == 0 and entry.amount.places == 0 and entry.value < 10**9)

    @cached_property
    def paid(self) -> frozenset[Decimal]:
        return frozenset(entry.value for entry in self.of("paid") if entry.value > 0)

    @cached_property
    def settled(self) -> frozenset[Decimal]:
        """What was paid less a change that was given."""
        changes = {abs(entry.value) for entry in self.of("change")}
        return frozenset(paid - change for paid in self.paid for change in changes if paid > change)

    @cached_property
    def rounded(self) -> frozenset[Decimal]:
        """Multiples of the step that cash is rounded to, close to a total that is none, where a rounding is printed."""
        if not self.of("rounding"):
            return frozenset()
        odd = {entry.value for entry in [*self.of("total", 0.5), *self.of("payable", 0.5)] if entry.value % ROUNDING}
        values = {entry.value for entry in self.entries if entry.value > 0 and not entry.value % ROUNDING}
        return frozenset(value for value in values for total in odd if abs(value - total) < ROUNDING)

    @cached_property
    def extras(self) -> tuple[Decimal, ...]:
        """What may be added to a subtotal besides tax: charges, tips, and roundings and discounts, of either sign."""
        charges = {entry.value for role in ("tip", "service", "shipping") for entry in self.of(role) if entry.value > 0}
        cuts = {sign * entry.value for role in ("discount", "rounding") for entry in self.of(role) for sign in (1, -1)}
        return tuple(sorted({*charges, *cuts} - {Decimal(0)}))[:8]

    @cached_property
    def extra_sums(self) -> frozenset[Decimal]:
        return frozenset(sum(chosen, Decimal(0)) for size in range(4) for chosen in combinations(self.extras, size))


def named(entry: Entry) -> float:
    """How well an amount's label says that it is the total, or what is to be paid."""
    return max(entry.weight("total"), entry.weight("payable"))


def tax_lines(row: Row, entries: Sequence[Entry]) -> Iterator[TaxLine]:
    for rate, *_ in rates(row.text):
        for base, tax in permutations(entries, 2):
            if rate and tax.value > 0 and abs(base.value * rate / 100 - tax.value) <= TOLERANCE:
                yield TaxLine(rate, base, tax)


def nearly(value: Decimal) -> tuple[Decimal, ...]:
    """The values that TOLERANCE takes for this one, of amounts with two decimals."""
    return value, value - CENT, value + CENT


def is_close(found: Decimal, total: Decimal, extras: Iterable[Decimal]) -> bool:
    return any(abs(found + extra - total) <= TOLERANCE for extra in extras)
