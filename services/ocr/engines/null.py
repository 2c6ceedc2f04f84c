"""An engine for tests: it reads the text that a test wrote into the pixels, and nothing else.

The encoding lives in the pixel values, row by row from the top left: the bytes `NULL`, the length of the text in
bytes as four bytes big-endian, then the text as UTF-8. A byte is one grey pixel of that value; the red channel is what
is read. So it survives every lossless format, grey or colour, and dies by any resizing, turning or JPEG, which is the
point: what comes out proves which image came in, and that it came in unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from config import Settings
from services.document.geometry import upright
from services.document.model import Line, Quad, Word
from services.ocr.engine import Engine, EngineInfo, Pixels, ReadOptions, uniform

REQUIRES: tuple[str, ...] = ()

MARKER = b"NULL"
HEADER = len(MARKER) + 4
CONFIDENCE = 0.99
"""What every line and word carries."""

CHARACTER = 8
ROW = 16
"""The made-up type: every character 8 pixels wide, every line 16 high."""


def describe(settings: Settings) -> EngineInfo:
    """English, one tier, words: the same for all settings."""
    return EngineInfo("null", uniform(("null@1",), ("en",), "balanced"), words=True)


def check(settings: Settings) -> None:
    """There are no model files."""


def build(settings: Settings) -> Engine:
    """Loads nothing. The engine keeps no state, so any number of threads may share it."""
    return NullEngine()


def encode(text: str) -> Pixels:
    """A white image that reads as `text`, one line of it per line of text.

    Height x width x 3, large enough for its type (8 x 16 pixels a character) and never below 32 x 64, so that it passes
    for an image of a page. Save it in a lossless format.
    """
    rows = text.split("\n")
    width = max(64, CHARACTER * max(map(len, rows)))
    payload = MARKER + len(text.encode()).to_bytes(4, "big") + text.encode()
    height = max(32, ROW * len(rows), -(-len(payload) // width))
    grey = np.full(height * width, 255, dtype=np.uint8)
    grey[: len(payload)] = np.frombuffer(payload, dtype=np.uint8)
    return np.repeat(grey.reshape(height, width, 1), 3, axis=2)


class NullEngine:
    """Reads what `encode` wrote."""

    def read(self, pixels: Pixels, options: ReadOptions) -> Sequence[Line]:
        """One line for each non-blank row of the encoded text, row n lying n x 16 pixels down. No marker, no lines."""
        rows = enumerate(_decode(pixels).split("\n"))
        return [_line(text, number, options.words) for number, text in rows if text.strip()]


def _decode(pixels: Pixels) -> str:
    red = pixels[..., 0].ravel()
    if red[: len(MARKER)].tobytes() != MARKER:
        return ""
    length = int.from_bytes(red[len(MARKER) : HEADER].tobytes(), "big")
    return red[HEADER : HEADER + length].tobytes().decode(errors="replace")


def _line(text: str, number: int, words: bool) -> Line:
    found = [Word(m[0], CONFIDENCE, _quad(*m.span(), number)) for m in re.finditer(r"\S+", text)] if words else []
    return Line(text, CONFIDENCE, _quad(0, len(text), number), tuple(found))


def _quad(first: int, last: int, number: int) -> Quad:
    left, right = float(first * CHARACTER), float(last * CHARACTER)
    top, bottom = float(number * ROW), float((number + 1) * ROW)
    return upright((left, top, right, bottom))
