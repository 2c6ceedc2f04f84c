"""Total, subtotal, tax and tip: what their labels say, and what adds up.

No rule takes the first amount beside the word total. Every printed amount is a candidate, labels give it weight, and so
does arithmetic: subtotal and tax, what was paid less the change, the rounding and the items. Two weak labels that add
up beat a strong one that does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from services.extractors import Field
from services.extractors._commerce.bill.balance import Levied, Scored, checks, parts
from services.extractors._commerce.bill.ledger import TOLERANCE, Ledger, named, nearly
from services.extractors._commerce.reading.amounts import rates
from services.extractors._commerce.reading.entries import Entry
from services.extractors._commerce.reading.evidence import Check, Rule, field, joined
from services.extractors._commerce.reading.geometry import Sheet
from services.extractors._commerce.reading.notation import Notation

LEAST_SCORE = 0.5
"""A total with less evidence is not reported."""

CONFIRMED_SCORE = 1.2
"""The least score, a confidence of .91 where it is read well, of an amount that sums bear out."""

BORNE_OUT: Mapping[str, tuple[str, ...]] = {
    Rule.SUBTOTAL_AND_TAX: ("subtotal", "tax", "total"),
    Rule.SUBTOTAL_TAX_AND_CHARGES: ("subtotal", "tax", "total"),
    Rule.ITEMS_MAKE_SUBTOTAL: ("subtotal",),
    Rule.ITEMS_MAKE_TOTAL: ("total",),
    Rule.PAID_LESS_CHANGE: ("total",),
}
"""Which parts a sum that holds bears out. TAX_INCLUDED compares one amount with itself, so it bears out none."""


@dataclass(frozen=True)
class Sums:
    """The chosen amounts. Any of them is None where the document does not show it."""

    total: Field | None = None
    subtotal: Field | None = None
    tax: Field | None = None
    tip: Field | None = None
    tax_rates: tuple[Field, ...] = ()
    checks: tuple[Check, ...] = ()


def sums(sheet: Sheet, entries: Sequence[Entry], notation: Notation, items: Decimal | None = None) -> Sums:
    """The sums of a document. `items` is what its line items come to.

    Of a credit note whose totals are negative, all signs are turned, and the sums turned back.
    """
    found = _sums(Ledger(sheet, tuple(entries), items, notation.places))
    if found.total or not any(named(entry) > 0.5 and entry.value < 0 for entry in entries):
        return found
    turned = tuple(map(_turned, entries))
    return _credited(_sums(Ledger(sheet, turned, -items if items is not None else None, notation.places)))


def _turned(entry: Entry) -> Entry:
    return replace(entry, amount=replace(entry.amount, value=-entry.value))


def _credited(sums: Sums) -> Sums:
    total, subtotal, tax, tip = map(_negative, (sums.total, sums.subtotal, sums.tax, sums.tip))
    checks = tuple(replace(check, left=_minus(check.left), right=_minus(check.right)) for check in sums.checks)
    return Sums(total, subtotal, tax, tip, sums.tax_rates, checks)


def _negative(field: Field | None) -> Field | None:
    return replace(field, value=_minus(field.value)) if field else None


def _minus(value: object) -> Decimal:
    return -Decimal(str(value))


def _sums(ledger: Ledger) -> Sums:
    best = max(_totals(ledger), key=_rank, default=None)
    if best is None or best.score < LEAST_SCORE:
        return _without_total(ledger)
    total = best.entry
    base, tax = parts(ledger, total)
    tip = next(iter(ledger.of("tip", 0.5)), None)
    held = tuple(checks(ledger, total, base.entry if base else None, tax))
    return Sums(
        total=_field(total, _confirmed(best.score, "total", held)),
        subtotal=_field(base.entry, _confirmed(base.score, "subtotal", held)) if base else None,
        tax=_tax_field(tax._replace(score=_confirmed(tax.score, "tax", held))) if tax else None,
        tip=_field(tip, tip.weight("tip")) if tip else None,
        tax_rates=_rates(ledger, tax.entries if tax else ()),
        checks=held,
    )


def _confirmed(score: float, part: str, checks: Sequence[Check]) -> float:
    """At least CONFIRMED for a part of a sum that holds."""
    borne_out = any(part in BORNE_OUT.get(check.rule, ()) for check in checks if check.holds)
    return max(score, CONFIRMED_SCORE) if borne_out else score


def _without_total(ledger: Ledger) -> Sums:
    """What is named beyond doubt though no total is printed, as where a guest writes tip and total by hand."""
    base, tax = (next(iter(ledger.of(role, 0.6)), None) for role in ("subtotal", "tax"))
    return Sums(
        subtotal=_field(base, base.weight("subtotal")) if base else None,
        tax=_field(tax, tax.weight("tax")) if tax else None,
        tax_rates=_rates(ledger, [tax] if tax else []),
    )


def _rank(scored: Scored) -> tuple[float, int, float]:
    return round(scored.score, 6), scored.entry.cell.page, scored.entry.cell.depth


def _field(entry: Entry, score: float) -> Field:
    return field(entry.value, entry.cell, entry.amount.start, entry.amount.end, 0.55 + 0.3 * min(score, 1.45))


def _tax_field(tax: Levied) -> Field:
    """Of several taxes the sum, with the evidence of all that stand on the page of the first."""
    if len(tax.entries) == 1:
        return _field(tax.entries[0], tax.score)
    own = [(entry.cell, entry.cell.text[entry.amount.start : entry.amount.end]) for entry in tax.entries]
    page = [(cell, text) for cell, text in own if cell.page == own[0][0].page]
    return joined(tax.value, page, 0.55 + 0.3 * min(tax.score, 1.45))


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
    evidence = (
        (0.25, value in ledger.settled),
        (0.15, value in ledger.paid),
        (0.5, value in ledger.rounded),
        (0.35, _adds_up(ledger, value)),
        (0.05 if ledger.extras else 0.2, ledger.items is not None and abs(ledger.items - value) <= TOLERANCE),
        (0.1, ledger.twins.get(value, 0) > (named(entry) > 0.5)),
        (0.1, entry.cell.height > 1.35),
        (0.05, entry.amount.currency is not None),
        (0.35, _joins(ledger, value)),
        (-0.3, entry.weight("subtotal") > 0.6),
        (-0.3, entry.weight("payable") < 0.5 and value < ledger.payable),
        (-0.4, entry.weight("tax") > 0.3 and 3 * value < ledger.highest),
    )
    return sum(weight for weight, holds in evidence if holds) + 0.08 * entry.cell.depth


def _joins(ledger: Ledger, value: Decimal) -> bool:
    """Whether two other amounts called total come to this one: of goods at different rates of tax, or given back."""
    return any(value not in pair for near in nearly(value) for pair in ledger.joined.get(near, ()))


def _adds_up(ledger: Ledger, total: Decimal) -> bool:
    """Whether something called subtotal and something called tax come to the total, with printed charges."""
    return any(near in ledger.reached and ledger.reached[near] < total for near in nearly(total))


def _rates(ledger: Ledger, taxes: Iterable[Entry]) -> tuple[Field, ...]:
    """The rates of tax that are printed beside taxes, each once."""
    rows = {line.tax.cell.row for line in ledger.tax_lines}
    rows |= {row for tax in taxes for row in (tax.cell.row, tax.cell.row - 1)}
    found: dict[Decimal, Field] = {}
    for cell in (cell for cell in ledger.sheet.cells if cell.row in rows):
        for rate, start, end in rates(cell.text):
            found.setdefault(rate, field(rate, cell, start, end, 0.9))
    return tuple(found.values())
