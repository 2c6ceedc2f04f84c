"""Where things stand: polygons in a page's unit, and spans in the content."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from controllers.document_intelligence.spans import Content, Span
from services.document.model import Page, Quad


@dataclass(frozen=True, slots=True)
class Places:
    """The pages of a document, and start and end of each of their lines in its content, in code points.

    Pages of PDFs are measured in `inches`, pictures in their pixels.
    """

    content: Content
    pages: tuple[Page, ...]
    lines: tuple[Sequence[tuple[int, int]], ...]
    inches: bool

    def start(self, place: int) -> int:
        """Where the page at this place begins: with its first line, or where the last one before it ends."""
        before = [at for lines in self.lines[:place] for at in lines[-1:]]
        return self.lines[place][0][0] if self.lines[place] else before[-1][1] if before else 0

    def spans(self, number: int, lines: Iterable[int]) -> list[Span]:
        """Of some lines of the page of a number, those that follow one another in one span."""
        place = next(place for place, page in enumerate(self.pages) if page.number == number)
        at, runs = self.lines[place], list[tuple[int, int]]()
        for start, end in (at[line] for line in sorted(lines)):
            if runs and start == runs[-1][1] + 1:
                runs[-1] = (runs[-1][0], end)
            else:
                runs.append((start, end))
        return [self.content.span(*run) for run in runs]

    def said(self, number: int | None, text: str) -> list[Span]:
        """Where a page says a text; empty where it says it otherwise, over several lines for instance."""
        for place, page in enumerate(self.pages):
            if page.number == number and text:
                at = self.content.text.find(text, self.start(place))
                return [self.content.span(at, at + len(text))] if at >= 0 else []
        return []

    def regions(self, number: int | None, quads: Sequence[Quad]) -> list[dict[str, Any]]:
        """`boundingRegions` of things on the page of a number."""
        page = next((page for page in self.pages if page.number == number), None)
        return [{"pageNumber": page.number, "polygon": self.polygon(page, quad)} for quad in quads] if page else []

    @property
    def unit(self) -> str:
        return "inch" if self.inches else "pixel"

    def length(self, page: Page, pixels: float) -> float:
        """In the unit of the page."""
        return round(pixels / page.dpi, 4) if self.inches and page.dpi else round(pixels, 1)

    def polygon(self, page: Page, quad: Quad) -> list[float]:
        """x and y of the four corners, clockwise from the text's own top left."""
        return [self.length(page, value) for point in quad.points for value in point]
