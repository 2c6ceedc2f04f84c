"""Values with what they were read from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from math import atan2

from services.document.model import Quad
from services.document.rows import Frame
from services.extractors import Field
from services.extractors._commerce.reading.geometry import Cell

Value = str | Decimal | date


class Rule(StrEnum):
    """What can be checked between fields. The texts are part of the answers, and no code reads them."""

    SUBTOTAL_AND_TAX = "subtotal + tax = total"
    SUBTOTAL_TAX_AND_CHARGES = "subtotal + tax + charges = total"
    TAX_INCLUDED = "subtotal (tax included) = total"
    TAX_INCLUDED_AND_CHARGES = "subtotal + charges = total (tax included)"
    ITEMS_MAKE_SUBTOTAL = "items = subtotal"
    ITEMS_MAKE_TOTAL = "items = total"
    ITEMS_AND_CHARGES_MAKE_SUBTOTAL = "items + charges = subtotal"
    ITEMS_AND_CHARGES_MAKE_TOTAL = "items + charges = total"
    ITEMS_AND_TAX_MAKE_TOTAL = "items + tax + charges = total"
    PAID_LESS_CHANGE = "paid - change = total"
    PAID_LESS_CHANGE_IS_DUE = "paid - change = amount_due"
    DUE_OF_TOTAL = "total - paid + rounding = amount_due"
    DUE_WITH_PREVIOUS = "total + previous_balance - paid = amount_due"
    DUE_AFTER_ISSUE = "date <= due_date"
    BARS_AS_DIGITS = "barcode = printed digits"
    MADE_BEFORE_EXPIRY = "manufacture_date <= expiry_date"


@dataclass(frozen=True, slots=True)
class Check:
    """What should hold between fields: `left` and `right` are the two sides of `rule`.

    `rule` is a Rule, or a text of the same manner where the fields are only known then.
    """

    rule: str
    left: Value
    right: Value
    holds: bool


def field(value: Value, cell: Cell, start: int, end: int, trust: float) -> Field:
    """A value read from a slice of a cell. `trust` is in the rule that chose it, from 0 to 1.

    The confidence is that of the reading times this trust.
    """
    confidence = round(max(0.0, min(1.0, cell.confidence * trust)), 4)
    return Field(value, cell.text[start:end].strip(), confidence, cell.page, cell.part(start, end))


def joined(value: Value, cells: Sequence[tuple[Cell, str]], trust: float) -> Field:
    """A value read from several cells of one page, each with the part of its text that was used."""
    first = cells[0][0]
    confidence = min(cell.confidence for cell, _ in cells) * trust
    raw = "\n".join(text for _, text in cells)
    return Field(value, raw, round(max(0.0, min(1.0, confidence)), 4), first.page, _around([c.quad for c, _ in cells]))


def _around(quads: Sequence[Quad]) -> Quad:
    """The smallest rectangle around several that runs as the first of them does."""
    (x, y), (x1, y1) = quads[0].top_left, quads[0].top_right
    return Frame.at(atan2(y1 - y, x1 - x)).around(quads)
