"""A bill for a seed: shop, goods, prices, taxes, discounts, rounding and payment, by the habits of a country."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from benchmarks.harness.bills.habits import Habits, habits
from benchmarks.harness.bills.pen import Pen
from benchmarks.harness.bills.printed import Bill, Cell, Truth

FIRST, LAST = date(2021, 1, 1), date(2026, 10, 31)
"""Between them bills are issued."""

TELLING = {"places": 0.85, "ids": 0.6, "phones": 0.4}
"""How often a bill says where it is from, and in which way."""

INVOICES = 0.45
"""The share of invoices; the others are receipts."""

MOST_GOODS = 9
NOTHING = Decimal(0)


def bill(seed: int, countries: Sequence[str] = (), *, silent: bool = False) -> Bill:
    """The same bill for the same seed, from one of these countries, or of all; it never says which if `silent`."""
    dice = random.Random(seed)
    country = dice.choice(sorted(countries or habits()))
    return _drawing(dice, habits()[country], silent=silent).bill(seed, country)


def _drawing(dice: random.Random, habits: Habits, *, silent: bool) -> _Drawing:
    is_invoice = dice.random() < INVOICES
    width = dice.randint(52, 70) if is_invoice else dice.randint(34, 46)
    pen = Pen(dice, habits, width=width, sign=dice.choice(habits.signs))
    signed = pen.happens(0.5)
    pen.grouped = pen.happens(0.85)
    told = {name: pen.happens(share) and not silent for name, share in TELLING.items()}
    form = pen.pick(habits.dates)
    return _Drawing(pen, is_invoice, signed, [name for name in told if told[name]], form)


class _Levy(NamedTuple):
    """A tax, how it is called, and whether prices have it in them."""

    tax: Decimal | None
    label: str
    included: bool

    @property
    def added(self) -> Decimal:
        """What is added to the prices."""
        return NOTHING if self.included or self.tax is None else self.tax


class _Sums(NamedTuple):
    """What goods come to, and what is added and taken off before the total."""

    goods: Decimal
    discount: Decimal | None
    levy: _Levy
    withheld: Decimal | None
    rounding: Decimal | None

    @property
    def base(self) -> Decimal:
        """What is taxed."""
        return self.goods - (self.discount or 0)

    @property
    def total(self) -> Decimal:
        """What is to pay."""
        return self.base + self.levy.added - (self.withheld or 0) + (self.rounding or 0)

    @property
    def differs(self) -> bool:
        """Whether anything lies between goods and total."""
        return bool(self.discount or self.levy.added or self.withheld or self.rounding)


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A bill while it is drawn. `signed`: prices of goods have the currency; `form` is how its dates are written."""

    pen: Pen
    is_invoice: bool
    signed: bool
    told: Sequence[str]
    form: str

    def bill(self, seed: int, country: str) -> Bill:
        pen, h = self.pen, self.pen.habits
        day = FIRST + timedelta(pen.dice.randrange((LAST - FIRST).days))
        self._head(day)
        due = self._due(day) if self.is_invoice else None
        sums = self._sums(sum(self._goods(), NOTHING))
        subtotal, tax = self._above(sums), self._total(sums)
        paid, left = self._payment(sums.total)
        self._offers(sums, day)
        truth = Truth(
            total=sums.total,
            currency=h.currency,
            issued=day,
            subtotal=subtotal,
            tax=tax,
            due=due,
            discount=sums.discount,
            rounding=sums.rounding,
            withheld=sums.withheld,
            amount_paid=paid,
            amount_due=left,
        )
        return Bill(seed, country, "invoice" if self.is_invoice else "receipt", tuple(pen.rows), truth)

    # Above the sums

    def _head(self, day: date) -> None:
        pen, h = self.pen, self.pen.habits
        pen.text(pen.pick(h.firms))
        for name in self.told:
            pen.text(pen.filled(pen.pick(getattr(h, name))))
        pen.blank()
        stamp, number = day.strftime(self.form), pen.dice.randint(100, 99999)
        if not self.is_invoice:
            pen.text(f"{stamp} {pen.dice.randint(7, 21):02}:{pen.dice.randint(0, 59):02}")
            return
        title, label = h.invoice
        pen.text(title)
        pen.text(f"{label} {day.year}-{number}")
        pen.text(f"{pen.pick(h.issued)}: {stamp}")

    def _due(self, day: date) -> date:
        due = day + timedelta(self.pen.pick((10, 14, 30)))
        self.pen.text(f"{self.pen.pick(self.pen.habits.due)}: {due.strftime(self.form)}")
        return due

    def _goods(self) -> Sequence[Decimal]:
        pen, amounts = self.pen, []
        pen.blank()
        for name in pen.dice.choices(pen.habits.goods, k=pen.dice.randint(1, MOST_GOODS)):
            count, price = pen.pick((1, 1, 1, 2, 3)), pen.price()
            amounts.append(count * price)
            self._thing(name, count, price)
        pen.blank()
        return amounts

    def _thing(self, name: str, count: int, price: Decimal) -> None:
        pen = self.pen
        amount = Cell(pen.width, pen.printed(count * price, signed=self.signed), True)
        if self.is_invoice:
            factors = Cell(pen.width - 24, str(count), True), Cell(pen.width - 12, pen.printed(price), True)
            pen.rows.append((Cell(0, name), *factors, amount))
        elif count > 1 and pen.happens(0.5):
            pen.text(name)
            pen.rows.append((Cell(2, f"{count} x {pen.printed(price)}"), amount))
        else:
            pen.rows.append((Cell(0, f"{count} {name}" if count > 1 else name), amount))

    # The sums

    def _sums(self, goods: Decimal) -> _Sums:
        pen = self.pen
        discount = pen.cents(goods * pen.pick((5, 10, 15)) / 100) if pen.happens(0.2) else None
        levy = self._levy(goods - (discount or 0))
        sums = _Sums(goods, discount, levy, None, None)
        sums = sums._replace(withheld=self._withheld(sums.base) if levy.tax else None)
        coins = pen.habits.rounding and not self.is_invoice and pen.happens(0.5)
        return sums._replace(rounding=pen.to_coins(sums.total) or None) if coins else sums

    def _levy(self, base: Decimal) -> _Levy:
        """A tax on top, or in the prices of shops where that is usual."""
        pen, h = self.pen, self.pen.habits
        included = h.included and not self.is_invoice
        if not h.rates or not pen.happens(0.85):
            return _Levy(None, "", included)
        rate = pen.pick(h.rates)
        share = Decimal(str(rate))
        label = pen.pick(h.inside if included else h.tax).replace("{}", pen.rate(rate))
        return _Levy(pen.cents(base * share / (100 + share if included else 100)), label, included)

    def _withheld(self, base: Decimal) -> Decimal | None:
        if not (self.is_invoice and self.pen.habits.withheld and self.pen.happens(0.4)):
            return None
        return self.pen.cents(base * 15 / 100)

    def _above(self, sums: _Sums) -> Decimal | None:
        """What stands above the total; the subtotal, if that is there."""
        pen, h = self.pen, self.pen.habits
        shown = sums.differs or pen.happens(0.3)
        if shown:
            pen.sum(pen.pick(h.subtotal), sums.goods)
        if sums.discount:
            pen.sum(pen.pick(h.discount), -sums.discount)
        if sums.levy.added:
            pen.sum(sums.levy.label, sums.levy.added)
        if sums.withheld:
            pen.sum(pen.pick(h.withheld).replace("{}", "15"), -sums.withheld)
        if sums.rounding:
            pen.sum(pen.pick(h.rounding), sums.rounding)
        return sums.goods if shown else None

    def _total(self, sums: _Sums) -> Decimal | None:
        """The total and the tax that is in it; a tax that is printed."""
        pen, levy = self.pen, sums.levy
        pen.sum(pen.pick(pen.habits.total), sums.total, signed=True)
        if not levy.included:
            return levy.tax
        if not levy.tax or not pen.happens(0.8):
            return None
        pen.sum(levy.label, levy.tax)
        return levy.tax

    # Below the total

    def _payment(self, total: Decimal) -> tuple[Decimal | None, Decimal | None]:
        """What has been paid, and what is left to pay of an invoice, where those are printed."""
        if self.is_invoice:
            return self._deposit(total)
        pen, h = self.pen, self.pen.habits
        if pen.happens(0.5):
            unit = Decimal(10) ** (len(str(int(total))) - 1)
            given = (total // unit + pen.dice.randint(1, 2)) * unit
            pen.sum(pen.pick(h.cash), given)
            pen.sum(pen.pick(h.change), given - total)
            return given, None
        if pen.happens(0.5):
            pen.sum(pen.pick(h.card), total)
            return total, None
        return None, None

    def _deposit(self, total: Decimal) -> tuple[Decimal | None, Decimal | None]:
        pen, h = self.pen, self.pen.habits
        if not (h.deposit and h.left and pen.happens(0.3)):
            return None, None
        paid = pen.cents(total * pen.pick((20, 30, 50)) / 100)
        pen.sum(pen.pick(h.deposit), -paid)
        pen.sum(pen.pick(h.left), total - paid, signed=True)
        return paid, total - paid

    def _offers(self, sums: _Sums, day: date) -> None:
        """Suggested tips, and what those pay who pay early."""
        pen, h = self.pen, self.pen.habits
        if h.early and self.is_invoice and pen.happens(0.4):
            until = (day + timedelta(7)).strftime(self.form)
            left = pen.printed(pen.cents(sums.total * 98 / 100), signed=True)
            pen.text(pen.pick(h.early).format(day=until, rate=2, left=left))
        if h.tips and not self.is_invoice and pen.happens(0.4):
            pen.blank()
            pen.text(pen.pick(h.tips))
            for share in (15, 18, 20):
                pen.sum(f"{share}%", pen.cents(sums.base * share / 100))
