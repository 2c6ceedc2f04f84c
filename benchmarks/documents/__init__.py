"""How often documents' fields are read right, on sets of real files with their truth.

`python -m benchmarks.documents --sets mrz id_documents` prints a Markdown table. Each module here that has `SETS`, the
names of the sets that it scores, and `score(name, pages) -> list[Row]` is found by it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from config import Settings
from services.document import Line
from services.errors import ServiceError
from services.ocr import engines
from services.ocr.engines import Pixels, ReadOptions
from services.ocr.raster import Limits
from services.ocr.source import HEAD_BYTES, open_source, sniff
from services.plugins import load


@dataclass(frozen=True, slots=True)
class Row:
    """`right` of `n` in one field of one set. `n` counts what `unit` says; `note` is for the reader."""

    set: str
    field: str
    right: float
    n: int
    unit: str = "documents"
    note: str = ""

    @property
    def cells(self) -> tuple[str, ...]:
        """As they stand in the table."""
        share = f"{100 * self.right / self.n:.1f} %" if self.n else "-"
        return self.set, self.field, f"{self.right:g} of {self.n} {self.unit}", share, self.note


@dataclass(frozen=True, slots=True)
class Pages:
    """A collection of sets, and the engine that reads their pages."""

    data: Path
    settings: Settings
    read: Callable[[Pixels], Sequence[Line]]

    def entries(self, name: str) -> list[dict[str, Any]]:
        """A set's manifest; empty where the collection lacks the set."""
        manifest = self.data / "dev" / f"{name}.jsonl"
        lines = manifest.read_text(encoding="utf-8").splitlines() if manifest.is_file() else ()
        return [json.loads(line) for line in lines]

    def pixels(self, entry: dict[str, Any]) -> Iterator[Pixels]:
        """The pages of an entry's file, upright by its EXIF; none where it cannot be opened."""
        path = self.data / "dev" / entry["file"]
        with path.open("rb") as stream:
            media_type = sniff(stream.read(HEAD_BYTES))
        try:
            with open_source(path, media_type, limits=Limits.of(self.settings)) as source:
                for number in source.numbers:
                    yield source.render(number).pixels
        except ServiceError:
            return


def pages(data: Path, tier: str) -> Pages:
    """The collection in `data`, read by this deployment's engine as Latin text."""
    settings = replace(Settings.from_env(), ocr_workers=1)
    engine = load(engines, settings.ocr_engine).build(settings)
    return Pages(data, settings, lambda pixels: engine.read(pixels, ReadOptions(("en",), tier)))
