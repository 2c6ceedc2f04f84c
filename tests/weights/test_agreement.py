"""The reader on OpenVINO against PaddleOCR itself, with the same PP-OCRv5 weights in ONNX and in Paddle's own format.

What the engines leave open is the same for both: the side that the detector sees, its thresholds, and the confidence
below which a line is left out. Pages on their head are turned as the service turns them for either: one looks at single
lines from both sides, the other does not.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from benchmarks.harness.data import media_type
from benchmarks.harness.scoring import distance
from config import ROOT, Settings
from services.document.model import Line
from services.ocr import models
from services.ocr.engine import Engine, Pixels, Read, ReadOptions
from services.ocr.engines import paddle
from services.ocr.ppocr.detection import Thresholds
from services.ocr.ppocr.graph import Arithmetic
from services.ocr.ppocr.loading import Models
from services.ocr.ppocr.reader import WEAKEST, PageReader, Plan
from services.ocr.raster import Limits
from services.ocr.source import open_source
from services.ocr.text import order, page_text
from services.ocr.upright import read_upright
from tests.support import samples

PAGES = Path(os.environ.get("OCR_TEST_DATA", ROOT.parent / "shared" / "data")) / "dev" / "pages.jsonl"
ONNX = ("PP-OCRv5_mobile_det_onnx", "PP-OCRv5_mobile_rec_onnx")
PUBLISHED = Thresholds(pixel=0.3, box=0.6, unclip=1.5, candidates=1000)
"""Of PP-OCRv5_mobile_det's inference.yml."""

MOST = 0.005
"""Character error between the two."""

LETTERS = [
    "The committee met on 12 March 2026 at half past nine.",
    "Present: A. Ferreira, M. Lindqvist, O. Okonkwo, T. Yamada",
    "1. Minutes of the last meeting were read and approved.",
    "2. The budget of 1,250,000.00 EUR was carried (7 to 2).",
    "3. Repairs to the north roof: three offers, see annex B.",
    "Reference: IV-2026/0042; phone +49 30 1234567; www.example.org",
]


@dataclass(frozen=True, slots=True)
class Both:
    """Two engines for the same weights."""

    ours: Engine
    theirs: Engine


@pytest.fixture(scope="module")
def both() -> Both:
    settings = Settings.from_env()
    models.verify(settings.model_dir, ONNX)
    loaded = Models(settings.model_dir, Arithmetic(threads=2, exact=True), integers=False)
    plan = Plan(loaded.detector(ONNX[0], PUBLISHED), loaded.recogniser(ONNX[1], cjk=True), paddle.DETECTION_SIDE)
    return Both(PageReader(lambda options: plan), paddle.build(settings))


def text_of(lines: Sequence[Line]) -> str:
    return " ".join(page_text(order(line for line in lines if line.confidence >= WEAKEST)).split())


def disagreement(both: Both, pages: Iterator[Pixels]) -> tuple[int, int]:
    """Characters in which they differ, and characters that PaddleOCR read."""
    errors = length = 0
    for pixels in pages:
        ours, theirs = (text_of(read_upright(_reading(engine), pixels)) for engine in (both.ours, both.theirs))
        errors, length = errors + distance(theirs, ours), length + len(theirs)
    return errors, length


def _reading(engine: Engine) -> Read:
    return lambda pixels: engine.read(pixels, ReadOptions())


def test_clean_pages_read_the_same(both: Both) -> None:
    pages = (np.asarray(samples.picture(LETTERS, (1400, 500), size)) for size in (16, 20, 24, 28, 32, 40))
    errors, length = disagreement(both, pages)
    assert length > 1500 and errors < MOST * length


@pytest.mark.skipif(not PAGES.is_file(), reason="no scanned pages with transcripts here (OCR_TEST_DATA)")
def test_scanned_pages_read_the_same(both: Both, capsys: pytest.CaptureFixture[str]) -> None:
    errors, length = disagreement(both, _scanned())
    with capsys.disabled():
        print(f"\nengine paddle and OpenVINO differ in {errors} of {length} characters ({errors / length:.4f})")
    assert errors < MOST * length


def _scanned() -> Iterator[Pixels]:
    limits = Limits.of(Settings())
    for entry in map(json.loads, PAGES.read_text(encoding="utf-8").splitlines()):
        path = PAGES.parent / entry["file"]
        with open_source(path, media_type(path), pages=None, password=None, dpi=300, limits=limits) as source:
            yield from (source.render(number).pixels for number in source.numbers)
