"""Invoices in several languages: who bills, number, dates and sums."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.documents import Row
from benchmarks.documents._fields import Measure, amounts, dates, letters, rows, texts

MEASURES = (
    Measure("total", "total", "total", amounts),
    Measure("date", "date", "date", dates),
    Measure("due date", "due_date", "due_date", dates),
    Measure("vendor", "vendor", "vendor", texts, ("vendor_alt",)),
    Measure("vendor, letters and digits", "vendor", "vendor", letters, ("vendor_alt",)),
    Measure("invoice number", "invoice_number", "invoice_number", texts),
    Measure("subtotal", "subtotal", "subtotal", amounts),
    Measure("tax", "tax", "tax", amounts),
    Measure("currency", "currency", "currency", texts),
)


def score(data: Path) -> Iterator[Row]:
    """One set."""
    yield from rows(data, "invoices", "invoice", MEASURES)
