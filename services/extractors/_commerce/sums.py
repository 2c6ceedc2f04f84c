"""Total, subtotal, tax and tip: what their labels say, and what adds up.

No rule takes the first amount beside the word total. Every printed amount is a candidate, labels give it weight, and so
does arithmetic: subtotal and tax, what was paid less the change, the rounding and the items. Two weak labels that add
up beat a strong one that does not.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from heapq import nlargest
from itertools import combinations, islice, permutations, product
from typing import NamedTuple

from services.extractors import Field
from services.extractors._commerce.amounts import rates
from services.extractors._commerce.evidence import Check, field, joined
from services.extractors._commerce.geometry import Row, Sheet
from services.extractors._commerce.money import ROLES, Money, usual_places

TOLERANCE = Decimal("0.011")
"""Sums of amounts with two decimals may miss by one cent, by rounding."""

MOST_TAXES = 6
"""Taxes that are added up."""

TABLE = 1.8
"""What speaks for the taxes of a table that comes to the total, as much as labels and a sum."""

CENT = Decimal("0.01")

ROUNDING = Decimal("0.05")
"""The coarsest step that cash totals are rounded to without saying so."""

LEAST = 0.5
"""A total with less evidence is not reported."""

MOST = 12
"""Candidates of a kind that are tried against each other."""


class TaxLine(NamedTuple):
    """A row of a table of taxes: a rate in percent, what it applies to, and the tax."""

    rate: Decimal
    base: Money
    tax: Money


@dataclass(frozen=True)
class Sums:
    """The chosen amounts. Any of them is None where the document does not show it."""

    total: Field | None = None
    subtotal: Field | None = None
    tax: Field | None = None
    tip: Field | None = None
    tax_rates: tuple[Field, ...] = ()
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True)
class _Ledger:
    """The amounts of a document by role, positive ones only, the best first."""

    sheet: Sheet
    money: tuple[Money, ...]
    items: Decimal | None

    def of(self, role: str, least: float = 0.2) -> list[Money]:
        """The amounts called so, at most MOST of them."""
        return [one for one in self._ranked[role] if one.weight(role) >= least]

    @cached_property
    def _ranked(self) -> Mapping[str, Sequence[Money]]:
        plausible = [one for one in self.money if self.plausible(one)]
        return {role: nlargest(MOST, plausible, key=lambda one: one.weight(role)) for role in ROLES}

    @cached_property
    def positive(self) -> Sequence[Money]:
        """What may be a total."""
        return [one for one in self.money if one.value > 0 and self.plausible(one)]

    @cached_property
    def twins(self) -> Mapping[Decimal, int]:
        """How often a value is called a total."""
        return Counter(one.value for one in self.positive if named(one) > 0.5)

    @cached_property
    def payable(self) -> Decimal:
        """The largest amount that is surely what is to be paid."""
        return max((one.value for one in self.positive if one.weight("payable") > 0.7), default=Decimal(0))

    @cached_property
    def highest(self) -> Decimal:
        """The largest amount that is called a total."""
        return max((one.value for one in self.positive if named(one) > 0.6), default=Decimal(0))

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
        bases = [*self.of("subtotal"), *(one for one in self.of("total") if one.weight("total") < 0.8)]
        rows = {line.tax.value for line in self.tax_lines}
        named = {one.cell.row: one.value for one in self.of("tax", 0.5)}
        whole = {sum(rows, Decimal(0)), sum(named.values(), Decimal(0))}
        taxes = {one.value for one in self.of("tax", 0.3)} | rows | whole
        sums: dict[Decimal, Decimal] = {}
        for base, tax, extra in product({one.value for one in bases}, taxes, self.extra_sums):
            if tax > 0:
                sums[base + tax + extra] = min(base, sums.get(base + tax + extra, base))
        return sums

    @cached_property
    def taxed(self) -> tuple[Decimal, tuple[Money, ...]]:
        """What the rows of a table of net, tax and gross come to, and their taxes; of one row alone, nothing."""
        rows = [row for row in self._rows.values() if len(row) == 3 and row[0].value + row[1].value == row[2].value]
        several = [row for row in rows if row[1].value > 0][:MOST_TAXES]
        if len(several) < 2:
            return Decimal(0), ()
        return sum((row[2].value for row in several), Decimal(0)), tuple(row[1] for row in several)

    @cached_property
    def _rows(self) -> Mapping[int, Sequence[Money]]:
        """Amounts with two decimals by the number of their row."""
        rows: defaultdict[int, list[Money]] = defaultdict(list)
        for one in self.money:
            if one.amount.places == 2:
                rows[one.cell.row].append(one)
        return rows

    @cached_property
    def tax_lines(self) -> Sequence[TaxLine]:
        """Rows that name a rate and show an amount and its tax at that rate."""
        rows = ((row, self._rows.get(row.cells[0].row, ())[:MOST]) for row in self.sheet.rows)
        found = (line for row, money in rows for line in _tax_lines(row, money))
        return list({(line.rate, line.base.value): line for line in islice(found, MOST)}.values())

    def plausible(self, one: Money) -> bool:
        """Whether it is printed like money: most amounts of a page have the same number of decimals."""
        return one.amount.is_money or (self.places == 0 and one.amount.places == 0 and one.value < 10**9)

    @cached_property
    def places(self) -> int:
        return usual_places(self.money)

    @cached_property
    def paid(self) -> frozenset[Decimal]:
        return frozenset(one.value for one in self.of("paid") if one.value > 0)

    @cached_property
    def settled(self) -> frozenset[Decimal]:
        """What was paid less a change that was given."""
        changes = {abs(one.value) for one in self.of("change")}
        return frozenset(paid - change for paid in self.paid for change in changes if paid > change)

    @cached_property
    def rounded(self) -> frozenset[Decimal]:
        """Multiples of the step that cash is rounded to, close to a total that is none, where a rounding is printed."""
        if not self.of("rounding"):
            return frozenset()
        odd = {one.value for one in [*self.of("total", 0.5), *self.of("payable", 0.5)] if one.value % ROUNDING}
        values = {one.value for one in self.money if one.value > 0 and not one.value % ROUNDING}
        return frozenset(value for value in values for total in odd if abs(value - total) < ROUNDING)

    @cached_property
    def extras(self) -> tuple[Decimal, ...]:
        """What may be added to a subtotal besides tax: charges, tips, and roundings and discounts, of either sign."""
        charges = {one.value for role in ("tip", "service", "shipping") for one in self.of(role) if one.value > 0}
        cuts = {sign * one.value for role in ("discount", "rounding") for one in self.of(role) for sign in (1, -1)}
        return tuple(sorted({*charges, *cuts} - {Decimal(0)}))[:8]

    @cached_property
    def extra_sums(self) -> frozenset[Decimal]:
        return frozenset(sum(chosen, Decimal(0)) for size in range(4) for chosen in combinations(self.extras, size))


CONFIRMED = 1.2
"""The least score, a confidence of .91 where it is read well, of an amount that sums bear out."""


class _Scored(NamedTuple):
    score: float
    money: Money


class _Levied(NamedTuple):
    """A tax, or several."""

    score: float
    money: tuple[Money, ...]

    @property
    def value(self) -> Decimal:
        return sum((one.value for one in self.money), Decimal(0))


def sums(sheet: Sheet, money: Sequence[Money], items: Decimal | None = None) -> Sums:
    """The sums of a document. `items` is what its line items come to.

    Of a credit note whose totals are negative, all signs are turned, and the sums turned back.
    """
    found = _sums(_Ledger(sheet, tuple(money), items))
    if found.total or not any(named(one) > 0.5 and one.value < 0 for one in money):
        return found
    return _credited(_sums(_Ledger(sheet, tuple(map(_turned, money)), -items if items is not None else None)))


def _turned(one: Money) -> Money:
    return replace(one, amount=replace(one.amount, value=-one.value))


def _credited(sums: Sums) -> Sums:
    total, subtotal, tax, tip = map(_negative, (sums.total, sums.subtotal, sums.tax, sums.tip))
    checks = tuple(replace(one, left=_minus(one.left), right=_minus(one.right)) for one in sums.checks)
    return Sums(total, subtotal, tax, tip, sums.tax_rates, checks)


def _negative(one: Field | None) -> Field | None:
    return replace(one, value=_minus(one.value)) if one else None


def _minus(value: object) -> Decimal:
    return -Decimal(str(value))


def _sums(ledger: _Ledger) -> Sums:
    best = max(_totals(ledger), key=_rank, default=None)
    if best is None or best.score < LEAST:
        return _without_total(ledger)
    total = best.money
    base, tax = _parts(ledger, total)
    tip = next(iter(ledger.of("tip", 0.5)), None)
    checks = tuple(_checks(ledger, total, base.money if base else None, tax))
    return Sums(
        total=_field(total, _confirmed(best.score, "total", checks)),
        subtotal=_field(base.money, _confirmed(base.score, "subtotal", checks)) if base else None,
        tax=_tax_field(tax._replace(score=_confirmed(tax.score, "tax", checks))) if tax else None,
        tip=_field(tip, tip.weight("tip")) if tip else None,
        tax_rates=_rates(ledger, tax.money if tax else ()),
        checks=checks,
    )


def _confirmed(score: float, part: str, checks: Sequence[Check]) -> float:
    """At least CONFIRMED for a part of a sum that holds, unless that only compares one amount with itself."""
    holding = (one.rule.split() for one in checks if one.holds and "included)" not in one.rule)
    return max(score, CONFIRMED) if any(part in words for words in holding) else score


def _without_total(ledger: _Ledger) -> Sums:
    """What is named beyond doubt though no total is printed, as where a guest writes tip and total by hand."""
    base, tax = (next(iter(ledger.of(role, 0.6)), None) for role in ("subtotal", "tax"))
    return Sums(
        subtotal=_field(base, base.weight("subtotal")) if base else None,
        tax=_field(tax, tax.weight("tax")) if tax else None,
        tax_rates=_rates(ledger, [tax] if tax else []),
    )


def _rank(one: _Scored) -> tuple[float, int, float]:
    return round(one.score, 6), one.money.cell.page, one.money.cell.depth


def _field(one: Money, score: float) -> Field:
    return field(one.value, one.cell, one.amount.start, one.amount.end, 0.55 + 0.3 * min(score, 1.45))


def _tax_field(tax: _Levied) -> Field:
    """Of several taxes the sum, with the evidence of all that stand on the page of the first."""
    if len(tax.money) == 1:
        return _field(tax.money[0], tax.score)
    own = [(one.cell, one.cell.text[one.amount.start : one.amount.end]) for one in tax.money]
    page = [(cell, text) for cell, text in own if cell.page == own[0][0].page]
    return joined(tax.value, page, 0.55 + 0.3 * min(tax.score, 1.45))


# Total


def named(one: Money) -> float:
    """How well an amount's label says that it is the total, or what is to be paid."""
    return max(one.weight("total"), one.weight("payable"))


def _totals(ledger: _Ledger) -> Iterator[_Scored]:
    alone = len({one.value for one in ledger.positive if one.amount.currency}) == 1
    for one in ledger.positive:
        lone = 0.3 if alone and one.amount.currency and not one.label and not one.in_prose else 0.0
        base = max(named(one), 0.45 if one.value in ledger.settled else 0.0, lone, _bare(ledger, one))
        if base:
            yield _Scored(base + _support(ledger, one), one)


def _bare(ledger: _Ledger, one: Money) -> float:
    """The little that speaks for an amount without a label of its own that was paid."""
    return 0.28 if one.value in ledger.paid and not one.weight("subtotal") else 0.0


def _support(ledger: _Ledger, one: Money) -> float:
    """What speaks for an amount besides its own label."""
    value = one.value
    evidence = (
        (0.25, value in ledger.settled),
        (0.15, value in ledger.paid),
        (0.5, value in ledger.rounded),
        (0.35, _adds_up(ledger, value)),
        (0.05 if ledger.extras else 0.2, ledger.items is not None and abs(ledger.items - value) <= TOLERANCE),
        (0.1, ledger.twins.get(value, 0) > (named(one) > 0.5)),
        (0.1, one.cell.height > 1.35),
        (0.05, one.amount.currency is not None),
        (0.35, _joins(ledger, value)),
        (-0.3, one.weight("subtotal") > 0.6),
        (-0.3, one.weight("payable") < 0.5 and value < ledger.payable),
        (-0.4, one.weight("tax") > 0.3 and 3 * value < ledger.highest),
    )
    return sum(weight for weight, holds in evidence if holds) + 0.08 * one.cell.depth


def _nearly(value: Decimal) -> tuple[Decimal, ...]:
    """The values that TOLERANCE takes for this one, of amounts with two decimals."""
    return value, value - CENT, value + CENT


def _joins(ledger: _Ledger, value: Decimal) -> bool:
    """Whether two other amounts called total come to this one: of goods at different rates of tax, or given back."""
    return any(value not in pair for near in _nearly(value) for pair in ledger.joined.get(near, ()))


def _adds_up(ledger: _Ledger, total: Decimal) -> bool:
    """Whether something called subtotal and something called tax come to the total, with printed charges."""
    return any(near in ledger.reached and ledger.reached[near] < total for near in _nearly(total))


def _close(found: Decimal, total: Decimal, extras: Iterable[Decimal]) -> bool:
    return any(abs(found + extra - total) <= TOLERANCE for extra in extras)


# Subtotal and tax


def _parts(ledger: _Ledger, total: Money) -> tuple[_Scored | None, _Levied | None]:
    """The pair of subtotal and tax that fits labels and total best; either may be None."""
    known = [_Scored(one.weight("subtotal"), one) for one in ledger.of("subtotal")]
    known += [_Scored(0.2, one) for one in ledger.of("total") if 0 < one.value < total.value]
    bases: list[_Scored | None] = [None, *known]
    taxes: list[_Levied | None] = [None, *_taxes(ledger, total), *_several_taxes(ledger, total, known)]
    pairs = [(base, tax) for base in bases for tax in taxes if _possible(base, tax, total)]
    base, tax = max(pairs, key=lambda pair: _fit(ledger, total, *pair))
    agreed = 0.4 if base and tax and _close(base.money.value + tax.value, total.value, ledger.extra_sums) else 0.0
    if base and base.score < 0.3 and not agreed:
        base = None
    return (
        _Scored(base.score + agreed, base.money) if base else None,
        _Levied(tax.score + agreed, tax.money) if tax else None,
    )


def _taxes(ledger: _Ledger, total: Money) -> Iterator[_Levied]:
    yield from (_Levied(one.weight("tax"), (one,)) for one in ledger.of("tax", 0.3) if one.cell is not total.cell)
    if len(ledger.tax_lines) == 1:
        yield _Levied(0.6, (ledger.tax_lines[0].tax,))
    if ledger.taxed[0] == total.value:
        yield _Levied(TABLE, ledger.taxed[1])


def _several_taxes(ledger: _Ledger, total: Money, bases: Sequence[_Scored]) -> Iterator[_Levied]:
    """Taxes of several rows that fill the gap between a subtotal and the total together, as two rates of VAT do."""
    gaps = {total.value - base.money.value - extra for base in bases for extra in ledger.extra_sums}
    named = [one for one in ledger.of("tax", 0.5) if one.value > 0 and one.cell is not total.cell][:MOST_TAXES]
    for size in range(2, len(named) + 1):
        for chosen in combinations(named, size):
            rows = {one.cell.row for one in chosen}
            if len(rows) == size and not gaps.isdisjoint(_nearly(sum((one.value for one in chosen), Decimal(0)))):
                yield _Levied(min(one.weight("tax") for one in chosen) - 0.05 * size, chosen)


def _possible(base: _Scored | None, tax: _Levied | None, total: Money) -> bool:
    if (
        base
        and tax
        and any(base.money is one or (tax.money[1:] and base.money.cell.row == one.cell.row) for one in tax.money)
    ):
        return False
    return not (tax and tax.value >= total.value) and not (base and base.money is total)


def _fit(ledger: _Ledger, total: Money, base: _Scored | None, tax: _Levied | None) -> float:
    """Labels, and whether base and tax come to the total, or the total includes the tax already."""
    score = (base.score if base else 0.0) + (tax.score if tax else 0.0)
    if base and tax:
        if _close(base.money.value + tax.value, total.value, ledger.extra_sums):
            score += 0.8
        elif _close(base.money.value, total.value, ledger.extra_sums):
            score += 0.3
    return score


def _tax_lines(row: Row, money: Sequence[Money]) -> Iterator[TaxLine]:
    for rate, *_ in rates(row.text):
        for base, tax in permutations(money, 2):
            if rate and tax.value > 0 and abs(base.value * rate / 100 - tax.value) <= TOLERANCE:
                yield TaxLine(rate, base, tax)


def _rates(ledger: _Ledger, taxes: Iterable[Money]) -> tuple[Field, ...]:
    """The rates of tax that are printed beside taxes, each once."""
    rows = {line.tax.cell.row for line in ledger.tax_lines}
    rows |= {row for tax in taxes for row in (tax.cell.row, tax.cell.row - 1)}
    found: dict[Decimal, Field] = {}
    for cell in (cell for cell in ledger.sheet.cells if cell.row in rows):
        for rate, start, end in rates(cell.text):
            found.setdefault(rate, field(rate, cell, start, end, 0.9))
    return tuple(found.values())


# Checks


def _checks(ledger: _Ledger, total: Money, base: Money | None, tax: _Levied | None) -> Iterator[Check]:
    if base and tax:
        yield _sum_check(ledger, total.value, base.value, tax.value)
    if ledger.items is not None:
        against = min([one for one in (base, total) if one], key=lambda one: abs(one.value - (ledger.items or 0)))
        name = "subtotal" if against is base else "total"
        allowed = ROUNDING if against.value in ledger.rounded else TOLERANCE
        yield Check(f"items = {name}", ledger.items, against.value, abs(ledger.items - against.value) <= allowed)
    changes = ledger.of("change")
    if changes and ledger.paid:
        given = abs(changes[0].value)
        left = min((paid - given for paid in ledger.paid), key=lambda left: abs(left - total.value))
        yield Check("paid - change = total", left, total.value, abs(left - total.value) <= ROUNDING)


def _sum_check(ledger: _Ledger, total: Decimal, base: Decimal, tax: Decimal) -> Check:
    """Subtotal and tax against the total, with the charges that bring them closest; none if the total has tax in it."""
    if _close(base, total, (Decimal(0),)) and tax:
        return Check("subtotal (tax included) = total", base, total, True)
    extra = min(ledger.extra_sums, key=lambda extra: (abs(base + tax + extra - total), abs(extra)))
    rule = "subtotal + tax + charges = total" if extra else "subtotal + tax = total"
    left = base + tax + extra
    if abs(left - total) > abs(base + tax - total) / 2:  # charges that do not explain the difference
        rule, left = "subtotal + tax = total", base + tax
    return Check(rule, left, total, abs(left - total) <= TOLERANCE)
