"""Documents typed out in columns, as the engine would have read them."""

from __future__ import annotations

import re
from math import cos, radians, sin
from textwrap import dedent

from services.document.model import Document, Line, Page, Point, Quad

WIDTH, HEIGHT, SPACING = 10, 20, 30
"""Of a character, of a line, and from line to line, in pixels."""


def typed(text: str, *, degrees: float = 0.0, confidence: float = 0.99) -> Document:
    """A page a form feed. What two spaces part is a line of its own; a row that starts with `#` is twice as high."""
    pages = text.split("\f")
    return Document(tuple(_page(dedent(page).strip("\n"), n, degrees, confidence) for n, page in enumerate(pages, 1)))


def _page(text: str, number: int, degrees: float, confidence: float) -> Page:
    rows = text.splitlines()
    lines = tuple(
        Line(
            match.group(), confidence, _quad(match.start(), row, len(match.group()), rows[row].startswith("#"), degrees)
        )
        for row in range(len(rows))
        for match in re.finditer(r"[^\s#](?:[^\s]|\s(?!\s))*", rows[row])
    )
    return Page(number, 1200, SPACING * len(rows) + HEIGHT, lines, text)


def _quad(column: int, row: int, length: int, large: bool, degrees: float) -> Quad:
    left, right = WIDTH * column, WIDTH * (column + length)
    top = SPACING * row - (HEIGHT // 2 if large else 0)
    bottom = SPACING * row + HEIGHT + (HEIGHT // 2 if large else 0)
    return Quad(*(_turned(point, degrees) for point in ((left, top), (right, top), (right, bottom), (left, bottom))))


def _turned(point: Point, degrees: float) -> Point:
    x, y, angle = point[0], point[1], radians(degrees)
    return x * cos(angle) - y * sin(angle), x * sin(angle) + y * cos(angle)
