"""Machine-readable zones: lines exact, the validity flag right, nothing found where there is none.

`mrz` counts distinct documents: all pictures of one have to be right. `mrz_lines` has single lines, which are read
without a format's help: nothing says which line of which format a line alone is.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from statistics import median
from typing import Any

from PIL import Image

from benchmarks import zone_readers
from benchmarks.documents import Row, entries, rasters
from benchmarks.harness import reading
from benchmarks.harness.contestants import ContestantFailed, PageFailed, Running, running, with_defaults
from benchmarks.harness.scoring import distance
from config import Settings
from services.extractors.mrz import characters, rows
from services.plugins import names
from utils.cpus import available

OURS = "ours"
VALID, INVALID = "all lines, valid as printed", "all lines, not valid as printed"
NOTHING = "nothing where there is none"
WITHOUT = ("id_documents", "receipts_sroie", "receipts_other", "forms_funsd", "invoices", "labels")
WARM_UP = 2
FIELDS = {
    "document_number": "documentNumber",
    "nationality": "nationality",
    "surname": "surname",
    "given_names": "givenName",
}


def score(data: Path) -> Iterator[Row]:
    """Documents with a zone, single lines, and documents of other sets."""
    yield from _zones(entries(data, "mrz"))
    for name in names(zone_readers):
        yield from _others(name, entries(data, "mrz"))
    yield from _lines(entries(data, "mrz_lines"))
    for name in WITHOUT:
        yield from _without(name, entries(data, name))


@dataclass(frozen=True, slots=True)
class Try:
    """One picture: its manifest entry, the best zone that was found, and the seconds that this took.

    Of other readers a zone has `lines` alone.
    """

    entry: Mapping[str, Any]
    found: Mapping[str, Any] | None
    seconds: float

    @property
    def truth(self) -> list[str]:
        """The lines that are printed; none where there is no zone."""
        return self.entry["text"].split("\n") if self.entry["text"] else []

    @property
    def valid(self) -> bool:
        """Whether all check digits are right as printed."""
        return bool(self.entry["fields"].get("all_check_digits_valid"))


def _zones(files: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    if not files:
        return
    for entry in files[:WARM_UP]:
        _try(entry)
    tries = [_try(entry) for entry in files]
    printed = [attempt for attempt in tries if attempt.truth]
    yield _row(VALID, [attempt for attempt in printed if attempt.valid], _exact)
    yield _row(INVALID, [attempt for attempt in printed if not attempt.valid], _exact)
    yield _row(
        "validity flag", printed, lambda attempt: attempt.found is not None and attempt.found["valid"] == attempt.valid
    )
    yield _row(NOTHING, [attempt for attempt in tries if not attempt.truth], lambda attempt: not attempt.found)
    for field in FIELDS:
        yield _row(field, [attempt for attempt in printed if field in attempt.entry["fields"]], _field(field))


def _others(name: str, files: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    """What another reader makes of the same pictures, upright by their EXIF; why not, where it cannot be had."""
    contestant = with_defaults(import_module(f"{zone_readers.__name__}.{name}"))
    try:
        with tempfile.TemporaryDirectory() as folder, running(contestant, available(), Settings.from_env()) as one:
            tries = [_other_try(one, entry, Path(folder)) for entry in files]
    except ContestantFailed as error:
        yield Row("mrz", VALID, name, 0, 0, note=f"skipped: {error}")
        return
    printed = [attempt for attempt in tries if attempt.truth]
    yield _row(VALID, [attempt for attempt in printed if attempt.valid], _exact, name)
    yield _row(INVALID, [attempt for attempt in printed if not attempt.valid], _exact, name)
    yield _row(NOTHING, [attempt for attempt in tries if not attempt.truth], lambda attempt: not attempt.found, name)


def _other_try(reader: Running, entry: Mapping[str, Any], folder: Path) -> Try:
    picture = folder / "page.png"
    Image.fromarray(next(rasters(entry["path"])).pixels).save(picture, compress_level=1)
    try:
        answer = reader.read(picture, "en")
    except PageFailed:
        return Try(entry, None, 0.0)
    lines = answer.text.split()
    return Try(entry, {"lines": lines} if lines else None, answer.seconds)


def _try(entry: Mapping[str, Any]) -> Try:
    found = reading.found("mrz", entry)
    return Try(entry, found.value[0] if found.value else None, found.seconds)


def _exact(one: Try) -> bool:
    return one.found is not None and one.found["lines"] == one.truth


def _field(name: str) -> Callable[[Try], bool]:
    def right(one: Try) -> bool:
        value = one.found["fields"][FIELDS[name]]["value"] if one.found else None
        return str(value or "") == " ".join(str(one.entry["fields"][name]).split())

    return right


def _row(measure: str, tries: Sequence[Try], right: Callable[[Try], bool], reader: str = OURS) -> Row:
    """Counts documents, names pictures."""
    documents: dict[str, list[str]] = defaultdict(list)
    for attempt in tries:
        documents[attempt.entry["group"]].append("" if right(attempt) else attempt.entry["file"])
    wrong = [file for files in documents.values() for file in files if file]
    seconds = median(attempt.seconds for attempt in tries) if tries else None
    note = f"not: {', '.join(wrong)}" if wrong else ""
    all_right = sum(not any(files) for files in documents.values())
    return Row("mrz", measure, reader, all_right, len(documents), seconds, note)


def _lines(files: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    if files:
        pairs = [(entry["text"], _line(entry)) for entry in files]
        wrong, length = sum(distance(truth, read) for truth, read in pairs), sum(len(truth) for truth, _ in pairs)
        yield Row("mrz_lines", "characters", OURS, length - wrong, length)
        yield Row("mrz_lines", "lines exact", OURS, sum(truth == read for truth, read in pairs), len(pairs))


def _line(entry: Mapping[str, Any]) -> str:
    lines = reading.document(entry).pages[0].lines
    found = [row.text for stack in rows.stacks(lines) for row in stack]
    return max(found, key=len, default="".join(characters.normalised(line.text) for line in lines))


def _without(name: str, files: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    if files:
        found = [reading.found("mrz", entry) for entry in files]
        wrong = [entry["file"] for entry, attempt in zip(files, found, strict=True) if attempt.value]
        seconds = median(attempt.seconds for attempt in found)
        note = f"found in: {', '.join(wrong)}" if wrong else ""
        yield Row(name, "no zone", OURS, len(files) - len(wrong), len(files), seconds, note)
