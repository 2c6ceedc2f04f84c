"""Total, subtotal, tax and tip: what their labels say, and what adds up.

No rule takes the first amount beside the word total. Every printed amount is a candidate, labels give it weight, and so
does arithmetic: subtotal and tax, what was paid less the change, the rounding and the items. Two weak labels that add
up beat a strong one that does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from services.extractors import Field
from services.extractors._commerce.bill.balance import Levied, Scored, checks, parts
from services.extractors._commerce.bill.ledger import TOLERANCE, Ledger, named, nearly
from services.extractors._commerce.reading.amounts import rates
from services.extractors._commerce.reading.evidence import Check, field, joined
from services.extractors._commerce.reading.geometry import Sheet
from services.extractors._commerce.reading.money import Money

LEAST = 0.5
"""A total with less evidence is not reported."""

CONFIRMED = 1.2
"""The least score, a confidence of .91 where it is read well, of an amount that sums bear out."""


@dataclass(frozen=True)
class Sums:
    """The chosen amounts. Any of them is None where the document does not show it."""

    total: Field | None = None
    subtotal: Field | None = None
    tax: Field | None = None
    tip: Field | None = None
    tax_rates: tuple[Field, ...] = ()
    checks: tuple[Check, ...] = ()


def sums(sheet: Sheet, money: Sequence[Money], items: Decimal | None = None) -> Sums:
    """The sums of a document. `items` is what its line items come to.

    Of a credit note whose totals are negative, all signs are turned, and the sums turned back.
    """
    found = _sums(Ledger(sheet, tuple(money), items))
    if found.total or not any(named(one) > 0.5 and one.value < 0 for one in money):
        return found
    return _credited(_sums(Ledger(sheet, tuple(map(_turned, money)), -items if items is not None else None)))


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


def _sums(ledger: Ledger) -> Sums:
    best = max(_totals(ledger), key=_rank, default=None)
    if best is None or best.score < LEAST:
        return _without_total(ledger)
    total = best.money
    base, tax = parts(ledger, total)
    tip = next(iter(ledger.of("tip", 0.5)), None)
    held = tuple(checks(ledger, total, base.money if base else None, tax))
    return Sums(
        total=_field(total, _confirmed(best.score, "total", held)),
        subtotal=_field(base.money, _confirmed(base.score, "subtotal", held)) if base else None,
        tax=_tax_field(tax._replace(score=_confirmed(tax.score, "tax", held))) if tax else None,
        tip=_field(tip, tip.weight("tip")) if tip else None,
        tax_rates=_rates(ledger, tax.money if tax else ()),
        checks=held,
    )


def _confirmed(score: float, part: str, checks: Sequence[Check]) -> float:
    """At least CONFIRMED for a part of a sum that holds, unless that only compares one amount with itself."""
    holding = (one.rule.split() for one in checks if one.holds and "included)" not in one.rule)
    return max(score, CONFIRMED) if any(part in words for words in holding) else score


def _without_total(ledger: Ledger) -> Sums:
    """What is named beyond doubt though no total is printed, as where a guest writes tip and total by hand."""
    base, tax = (next(iter(ledger.of(role, 0.6)), None) for role in ("subtotal", "tax"))
    return Sums(
        subtotal=_field(base, base.weight("subtotal")) if base else None,
        tax=_field(tax, tax.weight("tax")) if tax else None,
        tax_rates=_rates(ledger, [tax] if tax else []),
    )


def _rank(one: Scored) -> tuple[float, int, float]:
    return round(one.score, 6), one.money.cell.page, one.money.cell.depth


def _field(one: Money, score: float) -> Field:
    return field(one.value, one.cell, one.amount.start, one.amount.end, 0.55 + 0.3 * min(score, 1.45))


def _tax_field(tax: Levied) -> Field:
    """Of several taxes the sum, with the evidence of all that stand on the page of the first."""
    if len(tax.money) == 1:
        return _field(tax.money[0], tax.score)
    own = [(one.cell, one.cell.text[one.amount.start : one.amount.end]) for one in tax.money]
    page = [(cell, text) for cell, text in own if cell.page == own[0][0].page]
    return joined(tax.value, page, 0.55 + 0.3 * min(tax.score, 1.45))


def _totals(ledger: Ledger) -> Iterator[Scored]:
    alone = len({one.value for one in ledger.positive if one.amount.currency}) == 1
    for one in ledger.positive:
        lone = 0.3 if alone and one.amount.currency and not one.label and not one.in_prose else 0.0
        base = max(named(one), 0.45 if one.value in ledger.settled else 0.0, lone, _bare(ledger, one))
        if base:
            yield Scored(base + _support(ledger, one), one)


def _bare(ledger: Ledger, one: Money) -> float:
    """The little that speaks for an amount without a label of its own that was paid."""
    return 0.28 if one.value in ledger.paid and not one.weight("subtotal") else 0.0


def _support(ledger: Ledger, one: Money) -> float:
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


def _joins(ledger: Ledger, value: Decimal) -> bool:
    """Whether two other amounts called total come to this one: of goods at different rates of tax, or given back."""
    return any(value not in pair for near in nearly(value) for pair in ledger.joined.get(near, ()))


def _adds_up(ledger: Ledger, total: Decimal) -> bool:
    """Whether something called subtotal and something called tax come to the total, with printed charges."""
    return any(near in ledger.reached and ledger.reached[near] < total for near in nearly(total))


def _rates(ledger: Ledger, taxes: Iterable[Money]) -> tuple[Field, ...]:
    """The rates of tax that are printed beside taxes, each once."""
    rows = {line.tax.cell.row for line in ledger.tax_lines}
    rows |= {row for tax in taxes for row in (tax.cell.row, tax.cell.row - 1)}
    found: dict[Decimal, Field] = {}
    for cell in (cell for cell in ledger.sheet.cells if cell.row in rows):
        for rate, start, end in rates(cell.text):
            found.setdefault(rate, field(rate, cell, start, end, 0.9))
    return tuple(found.values())
