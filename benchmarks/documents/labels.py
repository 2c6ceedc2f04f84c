"""Product labels: photos of packages, and labels of our own drawing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.documents import Row
from benchmarks.documents._fields import Measure, amounts, dates, measures, rows, texts

MEASURES = (
    Measure("expiry date", "expiry_date", "expiry_date", dates),
    Measure("name", "name", "product_name", texts, ("brand",)),
    Measure("price", "price", "price", amounts),
    Measure("currency", "currency", "currency", texts),
    Measure("barcode", "barcode", "barcode", texts),
    Measure("article number", "sku", "sku", texts),
    Measure("quantity and unit", "quantity", "quantity unit", measures, ("quantity_alt",)),
    Measure("batch", "batch", "batch", texts),
    Measure("date of manufacture", "mfg_date", "manufacture_date", dates),
)


def score(data: Path) -> Iterator[Row]:
    """Photos and drawn labels apart."""
    for name in ("labels", "labels_synthetic"):
        yield from rows(data, name, "product", MEASURES)
