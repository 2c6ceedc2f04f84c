"""One page through detection, crops and recognition."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from services.document.model import Line, Point, Quad, Word
from services.errors import EngineFailed
from services.ocr.engine import Pixels, ReadOptions
from services.ocr.lines.characters import Characters, Span, confidence, spans, text
from services.ocr.lines.crops import Crop
from services.ocr.lines.recogniser import Recogniser
from services.ocr.lines.strokes import cut_lines, is_stroke
from services.ocr.lines.turning import read_either_way
from services.ocr.ppocr.detection import Detector

MAX_SIDE = 32_000
"""OpenCV keeps the places of a perspective crop in 16 bits, so what is longer is shrunk before it is read."""


WEAKEST = 0.5
"""What is read with less confidence is left out: logos, ruled lines and handwriting that became random characters.
RapidOCR draws the same line. It raises the F1 of scanned forms (FUNSD) by .001 and leaves that of receipts as it is."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What reads a page. `longest` is the longer side, in pixels, of what the detector sees."""

    detector: Detector
    recogniser: Recogniser
    longest: int


class PageReader:
    """The engine. Threads may share it: a lock lets them read one after the other.

    `plan` loads what the options ask for where it is not loaded yet. Raises `EngineFailed` whatever happens in OpenVINO
    or OpenCV.
    """

    def __init__(self, plan: Callable[[ReadOptions], Plan]) -> None:
        self._plan = plan
        self._lock = threading.Lock()

    def read(self, pixels: Pixels, options: ReadOptions) -> Sequence[Line]:
        """The lines of one image. Vertical lines are read downwards, so their top left is the upper right corner."""
        try:
            with self._lock:
                return _read(pixels, self._plan(options), options.words)
        except Exception as error:
            raise EngineFailed from error


def _read(pixels: Pixels, plan: Plan, words: bool) -> list[Line]:
    page = _within_reach(np.ascontiguousarray(pixels))
    crops = cut_lines(plan.recogniser, page, list(plan.detector.quads(page, plan.longest)))
    scale = pixels.shape[1] / page.shape[1], pixels.shape[0] / page.shape[0]
    read = read_either_way(plan.recogniser, crops)
    return [_line(part, seen, scale, words) for part, seen in read if is_stroke(seen) or confidence(seen) >= WEAKEST]


def _within_reach(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    size = min(width, MAX_SIDE), min(height, MAX_SIDE)
    if size == (width, height):
        return pixels
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _line(part: Crop, characters: Characters, scale: Point, words: bool) -> Line:
    quad = _quad(part.corners, scale)
    found = tuple(_word(span, quad) for span in spans(characters)) if words else ()
    return Line(text(characters), confidence(characters), quad, found)


def _word(span: Span, line: Quad) -> Word:
    return Word(span.text, span.confidence, line.stretch(span.start, span.end))


def _quad(corners: NDArray[np.float32], scale: Point) -> Quad:
    a, b, c, d = ((float(x) * scale[0], float(y) * scale[1]) for x, y in corners)
    return Quad(a, b, c, d)
