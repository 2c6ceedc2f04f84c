"""What an article costs, and what a kilogram or a litre of it does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

from services.extractors import Field
from services.extractors._commerce.product.contents import MEASURE, PER_UNIT
from services.extractors._commerce.reading.evidence import field
from services.extractors._commerce.reading.geometry import Sheet
from services.extractors._commerce.reading.labels import AHEAD, Label, Span, Values, label_of
from services.extractors._commerce.reading.lexicon import concepts, fold
from services.extractors._commerce.reading.money import Money, money

LEAST = 0.4
"""A price with less evidence is not reported."""


class Prices(NamedTuple):
    """Each None where it is not printed. `by_unit` is the price of a kilogram, a litre or a piece."""

    price: Field | None
    by_unit: Field | None
    currency: Field | None


class _Priced(NamedTuple):
    score: float
    money: Money
    by_unit: bool


def prices(page: Sheet) -> Prices:
    """The prices of a label."""
    found = sorted(_candidates(page), key=lambda one: -one.score)
    price = next((one for one in found if not one.by_unit and one.score >= LEAST), None)
    by_unit = next((one for one in found if one.by_unit), None)
    return Prices(_field(price), _field(by_unit), _currency([one for one in (price, by_unit) if one]))


def _candidates(page: Sheet) -> Iterator[_Priced]:
    amounts = [one for one in money(page) if one.amount.is_money and one.value > 0]
    spans = [Span(one.cell, one.amount.start, one.amount.end) for one in amounts]
    values = Values(tuple(spans))
    usual = median(cell.height for cell in page.cells) if page.cells else 1.0
    for one, span in zip(amounts, spans, strict=True):
        label = label_of(page, span, values, "goods")
        yield _Priced(_score(one, label, usual), one, _is_by_unit(one, label))


def _score(one: Money, label: Label | None, usual: float) -> float:
    """`usual` is the height of the middling line."""
    names = label.concepts if label else frozenset()
    evidence = (
        (0.6 * (label.weight if label else 0), "price" in names),
        (0.8 * (label.weight if label else 0), "offer" in names),
        (0.45, one.amount.currency is not None),
        (0.25, "goods.packaging" in concepts(one.cell.text[one.amount.end :])),
        (0.2, one.amount.places == 2),
        (0.15, one.cell.height > 1.3 * usual),
        (-0.4, "old_price" in names),
        (-0.3, bool(MEASURE.match(fold(one.cell.text), one.amount.start))),
    )
    return sum(weight for weight, holds in evidence if holds)


def _is_by_unit(one: Money, label: Label | None) -> bool:
    beside = label is not None and label.closeness > AHEAD and "unit_price" in label.concepts
    return beside or bool(PER_UNIT.match(fold(one.cell.text[one.amount.end :])))


def _field(one: _Priced | None) -> Field | None:
    if one is None:
        return None
    amount = one.money.amount
    return field(one.money.value, one.money.cell, amount.start, amount.end, 0.6 + 0.35 * min(one.score, 1.0))


def _currency(found: Sequence[_Priced]) -> Field | None:
    """That of the price, or else of the unit price."""
    amounts = ((one.money.cell, one.money.amount) for one in found)
    return next((field(one.currency, cell, one.start, one.end, 0.9) for cell, one in amounts if one.currency), None)
