"""Indian identity numbers: exact and valid where one is printed, none where none is.

`id_documents` has cards, and negatives, on which an invalid number may be found if it is said to be invalid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.documents import Row, entries
from benchmarks.harness import reading

OURS = "ours"
WITHOUT = ("receipts_sroie", "receipts_other", "forms_funsd", "invoices", "labels", "labels_synthetic")
TRUTH = {
    "PAN": "pan",
    "AADHAAR": "aadhaar",
    "DRIVING_LICENCE": "driving_licence",
    "PASSPORT": "passport_number",
    "UDYAM": "udyam",
}


def score(data: Path) -> Iterator[Row]:
    """Cards by the type of their number, negatives, and documents of other sets."""
    yield from _cards(entries(data, "id_documents"))
    for name in WITHOUT:
        yield from _without(name, entries(data, name))


def _cards(files: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    results: dict[str, list[str]] = defaultdict(list)
    for entry in files:
        kind, truth = _truth(entry)
        valid = [(one["type"], _bare(one["value"])) for one in _found(entry) if one["valid"]]
        right = valid == ([(kind, _bare(truth))] if truth else [])
        results[kind if truth else "none valid where there is none"].append("" if right else entry["file"])
    for measure, outcomes in sorted(results.items()):
        yield _row("id_documents", measure, outcomes)


def _truth(entry: Mapping[str, Any]) -> tuple[str, str]:
    """The type and the number; no number where none is valid as printed."""
    kind = entry["fields"].get("id_type") or ""
    return kind, entry["fields"].get(TRUTH.get(kind, ""), "")


def _bare(number: str) -> str:
    return number.replace("-", "").replace(" ", "")


def _found(entry: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = reading.found("id_numbers", entry).value
    return found


def _without(name: str, files: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    if files:
        yield _row(name, "no identity number", [entry["file"] if _found(entry) else "" for entry in files])


def _row(name: str, measure: str, outcomes: Sequence[str]) -> Row:
    """`outcomes` are the names of those files that came out wrong."""
    wrong = [file for file in outcomes if file]
    note = f"not: {', '.join(wrong)}" if wrong else ""
    return Row(name, measure, OURS, len(outcomes) - len(wrong), len(outcomes), note=note)
