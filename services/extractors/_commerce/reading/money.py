"""The amounts of a document and what they are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from services.extractors._commerce.reading.amounts import Amount, amounts, decimal_mark
from services.extractors._commerce.reading.dates import readings
from services.extractors._commerce.reading.geometry import Cell, Sheet
from services.extractors._commerce.reading.labels import Label, Span, Values, label_of
from services.extractors._commerce.reading.lexicon import concepts

CLOCK_TIME = re.compile(r"(?<!\d)\d{1,2}:\d{2}(?::\d{2})?(?:\.\d\d)?(?!\d)")

LONGEST_CODE = 4

SUMMARY_ROWS = 7
"""How far below its heading a table of taxes reaches."""


class Rule(NamedTuple):
    """An amount is called `role` if its label has all concepts of `needs` and none of `bars`."""

    role: str
    weight: float
    needs: frozenset[str]
    bars: frozenset[str] = frozenset()


def _rule(role: str, weight: float, needs: str, bars: str = "") -> Rule:
    return Rule(role, weight, frozenset(needs.split()), frozenset(bars.split()))


CHARGES = "tip service shipping discount saving change count rate"

RULES = (
    _rule("count", 1.0, "count", "total payable grand amount"),
    _rule("change", 1.0, "change"),
    _rule("saving", 1.0, "saving"),
    _rule("subtotal", 1.0, "subtotal"),
    _rule("subtotal", 0.9, "exclusive total"),
    _rule("subtotal", 0.7, "exclusive", "total"),
    _rule("subtotal", 0.75, "net", "grand payable"),
    _rule("rounding", 1.0, "rounding", "total payable grand after"),
    _rule("payable", 0.35, "rounding", "total payable grand after"),
    _rule("payable", 1.1, "payable", "change tax"),
    _rule("payable", 0.8, "payable tax", "change exclusive"),
    _rule("payable", 1.1, "grand", f"exclusive {CHARGES}"),
    _rule("payable", 1.1, "total rounding", f"exclusive {CHARGES}"),
    _rule("payable", 1.0, "total after", "exclusive tip"),
    _rule("total", 0.6, "after discount", "total tip"),
    _rule("discount", 1.0, "discount", "after"),
    _rule("tax", 1.0, "tax", "total payable grand exclusive net subtotal inclusive"),
    _rule("tax", 0.7, "tax inclusive", "payable grand exclusive subtotal"),
    _rule("tax", 0.8, "tax total", "payable grand exclusive net inclusive subtotal"),
    _rule("total", 0.95, "total", f"subtotal exclusive net tax rounding {CHARGES}"),
    _rule("total", 0.95, "total inclusive", f"exclusive net {CHARGES}"),
    _rule("total", 0.9, "total count", "tax subtotal exclusive saving"),
    _rule("total", 0.35, "total tax", f"inclusive exclusive net subtotal {CHARGES}"),
    _rule("total", 0.5, "total net", "tax exclusive"),
    _rule("total", 0.4, "net", "total tax exclusive discount"),
    _rule("total", 0.5, "balance", "tax"),
    _rule("total", 0.5, "inclusive", f"total tax exclusive net amount subtotal payable grand paid cash card {CHARGES}"),
    _rule("total", 0.5, "amount inclusive", "exclusive tax total"),
    _rule("total", 0.3, "amount", f"total tax exclusive net subtotal payable grand paid cash card {CHARGES}"),
    _rule("paid", 0.9, "paid", "change balance payable"),
    _rule("paid", 0.9, "cash", "change balance"),
    _rule("paid", 0.9, "card", "change balance"),
    _rule("tip", 1.0, "tip", "total"),
    _rule("service", 1.0, "service", "total"),
    _rule("shipping", 1.0, "shipping", "total subtotal"),
)


ROLES = frozenset(rule.role for rule in RULES)


@dataclass(frozen=True)
class Money:
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
        return sum(map(str.isalpha, self.cell.text[self.amount.end :])) > LONGEST_CODE

    def weight(self, role: str) -> float:
        """How well its label says that it is this, from 0 to about 1.1."""
        return self._weights.get(role, 0.0)

    @cached_property
    def _weights(self) -> Mapping[str, float]:
        if self.label is None:
            return {}
        names = self.label.concepts
        share = self.label.weight * (1.0 if self.last else 0.6) * (0.5 if self.listed else 1.0)
        fitting = sorted((rule.weight * share, rule.role) for rule in RULES if _fits(rule, names))
        return {role: weight for weight, role in fitting}


def _fits(rule: Rule, names: frozenset[str]) -> bool:
    return rule.needs <= names and not rule.bars & names


def money(sheet: Sheet) -> tuple[Money, ...]:
    """All amounts in reading order, dates left out."""
    mark = decimal_mark(_without_dates(cell.text) for cell in sheet.cells)
    found = [(cell, amount) for cell in sheet.cells for amount in amounts(_without_dates(cell.text), mark)]
    spans = [Span(cell, amount.start, amount.end) for cell, amount in found]
    values = Values(tuple(spans))
    listed = _listed_rows(sheet)
    last = {cell.row: place for place, (cell, _) in enumerate(found)}
    return tuple(
        Money(amount, cell, label_of(sheet, span, values, "amounts"), _is_last(place, found, last), cell.row in listed)
        for place, ((cell, amount), span) in enumerate(zip(found, spans, strict=True))
    )


def usual_places(all_money: Sequence[Money]) -> int:
    """How many decimals most amounts of the document have: 0 or 2."""
    counts = Counter(one.amount.places for one in all_money if one.amount.places == 2 or one.amount.currency)
    return counts.most_common(1)[0][0] if counts else 0


def _is_last(place: int, found: Sequence[tuple[Cell, Amount]], last: dict[int, int]) -> bool:
    """Last in its row, or followed by a cell with a label of its own."""
    cell = found[place][0]
    if last[cell.row] == place:
        return True
    after = found[place + 1][0]
    between = after.text[: found[place + 1][1].start] if after is not cell else ""
    return bool(between and any(name.startswith("amounts.") for name in concepts(between)))


def _without_dates(text: str) -> str:
    """The text with its dates and times blanked out, so that places stay the same."""
    places = [(one.start, one.end) for one in readings(text) if not one.weak]
    for start, end in [*places, *(match.span() for match in CLOCK_TIME.finditer(text))]:
        text = text[:start] + "\0" * (end - start) + text[end:]
    return text


def _listed_rows(sheet: Sheet) -> frozenset[int]:
    heads = [row.cells[0].row for row in sheet.rows if "amounts.summary" in concepts(row.text)]
    return frozenset(number for head in heads for number in range(head, head + SUMMARY_ROWS))
