"""The sums of a bill: total, subtotal, tax and what lies between them, what was paid and what is due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal

from services.extractors import Field
from services.extractors._commerce.bill.balance import Levied, parts
from services.extractors._commerce.bill.checks import Chosen, Found, checks
from services.extractors._commerce.bill.ledger import Ledger, named
from services.extractors._commerce.bill.terms import Term
from services.extractors._commerce.bill.totals import total_of
from services.extractors._commerce.reading.entries import DOUBTFUL, Doubt, Entry
from services.extractors._commerce.reading.evidence import Check, Rule, joined
from services.extractors._commerce.reading.geometry import Sheet
from services.extractors._commerce.reading.notation import Notation

CONFIRMED_SCORE = 1.2
"""The least score, a confidence of .91 where it is read well, of an amount that sums bear out."""

BORNE_OUT: Mapping[str, tuple[str, ...]] = {
    Rule.SUBTOTAL_AND_TAX: ("subtotal", "tax", "total"),
    Rule.SUBTOTAL_TAX_AND_CHARGES: ("subtotal", "tax", "total"),
    Rule.TAX_INCLUDED_AND_CHARGES: ("subtotal", "total"),
    Rule.ITEMS_MAKE_SUBTOTAL: ("subtotal",),
    Rule.ITEMS_MAKE_TOTAL: ("total",),
    Rule.ITEMS_AND_CHARGES_MAKE_SUBTOTAL: ("subtotal",),
    Rule.ITEMS_AND_CHARGES_MAKE_TOTAL: ("total",),
    Rule.ITEMS_AND_TAX_MAKE_TOTAL: ("total", "tax"),
    Rule.PAID_LESS_CHANGE: ("total",),
    Rule.PAID_LESS_CHANGE_IS_DUE: ("amount_due",),
    Rule.DUE_OF_TOTAL: ("total", "amount_due"),
    Rule.DUE_WITH_PREVIOUS: ("total", "amount_due"),
}
"""Which parts a sum that holds bears out. TAX_INCLUDED compares one amount with itself, so it bears out none."""

SMALLEST_TOTAL = 20
"""Of a rounding, as a multiple."""

PLAIN_LABEL = 0.6
"""How well a label has to say what an amount is that no sum counts."""


@dataclass(frozen=True)
class Sums:
    """The chosen amounts. Any of them is None where the document does not show it.

    `discount`, `withheld` and `amount_paid` are taken off, and positive; `rounding` and `previous_balance` have their
    sign. `doubts` are what amounts may be as well.
    """

    total: Field | None = None
    subtotal: Field | None = None
    tax: Field | None = None
    tip: Field | None = None
    amount_due: Field | None = None
    amount_paid: Field | None = None
    previous_balance: Field | None = None
    rounding: Field | None = None
    discount: Field | None = None
    withheld: Field | None = None
    tax_rates: tuple[Field, ...] = ()
    checks: tuple[Check, ...] = ()
    doubts: tuple[Doubt, ...] = ()


AMOUNTS = tuple(member.name for member in fields(Sums) if member.name not in ("tax_rates", "checks", "doubts"))


def sums(sheet: Sheet, entries: Sequence[Entry], notation: Notation, items: Decimal | None = None) -> Sums:
    """The sums of a document. `items` is what its line items come to.

    Of a credit note whose totals are negative, all signs are turned, and the sums turned back.
    """
    if _is_credit(entries):
        turned = tuple(map(_turned, entries))
        found = _credited(_sums(Ledger(sheet, turned, -items if items is not None else None, notation.places)))
    else:
        found = _sums(Ledger(sheet, tuple(entries), items, notation.places))
    return replace(found, doubts=tuple(_doubts(found, entries)))


def _is_credit(entries: Sequence[Entry]) -> bool:
    """Whether what is called a total has a minus wherever it is not nothing."""
    totals = [entry.value for entry in entries if entry.value and named(entry) > 0.5]
    return bool(totals) and all(value < 0 for value in totals)


def _doubts(sums: Sums, entries: Sequence[Entry]) -> Iterator[Doubt]:
    """Amounts that may be others by a factor, with both readings."""
    others = {abs(entry.value): abs(entry.amount.other) for entry in entries if entry.amount.other is not None}
    for name in AMOUNTS:
        amount: Field | None = getattr(sums, name)
        value = Decimal(str(amount.value)) if amount and amount.confidence <= DOUBTFUL else None
        if value is not None and (other := others.get(abs(value))):
            yield Doubt(name, (value, other.copy_sign(value)))


def _turned(entry: Entry) -> Entry:
    return replace(entry, amount=replace(entry.amount, value=-entry.value))


def _credited(sums: Sums) -> Sums:
    amounts = {name: _negative(getattr(sums, name)) for name in AMOUNTS}
    checks = tuple(replace(check, left=_minus(check.left), right=_minus(check.right)) for check in sums.checks)
    return replace(sums, **amounts, checks=checks)  # type: ignore[arg-type]


def _negative(field: Field | None) -> Field | None:
    return replace(field, value=_minus(field.value)) if field else None


def _minus(value: object) -> Decimal:
    return -Decimal(str(value))


def _sums(ledger: Ledger) -> Sums:
    best = total_of(ledger)
    if best is None:
        return _without_total(ledger)
    base, tax = parts(ledger, best.entry)
    chosen = Chosen(best.entry, base.entry if base else None, tax)
    found = tuple(checks(ledger, chosen))
    held = [one.check for one in found]
    return Sums(
        total=_field(best.entry, _confirmed(best.score, "total", held)),
        subtotal=_field(base.entry, _confirmed(base.score, "subtotal", held)) if base else None,
        tax=_tax_field(tax, _confirmed(tax.score, "tax", held)) if tax else None,
        tip=_labelled(ledger, "tip", 0.5),
        amount_due=_due(ledger, best.entry, held),
        amount_paid=_paid(ledger, best.entry, found),
        previous_balance=_labelled(ledger, "previous", 0.5, signed=True),
        rounding=_rounding(_counted(ledger, "rounding", found), best.entry),
        discount=_counted(ledger, "discount", found),
        withheld=_counted(ledger, "withheld", found),
        tax_rates=ledger.taxes.printed_rates(tax.entries if tax else ()),
        checks=tuple(held),
    )


def _confirmed(score: float, part: str, checks: Sequence[Check]) -> float:
    """At least CONFIRMED_SCORE for a part of a sum that holds."""
    borne_out = any(part in BORNE_OUT.get(check.rule, ()) for check in checks if check.holds)
    return max(score, CONFIRMED_SCORE) if borne_out else score


def _without_total(ledger: Ledger) -> Sums:
    """What is named beyond doubt though no total is printed, as where a guest writes tip and total by hand. Of several
    taxes none is the bill's."""
    base, tax = (next(iter(ledger.of(role, 0.6)), None) for role in ("subtotal", "tax"))
    if len({entry.value for entry in ledger.of("tax", 0.6)}) > 1:
        tax = None
    return Sums(
        subtotal=_field(base, base.weight("subtotal")) if base else None,
        tax=_field(tax, tax.weight("tax")) if tax else None,
        tax_rates=ledger.taxes.printed_rates([tax] if tax else []),
    )


# Fields


def _trust(score: float) -> float:
    return 0.55 + 0.3 * min(score, 1.45)


def _field(entry: Entry, score: float) -> Field:
    return entry.field(_trust(score))


def _tax_field(tax: Levied, score: float) -> Field:
    """Of several taxes the sum, with the evidence of all that stand on the page of the first."""
    return _joined(tax.value, tax.entries, _trust(score))


def _joined(value: Decimal, entries: Sequence[Entry], trust: float) -> Field:
    if len(entries) == 1:
        return replace(entries[0].field(trust), value=value)
    own = [(entry.cell, entry.cell.text[entry.amount.start : entry.amount.end]) for entry in entries]
    page = [(cell, text) for cell, text in own if cell.page == own[0][0].page]
    return joined(value, page, min(trust, DOUBTFUL) if any(entry.amount.other for entry in entries) else trust)


def _labelled(ledger: Ledger, role: str, least: float, *, signed: bool = False) -> Field | None:
    """The amount that is best called so."""
    entry = next(iter(ledger.of(role, least)), None)
    if entry is None:
        return None
    return replace(_field(entry, entry.weight(role)), value=entry.value if signed else abs(entry.value))


def _counted(ledger: Ledger, role: str, found: Iterable[Found]) -> Field | None:
    """What the sums count in a role, all of it together; else what is called so, if that is just one."""
    terms = {id(term.entry): term for one in found for term in one.terms if term.role == role and one.check.holds}
    if terms:
        return _of_terms(tuple(terms.values()))
    entries = ledger.of(role, PLAIN_LABEL)
    if len({abs(entry.value) for entry in entries}) != 1:
        return None
    return _labelled(ledger, role, PLAIN_LABEL, signed=role == "rounding")


def _rounding(found: Field | None, total: Entry) -> Field | None:
    """None for what is too large to be one: rather the total after it."""
    return found if found and abs(Decimal(str(found.value))) * SMALLEST_TOTAL < total.value else None


def _of_terms(terms: Sequence[Term]) -> Field:
    """Roundings have a sign; the others are taken off, and positive."""
    value = sum((term.value for term in terms), Decimal(0))
    signed = value if terms[0].role == "rounding" else abs(value)
    return _joined(signed, [term.entry for term in terms], _trust(CONFIRMED_SCORE))


# What is due


def _due(ledger: Ledger, total: Entry, held: Sequence[Check]) -> Field | None:
    """What is left of the total, or the total itself where that is called due."""
    if settlement := ledger.settling.get(total.value):
        return _field(settlement.due, _confirmed(settlement.due.weight("due"), "amount_due", held))
    due = next((entry for entry in ledger.of("due", 0.5) if entry.value >= 0), None)
    return _field(due, due.weight("due")) if due else None


def _paid(ledger: Ledger, total: Entry, found: Iterable[Found]) -> Field | None:
    """What has been paid, before change: what the settlement counts, or what is called so."""
    terms = [term for one in found for term in one.terms if term.role == "paid"]
    if terms:
        return _of_terms(terms)
    entry = next((entry for entry in ledger.of("paid", 0.5) if entry.cell is not total.cell and entry.value), None)
    return replace(_field(entry, entry.weight("paid")), value=abs(entry.value)) if entry else None
