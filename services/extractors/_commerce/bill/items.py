"""The line items: what was bought, how many, at what price.

They stand between the head of a table, or the first amount, and the first amount that is called a sum. A row with an
amount is an item; rows without one describe it. Quantity and unit price are the two numbers whose product is the
amount, wherever they stand, so that the order of columns does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain
from typing import NamedTuple

from services.extractors import Field
from services.extractors._commerce.bill.factors import count, factors, is_product, left_of
from services.extractors._commerce.bill.running import movements
from services.extractors._commerce.reading.entries import Doubt, Entry, doubts
from services.extractors._commerce.reading.evidence import joined
from services.extractors._commerce.reading.geometry import Cell, Row, Sheet
from services.extractors._commerce.reading.labels import ASKEW
from services.extractors._commerce.reading.lexicon import concepts, covered

LAST_ROLES = ("total", "payable", "tax", "paid", "change", "rounding", "tip")
SUM_ROLES = (
    *LAST_ROLES,
    "subtotal",
    "service",
    "shipping",
    "levy",
    "discount",
    "saving",
    "base",
    "previous",
    "withheld",
    "exempted",
    "due",
)
"""Roles of amounts that are no items, and of those after which no item follows."""

NEVER_SOLD = tuple(role for role in SUM_ROLES if role not in ("service", "shipping", "levy", "previous"))
"""Roles of amounts that are no items even where they are the product of the numbers before them."""

MOST_TABLES = 4
"""Heads that are tried."""

LOOK_BACK = 3
"""How many rows above the first amount may describe it."""

MOST_ITEMS, MOST_NUMBERS = 2000, 16
"""Items that are given, and numbers in a row that are looked at."""

SYLLABIC = "\u0900"
"""From here on, in the scripts of India and East Asia, a character may be a syllable or a word."""

TIMES = re.compile(r"^(?:[xX×@*]\s)+|(?:\s[xX×@*=])+$")
"""What is left of `2 x 3.50 =` around a description when the numbers are taken out."""


@dataclass(frozen=True, slots=True)
class LineItem:
    """One thing on a bill. `quantity` and `unit_price` are None where they are not printed."""

    description: Field | None
    quantity: Field | None
    unit_price: Field | None
    amount: Field


class Table(NamedTuple):
    """Line items and what their amounts come to; `total` is None without any, and where a balance runs beside them.

    `amounts` are those of the items.
    """

    items: tuple[LineItem, ...] = ()
    total: Decimal | None = None
    doubts: tuple[Doubt, ...] = ()
    amounts: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class _Line:
    """A row of the table: its words, its numbers from left to right, and the amount it ends in, if it does.

    `summed`: a subtotal stands above it.
    """

    row: Row
    words: tuple[tuple[Cell, str], ...]
    numbers: tuple[Entry, ...]
    amount: Entry | None
    summed: bool = False


def line_items(sheet: Sheet, entries: Sequence[Entry], places: int = 2) -> Table:
    """The items in the order of the page; empty where no table of them is found. Amounts have so many `places`.

    Of several tables it is the one that comes to a printed sum, or else the longest.
    """
    by_row: dict[int, list[Entry]] = {}
    for entry in entries:
        by_row.setdefault(entry.cell.row, []).append(entry)
    sums = {
        entry.value for entry in entries if any(entry.weight(role) > 0.4 for role in ("subtotal", "total", "payable"))
    }
    step = Decimal(1).scaleb(-places) if any(entry.amount.is_money for entry in entries) else Decimal("0.01")
    tables = [_table(sheet, by_row, first, last, step) for first, last in _extents(sheet, by_row)]
    return max(tables, key=lambda table: (table.total in sums, len(table.items)), default=Table())


def warnings(items: Sequence[LineItem]) -> tuple[str, ...]:
    """At most one: that a bill has as many items as are given, and may have more, which its sums count."""
    return (f"ITEMS_CUT: {MOST_ITEMS} line items are given, and no more.",) if len(items) >= MOST_ITEMS else ()


def _table(sheet: Sheet, by_row: Mapping[int, Sequence[Entry]], first: int, last: int, step: Decimal) -> Table:
    lines, running = _moved(_lines(sheet.rows[first:last], by_row, step), step)
    found = list(_items(lines, step))
    total = sum((amount.value for _, amount in found), Decimal(0)) if found and not running else None
    unsure = (doubts(f"line_items.{place}.amount", amount) for place, (_, amount) in enumerate(found[:MOST_ITEMS]))
    items, own = tuple(item for item, _ in found[:MOST_ITEMS]), tuple(amount for _, amount in found)
    return Table(items, total, tuple(chain.from_iterable(unsure)), own)


def _moved(lines: list[_Line], step: Decimal) -> tuple[list[_Line], bool]:
    """The rows with what they change of a balance that runs in the last column, and whether one does."""
    if any(line.amount and factors(left_of(line.amount, line.numbers), line.amount, step) for line in lines):
        return lines, False
    moved = movements([(line.numbers, line.amount) for line in lines])
    if moved is None:
        return lines, False
    return [replace(line, amount=amount) for line, amount in zip(lines, moved, strict=True)], True


def _lines(rows: Sequence[Row], by_row: Mapping[int, Sequence[Entry]], step: Decimal) -> list[_Line]:
    """What is taken off is an item up to the first subtotal, and part of the sums from there on."""
    lines, summed = [], False
    for row in rows:
        entries = by_row.get(row.cells[0].row, ())[-MOST_NUMBERS:]
        lines.append(replace(_line(row, entries, step, reducing=not summed), summed=summed))
        summed = summed or any(_is_sum(entry, ("subtotal",)) for entry in entries)
    return lines


def _extents(sheet: Sheet, by_row: Mapping[int, Sequence[Entry]]) -> Iterator[tuple[int, int]]:
    """Where tables may start and end: after heads, or at the first amount, until a sum that is no subtotal."""
    sums = [
        at
        for at in sorted(by_row)
        if any(_is_sum(entry, LAST_ROLES) for entry in by_row[at]) or _is_footer(sheet, by_row[at])
    ]
    first = next((at for at in sorted(by_row) if _ends_in_money(by_row[at])), len(sheet.rows))
    heads = [row.cells[0].row + 1 for row in sheet.rows if _is_head(row)][:MOST_TABLES]
    for start in [*heads, max(0, first - LOOK_BACK)]:
        yield start, next((at for at in sums if at >= start), len(sheet.rows))


def _is_head(row: Row) -> bool:
    found = {concept for concept in concepts(row.text) if concept.startswith("columns.")} - {"columns.other"}
    wide = covered(row.text, {f"columns.{name}" for name in ("description", "quantity", "price", "amount", "other")})
    return len(found) >= 2 and wide > 0.6 and not any(map(str.isdigit, row.text))


def _is_footer(sheet: Sheet, row: Sequence[Entry]) -> bool:
    """Whether a row has several sums below their names and nothing else, as net, tax and gross side by side."""
    roles = {role for entry in row for role in SUM_ROLES if entry.weight(role) > 0.4}
    return len(roles) > 1 and not _words(sheet.rows[row[0].cell.row], row)


def _is_sum(entry: Entry, roles: Sequence[str] = SUM_ROLES) -> bool:
    """Whether an amount is named a sum by a label left of it, not by the head of a column."""
    beside = entry.label is not None and (entry.label.cell.row == entry.cell.row or entry.label.closeness <= ASKEW)
    return beside and entry.amount.is_money and any(entry.weight(role) > 0.45 for role in roles)


def _ends_in_money(row: Sequence[Entry]) -> bool:
    return bool(row) and row[-1].amount.is_money and row[-1].cell.across > 0.5


def _line(row: Row, entries: Sequence[Entry], step: Decimal, *, reducing: bool) -> _Line:
    found = [entry for entry in entries if entry.amount.is_money and not entry.in_prose and not _counts(row)]
    priced = [entry for entry in found if _is_price(entry, entries, step, reducing=reducing)]
    amount = next((entry for entry in reversed(priced) if factors(left_of(entry, entries), entry, step)), None)
    words = _words(row, priced) if priced or not found else ()
    return _Line(row, words, tuple(entries), amount or next(reversed(priced), None))


def _is_price(entry: Entry, entries: Sequence[Entry], step: Decimal, *, reducing: bool) -> bool:
    """Whether an amount is that of an item: none that is called a sum, but for what is taken off above a subtotal,
    and charges with a quantity and a price, as in `Transport  2  50.00  100.00`."""
    if not _is_sum(entry) or (reducing and _is_reduction(entry)):
        return True
    return not _is_sum(entry, NEVER_SOLD) and factors(left_of(entry, entries), entry, step) is not None


def _counts(row: Row) -> bool:
    """Whether a row says nothing but how many there are or what one costs: `12 ITEMS  35.37`, `PRICE/GAL  4.199`."""
    letters = "".join(character for character in row.text if not character.isdigit())
    return covered(letters, {"amounts.count"}) > 0.8 or covered(letters, {"goods.unit_price"}) > 0.8


def _is_reduction(entry: Entry) -> bool:
    """Whether it takes something off what was bought: a discount, a saving or a coupon with a minus."""
    return entry.value < 0 and max(entry.weight("discount"), entry.weight("saving")) > 0.4


def _words(row: Row, numbers: Sequence[Entry]) -> tuple[tuple[Cell, str], ...]:
    """The texts of a row without some of its numbers."""
    found = []
    for cell in row.cells:
        text = cell.text
        for one in sorted((one for one in numbers if one.cell is cell), key=lambda one: -one.amount.start):
            text = text[: one.amount.start] + " " + text[one.amount.end :]
        if sum(2 if one >= SYLLABIC else 1 for one in text if one.isalpha()) > 2:
            found.append((cell, TIMES.sub("", " ".join(text.split()))))
    return tuple(found)


def _items(lines: Sequence[_Line], step: Decimal) -> Iterator[tuple[LineItem, Entry]]:
    """Each entry with an amount, and that amount. Text before it belongs to it if it has none of its own."""
    pending: tuple[tuple[Cell, str], ...] = ()
    for place, line in enumerate(lines):
        if line.amount is None or _is_announced(lines[place : place + 2], step):
            pending = line.words or pending
        elif not (place and _is_breakdown(lines[place - 1], line, step)):
            if item := _item(lines, place, line.amount, pending, step):
                yield item, line.amount
            pending = ()


def _is_breakdown(item: _Line, line: _Line, step: Decimal) -> bool:
    """Whether a row only says how the amount above it came about, as in `02 X RM 24.35`."""
    above, amount = item.amount, line.amount
    if above is None or amount is None or sum(len(text) for _, text in line.words) > 4:
        return False
    others = (entry for entry in line.numbers if entry is not amount)
    return any(is_product(entry.value, amount.value, above.value, step) for entry in others)


def _is_announced(lines: Sequence[_Line], step: Decimal) -> bool:
    """Whether a row has the factors of an amount in the next one, as `2 X 2,50` above `COPERTO  5,00`, and only one of
    them says what it is."""
    if len(lines) < 2 or len(lines[0].numbers) != 2:
        return False
    if lines[0].words and (lines[1].words or lines[1].amount is None):
        return False
    quantity, price = (entry.value for entry in lines[0].numbers)
    below = (entry.value for entry in lines[1].numbers if entry.amount.is_money)
    return any(is_product(quantity, price, amount, step) for amount in below)


def _neighbours(lines: Sequence[_Line], place: int, step: Decimal) -> Iterator[Entry]:
    """Numbers of the rows around an item that are no items themselves."""
    for at in (place + 1, place - 1):
        if 0 <= at < len(lines) and (lines[at].amount is None or _is_breakdown(lines[place], lines[at], step)):
            yield from lines[at].numbers


def _next_words(lines: Sequence[_Line], place: int) -> tuple[tuple[Cell, str], ...]:
    after = lines[place + 1] if place + 1 < len(lines) else None
    return after.words if after and after.amount is None and not lines[place].summed else ()


def _item(
    lines: Sequence[_Line], place: int, amount: Entry, pending: tuple[tuple[Cell, str], ...], step: Decimal
) -> LineItem | None:
    """None where nothing says what it is."""
    line = lines[place]
    own, around = [entry for entry in line.numbers if entry is not amount], list(_neighbours(lines, place, step))
    quantity, price = factors(own, amount, step) or factors(around, amount, step) or (count(own), None)
    used = [entry for entry in line.numbers if entry is quantity or entry is price or entry.amount.is_money]
    words = _words(line.row, used) or (_codes(line.row, amount) if amount.value < 0 else pending)
    words = words or _next_words(lines, place)
    if not words:
        return None
    return LineItem(
        description=joined(" ".join(text for _, text in words), list(words), 0.85),
        quantity=_number(quantity, 0.9) if quantity else None,
        unit_price=_number(price, 0.9) if price else None,
        amount=_number(amount, 0.9),
    )


def _codes(row: Row, amount: Entry) -> tuple[tuple[Cell, str], ...]:
    """What else a row has: what was taken back is often named by its number alone."""
    return tuple((cell, cell.text) for cell in row.cells if cell is not amount.cell)


def _number(entry: Entry, trust: float) -> Field:
    return entry.field(trust)
