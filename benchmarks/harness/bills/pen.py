"""What a bill is written with: a seeded choice, a country's way to write amounts, and rows of text."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from math import exp, log
from typing import TypeVar

from benchmarks.harness.bills.habits import Habits
from benchmarks.harness.bills.printed import Cell

Choice = TypeVar("Choice")

NEVER_PLAIN = 10**5
"""From here on amounts have groups of digits even on bills that otherwise do without."""


@dataclass
class Pen:
    """`width` is the column where amounts end; `sign` the way of this bill to print one with its currency."""

    dice: random.Random
    habits: Habits
    rows: list[tuple[Cell, ...]] = field(default_factory=list)
    width: int = 40
    sign: str = "{}"
    grouped: bool = True

    # Choices

    def pick(self, choices: Sequence[Choice]) -> Choice:
        """Any of them."""
        return self.dice.choice(choices)

    def happens(self, share: float) -> bool:
        """True as often as `share` says."""
        return self.dice.random() < share

    def price(self) -> Decimal:
        """What a thing costs: small prices are as many as large ones, on a scale of logarithms."""
        low, high = self.habits.price
        price = Decimal(str(exp(self.dice.uniform(log(low), log(high)))))
        return max(self._stepped(price), Decimal(str(self.habits.step)))

    def filled(self, form: str) -> str:
        """The form with a digit for each `#`."""
        return "".join(str(self.dice.randint(0, 9)) if character == "#" else character for character in form)

    # Amounts

    def cents(self, value: Decimal) -> Decimal:
        """An amount with as many decimals as the country's have."""
        return value.quantize(Decimal(1).scaleb(-self.habits.places_of_amounts), ROUND_HALF_UP)

    def to_coins(self, total: Decimal) -> Decimal:
        """What is added so that the sum can be paid in coins."""
        coin = Decimal(str(self.habits.coin))
        near = (total / coin).quantize(Decimal(1), ROUND_HALF_UP) * coin
        return self.cents(near - total)

    def printed(self, value: Decimal, *, signed: bool = False) -> str:
        """The amount as text, with the currency if `signed`."""
        number = self.habits.printed(value, grouped=self.grouped or abs(value) >= NEVER_PLAIN)
        return self.sign.format(number) if signed else number

    def rate(self, rate: float) -> str:
        """A rate in percent, without the sign for it."""
        return f"{rate:g}".replace(".", self.habits.mark)

    def _stepped(self, value: Decimal) -> Decimal:
        """The nearest multiple of the smallest step of prices."""
        step = Decimal(str(self.habits.step))
        return self.cents((value / step).quantize(Decimal(1), ROUND_HALF_UP) * step)

    # Rows

    def blank(self) -> None:
        """An empty row."""
        self.rows.append(())

    def text(self, text: str) -> None:
        """A row of text."""
        self.rows.append((Cell(0, text),))

    def sum(self, label: str, value: Decimal, *, signed: bool = False) -> None:
        """A row of a label on the left and an amount on the right."""
        self.rows.append((Cell(0, label), Cell(self.width, self.printed(value, signed=signed), True)))
