"""Whether what is printed adds up, and which charges it takes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from services.extractors._commerce.bill.balance import Levied
from services.extractors._commerce.bill.ledger import ROUNDING, Ledger, Settlement
from services.extractors._commerce.bill.terms import CHARGES, Combined, Term
from services.extractors._commerce.reading.entries import Entry
from services.extractors._commerce.reading.evidence import Check, Rule

NOTHING = Decimal(0)


class Found(NamedTuple):
    """A check, and the charges and cuts that it counted."""

    check: Check
    terms: tuple[Term, ...] = ()


class Chosen(NamedTuple):
    """What was taken for the total, the subtotal and the tax."""

    total: Entry
    base: Entry | None
    tax: Levied | None


def checks(ledger: Ledger, chosen: Chosen) -> Iterator[Found]:
    """All sums that can be checked."""
    total, base, tax = chosen
    if base and (tax or ledger.extras):
        yield from _of_subtotal(ledger, total.value, base.value, tax)
    if ledger.items is not None:
        yield _of_items(ledger, ledger.items, chosen)
    if settlement := ledger.settling.get(total.value):
        yield _of_settlement(settlement)
    if (changes := ledger.of("change")) and ledger.paid:
        yield _of_change(ledger, abs(changes[0].value), total.value, settlement)


# Subtotal


def _of_subtotal(ledger: Ledger, total: Decimal, base: Decimal, tax: Levied | None) -> Iterator[Found]:
    """Subtotal and tax against the total, with the fewest charges; or without the tax, if it is in the subtotal."""
    levied = tax.value if tax else NOTHING
    if tax and (added := _explained(ledger, total - base - levied)) is not None:
        rule = Rule.SUBTOTAL_TAX_AND_CHARGES if added else Rule.SUBTOTAL_AND_TAX
        yield _held(ledger, rule, base + levied, total, added)
    elif (within := _explained(ledger, total - base)) is not None:
        rule = Rule.TAX_INCLUDED_AND_CHARGES if within else Rule.TAX_INCLUDED
        if tax or within:
            yield _held(ledger, rule, base, total, within)
    elif tax:
        yield Found(_closest(ledger, total, base + levied))


def _explained(ledger: Ledger, gap: Decimal, sums: Combined | None = None) -> tuple[Term, ...] | None:
    """The charges that come to a gap; None where none do."""
    known = ledger.extra_sums if sums is None else sums
    return next((known[near] for near in ledger.nearly(gap) if near in known), None)


def _held(ledger: Ledger, rule: Rule, left: Decimal, right: Decimal, terms: tuple[Term, ...]) -> Found:
    left += sum((term.value for term in terms), NOTHING)
    return Found(Check(rule, left, right, abs(left - right) <= ledger.tolerance), terms)


def _closest(ledger: Ledger, total: Decimal, found: Decimal) -> Check:
    """What does not hold, with the charges that bring it closest, if they explain most of the difference."""
    extra = min(ledger.extra_sums, key=lambda extra: (abs(found + extra - total), abs(extra)))
    if extra and abs(found + extra - total) <= abs(found - total) / 2:
        return Check(Rule.SUBTOTAL_TAX_AND_CHARGES, found + extra, total, False)
    return Check(Rule.SUBTOTAL_AND_TAX, found, total, False)


# Items


def _of_items(ledger: Ledger, items: Decimal, chosen: Chosen) -> Found:
    """Items against the subtotal or the total: as they are, with charges and cuts, with the tax; else the closer."""
    total, base, tax = chosen
    sums = {value: terms for value, terms in ledger.extra_sums.items() if not any(_repeats(term) for term in terms)}
    for left, right, plain, charged in (
        (items, base, Rule.ITEMS_MAKE_SUBTOTAL, Rule.ITEMS_AND_CHARGES_MAKE_SUBTOTAL),
        (items, total, Rule.ITEMS_MAKE_TOTAL, Rule.ITEMS_AND_CHARGES_MAKE_TOTAL),
        (items + (tax.value if tax else 0), total, Rule.ITEMS_AND_TAX_MAKE_TOTAL, Rule.ITEMS_AND_TAX_MAKE_TOTAL),
    ):
        if right is not None and (terms := _explained(ledger, right.value - left, sums)) is not None:
            return _held(ledger, charged if terms else plain, left, right.value, terms)
    against = min((entry for entry in (base, total) if entry), key=lambda entry: abs(entry.value - items))
    allowed = ROUNDING if against.value in ledger.rounded else ledger.tolerance
    rule = Rule.ITEMS_MAKE_SUBTOTAL if against is base else Rule.ITEMS_MAKE_TOTAL
    return Found(Check(rule, items, against.value, abs(items - against.value) <= allowed))


def _repeats(term: Term) -> bool:
    """Whether a charge does not bear on items: a tip is paid for none."""
    return term.role == CHARGES[0]


# Settlement


def _of_change(ledger: Ledger, given: Decimal, total: Decimal, settlement: Settlement | None) -> Found:
    """What was kept of what was paid against the total, or against what is due of it where that is closer."""
    sums = [(Rule.PAID_LESS_CHANGE, total)]
    if settlement:
        sums.append((Rule.PAID_LESS_CHANGE_IS_DUE, settlement.due.value))
    kept = [(rule, paid - given, value) for paid in ledger.paid for rule, value in sums]
    rule, left, right = min(kept, key=lambda one: abs(one[1] - one[2]))
    return Found(Check(rule, left, right, abs(left - right) <= ROUNDING))


def _of_settlement(settlement: Settlement) -> Found:
    left = settlement.total.value + sum((term.value for term in settlement.terms), NOTHING)
    previous = any(term.role == "previous" for term in settlement.terms)
    rule = Rule.DUE_WITH_PREVIOUS if previous else Rule.DUE_OF_TOTAL
    return Found(Check(rule, left, settlement.due.value, left == settlement.due.value), settlement.terms)
