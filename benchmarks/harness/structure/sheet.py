"""A page that is drawn with its truth: the order of its lines, its headings, items and parted words."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape

import pymupdf

WIDTH, HEIGHT = 595, 842
"""A4 in points."""

SANS, BOLD, SERIF, ITALIC, TYPEWRITER, JAPANESE = "helv", "hebo", "tiro", "tiit", "cour", "japan"


@dataclass(slots=True)
class Truth:
    """What a careful reader finds. Lines are in order within a chain; chains may come in any order."""

    chains: list[list[str]] = field(default_factory=lambda: [[]])
    headings: list[tuple[str, int]] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    hyphens: list[str] = field(default_factory=list)
    paragraphs: list[str] = field(default_factory=list)
    scanned: bool = True


class Sheet:
    """A page in points, from its top left. `dice` are the page's own."""

    def __init__(self, seed: int | str) -> None:
        self.dice = random.Random(seed)
        self.document = pymupdf.open()
        self.page = self.document.new_page(width=WIDTH, height=HEIGHT)
        self.truth = Truth()

    def chain(self) -> None:
        """What is put from here on may be read before or after what came so far."""
        if self.truth.chains[-1]:
            self.truth.chains.append([])

    def put(self, x: float, y: float, text: str, size: float = 10, font: str = SANS, turned: int = 0) -> None:
        """One line whose baseline begins at x, y."""
        self.page.insert_text((x, y), text, fontsize=size, fontname=font, rotate=turned)
        self.truth.chains[-1].append(text)

    def ends(self, x: float, y: float, text: str, size: float = 10, font: str = SANS) -> None:
        """One line that ends at x."""
        self.put(x - length(text, size, font), y, text, size, font)

    def flow(self, x: float, y: float, width: float, text: str, size: float = 10, font: str = SANS) -> float:
        """Lines below each other, no wider than `width`. Gives where the next one would stand."""
        rows = wrapped(text, width, size, font)
        for row in rows:
            self.put(x, y, row, size, font)
            y += size * 1.3
        return y

    def prose(self, x: float, y: float, width: float, text: str, size: float = 10, font: str = SANS) -> float:
        """A paragraph, with a gap below it."""
        self.truth.paragraphs.append(text)
        return self.flow(x, y, width, text, size, font) + size * 0.6

    def heading(self, x: float, y: float, text: str, level: int = 2, font: str = BOLD) -> float:
        """A line in large type, of level 1 or 2."""
        size = 22 if level == 1 else 15
        self.truth.headings.append((text, level))
        self.put(x, y, text, size, font)
        return y + size * 0.7 + 10

    def item(self, x: float, y: float, width: float, mark: str, text: str, size: float = 10) -> float:
        """An item of a list whose further lines hang."""
        indent = length(f"{mark} ", size, SANS)
        self.truth.items.append(text)
        for number, row in enumerate(wrapped(text, width - indent, size, SANS)):
            self.put(x if not number else x + indent, y, row if number else f"{mark} {row}", size)
            y += size * 1.3
        return y

    def leftwards(self, right: float, y: float, text: str, size: float = 11) -> None:
        """A line of Hebrew that begins at `right`."""
        box = (right - 250, y - size, right, y + size)
        self.page.insert_htmlbox(box, f'<p dir="rtl" style="margin:0;font-size:{size}px">{escape(text)}</p>')
        self.truth.chains[-1].append(text)

    def downwards(self, x: float, y: float, text: str, size: float = 14) -> None:
        """A column of Japanese whose first glyph stands at x, y."""
        for number, glyph in enumerate(text):
            self.page.insert_text((x, y + number * size * 1.05), glyph, fontsize=size, fontname=JAPANESE)
        self.truth.chains[-1].append(text)

    def figure(self, left: float, top: float, right: float, bottom: float) -> None:
        """Shapes without any letters."""
        self.page.draw_rect((left, top, right, bottom), color=(0.3, 0.3, 0.3), fill=(0.93, 0.93, 0.93))
        self.page.draw_line((left, bottom), (right, top), color=(0.5, 0.5, 0.5))

    def rule(self, left: float, y: float, right: float) -> None:
        """A thin line."""
        self.page.draw_line((left, y), (right, y), color=(0.2, 0.2, 0.2), width=0.6)

    def rows(self, places: Sequence[float], y: float, rows: Sequence[Sequence[str]], step: float = 15) -> float:
        """A table's rows; their cells are read from left to right."""
        for row in rows:
            for x, cell in zip(places, row, strict=True):
                if cell:
                    self.put(x, y, cell)
            y += step
        return y


Draw = Callable[[Sheet], None]


def length(text: str, size: float, font: str) -> float:
    """In points."""
    return float(_font(font).text_length(text, size))


@cache
def _font(name: str) -> pymupdf.Font:
    return pymupdf.Font(name)


def wrapped(text: str, width: float, size: float, font: str) -> list[str]:
    """Lines no wider than this, but for single words."""
    rows: list[str] = []
    space, room = length(" ", size, font), 0.0
    for word in text.split():
        wide = length(word, size, font)
        if rows and space + wide <= room:
            rows[-1] += f" {word}"
            room -= space + wide
        else:
            rows.append(word)
            room = width - wide
    return rows
