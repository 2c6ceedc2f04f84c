"""What stands beside the text of a page: running heads and feet, page numbers, footnotes, notes in the margin."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.document.geometry import run
from services.document.model import BlockKind, Line, Page
from services.document.paragraphs import Row
from services.ocr.structure.marks import mark_of

MARGIN, APART = 0.09, 1.2
"""Heads and feet stand within this share of the page's height, and so many heights of a row off the text."""

LONGEST_CHARACTERS, MOST_ROWS = 90, 2
"""Of a running head or foot."""

SMALLER = 0.9
"""How high the type of notes is at most beside the usual one."""

FOOT, SIDE_ROWS = 0.55, 8
"""Below this share of the page's height footnotes stand; rows of a note in the margin at most."""

_NUMBER = re.compile(
    r"\W*(?:page|seite|p\.|s\.)?\s*(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:/|of|von|de|-)\s*\d{1,4})?\W*", re.I
)
_FOOTNOTE = re.compile(r"(?:\d{1,2}|[*†‡§¹²³⁴⁵⁶⁷⁸⁹]+)[.)]?\s*(?=[^\W\d_])")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where a page's text stands: `usual` is the height of its type, all in the frame of `along`."""

    along: tuple[float, float]
    usual: float
    tops: tuple[float, ...]
    bottoms: tuple[float, ...]
    height: float
    body: tuple[float, float]

    @classmethod
    def of(cls, page: Page, rows: Sequence[Row], usual: float) -> Sheet:
        """Of a page whose rows these are. Heads and feet are told on pages whose text is upright alone."""
        lines = [line for row in rows for line in row.lines]
        longest = max(lines, key=lambda line: len(line.text), default=None)
        along = run(longest.quad) if longest else (1.0, 0.0)
        upright = along[0] > abs(along[1])
        wide = [row for row in rows if len(row.text) > LONGEST_CHARACTERS // 3 and row.height > SMALLER * usual]
        body = (min(row.left for row in wide), max(row.right for row in wide)) if wide else (0.0, 0.0)
        return cls(
            along,
            usual,
            tuple(sorted(row.top for row in rows)),
            tuple(sorted(row.bottom for row in rows)),
            page.height if upright else 0.0,
            body,
        )

    def kind(self, rows: Sequence[Row]) -> BlockKind | None:
        """What of all this a paragraph is; None for text."""
        if any(self._is_sideways(line) for row in rows for line in row.lines):
            return BlockKind.NOTE
        if self.height and (edge := self._edge(rows)):
            return edge
        return BlockKind.NOTE if self._is_note(rows) else None

    def _is_sideways(self, line: Line) -> bool:
        """A stamp or a line in the margin that runs in another direction than most."""
        (u, v), (x, y) = run(line.quad), self.along
        return abs(u * y - v * x) > abs(u * x + v * y) and len(line.text) > 1

    def _edge(self, rows: Sequence[Row]) -> BlockKind | None:
        text = " ".join(row.text for row in rows)
        if len(text) > LONGEST_CHARACTERS or len(rows) > MOST_ROWS or mark_of(text):
            return None
        top, bottom = rows[0].top, rows[-1].bottom
        small = max(row.height for row in rows) <= 1.05 * self.usual
        is_number = bool(_NUMBER.fullmatch(text))
        if bottom < MARGIN * self.height and (small or is_number) and self._is_free(bottom, self.tops):
            return BlockKind.HEADER
        above = tuple(-each for each in self.bottoms)
        if top > (1 - MARGIN) * self.height and (small or is_number) and self._is_free(-top, above):
            return BlockKind.FOOTER
        return None

    def _is_free(self, edge: float, others: Sequence[float]) -> bool:
        """Whether the next row begins well beyond the edge, and there is one."""
        beyond = [other for other in others if other > edge - 0.3 * self.usual]
        return bool(beyond) and min(beyond) - edge > APART * self.usual

    def _is_note(self, rows: Sequence[Row]) -> bool:
        if max(row.height for row in rows) > SMALLER * self.usual:
            return False
        if self.height and rows[0].top > FOOT * self.height and _FOOTNOTE.match(rows[0].text):
            return True
        left, right = self.body
        beside = max(row.right for row in rows) <= left or min(row.left for row in rows) >= right > 0
        return beside and len(rows) <= SIDE_ROWS
