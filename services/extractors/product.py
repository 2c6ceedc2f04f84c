"""Product labels: name, price, stock-keeping unit, contents, batch and dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median
from typing import NamedTuple

from services.document import Document
from services.extractors._commerce.amounts import parse
from services.extractors._commerce.dates import Day, Reading, readings, usual_order
from services.extractors._commerce.evidence import Field, field
from services.extractors._commerce.geometry import Cell, Sheet, gap_above, sheet
from services.extractors._commerce.labels import AHEAD, Label, Span, label_of
from services.extractors._commerce.lexicon import concepts, covered, fold, mentions
from services.extractors._commerce.money import Money, money
from services.extractors._commerce.places import order_priors

REQUIRES: tuple[str, ...] = ()

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
MEASURE = re.compile(
    r"(?<![\d.,a-z])(\d{1,5}(?:[.,]\d{1,3})?)\s?(fl\.?\s?oz|"
    + "|".join(sorted(map(re.escape, NAMES), key=len, reverse=True))
    + r")(?![a-z])"
)
PER_UNIT = re.compile(r"^\s?(?:/|per\b|je\b|al\b|pro\b|le\b|por\b|p(?=\s?(?:kg|l)\b))\s?(?:\d+\s?)?(?:" + "|".join(map(re.escape, NAMES)) + r")\b")
CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9]|[-/_.](?=[A-Za-z0-9]))*")
LOT = re.compile(r"(?<![A-Za-z0-9])L(?:OT)?[ .:]{0,2}([A-Z]?\d[A-Z0-9]{2,9})(?![A-Za-z0-9])")

LONGEST_NAME = 60

NOT_NAMES = frozenset(
    f"goods.{name}" for name in "expiry manufactured batch sku content price old_price unit_price packaging".split()
) | {"parties.contact", "parties.registration", "parties.address"}


@dataclass(frozen=True, slots=True)
class Product:
    """What a label says; None where it does not.

    Dates are ISO 8601, of reduced precision (`2027-08`) where no day is printed. `quantity` is in `unit`, one of the
    keys of UNITS. `unit_price` is the price of a kilogram, a litre or a piece, in `currency`.
    """

    name: Field[str] | None
    price: Field[Decimal] | None
    unit_price: Field[Decimal] | None
    currency: Field[str] | None
    sku: Field[str] | None
    quantity: Field[Decimal] | None
    unit: Field[str] | None
    batch: Field[str] | None
    expiry_date: Field[str] | None
    manufacture_date: Field[str] | None


class _Dated(NamedTuple):
    cell: Cell
    reading: Reading
    day: Day
    label: Label | None


class _Priced(NamedTuple):
    score: float
    money: Money
    by_unit: bool


class _Measured(NamedTuple):
    score: float
    cell: Cell
    match: re.Match[str]


def extract(document: Document) -> Product:
    """Reads the pages of one label."""
    page = sheet(document)
    prices = sorted(_prices(page), key=lambda one: -one.score)
    price = next((one for one in prices if not one.by_unit and one.score >= 0.4), None)
    by_unit = next((one for one in prices if one.by_unit), None)
    measure = max(_measures(page), key=lambda one: one.score, default=None)
    dates = _dates(page)
    return Product(
        name=_name(page),
        price=_price(price),
        unit_price=_price(by_unit),
        currency=_currency(price or by_unit),
        sku=_code(page, "goods.sku"),
        quantity=_quantity(measure),
        unit=_unit(measure),
        batch=_code(page, "goods.batch") or _lot(page),
        expiry_date=_date(_expiry(dates)),
        manufacture_date=_date(next((one for one in dates if _is(one, "manufactured")), None)),
    )


# Dates


def _dates(page: Sheet) -> list[_Dated]:
    found = [(cell, one) for cell in page.cells for one in readings(cell.text, months_only=True)]
    order = usual_order([one for _, one in found], order_priors(page))
    spans = [Span(cell, one.start, one.end) for cell, one in found]
    return [
        _Dated(cell, one, one.by(order), label_of(page, span, spans, "goods"))
        for (cell, one), span in zip(found, spans, strict=True)
    ]


def _is(one: _Dated, concept: str) -> bool:
    return one.label is not None and concept in one.label.concepts


def _expiry(dates: Sequence[_Dated]) -> _Dated | None:
    """The date labelled so; else the last of those that no other label claims, if it is printed as a date is."""
    best = max(dates, key=_expires, default=None)
    return best if best and _expires(best) > 0 else None


def _expires(one: _Dated) -> float:
    """How much speaks for an expiry: the label, and that it is later than other dates."""
    named = one.label.weight if one.label and "expiry" in one.label.concepts else 0.0
    lateness = one.day.year / 1e4 + one.day.month / 1e6
    evidence = (
        (1.0 * named, named > 0),
        (0.3, not named),
        (-1.0, _is(one, "manufactured") and not named),
        (-0.4, one.reading.weak and not named),
        (0.05, one.day.day > 0),
    )
    return sum(weight for weight, holds in evidence if holds) + lateness - 0.2


def _date(one: _Dated | None) -> Field[str] | None:
    if one is None:
        return None
    return field(one.day.iso, one.cell, one.reading.start, one.reading.end, 0.95 if one.label else 0.7)


# Price


def _prices(page: Sheet) -> Iterator[_Priced]:
    amounts = [one for one in money(page) if one.amount.is_money and one.value > 0]
    spans = [Span(one.cell, one.amount.start, one.amount.end) for one in amounts]
    usual = median(cell.height for cell in page.cells) if page.cells else 1.0
    for one, span in zip(amounts, spans, strict=True):
        label = label_of(page, span, spans, "goods")
        names = label.concepts if label else frozenset()
        beside = label is not None and label.closeness > AHEAD
        by_unit = ("unit_price" in names and beside) or bool(PER_UNIT.match(fold(one.cell.text[one.amount.end :])))
        evidence = (
            (0.6 * (label.weight if label else 0), "price" in names),
            (0.45, one.amount.currency is not None),
            (0.25, "goods.packaging" in concepts(one.cell.text[one.amount.end :])),
            (0.2, one.amount.places == 2),
            (0.15, one.cell.height > 1.3 * usual),
            (-0.4, "old_price" in names),
            (-0.3, bool(MEASURE.match(fold(one.cell.text), one.amount.start))),
        )
        yield _Priced(sum(weight for weight, holds in evidence if holds), one, by_unit)


def _price(one: _Priced | None) -> Field[Decimal] | None:
    if one is None:
        return None
    amount = one.money.amount
    return field(one.money.value, one.money.cell, amount.start, amount.end, 0.6 + 0.35 * min(one.score, 1.0))


def _currency(one: _Priced | None) -> Field[str] | None:
    if one is None or one.money.amount.currency is None:
        return None
    amount = one.money.amount
    return field(one.money.amount.currency, one.money.cell, amount.start, amount.end, 0.9)


# Contents


def _measures(page: Sheet) -> Iterator[_Measured]:
    for cell in page.cells:
        for match in MEASURE.finditer(fold(cell.text)):
            before = cell.text[: match.start()]
            label = label_of(page, Span(cell, *match.span()), (), "goods")
            names = label.concepts if label else frozenset()
            evidence = (
                (0.6, "content" in names),
                (0.2 * (1 - cell.depth), True),
                (0.1 * min(cell.height, 2.0), True),
                (-0.8, "unit_price" in names or "packaging" in names),
                (-0.8, bool(re.search(r"(?:/|\bper|\bje|\bpro|por|pour)\s?$", fold(before)))),
                (-0.1 * before.count("("), True),
            )
            score = sum(weight for weight, holds in evidence if holds)
            if score > 0:
                yield _Measured(score, cell, match)


def _quantity(one: _Measured | None) -> Field[Decimal] | None:
    parsed = parse(one.match[1], ".") if one else None
    return field(parsed[0], one.cell, *one.match.span(1), 0.9) if one and parsed else None


def _unit(one: _Measured | None) -> Field[str] | None:
    if one is None:
        return None
    printed = re.sub(r"[\s.]", "", one.match[2])
    return field(NAMES[printed], one.cell, *one.match.span(2), 0.9)


# Codes


def _code(page: Sheet, concept: str) -> Field[str] | None:
    """The code after a label, in its line, beside it or below it."""
    for cell in page.cells:
        for one in mentions(cell.text):
            if one.concept == concept and one.end - one.start > 1:
                for place, start, trust in _after(page, cell, one.end):
                    match = CODE.match(place.text, start)
                    if match and any(map(str.isdigit, match.group())) and not _in_date(place, match):
                        return field(match.group(), place, *match.span(), trust)
    return None


def _after(page: Sheet, cell: Cell, end: int) -> Iterator[tuple[Cell, int, float]]:
    joint = re.compile(r"[\s:：.#№°]*(?:(?:no|nr|number|code)\b[\s:.#]*)?", re.IGNORECASE).match(cell.text, end)
    start = joint.end() if joint else end
    yield cell, start, 0.95
    if start == len(cell.text):
        yield from ((beside, 0, 0.9) for beside in page.rows[cell.row].cells if beside.left > cell.left)
        below = [other for row in page.rows[cell.row + 1 : cell.row + 2] for other in row.cells]
        yield from ((other, 0, 0.7) for other in below if gap_above(cell, other) < 1 and other.left < cell.right)


def _in_date(cell: Cell, match: re.Match[str]) -> bool:
    return any(one.start < match.end() and match.start() < one.end for one in readings(cell.text))


def _lot(page: Sheet) -> Field[str] | None:
    """A code behind the L that marks lots in Europe (Directive 2011/91/EU)."""
    found = ((cell, match) for cell in page.cells for match in LOT.finditer(cell.text))
    return next((field(match[1], cell, *match.span(1), 0.75) for cell, match in found), None)


# Name


def _name(page: Sheet) -> Field[str] | None:
    """What a label calls the name; else the largest line that is about nothing else, the upper of two alike."""
    for cell in page.cells:
        for one in mentions(cell.text):
            rest = cell.text[one.end :].lstrip(" :：")
            labelled = one.concept == "goods.name" and one.start == 0 and cell.text[one.end :].strip()[:1] in (":", "：")
            if labelled and len(rest) > 1:
                return field(rest, cell, len(cell.text) - len(rest), len(cell.text), 0.95)
    names = [cell for cell in page.cells if _may_be_name(cell)]
    best = max(names, key=lambda cell: cell.height * min(1.0, cell.confidence) - 0.5 * cell.depth, default=None)
    return field(best.text.strip(), best, 0, len(best.text), 0.75) if best else None


def _may_be_name(cell: Cell) -> bool:
    letters = sum(map(str.isalpha, cell.text))
    digits = sum(map(str.isdigit, cell.text))
    plain = letters > 2 and digits < letters and len(cell.text) <= LONGEST_NAME
    return plain and cell.confidence > 0.6 and covered(cell.text, NOT_NAMES) < 0.4
