"""Typed bills as the extractors read them, and what is asked of the answers."""

from __future__ import annotations

from typing import Any

from services.extractors import Field, invoice, receipt
from services.extractors.invoice import Invoice
from services.extractors.receipt import Receipt
from tests.support.typed import typed


def value(field: Field | None) -> Any:
    return field.value if field else None


def till(text: str) -> Receipt:
    return receipt.extract(typed(text))


def letter(text: str) -> Invoice:
    return invoice.extract(typed(text))


def amounts(bill: Receipt | Invoice, *names: str) -> tuple[float | None, ...]:
    """Those fields as numbers, None where nothing was found."""
    return tuple(None if value(getattr(bill, name)) is None else float(value(getattr(bill, name))) for name in names)


def checks(bill: Receipt | Invoice) -> dict[str, bool]:
    """Whether they hold, by rule."""
    return {check.rule: check.holds for check in bill.validation}


def failed(bill: Receipt | Invoice) -> list[str]:
    """The rules that do not hold."""
    return [check.rule for check in bill.validation if not check.holds]


def items(bill: Receipt | Invoice) -> list[tuple[str, float]]:
    """Descriptions and amounts."""
    return [(str(value(item.description)), float(value(item.amount))) for item in bill.line_items]
