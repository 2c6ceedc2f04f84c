"""What is read: sets of real files with their text, or pages of our own making where there are none.

The sets are those of a directory with `dev/<set>.jsonl` (OCR_TEST_DATA, or else ../shared/data), a JSON object per file
with `file`, `language`, `text` and, for some, `words` or `lines` with their boxes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any

from PIL import Image

from benchmarks.harness import drawn
from benchmarks.harness.scoring import Rules
from config import ROOT, Settings
from services.errors import ServiceError
from services.ocr.raster import Limits
from services.ocr.source import HEAD_BYTES, open_source, sniff

SCANS = ("forms_funsd", "receipts_sroie")
SETS = (*SCANS, "invoices", "pages", "exif_orientation", "languages", "mrz_lines")
BAGS = (*SCANS, "invoices")
"""Sets without a reading order."""

DRAWN = "drawn pages"
SEED = 3
READ_AS = {"mul": "en", "mrz": "en"}
"""Languages of the sets that no reader has a name for."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One file of a set. `group` is the row of a report that it counts in; `boxes` are pairs of a text and its box."""

    path: Path
    group: str
    text: str
    rules: Rules
    language: str
    boxes: tuple[tuple[str, tuple[float, float, float, float]], ...] = ()


def default_folder() -> Path:
    """OCR_TEST_DATA, or the place where a checkout may have a collection beside it."""
    return Path(os.environ.get("OCR_TEST_DATA", ROOT.parent / "shared" / "data"))  # noqa: TID251 - not the service's


def add_options(parser: argparse.ArgumentParser) -> None:
    """`--data` and `--files`, which all benchmarks have."""
    parser.add_argument("--data", type=Path, default=default_folder(), help="a directory with dev/<set>.jsonl")
    parser.add_argument("--files", type=int, help="only the first so many files of each set")


def scans(options: argparse.Namespace, folder: Path) -> list[Sample]:
    """Forms and receipts, mixed in an order that is the same every time, so that any beginning is a fair sample.

    Where there are none, pages of our own making, written into `folder`.
    """
    if not (options.data / "dev").is_dir():
        print(f"no test data in {options.data} (OCR_TEST_DATA), so pages are drawn", file=sys.stderr)
        return drawn_pages(folder, options.files or 40)
    sets = [samples(options.data, name)[: options.files] for name in SCANS]
    for members in sets:
        random.Random(SEED).shuffle(members)
    return [sample for sample in chain(*zip_longest(*sets)) if sample]


def samples(data: Path, name: str) -> list[Sample]:
    """The files of a set whose text is known; none where the collection lacks the set."""
    manifest = data / "dev" / f"{name}.jsonl"
    if not manifest.is_file():
        return []
    entries = map(json.loads, manifest.read_text(encoding="utf-8").splitlines())
    return [_sample(manifest.parent, name, entry) for entry in entries if entry.get("text")]


def _sample(folder: Path, name: str, entry: Mapping[str, Any]) -> Sample:
    language = READ_AS.get(entry["language"], entry["language"])
    columns = "bag of words" in (entry.get("notes") or "")
    bag = name in BAGS or columns
    kind = f"{name} {language}" if name == "languages" else f"{name} columns" if columns else name
    return Sample(
        path=folder / entry["file"],
        group=kind,
        text=entry["text"],
        rules=Rules(language, bag, fold_case=bag or "scene" in (entry.get("kind") or "")),
        language=language,
        boxes=_boxes(entry.get("words") or entry.get("lines") or ()),
    )


def _boxes(entries: Iterable[Mapping[str, Any]]) -> tuple[tuple[str, tuple[float, float, float, float]], ...]:
    return tuple((entry["text"], tuple(entry["box"])) for entry in entries if entry.get("box"))


def drawn_pages(folder: Path, count: int) -> list[Sample]:
    """So many pages of our own making, written into `folder`."""
    return [_drawn(folder / f"drawn{seed}.png", seed) for seed in range(count)]


def _drawn(path: Path, seed: int) -> Sample:
    pixels, text = drawn.page(seed)
    Image.fromarray(pixels).save(path, compress_level=1)
    return Sample(path, DRAWN, text, Rules(bag=True, fold_case=True), "en")


def rendered(sample: Sample, folder: Path, settings: Settings) -> list[Path]:
    """The file's pages as PNG in `folder`, upright by its EXIF and within the service's limits, for all to read alike.

    None where the file cannot be read.
    """
    try:
        with open_source(sample.path, media_type(sample.path), limits=Limits.of(settings)) as source:
            return [_saved(source.render(number).pixels, sample, number, folder) for number in source.numbers]
    except ServiceError as error:
        print(f"{sample.path.name}: {error}", file=sys.stderr)
        return []


def media_type(path: Path) -> str:
    """What a file is, by its bytes. Raises EmptyUpload and UnsupportedType."""
    with path.open("rb") as stream:
        return sniff(stream.read(HEAD_BYTES))


def _saved(pixels: Any, sample: Sample, number: int, folder: Path) -> Path:
    path = folder / f"{sample.path.parent.name}-{sample.path.name}-{number}.png"
    Image.fromarray(pixels).save(path, compress_level=1)
    return path
