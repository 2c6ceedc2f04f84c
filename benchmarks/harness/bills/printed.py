"""What a drawn bill is: its rows of text, and what a careful reader would say of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Truth:
    """What is printed; None where it is not. `currency` is that of the country, printed or not."""

    total: Decimal
    currency: str
    issued: date
    subtotal: Decimal | None = None
    tax: Decimal | None = None
    due: date | None = None
    discount: Decimal | None = None
    rounding: Decimal | None = None
    withheld: Decimal | None = None
    amount_paid: Decimal | None = None
    amount_due: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """A text whose first character is in `column`, or whose last one is, if `right`."""

    column: int
    text: str
    right: bool = False


@dataclass(frozen=True, slots=True)
class Bill:
    """`kind` is the extractor that reads it; `rows` are from top to bottom, empty ones included."""

    seed: int
    country: str
    kind: str
    rows: tuple[tuple[Cell, ...], ...]
    truth: Truth
