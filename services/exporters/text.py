"""The text alone: in reading order, or with `layout` as it stands on the page, like `pdftotext -layout`.

A form feed parts pages. With the layout kept, a character is as wide on the grid as most characters of the page, what
stands side by side stays in one row, and gaps become spaces and blank lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from config import Settings
from services.document.model import Document, Page
from services.document.paragraphs import Row, level_rows
from services.document.words import width_of
from services.exporters import About, Exporter
from services.exporters._upright import upright_pages

REQUIRES: tuple[str, ...] = ()

WIDEST = 400
"""Columns of the grid; what stands further to the right moves up to the text before it."""

BLANK = 3
"""The most blank lines that stand for a gap."""


def build(settings: Settings) -> Exporter:
    """Nothing depends on the settings."""
    return Exporter("text/plain", ".txt", _plain, spread=_spread)


def _plain(document: Document, about: About) -> bytes:
    return f"{document.text}\n".encode()


def _spread(document: Document, about: About) -> bytes:
    pages = ("\n".join(_page(page)) for page in upright_pages(document, about.media_type, square=True))
    return ("\n\f".join(pages) + "\n").encode()


def _page(page: Page) -> Iterator[str]:
    rows = level_rows(page.lines)
    if not rows:
        return
    width = _character_width(rows)
    margin = _margin(rows, width)
    pitch = _pitch(rows)
    yield _grid(rows[0], width, margin)
    for row, after in pairwise(rows):
        yield from [""] * min(BLANK, max(0, round((after.middle - row.middle) / pitch) - 1))
        yield _grid(after, width, margin)


def _character_width(rows: Sequence[Row]) -> float:
    """The one that most text has: the median of the lines, each counted by its length."""
    shares = [
        (end - start) / length
        for row in rows
        for line, start, end in row.placed
        if (length := _length(line.text)) >= 1
        for _ in range(int(length))
    ]
    return max(median(shares), 1e-6) if shares else 1.0


def _margin(rows: Sequence[Row], width: float) -> float:
    """Where most rows start, within a character of the first: those of a page that leans start there too."""
    first = min(row.left for row in rows)
    return median(row.left for row in rows if row.left - first < width)


def _pitch(rows: Sequence[Row]) -> float:
    """From row to row where they stand closest, which a page of few rows has less often than not."""
    steps = sorted(after.middle - row.middle for row, after in pairwise(rows))
    return max(steps[len(steps) // 4], median(row.height for row in rows), 1e-6) if steps else 1.0


def _grid(row: Row, width: float, margin: float) -> str:
    text, reach = "", 0
    for line, start, _ in row.placed:
        column = max(0, min(round((start - margin) / width), WIDEST))
        gap = max(column - reach, 1 if text else 0)
        text += " " * gap + line.text
        reach += gap + round(_length(line.text))
    return text


def _length(text: str) -> float:
    return sum(map(width_of, text))
