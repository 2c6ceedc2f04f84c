"""Tesseract's recognisers, loaded when they are first asked for. Imports tesserocr then and not before."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from services.ocr.lines.recogniser import Recogniser

MOST_LISTS = 4
"""Lists of languages for which Tesseract stays loaded. Clients choose them; a language takes up to 10 MB a thread."""

Load = Callable[[tuple[Path, ...]], Recogniser]
"""From language data to what reads these languages, the one that a page mostly has first."""


def loader(threads: int) -> Load:
    """One that keeps what it loaded last. Each recogniser has `threads` of its own."""

    @lru_cache(MOST_LISTS)
    def load(files: tuple[Path, ...]) -> Recogniser:
        from services.ocr.tesseract import recognition

        return recognition.Recogniser(files, threads)

    return load
