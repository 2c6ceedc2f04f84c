"""The line items: what was bought, how many, at what price.

They stand between the head of a table, or the first amount, and the first amount that is called a sum. A row with an
amount is an item; rows without one describe it. Quantity and unit price are the two numbers whose product is the amount,
wherever they stand, so that the order of columns does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from services.extractors._commerce.evidence import Field, field, joined
from services.extractors._commerce.geometry import Cell, Row, Sheet
from services.extractors._commerce.lexicon import concepts, covered
from services.extractors._commerce.money import Money

SUM_ROLES = ("subtotal", "total", "payable", "tax", "paid", "change", "rounding", "tip")
MOST_ROWS = 400
"""Rows that are looked at: what is longer is no bill."""

CENT = Decimal("0.011")


@dataclass(frozen=True, slots=True)
class LineItem:
    """One thing on a bill. `quantity` and `unit_price` are None where they are not printed."""

    description: Field[str] | None
    quantity: Field[Decimal] | None
    unit_price: Field[Decimal] | None
    amount: Field[Decimal]


@dataclass(frozen=True)
class _Entry:
    """A row of the table: its words, its numbers from left to right, and the amount it ends in, if it does."""

    row: Row
    words: tuple[tuple[Cell, str], ...]
    numbers: tuple[Money, ...]
    amount: Money | None


def line_items(sheet: Sheet, money: Sequence[Money]) -> tuple[LineItem, ...]:
    """The items in the order of the page; empty where no table of them is found."""
    by_row: dict[int, list[Money]] = {}
    for one in money:
        by_row.setdefault(one.cell.row, []).append(one)
    first, last, headed = _extent(sheet, by_row)
    entries = [_entry(row, by_row.get(row.cells[0].row, [])) for row in sheet.rows[first:last][:MOST_ROWS]]
    return tuple(_items(entries, headed))


def total_of(items: Sequence[LineItem]) -> Decimal | None:
    """What the items come to; None without any."""
    return sum((item.amount.value for item in items), Decimal(0)) if items else None


def _extent(sheet: Sheet, by_row: dict[int, list[Money]]) -> tuple[int, int, bool]:
    """The first row after the head of the table and the row of the first sum; whether there is a head."""
    head = next((row.cells[0].row for row in sheet.rows if _is_head(row)), None)
    start = head + 1 if head is not None else next((at for at in sorted(by_row) if _ends_in_money(by_row[at])), 0)
    end = next((at for at in sorted(by_row) if at >= start and any(map(_is_sum, by_row[at]))), start)
    while head is not None and start < end and not by_row.get(start) and _is_head(sheet.rows[start]):
        start += 1
    return (start if head is not None else max(0, start - 1)), end, head is not None


def _is_head(row: Row) -> bool:
    found = {one for one in concepts(row.text) if one.startswith("columns.")} - {"columns.other"}
    wide = covered(row.text, {f"columns.{name}" for name in ("description", "quantity", "price", "amount", "other")})
    return len(found) >= 2 and wide > 0.6 and not any(map(str.isdigit, row.text))


def _is_sum(one: Money) -> bool:
    """Whether an amount is named a sum by a label in its own row."""
    beside = one.label is not None and one.label.cell.row == one.cell.row
    return beside and any(one.weight(role) > 0.45 for role in SUM_ROLES)


def _ends_in_money(row: Sequence[Money]) -> bool:
    return bool(row) and row[-1].amount.is_money and row[-1].cell.across > 0.5


def _entry(row: Row, money: Sequence[Money]) -> _Entry:
    words = []
    for cell in row.cells:
        text = cell.text
        for one in reversed([one for one in money if one.cell is cell]):
            text = text[: one.amount.start] + " " + text[one.amount.end :]
        if sum(map(str.isalpha, text)) > 2:
            words.append((cell, " ".join(text.split())))
    amount = next((one for one in reversed(money) if one.amount.is_money), None)
    return _Entry(row, tuple(words), tuple(money), amount)


def _items(entries: Sequence[_Entry], headed: bool) -> Iterator[LineItem]:
    """Each entry with an amount; text before it without one belongs to it if it has none of its own."""
    pending: list[tuple[Cell, str]] = []
    for place, entry in enumerate(entries):
        if entry.amount is None:
            pending = [*entry.words] if entry.words else pending
            continue
        if place and entries[place - 1].amount and _is_breakdown(entries[place - 1], entry):
            continue
        words = list(entry.words) or pending or _next_words(entries, place)
        if words or headed:
            yield _item(entry, entry.amount, words, [*_neighbours(entries, place)])
        pending = []


def _is_breakdown(item: _Entry, entry: _Entry) -> bool:
    """Whether a row only says how the amount above it came about, as in `02 X RM 24.35`."""
    above, amount = item.amount, entry.amount
    if above is None or amount is None or sum(len(text) for _, text in entry.words) > 4:
        return False
    return any(abs(one.value * amount.value - above.value) <= CENT for one in entry.numbers if one is not amount)


def _neighbours(entries: Sequence[_Entry], place: int) -> Iterator[Money]:
    """Numbers of the rows around an item that are no items themselves."""
    for at in (place + 1, place - 1):
        if 0 <= at < len(entries) and (entries[at].amount is None or _is_breakdown(entries[place], entries[at])):
            yield from entries[at].numbers


def _next_words(entries: Sequence[_Entry], place: int) -> list[tuple[Cell, str]]:
    after = entries[place + 1] if place + 1 < len(entries) else None
    return list(after.words) if after and after.amount is None else []


def _item(entry: _Entry, amount: Money, words: list[tuple[Cell, str]], around: list[Money]) -> LineItem:
    own = [one for one in entry.numbers if one is not amount]
    quantity, price = _factors(own, amount) or _factors(around, amount) or (_count(own, entry), None)
    return LineItem(
        description=joined(" ".join(text for _, text in words), words, 0.85) if words else None,
        quantity=_number(quantity, 0.9) if quantity else None,
        unit_price=_number(price, 0.9) if price else None,
        amount=_number(amount, 0.9),
    )


def _factors(numbers: Sequence[Money], amount: Money) -> tuple[Money, Money] | None:
    """Quantity and price, whose product is the amount. The one that looks less like money is the quantity."""
    for one, other in pairwise(numbers):
        if amount.value and abs(one.value * other.value - amount.value) <= CENT:
            by_money = sorted((one, other), key=lambda number: (number.amount.is_money, number is other))
            return (one, other) if one.amount.is_money == other.amount.is_money else (by_money[0], by_money[1])
    return None


def _count(numbers: Sequence[Money], entry: _Entry) -> Money | None:
    """A small whole number at either end of the words."""
    whole = [one for one in numbers if one.amount.places == 0 and not one.amount.currency and 0 < one.value < 1000]
    return whole[0] if len(whole) == 1 and entry.words else None


def _number(one: Money, trust: float) -> Field[Decimal]:
    return field(one.value, one.cell, one.amount.start, one.amount.end, trust)
