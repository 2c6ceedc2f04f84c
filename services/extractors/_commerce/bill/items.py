"""The line items: what was bought, how many, at what price.

They stand between the head of a table, or the first amount, and the first amount that is called a sum. A row with an
amount is an item; rows without one describe it. Quantity and unit price are the two numbers whose product is the
amount, wherever they stand, so that the order of columns does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from services.extractors import Field
from services.extractors._commerce.reading.entries import Entry
from services.extractors._commerce.reading.evidence import field, joined
from services.extractors._commerce.reading.geometry import Cell, Row, Sheet
from services.extractors._commerce.reading.labels import ASKEW
from services.extractors._commerce.reading.lexicon import concepts, covered

LAST_ROLES = ("total", "payable", "tax", "paid", "change", "rounding", "tip")
SUM_ROLES = (*LAST_ROLES, "subtotal", "service", "shipping", "discount")
"""Roles of amounts that are no items, and of those after which no item follows."""

MOST_TABLES = 4
"""Heads that are tried."""

LOOK_BACK = 3
"""How many rows above the first amount may describe it."""

MOST_ROWS = 400
MOST_NUMBERS = 16
"""Rows that are looked at, and numbers in a row: what is longer is no bill."""

SYLLABIC = "\u0900"
"""From here on, in the scripts of India and East Asia, a character may be a syllable or a word."""

TIMES = re.compile(r"^(?:[xX×@*]\s)+|(?:\s[xX×@*=])+$")
"""What is left of `2 x 3.50 =` around a description when the numbers are taken out."""

CENT = Decimal("0.011")


@dataclass(frozen=True, slots=True)
class LineItem:
    """One thing on a bill. `quantity` and `unit_price` are None where they are not printed."""

    description: Field | None
    quantity: Field | None
    unit_price: Field | None
    amount: Field


class Table(NamedTuple):
    """Line items and what their amounts come to; `total` is None without any."""

    items: tuple[LineItem, ...] = ()
    total: Decimal | None = None


@dataclass(frozen=True)
class _Line:
    """A row of the table: its words, its numbers from left to right, and the amount it ends in, if it does."""

    row: Row
    words: tuple[tuple[Cell, str], ...]
    numbers: tuple[Entry, ...]
    amount: Entry | None


def line_items(sheet: Sheet, entries: Sequence[Entry]) -> Table:
    """The items in the order of the page; empty where no table of them is found.

    Of several tables it is the one that comes to a printed sum, or else the longest.
    """
    by_row: dict[int, list[Entry]] = {}
    for entry in entries:
        by_row.setdefault(entry.cell.row, []).append(entry)
    sums = {
        entry.value for entry in entries if any(entry.weight(role) > 0.4 for role in ("subtotal", "total", "payable"))
    }
    tables = [_table(sheet, by_row, first, last) for first, last in _extents(sheet, by_row)]
    return max(tables, key=lambda table: (table.total in sums, len(table.items)), default=Table())


def _table(sheet: Sheet, by_row: Mapping[int, Sequence[Entry]], first: int, last: int) -> Table:
    rows = sheet.rows[first:last][:MOST_ROWS]
    found = list(_items([_line(row, by_row.get(row.cells[0].row, ())[-MOST_NUMBERS:]) for row in rows]))
    total = sum((amount.value for _, amount in found), Decimal(0)) if found else None
    return Table(tuple(item for item, _ in found), total)


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


def _line(row: Row, entries: Sequence[Entry]) -> _Line:
    priced = [entry for entry in entries if entry.amount.is_money and not entry.in_prose and not _is_sum(entry)]
    amount = next((entry for entry in reversed(priced) if _factors(_left_of(entry, entries), entry)), None)
    return _Line(row, _words(row, priced), tuple(entries), amount or next(reversed(priced), None))


def _left_of(entry: Entry, entries: Sequence[Entry]) -> list[Entry]:
    return list(entries[: entries.index(entry)])


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


def _items(lines: Sequence[_Line]) -> Iterator[tuple[LineItem, Entry]]:
    """Each entry with an amount, and that amount. Text before it belongs to it if it has none of its own."""
    pending: tuple[tuple[Cell, str], ...] = ()
    for place, line in enumerate(lines):
        if line.amount is None:
            pending = line.words or pending
        elif not (place and _is_breakdown(lines[place - 1], line)):
            if item := _item(lines, place, line.amount, pending):
                yield item, line.amount
            pending = ()


def _is_breakdown(item: _Line, line: _Line) -> bool:
    """Whether a row only says how the amount above it came about, as in `02 X RM 24.35`."""
    above, amount = item.amount, line.amount
    if above is None or amount is None or sum(len(text) for _, text in line.words) > 4:
        return False
    return any(abs(entry.value * amount.value - above.value) <= CENT for entry in line.numbers if entry is not amount)


def _neighbours(lines: Sequence[_Line], place: int) -> Iterator[Entry]:
    """Numbers of the rows around an item that are no items themselves."""
    for at in (place + 1, place - 1):
        if 0 <= at < len(lines) and (lines[at].amount is None or _is_breakdown(lines[place], lines[at])):
            yield from lines[at].numbers


def _next_words(lines: Sequence[_Line], place: int) -> tuple[tuple[Cell, str], ...]:
    after = lines[place + 1] if place + 1 < len(lines) else None
    return after.words if after and after.amount is None else ()


def _item(lines: Sequence[_Line], place: int, amount: Entry, pending: tuple[tuple[Cell, str], ...]) -> LineItem | None:
    """None where nothing says what it is."""
    line = lines[place]
    own, around = [entry for entry in line.numbers if entry is not amount], list(_neighbours(lines, place))
    quantity, price = _factors(own, amount) or _factors(around, amount) or (_count(own), None)
    used = [entry for entry in line.numbers if entry is quantity or entry is price or entry.amount.is_money]
    words = _words(line.row, used) or pending or _next_words(lines, place)
    if not words:
        return None
    return LineItem(
        description=joined(" ".join(text for _, text in words), list(words), 0.85),
        quantity=_number(quantity, 0.9) if quantity else None,
        unit_price=_number(price, 0.9) if price else None,
        amount=_number(amount, 0.9),
    )


def _factors(numbers: Sequence[Entry], amount: Entry) -> tuple[Entry, Entry] | None:
    """Quantity and price, whose product is the amount. The one that looks less like money is the quantity."""
    for left, right in pairwise(numbers):
        if amount.value and abs(left.value * right.value - amount.value) <= CENT:
            return (right, left) if left.amount.is_money and not right.amount.is_money else (left, right)
    return None


def _count(numbers: Sequence[Entry]) -> Entry | None:
    """A small whole number in front of the words or in a column of its own."""
    return next((entry for entry in numbers if _is_count(entry)), None)


def _is_count(entry: Entry) -> bool:
    text = entry.cell.text
    alone = not any(map(str.isalpha, text[: entry.amount.start])) and (
        entry.amount.start == 0 or not any(map(str.isalpha, text))
    )
    plain = entry.amount.places == 0 and not entry.amount.currency and not text[entry.amount.start :].startswith("0")
    return alone and plain and 0 < entry.value < 100


def _number(entry: Entry, trust: float) -> Field:
    return field(entry.value, entry.cell, entry.amount.start, entry.amount.end, trust)
