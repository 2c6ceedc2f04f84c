"""All amounts of a document by what their labels call them, and what some of them come to together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from heapq import nlargest
from itertools import combinations, product
from typing import NamedTuple

from services.extractors._commerce.bill.taxes import Taxes
from services.extractors._commerce.bill.terms import CHARGES, CUTS, Combined, Term, charges, combined, payments
from services.extractors._commerce.reading.entries import Entry
from services.extractors._commerce.reading.geometry import Sheet
from services.extractors._commerce.reading.lexicon import says_total
from services.extractors._commerce.reading.roles import ROLES

MOST_TAXES = 6
"""Taxes that are added up."""

ROUNDING = Decimal("0.05")
"""The coarsest step that cash totals are rounded to without saying so."""

MOST_CANDIDATES = 12
"""Candidates of a kind that are tried against each other."""


class Settlement(NamedTuple):
    """A total, what lies between it and the sum that is due, and that sum."""

    total: Entry
    terms: tuple[Term, ...]
    due: Entry


@dataclass(frozen=True)
class Ledger:
    """The amounts of a document by role, positive ones only, the best first."""

    sheet: Sheet
    entries: tuple[Entry, ...]
    items: Decimal | None
    places: int = 2

    @property
    def unit(self) -> Decimal:
        """The smallest step of amounts."""
        return Decimal(1).scaleb(-self.places)

    @property
    def tolerance(self) -> Decimal:
        """By how much sums may miss: a cent, by rounding; nothing where there are no cents."""
        return self.unit * Decimal("1.1") if self.places else Decimal("0.011")

    def nearly(self, value: Decimal) -> tuple[Decimal, ...]:
        """The values that the tolerance takes for this one."""
        return (value, value - self.unit, value + self.unit) if self.places else (value,)

    def closes(self, found: Decimal, total: Decimal) -> bool:
        """Whether what was found comes to the total, with some of the charges."""
        return any(abs(found + extra - total) <= self.tolerance for extra in self.extra_sums)

    def of(self, role: str, least: float = 0.2) -> list[Entry]:
        """The amounts called so, at most MOST_CANDIDATES of them."""
        return [entry for entry in self._ranked[role] if entry.weight(role) >= least]

    @cached_property
    def _ranked(self) -> Mapping[str, Sequence[Entry]]:
        plausible = [entry for entry in self.entries if self.plausible(entry)]
        found = {role: nlargest(MOST_CANDIDATES, plausible, key=lambda entry: entry.weight(role)) for role in ROLES}
        return found | {"tax": [entry for entry in found["tax"] if id(entry) not in self.taxes.bases]}

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
        bases = [*self.of("subtotal"), *self.of("total"), *self.of("base")]
        rows = {row.tax.value for row in self.taxes.rows}
        named = {entry.cell.row: entry.value for entry in self.of("tax", 0.5)}
        whole = {sum(rows, Decimal(0)), sum(named.values(), Decimal(0))}
        taxes = {entry.value for entry in self.of("tax", 0.3)} | rows | whole
        sums: dict[Decimal, Decimal] = {}
        for base, tax, extra in product({entry.value for entry in bases}, taxes, self.extra_sums):
            if tax > 0:
                sums[base + tax + extra] = min(base, sums.get(base + tax + extra, base))
        return sums

    @cached_property
    def taxes(self) -> Taxes:
        """The rows of taxes."""
        return Taxes(self.sheet, tuple(filter(self.plausible, self.entries)), self.unit)

    @cached_property
    def taxed(self) -> tuple[Decimal, tuple[Entry, ...]]:
        """What the rows of a table of net, tax and gross come to, and their taxes, or those of a last row that adds
        them up; of one row alone, nothing."""
        rows = [row for row in self._rows.values() if len(row) == 3 and row[0].value + row[1].value == row[2].value]
        if len(rows) > 2 and all(2 * column[-1].value == _sum(column) for column in zip(*rows, strict=True)):
            return rows[-1][2].value, (rows[-1][1],)
        several = [row for row in rows if row[1].value > 0][:MOST_TAXES]
        if len(several) < 2:
            return Decimal(0), ()
        return _sum([row[2] for row in several]), tuple(row[1] for row in several)

    @cached_property
    def _rows(self) -> Mapping[int, Sequence[Entry]]:
        """Amounts with two decimals by the number of their row."""
        rows: defaultdict[int, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            if entry.amount.usual:
                rows[entry.cell.row].append(entry)
        return rows

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
    def _named(self) -> Mapping[str, Sequence[Entry]]:
        """What is called a charge, a cut or a payment, by role."""
        named = {role: self.of(role) for role in (*CHARGES, *CUTS, "saving", "rounding")}
        named |= {role: self.of(role, 0.3) for role in ("paid", "previous")}
        return named | {"paid": [*named["paid"], *self._credits], "container": self._containers}

    @property
    def _credits(self) -> Sequence[Entry]:
        """What is taken off under the name of a balance, as `Applied balance  -36.80`."""
        return [entry for entry in self.of("due", 0.5) if entry.value < 0]

    @property
    def _containers(self) -> Sequence[Entry]:
        """Deposits on bottles below a subtotal: those above it are in it."""
        above = min((entry.cell.row for entry in self.of("subtotal", 0.5)), default=None)
        return [] if above is None else [entry for entry in self.of("container") if entry.cell.row > above]

    @cached_property
    def extras(self) -> tuple[Term, ...]:
        """What may be added to a subtotal besides tax."""
        return tuple(charges(self._named))

    @cached_property
    def extra_sums(self) -> Combined:
        """What charges come to together, nothing included."""
        return combined(self.extras)

    @cached_property
    def settlements(self) -> Sequence[Settlement]:
        """How a total and payments, balances before and withheld tax come to a sum that is called due."""
        sums = combined(payments(self._named))
        dues = [entry for entry in self.of("due", 0.3) if entry.value >= 0]
        return [
            Settlement(total, sums[due.value - total.value], due)
            for total in self.positive
            for due in dues
            if named(total) > 0.3
            and due is not total
            and self._settles(sums.get(due.value - total.value, ()), total, due)
        ]

    def _settles(self, terms: Sequence[Term], total: Entry, due: Entry) -> bool:
        """Whether more than a rounding lies between, or that alone and the sum after it is what is paid in coins; and
        it is not the total itself under another name."""
        if any(term.entry is total for term in terms):
            return False
        return any(term.role != "rounding" for term in terms) or (bool(terms) and self._is_rounded(total, due))

    def _is_rounded(self, total: Entry, due: Entry) -> bool:
        """Whether a sum is a total above it in coins, as `Zu bezahlen` of `Total`; a `Total payable` is the total."""
        same = [entry for entry in self.positive if entry.value == total.value and named(entry) > 0.5]
        last = max((entry for entry in same if _above(entry, due)), key=lambda entry: entry.cell.row, default=None)
        return last is not None and _is_called_total(last) and not (due.label and says_total(due.label.text))

    @cached_property
    def settling(self) -> Mapping[Decimal, Settlement]:
        """Settlements by their totals."""
        return {settlement.total.value: settlement for settlement in reversed(self.settlements)}

    @cached_property
    def remaining(self) -> frozenset[Decimal]:
        """Sums that are due and no totals."""
        return frozenset(settlement.due.value for settlement in self.settlements) - self.settling.keys()


def _sum(entries: Sequence[Entry]) -> Decimal:
    return sum((entry.value for entry in entries), Decimal(0))


def _above(entry: Entry, other: Entry) -> bool:
    return (entry.cell.page, entry.cell.row) < (other.cell.page, other.cell.row)


def _is_called_total(entry: Entry) -> bool:
    """Whether its label says so and nothing else, as a sum of sales with taxes would."""
    return entry.label is not None and entry.label.concepts == {"total"}


def named(entry: Entry) -> float:
    """How well an amount's label says that it is the total, or what is to be paid."""
    return max(entry.weight("total"), entry.weight("payable"))
