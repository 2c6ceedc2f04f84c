"""Barcodes: symbols read with the right text and symbology, and false ones where there are none, beside zxing-cpp.

What zxing-cpp reads by itself is asked of it for the same pixels, with its defaults.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import cv2
import zxingcpp

from benchmarks.documents import Row, entries, rasters
from services.extractors.barcodes.codes import expanded
from services.extractors.barcodes.reading import find
from services.ocr.engine import Pixels

Codes = list[tuple[str, str]]
"""Symbology and text of what was read."""

ARTICLES = ("ean13", "upca", "upce", "ean8")
"""Symbologies between which a reader may choose, as long as the number is the same."""

WITHOUT = ("forms_funsd", "pages", "receipts_sroie", "receipts_other", "invoices", "id_documents")
"""Sets of pages that are not about barcodes; what is read there is listed to be looked at."""


def score(data: Path) -> Iterator[Row]:
    """Files with codes, of which all have to be right, files without, and pages of other sets."""
    readers = {"ours": _ours, "zxing-cpp defaults": _defaults}
    for reader, read in readers.items():
        yield from _positives(reader, entries(data, "barcodes"), read)
    for name in WITHOUT:
        for reader, read in readers.items():
            yield from _negatives(name, reader, entries(data, name), read)


def _positives(reader: str, files: Sequence[dict[str, Any]], read: Callable[[Path], Codes]) -> Iterator[Row]:
    with_codes = [file for file in files if file["fields"]["barcodes"]]
    if with_codes:
        timed = [_timed(read, file["path"]) for file in with_codes]
        extras = [_extra(file, codes) for file, (codes, _) in zip(with_codes, timed, strict=True)]
        wrong = [file["path"].name for file, extra in zip(with_codes, extras, strict=True) if extra is None]
        beside = [f"{kind} {text[:24]!r}" for extra in extras for kind, text in extra or []]
        right, seconds = len(with_codes) - len(wrong), median(seconds for _, seconds in timed)
        note = f"not: {', '.join(wrong)}; beside them: {', '.join(beside)}"
        yield Row("barcodes", "files whose codes are all right", reader, right, len(with_codes), seconds, note)
        yield from _negatives("barcodes", reader, [file for file in files if not file["fields"]["barcodes"]], read)


def _negatives(name: str, reader: str, files: Sequence[dict[str, Any]], read: Callable[[Path], Codes]) -> Iterator[Row]:
    if files:
        timed = [_timed(read, file["path"]) for file in files]
        found = [f"{kind} {text[:24]!r}" for codes, _ in timed for kind, text in codes]
        without = sum(not codes for codes, _ in timed)
        seconds = median(seconds for _, seconds in timed)
        yield Row(name, "files without codes", reader, without, len(files), seconds, ", ".join(found))


def _timed(read: Callable[[Path], Codes], path: Path) -> tuple[Codes, float]:
    began = time.perf_counter()
    return read(path), time.perf_counter() - began


def _ours(path: Path) -> Codes:
    return [(code.format, code.raw) for raster in rasters(path) for code in find(raster.pixels, raster.number)]


def _defaults(path: Path) -> Codes:
    return [code for raster in rasters(path) for code in _default(raster.pixels)]


def _default(pixels: Pixels) -> Codes:
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    symbols = zxingcpp.read_barcodes(grey, text_mode=zxingcpp.TextMode.Plain)
    return [(symbol.format.name, symbol.text) for symbol in symbols]


def _extra(file: dict[str, Any], codes: Codes) -> Codes | None:
    """What is read beside the truth, which may lack a code that is there; None where the truth is not read."""
    truth = [_comparable((code["format"], code["text"])) for code in file["fields"]["barcodes"]]
    read = [_comparable(code) for code in codes]
    return [code for code in read if code not in truth] if set(truth) <= set(read) else None


def _comparable(code: tuple[str, str]) -> tuple[str, str]:
    """Two codes are equal if this is: article numbers are 13 digits, symbologies bare names, white space one space."""
    kind, text = re.sub(r"[^a-z0-9]", "", code[0].lower()), " ".join(code[1].split())
    return ("article", _thirteen(kind, text)) if kind in ARTICLES else (kind, text)


def _thirteen(kind: str, digits: str) -> str:
    return (expanded(digits) if kind == "upce" and len(digits) == 8 else digits).zfill(13)
