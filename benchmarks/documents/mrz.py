"""Machine-readable zones: lines exact, the validity flag right, nothing found where there is none.

`mrz` counts distinct documents: all pictures of one have to be right. `mrz_lines` has single lines; `no_mrz` is all
other sets of documents that carry no zone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from statistics import median
from time import perf_counter
from typing import Any

from benchmarks.documents import Pages, Row
from benchmarks.scoring import distance
from services.extractors import mrz
from services.extractors.mrz import Mrz, characters, rows

SETS = ("mrz", "mrz_lines", "no_mrz")
WITHOUT = ("id_documents", "receipts_sroie", "receipts_other", "forms_funsd", "invoices", "labels")
WARM_UP = 2
FIELDS = {
    "document_number": "documentNumber",
    "nationality": "nationality",
    "surname": "surname",
    "given_names": "givenName",
}


def score(name: str, pages: Pages) -> list[Row]:
    """The rows of one of SETS."""
    return {"mrz": _zones, "mrz_lines": _lines, "no_mrz": _without}[name](pages)


@dataclass(frozen=True, slots=True)
class Try:
    """One picture: its manifest entry, the best zone that was found, and the seconds that this took."""

    entry: Mapping[str, Any]
    found: Mrz | None
    seconds: float

    @property
    def truth(self) -> tuple[str, ...]:
        """The lines that are printed; none where there is no zone."""
        return tuple(self.entry["text"].split("\n")) if self.entry["text"] else ()

    @property
    def valid(self) -> bool:
        """Whether all check digits are right as printed."""
        return bool(self.entry["fields"].get("all_check_digits_valid"))


def _zones(pages: Pages) -> list[Row]:
    entries = pages.entries("mrz")
    for entry in entries[:WARM_UP]:
        _try(entry, pages)
    tries = [_try(entry, pages) for entry in entries]
    printed = [one for one in tries if one.truth]
    return [
        _row("all lines, valid as printed", [one for one in printed if one.valid], _exact),
        _row("all lines, not valid as printed", [one for one in printed if not one.valid], _exact),
        _row("validity flag", printed, lambda one: one.found is not None and one.found.valid == one.valid),
        _row("nothing where there is none", [one for one in tries if not one.truth], lambda one: not one.found),
        *(_row(field, [one for one in printed if field in one.entry["fields"]], _field(field)) for field in FIELDS),
        _time(tries),
    ]


def _try(entry: Mapping[str, Any], pages: Pages) -> Try:
    pixels = next(pages.pixels(dict(entry)))
    began = perf_counter()
    found = mrz.read(pixels, pages.read)
    return Try(entry, found[0] if found else None, perf_counter() - began)


def _exact(one: Try) -> bool:
    return one.found is not None and one.found.lines == one.truth


def _field(name: str) -> Callable[[Try], bool]:
    def right(one: Try) -> bool:
        value = one.found and name and one.found.fields[FIELDS[name]].value if one.found else None
        return str(value or "") == " ".join(str(one.entry["fields"][name]).split())

    return right


def _row(field: str, tries: Iterable[Try], right: Callable[[Try], bool]) -> Row:
    documents: dict[str, list[bool]] = defaultdict(list)
    for one in tries:
        documents[one.entry["group"]].append(right(one))
    return Row("mrz", field, sum(map(all, documents.values())), len(documents))


def _time(tries: list[Try]) -> Row:
    seconds = [one.seconds for one in tries if one.truth]
    note = f"median {1000 * median(seconds):.0f} ms a picture" if seconds else ""
    return Row("mrz", "read within 300 ms", sum(one < 0.3 for one in seconds), len(seconds), "pictures", note)


def _lines(pages: Pages) -> list[Row]:
    pairs = [(entry["text"], _line(entry, pages)) for entry in pages.entries("mrz_lines")]
    wrong, length = sum(distance(truth, found) for truth, found in pairs), sum(len(truth) for truth, _ in pairs)
    return [
        Row("mrz_lines", "characters", length - wrong, length, "characters"),
        Row("mrz_lines", "lines exact", sum(truth == found for truth, found in pairs), len(pairs), "lines"),
    ]


def _line(entry: dict[str, Any], pages: Pages) -> str:
    """As it is recognised, without a format's help: nothing says which line of which format a line alone is."""
    lines = pages.read(next(pages.pixels(entry)))
    found = [row for stack in rows.stacks(lines) for row in stack]
    return max((row.text for row in found), key=len, default="".join(characters.normalised(one.text) for one in lines))


def _without(pages: Pages) -> list[Row]:
    return [_none_in(name, pages) for name in WITHOUT]


def _none_in(name: str, pages: Pages) -> Row:
    firsts = [pixels for entry in pages.entries(name) for pixels in islice(pages.pixels(entry), 1)]
    return Row(name, "no zone", sum(not mrz.read(pixels, pages.read) for pixels in firsts), len(firsts), "pages")
