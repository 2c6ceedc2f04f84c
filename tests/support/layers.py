"""PDFs with a text layer, drawn for tests."""

from __future__ import annotations

from typing import Any

import pymupdf

LINES = [
    "The quick brown fox jumps over the lazy dog",
    "Pack my box with five dozen liquor jugs",
    "How vexingly quick daft zebras jump",
    "Sphinx of black quartz, judge my vow",
]


def drawn(*texts: tuple[tuple[float, float], str], cover: bool = False, **options: Any) -> bytes:
    document = pymupdf.open()
    sheet = document.new_page(width=595, height=842)
    for place, text in texts:
        sheet.insert_text(place, text, fontsize=11, **options)
    if cover:
        sheet.draw_rect(sheet.rect, fill=(1, 1, 1), color=(1, 1, 1))
    return bytes(document.tobytes())


def print_of(*lines: str) -> list[tuple[tuple[float, float], str]]:
    return [((72, 72 + 20 * number), line) for number, line in enumerate(lines)]
