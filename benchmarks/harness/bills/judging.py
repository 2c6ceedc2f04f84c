"""What was found in a drawn bill held against its truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from benchmarks.harness.bills.printed import Bill
from services.document.model import Document
from services.extractors import Field, invoice, receipt

AMOUNTS = ("total", "subtotal", "tax", "discount", "rounding", "withheld", "amount_paid", "amount_due")
MEMBERS = {name: name for name in (*AMOUNTS, "currency")} | {"date": "issued", "due_date": "due"}
"""Fields, and what they are called in the truth."""

UNTOLD = ("currency", "amount_due", "amount_paid")
"""What may be answered rightly where the truth has it not, or not where it has: a currency need not be printed, a total
may be called due, and a bill need not say that what was given in cash pays it."""

SURE = 0.5
"""Confidences up to this one say that a value may well be another."""

FACTORS = tuple(Decimal(10) ** power for power in (-3, -2, 2, 3))
"""What an amount is off by whose mark was taken for another."""

EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0)
"""Where bins of confidences begin and end."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A field of a bill as it is, and as it was answered; None where it is not printed, or was not found.

    `readings` are those between which the answer itself says that it may be wrong.
    """

    bill: Bill
    name: str
    truth: Any
    value: Any
    confidence: float
    readings: Sequence[Any] = ()

    @property
    def found(self) -> bool:
        """Whether anything was answered."""
        return self.value is not None

    @property
    def right(self) -> bool:
        """Whether what was answered is the truth."""
        return bool(self.value == self.truth)

    @property
    def unsure(self) -> bool:
        """Whether it says that it may well be wrong, and that the truth may be right."""
        return self.confidence <= SURE and self.truth in self.readings

    @property
    def factor(self) -> Decimal | None:
        """The power of ten that an amount is off by, if it is off by one."""
        if not isinstance(self.truth, Decimal) or not isinstance(self.value, Decimal) or not self.truth:
            return None
        ratio = self.value / self.truth
        return next((factor for factor in FACTORS if abs(ratio / factor - 1) < Decimal("0.001")), None)


def answers(bill: Bill, document: Document) -> Iterator[Answer]:
    """All fields that the bill has or that were found in it."""
    module: Any = invoice if bill.kind == "invoice" else receipt
    found = module.extract(document)
    doubts: Mapping[str, Sequence[Any]] = {doubt.field: doubt.readings for doubt in found.low_confidence}
    for name, member in MEMBERS.items():
        field: Field | None = getattr(found, name, None)
        truth, value = getattr(bill.truth, member), field.value if field else None
        if (value is not None or truth is not None) and not (name in UNTOLD and None in (value, truth)):
            yield Answer(bill, name, truth, value, field.confidence if field else 0.0, doubts.get(name, ()))
