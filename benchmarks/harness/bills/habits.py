"""How bills look in some countries: the tables of `habits.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("habits.toml")


@dataclass(frozen=True, slots=True)
class Habits:
    """One country's. Texts are what is drawn from; `{}` is a number or a rate, `#` a digit.

    `group` parts thousands, or is "indian"; amounts have `places_of_amounts` decimals and are multiples of `step`;
    `coin` is the smallest one, to which cash is rounded, or nothing.
    """

    currency: str
    signs: tuple[str, ...]
    price: tuple[float, float]
    rates: tuple[float, ...]
    dates: tuple[str, ...]
    places: tuple[str, ...]
    ids: tuple[str, ...]
    phones: tuple[str, ...]
    firms: tuple[str, ...]
    goods: tuple[str, ...]
    subtotal: tuple[str, ...]
    tax: tuple[str, ...]
    total: tuple[str, ...]
    discount: tuple[str, ...]
    cash: tuple[str, ...]
    change: tuple[str, ...]
    card: tuple[str, ...]
    invoice: tuple[str, ...]
    issued: tuple[str, ...]
    due: tuple[str, ...]
    read: str
    inside: tuple[str, ...] = ()
    deposit: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    early: tuple[str, ...] = ()
    tips: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    rounding: tuple[str, ...] = ()
    mark: str = "."
    group: str = ","
    places_of_amounts: int = 2
    step: float = 0.01
    coin: float = 0.0
    included: bool = False

    def printed(self, value: Decimal, *, grouped: bool = True) -> str:
        """A number as it is written here."""
        whole, _, fraction = f"{abs(value):.{self.places_of_amounts}f}".partition(".")
        digits = _grouped(whole, self.group) if grouped else whole
        return f"{'-' if value < 0 else ''}{digits}{self.mark + fraction if fraction else ''}"


def _grouped(whole: str, group: str) -> str:
    if group != "indian":
        return f"{int(whole):,}".replace(",", group)
    head, tail = whole[:-3], whole[-3:]
    pairs = [head[max(0, end - 2) : end] for end in range(len(head), 0, -2)][::-1]
    return ",".join([*pairs, tail])


@cache
def habits() -> Mapping[str, Habits]:
    """By ISO 3166 code."""
    tables = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    return {land: Habits(**{name: _frozen(value) for name, value in table.items()}) for land, table in tables.items()}


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
