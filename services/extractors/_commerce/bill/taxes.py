"""Taxes: rows that name a rate, what they apply to, and which of them make up the tax of the bill."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import islice

from services.extractors import Field
from services.extractors._commerce.bill.tax_rows import TaxRow, bases, comes_to, tax_rows
from services.extractors._commerce.reading.amounts import rates
from services.extractors._commerce.reading.dates import readings
from services.extractors._commerce.reading.entries import Entry
from services.extractors._commerce.reading.evidence import field
from services.extractors._commerce.reading.geometry import Cell, Row, Sheet
from services.extractors._commerce.reading.lexicon import concepts, fold, mentions

MOST_TAX_ROWS = 12
MOST_RATED_ROWS = 60
MOST_ROW_AMOUNTS, MOST_ROW_RATES = 12, 4
"""Rows of taxes, rows that name a rate, and amounts and rates in one of them, that are tried."""

TAX, SERVING, SPLIT = "amounts.tax", "amounts.serving", "amounts.split"

NO_TAX = frozenset(
    f"amounts.{name}"
    for name in (
        "discount",
        "service",
        "tip",
        "saving",
        "withheld",
        "early",
        "suggested",
        "shipping",
        "container",
        "levy",
    )
)
"""What a rate may be of besides a tax."""


@dataclass(frozen=True)
class Taxes:
    """The rows of taxes of a document. `unit` is the smallest step of its amounts, by which a tax may be rounded."""

    sheet: Sheet
    entries: tuple[Entry, ...]
    unit: Decimal

    @cached_property
    def rows(self) -> Sequence[TaxRow]:
        """Rows that name a rate and show a tax at that rate; each rate and tax once, but for parts of one tax."""
        found = islice((row for rows in self._by_row.values() for row in rows), MOST_TAX_ROWS)
        return list({(row.rate, row.tax.value, row.part): row for row in found}.values())

    @cached_property
    def bases(self) -> frozenset[int]:
        """The ids of amounts beside rates that are what taxes apply to, and no taxes."""
        return frozenset().union(*(bases(rows, self._own(number)) for number, rows in self._by_row.items()))

    @cached_property
    def groups(self) -> Sequence[Sequence[TaxRow]]:
        """Rows whose base is printed, those of one base together."""
        found: defaultdict[object, list[TaxRow]] = defaultdict(list)
        for row in self.rows:
            if row.base:
                found[row.levied_on].append(row)
        return list(found.values())

    @cached_property
    def _by_row(self) -> Mapping[int, Sequence[TaxRow]]:
        """The taxes of each printed row that names a rate and has amounts, the last of many."""
        rated = [
            (printed, named)
            for printed in self.sheet.rows
            if self.by_row.get(printed.cells[0].row) and (named := self._named(printed))
        ]
        return {row.cells[0].row: tuple(self._of(row, named)) for row, named in rated[-MOST_RATED_ROWS:]}

    def _named(self, printed: Row) -> Sequence[Decimal]:
        """The rates that a row names of taxes, none of nothing."""
        cells = [cell for cell in printed.cells if may_name_tax(cell, printed)]
        return [rate for cell in cells for rate, *_ in rates(cell.text) if rate][:MOST_ROW_RATES]

    def _own(self, number: int) -> Sequence[Entry]:
        return self.by_row.get(number, ())[:MOST_ROW_AMOUNTS]

    def _of(self, printed: Row, named: Sequence[Decimal]) -> Iterator[TaxRow]:
        """What arithmetic finds; of one rate alone the amount that is labelled so, where no base is printed."""
        own, part = self._own(printed.cells[0].row), _part(printed)
        found = list(tax_rows(named, own, self._step))
        if not found and len(named) == 1:
            found = [row for row in [self._labelled(named[0], own)] if row]
        yield from (row._replace(part=row.part or part) for row in found)

    @property
    def _step(self) -> Decimal:
        """By how much a tax may be rounded."""
        return self.unit * Decimal("1.1")

    def _labelled(self, rate: Decimal, own: Sequence[Entry]) -> TaxRow | None:
        """A tax alone, with the base that another row shows for its rate."""
        taxes = [entry for entry in own if entry.weight("tax") >= 0.3 and entry.value > 0]
        if len(taxes) != 1:
            return None
        base = next(
            (base for base in self._bases(rate) if comes_to(rate, base.value, taxes[0].value, self._step, gross=True)),
            None,
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
        """Whether the bases of several rows, with their taxes, come to a total."""
        return len(self.rows) > 1 and self.makes(total)

    def makes(self, total: Decimal) -> bool:
        """Whether the bases of all rows, with their taxes, come to a total."""
        if not self.rows or any(row.base is None for row in self.rows):
            return False
        return abs(self._whole - total) <= self.unit * len(self.rows)

    @cached_property
    def _whole(self) -> Decimal:
        return sum((_gross(group) for group in self.groups), Decimal(0))

    @cached_property
    def net(self) -> Decimal | None:
        """What the bases of all rows come to, the taxes not in them; None where one is not printed so."""
        if not self.rows or any(row.base is None or row.gross for row in self.rows):
            return None
        return sum((group[0].base.value for group in self.groups if group[0].base), Decimal(0))

    @cached_property
    def distinct(self) -> bool:
        """Whether there are several rows, each of another rate or part of a tax and none the sum of the others."""
        values = [row.tax.value for row in self.rows]
        several = len(values) > 1 and len({(row.rate, row.part) for row in self.rows}) == len(values)
        return several and not any(2 * row.tax.value == sum(values) and not row.part for row in self.rows)

    def printed_rates(self, taxes: Iterable[Entry]) -> tuple[Field, ...]:
        """The rates that are printed beside taxes, each once; not those of discounts, service or tips."""
        rows = {row.tax.cell.row for row in self.rows}
        rows |= {row for tax in taxes for row in (tax.cell.row, tax.cell.row - 1)}
        found: dict[Decimal, Field] = {}
        for cell in (cell for cell in self.sheet.cells if cell.row in rows):
            if may_name_tax(cell, self.sheet.rows[cell.row]):
                for rate, start, end in rates(cell.text):
                    found.setdefault(rate, field(rate, cell, start, end, 0.9))
        return tuple(printed for rate, printed in found.items() if rate not in self._idle)

    @cached_property
    def _idle(self) -> frozenset[Decimal]:
        """Rates beside which stands nothing but zeros, where another applies."""
        amounts: defaultdict[Decimal, list[Decimal]] = defaultdict(list)
        for printed in self.sheet.rows:
            for rate, *_ in rates(printed.text):
                amounts[rate] += [entry.value for entry in self._own(printed.cells[0].row)]
        idle = frozenset(rate for rate, values in amounts.items() if values and not any(values))
        return idle if self.rows else frozenset()


def may_name_tax(cell: Cell, row: Row) -> bool:
    """Whether a rate in a cell may be a tax's, as its own words say, or those of the row where it has none: freight
    has no rate but its tax's in a column of its own."""
    names = concepts(cell.text) if any(map(str.isalpha, cell.text)) else concepts(row.text) - {"amounts.shipping"}
    return not NO_TAX & names and not (SERVING in names and TAX not in names)


def _part(row: Row) -> str:
    """The name of a part of a tax, such as CGST, or the day that it is levied on, as on bills of hotels; empty for
    other taxes."""
    name = next((fold(row.text[one.start : one.end]) for one in mentions(row.text) if one.concept == SPLIT), "")
    return name + next((f" {row.text[day.start : day.end]}" for day in readings(row.text) if not day.weak), "")


def _gross(group: Sequence[TaxRow]) -> Decimal:
    """What the rows of one base come to, base and taxes."""
    first = group[0]
    base = first.base.value if first.base else Decimal(0)
    return base if first.gross else base + sum((row.tax.value for row in group), Decimal(0))
