"""Taxes: rows that name a rate, what they apply to, and which of them make up the tax of the bill."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import islice, permutations
from typing import NamedTuple

from services.extractors import Field
from services.extractors._commerce.reading.amounts import rates
from services.extractors._commerce.reading.entries import Entry
from services.extractors._commerce.reading.evidence import field
from services.extractors._commerce.reading.geometry import Cell, Row, Sheet
from services.extractors._commerce.reading.lexicon import concepts

MOST_TAX_ROWS = 12
MOST_ROW_AMOUNTS = 12
"""Rows of taxes, and amounts in one of them, that are tried."""

NO_TAX = frozenset(
    f"amounts.{name}" for name in ("discount", "service", "tip", "saving", "withheld", "early", "suggested", "shipping")
)
"""What a rate may be of besides a tax."""


class TaxRow(NamedTuple):
    """A rate in percent, the tax, and what it applies to, where that is printed: with the tax in it if `gross`."""

    rate: Decimal
    tax: Entry
    base: Entry | None = None
    gross: bool = False


@dataclass(frozen=True)
class Taxes:
    """The rows of taxes of a document. `unit` is the smallest step of its amounts, by which a tax may be rounded."""

    sheet: Sheet
    entries: tuple[Entry, ...]
    unit: Decimal

    @cached_property
    def rows(self) -> Sequence[TaxRow]:
        """Rows that name a rate and show a tax at that rate; each rate and tax once."""
        found = (row for printed in self.sheet.rows for row in self._of(printed))
        return list({(row.rate, row.tax.value): row for row in islice(found, MOST_TAX_ROWS)}.values())

    def _of(self, printed: Row) -> Iterator[TaxRow]:
        """Of several rates in a row each with its own tax; the amount that is labelled so, where no base is printed."""
        own = self.by_row.get(printed.cells[0].row, ())[:MOST_ROW_AMOUNTS]
        named = [
            rate for cell in printed.cells if _may_name_tax(cell, printed) for rate, *_ in rates(cell.text) if rate
        ]
        if not named or not own:
            return
        for rate in named:
            if pair := next((row for row in self._pairs(rate, own)), None):
                yield pair
            elif len(named) == 1 and (alone := self._labelled(rate, own)):
                yield alone

    def _pairs(self, rate: Decimal, own: Sequence[Entry]) -> Iterator[TaxRow]:
        """Net amounts before gross ones: of small amounts both may fit."""
        for gross in (False, True):
            for base, tax in permutations(own, 2):
                if base.value > 0 and self._comes_to(rate, base.value, tax.value, gross):
                    yield TaxRow(rate, tax, base, gross)

    def _comes_to(self, rate: Decimal, base: Decimal, tax: Decimal, gross: bool) -> bool:
        levied = base * rate / (100 + rate) if gross else base * rate / 100
        return tax > 0 and abs(levied - tax) <= self.unit * Decimal("1.1")

    def _labelled(self, rate: Decimal, own: Sequence[Entry]) -> TaxRow | None:
        """A tax alone, with the base that another row shows for its rate."""
        taxes = [entry for entry in own if entry.weight("tax") >= 0.3 and entry.value > 0]
        if len(taxes) != 1:
            return None
        base = next(
            (base for base in self._bases(rate) if self._comes_to(rate, base.value, taxes[0].value, True)), None
        )
        return TaxRow(rate, taxes[0], base, base is not None)

    def _bases(self, rate: Decimal) -> Iterator[Entry]:
        """Amounts in rows that name a rate and no tax of it."""
        for printed in self.sheet.rows:
            if rate in (other for other, *_ in rates(printed.text)):
                yield from (entry for entry in self.by_row.get(printed.cells[0].row, ()) if entry.weight("tax") < 0.3)

    @cached_property
    def by_row(self) -> Mapping[int, Sequence[Entry]]:
        """Amounts by the number of their row."""
        rows: defaultdict[int, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            rows[entry.cell.row].append(entry)
        return rows

    def all_make(self, total: Decimal) -> bool:
        """Whether the bases of all rows, with their taxes, come to a total."""
        if len(self.rows) < 2 or any(row.base is None for row in self.rows):
            return False
        sums = (row.base.value + (0 if row.gross else row.tax.value) for row in self.rows if row.base)
        return abs(sum(sums, Decimal(0)) - total) <= self.unit * len(self.rows)

    @cached_property
    def distinct(self) -> bool:
        """Whether there are several rows, each of another rate and none the sum of the others."""
        values = [row.tax.value for row in self.rows]
        several = len(values) > 1 and len({row.rate for row in self.rows}) == len(values)
        return several and not any(2 * value == sum(values, Decimal(0)) for value in values)

    def printed_rates(self, taxes: Iterable[Entry]) -> tuple[Field, ...]:
        """The rates that are printed beside taxes, each once; not those of discounts, service or tips."""
        rows = {row.tax.cell.row for row in self.rows}
        rows |= {row for tax in taxes for row in (tax.cell.row, tax.cell.row - 1)}
        found: dict[Decimal, Field] = {}
        for cell in (cell for cell in self.sheet.cells if cell.row in rows):
            if _may_name_tax(cell, self.sheet.rows[cell.row]):
                for rate, start, end in rates(cell.text):
                    found.setdefault(rate, field(rate, cell, start, end, 0.9))
        return tuple(found.values())


def _may_name_tax(cell: Cell, row: Row) -> bool:
    """Whether a rate in a cell may be a tax's, as its own words say, or those of the row where it has none."""
    words = cell.text if any(map(str.isalpha, cell.text)) else row.text
    return not NO_TAX & concepts(words)
