"""Which amount is the total.

No rule takes the first amount beside the word total. Every printed amount is a candidate, labels give it weight, and so
does arithmetic: subtotal and tax, what was paid less the change, the rounding and the items. Two weak labels that add
up beat a strong one that does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from services.extractors._commerce.bill.balance import Scored
from services.extractors._commerce.bill.ledger import Ledger, named
from services.extractors._commerce.reading.entries import Entry

LEAST_SCORE = 0.5
"""A total with less evidence is not reported."""


def total_of(ledger: Ledger) -> Scored | None:
    """The best candidate; None where nothing speaks enough for any."""
    best = max(_totals(ledger), key=_rank, default=None)
    return best if best and best.score >= LEAST_SCORE else None


def _rank(scored: Scored) -> tuple[float, int, float]:
    return round(scored.score, 6), scored.entry.cell.page, scored.entry.cell.depth


def _totals(ledger: Ledger) -> Iterator[Scored]:
    alone = len({entry.value for entry in ledger.positive if entry.amount.currency}) == 1
    for entry in ledger.positive:
        lone = 0.3 if alone and entry.amount.currency and not entry.label and not entry.in_prose else 0.0
        base = max(named(entry), 0.45 if entry.value in ledger.settled else 0.0, lone, _bare(ledger, entry))
        if base:
            yield Scored(base + _support(ledger, entry), entry)


def _bare(ledger: Ledger, entry: Entry) -> float:
    """The little that speaks for an amount without a label of its own that was paid."""
    return 0.28 if entry.value in ledger.paid and not entry.weight("subtotal") else 0.0


def _support(ledger: Ledger, entry: Entry) -> float:
    """What speaks for an amount besides its own label."""
    value = entry.value
    left = value in ledger.remaining
    evidence = (
        (0.25, value in ledger.settled and not left),
        (0.15, value in ledger.paid and not left),
        (0.5, value in ledger.rounded and not left),
        (0.35, _adds_up(ledger, value)),
        (0.05 if ledger.extras else 0.2, ledger.items is not None and abs(ledger.items - value) <= ledger.tolerance),
        (0.1, ledger.twins.get(value, 0) > (named(entry) > 0.5)),
        (0.1, entry.cell.height > 1.35),
        (0.05, entry.amount.currency is not None),
        (0.35, _joins(ledger, value)),
        (0.45, value in ledger.settling),
        (0.4, ledger.taxes.makes(value)),
        (-0.5, left),
        (-0.3, entry.weight("subtotal") > 0.6),
        (-0.3, entry.weight("payable") < 0.5 and value < ledger.payable and value not in ledger.settling),
        (-0.4, entry.weight("tax") > 0.3 and 3 * value < ledger.highest),
    )
    return sum(weight for weight, holds in evidence if holds) + 0.08 * entry.cell.depth


def _joins(ledger: Ledger, value: Decimal) -> bool:
    """Whether two other amounts called total come to this one: of goods at different rates of tax, or given back."""
    return any(value not in pair for near in ledger.nearly(value) for pair in ledger.joined.get(near, ()))


def _adds_up(ledger: Ledger, total: Decimal) -> bool:
    """Whether something called subtotal and something called tax come to the total, with printed charges."""
    return any(near in ledger.reached and ledger.reached[near] < total for near in ledger.nearly(total))
