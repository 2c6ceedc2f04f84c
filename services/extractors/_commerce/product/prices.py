"""What an article costs, and what a kilogram or a litre of it does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

from services.extractors import Field
from services.extractors._commerce.product.contents import MEASURE, PER_UNIT
from services.extractors._commerce.reading.entries import Entry
from services.extractors._commerce.reading.evidence import field
from services.extractors._commerce.reading.geometry import Sheet
from services.extractors._commerce.reading.labels import AHEAD, Label, Span, Values, label_of
from services.extractors._commerce.reading.lexicon import concepts, fold

SEVERAL = re.compile(r"(?:^|\s)\d{1,2}\s?(?:for|fur|pour|por|per|voor|x|st for)\s*\W?\s*$")
"""Before the price of several at once, as in `2 FOR $9.00`."""

LEAST_SCORE = 0.4
"""A price with less evidence is not reported."""


class Prices(NamedTuple):
    """Each None where it is not printed. `by_unit` is the price of a kilogram, a litre or a piece."""

    price: Field | None
    by_unit: Field | None
    currency: Field | None


class _Priced(NamedTuple):
    score: float
    entry: Entry
    by_unit: bool


def prices(page: Sheet, found: Sequence[Entry]) -> Prices:
    """The prices of a label, among the amounts that were `found` on it."""
    ranked = sorted(_candidates(page, found), key=lambda priced: -priced.score)
    price = next((priced for priced in ranked if not priced.by_unit and priced.score >= LEAST_SCORE), None)
    by_unit = next((priced for priced in ranked if priced.by_unit), None)
    return Prices(_field(price), _field(by_unit), _currency([priced for priced in (price, by_unit) if priced]))


def _candidates(page: Sheet, found: Sequence[Entry]) -> Iterator[_Priced]:
    amounts = [entry for entry in found if entry.amount.is_money and entry.value > 0]
    spans = [Span(entry.cell, entry.amount.start, entry.amount.end) for entry in amounts]
    values = Values(tuple(spans))
    usual = median(cell.height for cell in page.cells) if page.cells else 1.0
    for entry, span in zip(amounts, spans, strict=True):
        label = label_of(page, span, values, "goods")
        yield _Priced(_score(entry, label, usual), entry, _is_by_unit(entry, label))


def _score(entry: Entry, label: Label | None, usual: float) -> float:
    """`usual` is the height of the middling line."""
    names = label.concepts if label else frozenset()
    evidence = (
        (0.6 * (label.weight if label else 0), "price" in names),
        (0.8 * (label.weight if label else 0), "offer" in names),
        (0.45, entry.amount.currency is not None),
        (0.25, "goods.packaging" in concepts(entry.cell.text[entry.amount.end :])),
        (0.2, entry.amount.places == 2),
        (0.15, entry.cell.height > 1.3 * usual),
        (-0.4, "old_price" in names),
        (-0.6, bool(SEVERAL.search(fold(entry.cell.text[: entry.amount.start])))),
        (-0.3, bool(MEASURE.match(fold(entry.cell.text), entry.amount.start))),
    )
    return sum(weight for weight, holds in evidence if holds)


def _is_by_unit(entry: Entry, label: Label | None) -> bool:
    beside = label is not None and label.closeness > AHEAD and "unit_price" in label.concepts
    return beside or bool(PER_UNIT.match(fold(entry.cell.text[entry.amount.end :])))


def _field(priced: _Priced | None) -> Field | None:
    if priced is None:
        return None
    amount = priced.entry.amount
    return field(priced.entry.value, priced.entry.cell, amount.start, amount.end, 0.6 + 0.35 * min(priced.score, 1.0))


def _currency(found: Sequence[_Priced]) -> Field | None:
    """That of the price, or else of the unit price."""
    for priced in found:
        amount = priced.entry.amount
        if amount.currency:
            return field(amount.currency, priced.entry.cell, amount.start, amount.end, 0.9)
    return None
