"""How well documents are understood: each extractor on the sets of real files that hold what it looks for.

A module here scores one extractor, beside other software where there is some. Adding one is adding a file. It has

- `score(data: Path) -> Iterator[Row]`: `data` is a directory with `dev/<set>.jsonl`; a set that is not there gives no
  rows. Rows of one set are counts over the same files, so that they can be compared.

`harness.reading.found` gives what an extractor finds in a file, and `document` its text, read once for all scorers.

`python -m benchmarks.documents` runs them all and writes `docs/benchmarks/documents.md`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.harness.data import media_type
from config import Settings
from services.ocr.raster import Limits, Raster
from services.ocr.source import open_source


@dataclass(frozen=True, slots=True)
class Row:
    """`right` of `n` for one `measure` of one `reader` on one `set`; `seconds` is the median of a file."""

    set: str
    measure: str
    reader: str
    right: int
    n: int
    seconds: float | None = None
    note: str = ""


def cells(row: Row) -> Sequence[str]:
    """The texts of a row, as it is printed."""
    share = f"{row.right / row.n:.3f}" if row.n else ""
    seconds = "" if row.seconds is None else f"{row.seconds:.2f}"
    return row.set, row.measure, row.reader, str(row.right), str(row.n), share, seconds, row.note


def entries(data: Path, name: str) -> list[dict[str, Any]]:
    """The files of a set, each with its absolute `path`; none, said on stderr, where the collection lacks the set."""
    manifest = data / "dev" / f"{name}.jsonl"
    if not manifest.is_file():
        print(f"skipped: there is no {manifest.name} in {manifest.parent} (OCR_TEST_DATA)", file=sys.stderr)
        return []
    lines = map(json.loads, manifest.read_text(encoding="utf-8").splitlines())
    return [{**line, "path": manifest.parent / line["file"]} for line in lines]


def rasters(path: Path, dpi: int = 200) -> Iterator[Raster]:
    """The pages of a file as extractors get them."""
    with open_source(path, media_type(path), dpi=dpi, limits=Limits.of(Settings())) as source:
        yield from map(source.render, source.numbers)
