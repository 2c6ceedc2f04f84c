"""The amounts of a document and what they are called."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache

from services.extractors._commerce.reading.amounts import Amount, amounts
from services.extractors._commerce.reading.dates import readings
from services.extractors._commerce.reading.geometry import Cell, Sheet
from services.extractors._commerce.reading.labels import Label, Span, Values, label_of
from services.extractors._commerce.reading.lexicon import concepts
from services.extractors._commerce.reading.notation import Notation, notation
from services.extractors._commerce.reading.origin import origin
from services.extractors._commerce.reading.roles import roles

CLOCK_TIME = re.compile(r"(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?:\.\d\d)?(?!\d)")

LONGEST_CODE_LETTERS = 4

SUMMARY_ROWS = 7
"""How far below its heading a table of taxes reaches."""


@dataclass(frozen=True)
class Entry:
    """An amount on the page. `last` in its row; `listed` in a table of taxes, which repeats sums under other names."""

    amount: Amount
    cell: Cell
    label: Label | None
    last: bool
    listed: bool

    @property
    def value(self) -> Decimal:
        return self.amount.value

    @property
    def in_prose(self) -> bool:
        """Whether a sentence goes on after it: what is longer than a unit, a sign or the code of a tax."""
        return sum(map(str.isalpha, self.cell.text[self.amount.end :])) > LONGEST_CODE_LETTERS

    def weight(self, role: str) -> float:
        """How well its label says that it is this, from 0 to about 1.1."""
        return self._weights.get(role, 0.0)

    @cached_property
    def _weights(self) -> Mapping[str, float]:
        if self.label is None:
            return {}
        share = self.label.weight * (1.0 if self.last else 0.6) * (0.5 if self.listed else 1.0)
        return {role: weight * share for role, weight in roles(self.label.concepts).items()}


def notation_of(sheet: Sheet) -> Notation:
    """How the amounts of a document are written."""
    return notation((without_dates(cell.text) for cell in sheet.cells), origin(sheet.text))


def entries(sheet: Sheet, notation: Notation) -> tuple[Entry, ...]:
    """All amounts in reading order, dates left out."""
    found = [(cell, amount) for cell in sheet.cells for amount in amounts(without_dates(cell.text), notation)]
    spans = [Span(cell, amount.start, amount.end) for cell, amount in found]
    values = Values(tuple(spans))
    listed = _listed_rows(sheet)
    last = {cell.row: place for place, (cell, _) in enumerate(found)}
    return tuple(
        Entry(amount, cell, label_of(sheet, span, values, "amounts"), _is_last(place, found, last), cell.row in listed)
        for place, ((cell, amount), span) in enumerate(zip(found, spans, strict=True))
    )


def _is_last(place: int, found: Sequence[tuple[Cell, Amount]], last: dict[int, int]) -> bool:
    """Last in its row, or followed by a cell with a label of its own."""
    cell = found[place][0]
    if last[cell.row] == place:
        return True
    after = found[place + 1][0]
    between = after.text[: found[place + 1][1].start] if after is not cell else ""
    return bool(between and any(name.startswith("amounts.") for name in concepts(between)))


@lru_cache(maxsize=1024)
def without_dates(text: str) -> str:
    """The text with its dates and times blanked out, so that places stay the same."""
    places = [(reading.start, reading.end) for reading in readings(text) if not reading.weak]
    for start, end in [*places, *(match.span() for match in CLOCK_TIME.finditer(text))]:
        text = text[:start] + "\0" * (end - start) + text[end:]
    return text


def _listed_rows(sheet: Sheet) -> frozenset[int]:
    heads = [row.cells[0].row for row in sheet.rows if "amounts.summary" in concepts(row.text)]
    return frozenset(number for head in heads for number in range(head, head + SUMMARY_ROWS))
