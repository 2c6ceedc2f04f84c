"""Indian identity numbers: exact and valid where one is printed, none valid where none is.

`id_documents` has cards and negatives; `no_id` is all other sets of documents that carry no such number.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from typing import Any

from benchmarks.documents import Pages, Row
from services.extractors import id_numbers
from services.extractors.id_numbers import IdNumber

SETS = ("id_documents", "no_id")
WITHOUT = ("receipts_sroie", "receipts_other", "forms_funsd", "invoices", "labels", "labels_synthetic")
TRUTH = {
    "PAN": "pan",
    "AADHAAR": "aadhaar",
    "DRIVING_LICENCE": "driving_licence",
    "PASSPORT": "passport_number",
    "UDYAM": "udyam",
}


def score(name: str, pages: Pages) -> list[Row]:
    """The rows of one of SETS."""
    return {"id_documents": _cards, "no_id": _without}[name](pages)


def _cards(pages: Pages) -> list[Row]:
    results: dict[str, list[bool]] = defaultdict(list)
    for entry in pages.entries("id_documents"):
        kind, truth = _truth(entry)
        valid = [number for number in _found(entry, pages) if number.valid]
        right = (
            [_bare(number.value) for number in valid if number.type == kind] == [_bare(truth)] if truth else not valid
        )
        results[kind if truth else "none valid where there is none"].append(right)
    return [Row("id_documents", field, sum(right), len(right)) for field, right in sorted(results.items())]


def _truth(entry: dict[str, Any]) -> tuple[str, str]:
    """The type and the number; no number where none is valid as printed."""
    kind = entry["fields"].get("id_type") or ""
    return kind, entry["fields"].get(TRUTH.get(kind, ""), "")


def _bare(number: str) -> str:
    return number.replace("-", "").replace(" ", "")


def _found(entry: dict[str, Any], pages: Pages) -> tuple[IdNumber, ...]:
    return tuple(number for pixels in islice(pages.pixels(entry), 1) for number in id_numbers.find(pages.read(pixels)))


def _without(pages: Pages) -> list[Row]:
    return [_none_in(name, pages) for name in WITHOUT]


def _none_in(name: str, pages: Pages) -> Row:
    numbers = [_found(entry, pages) for entry in pages.entries(name)]
    return Row(name, "no identity number", sum(not found for found in numbers), len(numbers), "pages")
