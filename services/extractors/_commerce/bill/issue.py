"""When a document was issued and is due."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.extractors import Field
from services.extractors._commerce.bill.dated import Dated, dated
from services.extractors._commerce.bill.offers import speaks_of_early_payment
from services.extractors._commerce.reading.evidence import Check, Rule, field
from services.extractors._commerce.reading.geometry import Sheet
from services.extractors._commerce.reading.lexicon import concepts
from services.extractors._commerce.reading.notation import Notation

LEAST_SCORE = 0.2
"""A date with less evidence is not reported."""

NAMED: Mapping[str, float] = {"issued": 1.0, "ordered": 0.8, "date": 0.85}
"""How well words say that a date is the document's. That of an order is where no other is named."""


@dataclass(frozen=True)
class Issue:
    """The date of the document and the date by which it is to be paid."""

    date: Field | None = None
    due_date: Field | None = None
    checks: tuple[Check, ...] = ()


def issue(sheet: Sheet, notation: Notation) -> Issue:
    """The dates of a document, each None where none is printed as such."""
    dates = dated(sheet, notation)
    if not dates:
        return Issue()
    best = max(dates, key=lambda dated: (_issued(dated), -dated.cell.row))
    if _issued(best) < LEAST_SCORE:
        best = _only(dates) or best
    due = max(dates, key=lambda dated: (_due(dated), -dated.cell.row))
    issued = best if (_issued(best) >= LEAST_SCORE or best is _only(dates)) and not _is_unknown(best, dates) else None
    payable = due if _due(due) >= LEAST_SCORE else None
    return Issue(
        date=_field(issued, _issued(issued)) if issued else None,
        due_date=_field(payable, _due(payable)) if payable else None,
        checks=tuple(_checks(issued, payable)),
    )


def _checks(issued: Dated | None, due: Dated | None) -> Iterator[Check]:
    """A bill cannot be due before there is one."""
    if issued and due and issued.day.date and due.day.date:
        yield Check(Rule.DUE_AFTER_ISSUE, issued.day.date, due.day.date, issued.day <= due.day)


def _is_unknown(best: Dated, dates: Sequence[Dated]) -> bool:
    """Whether several dates have labels in an unknown language, so that the best may be that of payment."""
    return best.foreign and not best.label and len({dated.day for dated in dates if dated.foreign}) > 1


def _only(dates: Sequence[Dated]) -> Dated | None:
    """The one date that is not that of payment, if there is just one, such as a delivery's."""
    others = [dated for dated in dates if "due" not in dated.names and not dated.reading.weak and not dated.in_range]
    return others[0] if len({dated.day for dated in others}) == 1 else None


def _issued(dated: Dated) -> float:
    """How much speaks for this being the date of the document."""
    closeness = dated.label.weight if dated.label else 0.0
    named = next((weight for name, weight in NAMED.items() if name in dated.names), 0.0)
    evidence = (
        (named * closeness, named > 0),
        (0.3, not dated.label),
        (0.25, dated.timed),
        (0.1, dated.again),
        (0.1, dated.cell.depth < 0.4),
        (0.2, "time" in dated.names),
        (-0.7, "due" in dated.names),
        (-0.6, "other_date" in dated.names and "issued" not in dated.names),
        (-0.2, dated.reading.weak),
        (-0.3, dated.in_range),
        (-0.8, speaks_of_early_payment(dated.clause)),
    )
    return sum(weight for weight, holds in evidence if holds)


def _due(dated: Dated) -> float:
    """How much speaks for this being the date of payment; the one up to which less is to be paid is not."""
    named = dated.label.weight if dated.label and "due" in dated.names else 0.0
    words = concepts(dated.clause)
    evidence = (
        (named, True),
        (0.6, "amounts.without" in words),
        (-1.0, "amounts.early" in words and "amounts.without" not in words),
        (-0.3, dated.reading.weak),
    )
    return sum(weight for weight, holds in evidence if holds)


def _field(dated: Dated, score: float) -> Field | None:
    day = dated.day.date
    trust = 0.7 + 0.23 * min(score, 1.1)
    return field(day, dated.cell, dated.reading.start, dated.reading.end, trust) if day else None
