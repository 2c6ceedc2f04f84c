"""What an electronic invoice says, whatever its syntax."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum


class Syntax(StrEnum):
    """How an invoice is written down."""

    CII = "cii"
    UBL = "ubl"


@dataclass(frozen=True, slots=True)
class Party:
    """Seller or buyer: BG-4, BG-7. `identified` is whether it has any identifier but its number for VAT."""

    name: str = ""
    address: str = ""
    country: str = ""
    vat_id: str = ""
    tax_id: str = ""
    identified: bool = False


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An allowance, or a `charge`, on the whole invoice: BG-20, BG-21."""

    charge: bool
    amount: Decimal | None
    category: str
    rate: Decimal | None
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """BG-25. `price` is for `base` units; `adjusted` is what charges and allowances of the line come to.

    One that only groups others, or tells something, is not `counted`.
    """

    id: str
    name: str
    quantity: Decimal | None
    unit: str
    price: Decimal | None
    base: Decimal | None
    amount: Decimal | None
    category: str
    rate: Decimal | None
    adjusted: Decimal = Decimal(0)
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Tax:
    """One rate of the breakdown: BG-23."""

    basis: Decimal | None
    amount: Decimal | None
    category: str
    rate: Decimal | None


@dataclass(frozen=True, slots=True)
class Totals:
    """BG-22: BT-106, 108, 107, 109, 110, 114, 112, 113, 115. `withheld` is UBL's alone, and so is what is
    `collected` for others, as its prepaid payments may say.
    """

    lines: Decimal | None = None
    charges: Decimal | None = None
    allowances: Decimal | None = None
    basis: Decimal | None = None
    tax: Decimal | None = None
    rounding: Decimal | None = None
    grand: Decimal | None = None
    prepaid: Decimal | None = None
    due: Decimal | None = None
    withheld: Decimal | None = None
    collected: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Bill:
    """An invoice or an order. `kind` is the code of UNTDID 1001; `flaws` are values that are none of their type.

    `repeated` is how often an element is there that may be there once, 1 if none is.
    """

    kind: str = ""
    number: str = ""
    issued: date | None = None
    due_date: date | None = None
    terms: str = ""
    currency: str = ""
    references: tuple[str, ...] = ()
    seller: Party = Party()
    buyer: Party = Party()
    means: str = ""
    ibans: tuple[str, ...] = ()
    taxes: tuple[Tax, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    lines: tuple[Line, ...] = ()
    totals: Totals = Totals()
    guideline: str = field(default="", compare=False)
    flaws: tuple[str, ...] = field(default=(), compare=False)
    repeated: int = field(default=1, compare=False)
