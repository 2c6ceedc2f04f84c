"""How much is in a package: a number and a unit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from services.extractors import Field
from services.extractors._commerce.reading.amounts import parse
from services.extractors._commerce.reading.evidence import field
from services.extractors._commerce.reading.geometry import Cell, Sheet
from services.extractors._commerce.reading.labels import Span, Values, label_of
from services.extractors._commerce.reading.lexicon import fold

UNITS = {
    "kg": "kg kgs kilo kilogram kilograms kilogramm kilogramme 千克 公斤",
    "g": "g gm gms gr gram grams gramm gramme grammes 克",
    "mg": "mg",
    "l": "l ltr lt litre litres liter liters litro litros 升",
    "ml": "ml millilitre milliliter 毫升",
    "cl": "cl",
    "dl": "dl",
    "oz": "oz ounce ounces",
    "fl oz": "floz",
    "lb": "lb lbs pound pounds",
    "pcs": "pcs pc pieces piece stk stuck pieces units tablets capsules sheets count ct nos 片 个 枚 粒 個 개",
}
"""Units by their short names, with what else they are called."""

NAMES = {fold(name): unit for unit, names in UNITS.items() for name in names.split()}
NAME = "|".join(sorted(map(re.escape, NAMES), key=len, reverse=True))
MEASURE = re.compile(rf"(?<![\d.,a-z])(\d{{1,5}}(?:[.,]\d{{1,3}})?)\s?(fl\.?\s?oz|{NAME})(?![a-z])")
PER_UNIT = re.compile(
    rf"^\s?(?:/|per\b|je\b|al\b|pro\b|le\b|por\b|p(?=\s?(?:kg|l)\b))\s?(?:\d+\s?)?(?:{NAME})(?![a-z])"
)
"""What makes of a price one of a unit: `/kg`, `per 100 g`."""

PER = re.compile(r"(?:/|\bper|\bje|\bpro|por|pour)\s?$")


class Measure(NamedTuple):
    """`match` is one of MEASURE in the folded text of a cell."""

    score: float
    cell: Cell
    match: re.Match[str]


def measure(page: Sheet) -> Measure | None:
    """What is most likely the contents; None where nothing is."""
    return max(_measures(page), key=lambda measure: measure.score, default=None)


def _measures(page: Sheet) -> Iterator[Measure]:
    for cell in page.cells:
        for match in MEASURE.finditer(fold(cell.text)):
            score = _score(page, cell, match)
            if score > 0:
                yield Measure(score, cell, match)


def _score(page: Sheet, cell: Cell, match: re.Match[str]) -> float:
    before = cell.text[: match.start()]
    label = label_of(page, Span(cell, *match.span()), Values(), "goods")
    names = label.concepts if label else frozenset()
    evidence = (
        (0.6, "content" in names),
        (0.2 * (1 - cell.depth), True),
        (0.1 * min(cell.height, 2.0), True),
        (-0.8, "unit_price" in names or "packaging" in names),
        (-0.8, bool(PER.search(fold(before)))),
        (-0.1 * before.count("("), True),
    )
    return sum(weight for weight, holds in evidence if holds)


def quantity(measure: Measure | None) -> Field | None:
    """The number, in the unit that `unit` gives."""
    parsed = parse(measure.match[1]) if measure else None
    return field(parsed.value, measure.cell, *measure.match.span(1), 0.9) if measure and parsed else None


def unit(measure: Measure | None) -> Field | None:
    """One of the keys of UNITS."""
    if measure is None:
        return None
    printed = re.sub(r"[\s.]", "", measure.match[2])
    return field(NAMES[printed], measure.cell, *measure.match.span(2), 0.9)
