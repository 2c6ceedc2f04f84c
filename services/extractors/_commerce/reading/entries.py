"""The amounts of a document and what they are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, lru_cache

from services.extractors import Field
from services.extractors._commerce.reading.amounts import Amount, amounts, rates
from services.extractors._commerce.reading.dates import readings
from services.extractors._commerce.reading.evidence import field
from services.extractors._commerce.reading.geometry import Cell, Sheet
from services.extractors._commerce.reading.labels import Label, Span, Values, label_of
from services.extractors._commerce.reading.lexicon import concepts, starts
from services.extractors._commerce.reading.notation import Notation, notation
from services.extractors._commerce.reading.origin import origin
from services.extractors._commerce.reading.roles import roles

CLOCK_TIME = re.compile(r"(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?:\.\d\d)?(?!\d)")

LONGEST_CODE_LETTERS = 4

COUNTED = frozenset({"amounts.count"})

SUMMARY_ROWS = 7
"""How far below its heading a table of taxes reaches."""


MAIN_ROLES = frozenset({"total", "payable", "subtotal", "tax", "change", "paid", "rounding", "due"})
GUESSED = 0.5
"""What guessed letters leave of the other roles: goods have names that are close to words for charges."""

LEAST_WHOLE, MOST_WHOLE = 10, 10**6
"""Between them a plain number may be a price in money without decimals: not a count, and not a code."""

RATED = frozenset({"rated"})
"""Beside the concepts of a label: a percentage stands with it."""

DOUBTFUL = 0.5
"""Trust in an amount that may be another by a factor."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A field whose print can be read in several ways, the likelier one first."""

    field: str
    readings: tuple[Decimal, ...]


@dataclass(frozen=True)
class Entry:
    """An amount on the page. `last` in its row; `listed` in a table of taxes, which repeats sums under other names.

    `rated`: its row names a percentage and no other amount of money. `barred` are roles that its place excludes.
    """

    amount: Amount
    cell: Cell
    label: Label | None
    last: bool
    listed: bool
    rated: bool = False
    barred: frozenset[str] = frozenset()

    @property
    def value(self) -> Decimal:
        return self.amount.value

    @property
    def in_prose(self) -> bool:
        """Whether a sentence goes on after it: what is longer than a unit, a sign or the code of a tax."""
        return sum(map(str.isalpha, self.cell.text[self.amount.end :])) > LONGEST_CODE_LETTERS

    def field(self, trust: float) -> Field:
        """Its value as a field, in which there is little trust where the print can be read in two ways."""
        trust = trust if self.amount.other is None else min(trust, DOUBTFUL)
        return field(self.value, self.cell, self.amount.start, self.amount.end, trust)

    def weight(self, role: str) -> float:
        """How well its label says that it is this, from 0 to about 1.1."""
        return 0.0 if role in self.barred else self._weights.get(role, 0.0)

    @cached_property
    def _weights(self) -> Mapping[str, float]:
        if self.label is None:
            return {}
        share = self.label.weight * (1.0 if self.last else 0.6) * (0.5 if self.listed else 1.0)
        guessed = 1.0 if self.label.exact else GUESSED
        found = roles(self.label.concepts | RATED if self.rated else self.label.concepts)
        return {role: weight * share * (1.0 if role in MAIN_ROLES else guessed) for role, weight in found.items()}


def doubts(name: str, entry: Entry | None) -> Iterator[Doubt]:
    """What the field of this name may be, if its amount can be read in two ways."""
    if entry and entry.amount.other is not None:
        yield Doubt(name, (entry.value, entry.amount.other))


def notation_of(sheet: Sheet) -> Notation:
    """How the amounts of a document are written."""
    rows = [[without_dates(cell.text) for cell in row.cells] for row in sheet.rows]
    return notation(rows, origin(sheet.text))


def entries(sheet: Sheet, notation: Notation) -> tuple[Entry, ...]:
    """All amounts in reading order, dates left out."""
    read = {text: amounts(without_dates(text), notation) for text in {cell.text for cell in sheet.cells}}
    found = [(cell, amount) for cell in sheet.cells for amount in read[cell.text]]
    spans = [Span(cell, amount.start, amount.end) for cell, amount in found]
    values = Values(tuple(span for span in spans if not _counts(span)))
    listed, rated = _listed_rows(sheet), _rated_rows(sheet, found)
    last = {cell.row: place for place, (cell, _) in enumerate(found)}
    whole = not notation.places and any(amount.is_money for _, amount in found)
    return tuple(
        Entry(
            amount=replace(amount, usual=amount.usual or (whole and _is_price(cell, amount, last[cell.row] == place))),
            cell=cell,
            label=label_of(sheet, span, values, "amounts"),
            last=_is_last(place, found, last),
            listed=cell.row in listed,
            rated=cell.row in rated,
        )
        for place, ((cell, amount), span) in enumerate(zip(found, spans, strict=True))
    )


def _is_price(cell: Cell, amount: Amount, last: bool) -> bool:
    """Whether a plain number, alone on the right, is one in money without decimals: not a count, and not a code."""
    alone = last and cell.across > 0.6 and not any(map(str.isalpha, cell.text))
    return alone and not amount.places and LEAST_WHOLE <= abs(amount.value) < MOST_WHOLE


def _is_last(place: int, found: Sequence[tuple[Cell, Amount]], last: dict[int, int]) -> bool:
    """Last in its row, or followed by a cell with a label of its own."""
    cell = found[place][0]
    if last[cell.row] == place:
        return True
    after = found[place + 1][0]
    between = after.text[: found[place + 1][1].start] if after is not cell else ""
    return bool(between and any(name.startswith("amounts.") for name in concepts(between)))


@lru_cache(maxsize=8192)
def without_dates(text: str) -> str:
    """The text with its dates and times blanked out, so that places stay the same."""
    places = [(reading.start, reading.end) for reading in readings(text) if not reading.weak]
    for start, end in [*places, *(match.span() for match in CLOCK_TIME.finditer(text))]:
        text = text[:start] + "\0" * (end - start) + text[end:]
    return text


def _counts(span: Span) -> bool:
    """Whether a number only says how many there are, as in `TOTAL FOR 2 ITEMS`, and parts no label from its amount."""
    text = span.cell.text
    behind = text[span.end :].lstrip()
    counted = bool(behind) and starts(behind, COUNTED) and text[span.start : span.end].isdigit()
    return counted and any(map(str.isalpha, text[: span.start]))


def _rated_rows(sheet: Sheet, found: Sequence[tuple[Cell, Amount]]) -> frozenset[int]:
    money = Counter(cell.row for cell, amount in found if amount.is_money)
    return frozenset(row for row, count in money.items() if count == 1 and rates(sheet.rows[row].text))


def _listed_rows(sheet: Sheet) -> frozenset[int]:
    heads = [row.cells[0].row for row in sheet.rows if "amounts.summary" in concepts(row.text)]
    return frozenset(number for head in heads for number in range(head, head + SUMMARY_ROWS))
