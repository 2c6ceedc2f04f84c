"""Receipts: shop, address, date and sums; and how often a form or a letter is taken for one with a total."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.documents import Row
from benchmarks.documents._fields import Measure, amounts, dates, letters, rows, texts, without

MEASURES = (
    Measure("total", "total", "total", amounts),
    Measure("date", "date", "date", dates),
    Measure("company", "company", "vendor", texts),
    Measure("company, letters and digits", "company", "vendor", letters),
    Measure("address", "address", "address", texts),
    Measure("address, letters and digits", "address", "address", letters),
    Measure("subtotal", "subtotal", "subtotal", amounts),
    Measure("tax", "tax", "tax", amounts),
    Measure("tip", "tip", "tip", amounts),
    Measure("currency", "currency", "currency", texts),
    Measure("receipt number", "receipt_number", "receipt_number", texts),
)


def score(data: Path) -> Iterator[Row]:
    """Two sets of receipts, and two of pages that are none."""
    for name in ("receipts_sroie", "receipts_other"):
        yield from rows(data, name, "receipt", MEASURES)
    for name in ("forms_funsd", "pages"):
        yield from without(data, name, "receipt", "total")
