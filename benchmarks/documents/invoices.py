"""Invoices in several languages: who bills, number, dates and sums.

Other readers cannot read every file of the set. What they find in those that they can read, and what is found by us in
the same files, is in rows of their own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks import invoice_readers
from benchmarks.documents import Row, entries
from benchmarks.documents._fields import READER, Measure, amounts, compared, dates, letters, rows, texts
from benchmarks.harness import reading
from benchmarks.harness.contestants import ContestantFailed, PageFailed, Running, running, with_defaults
from benchmarks.harness.reading import Finding
from config import Settings
from services.plugins import names
from utils.cpus import available

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
    """The whole set by us, then the files that others can read by them and by us."""
    yield from rows(data, "invoices", "invoice", MEASURES)
    for name in names(invoice_readers):
        yield from _beside(name, data)


def _beside(name: str, data: Path) -> Iterator[Row]:
    """Both readers on the same files; why not, where the other cannot be had."""
    module = import_module(f"{invoice_readers.__name__}.{name}")
    files = [entry for entry in entries(data, "invoices") if entry["path"].suffix in module.SUFFIXES]
    label = f"invoices, {' '.join(module.SUFFIXES)}"
    measures = [measure for measure in MEASURES if measure.member in module.MEMBERS]
    try:
        with running(with_defaults(module), available(), Settings.from_env()) as one:
            its = [(entry, _finding(one, entry, module.MEMBERS)) for entry in files]
    except ContestantFailed as error:
        yield Row(label, measures[0].name, name, 0, 0, note=f"skipped: {error}")
        return
    yield from compared(label, READER, [(entry, reading.found("invoice", entry)) for entry in files], measures)
    yield from compared(label, name, its, measures)


def _finding(reader: Running, entry: Mapping[str, Any], members: Mapping[str, str]) -> Finding:
    """Its answer in the form of ours; nothing, where it fails on a file."""
    try:
        answer = reader.read(entry["path"], entry["language"])
    except PageFailed:
        return Finding(dict.fromkeys(members), 0.0)
    values = json.loads(answer.text)
    return Finding({name: _field(values.get(name)) for name in members}, answer.seconds)


def _field(value: Any) -> Mapping[str, Any] | None:
    return None if value is None else {"value": value}
