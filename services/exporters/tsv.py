"""A row per page, block, paragraph, line and word, in the twelve columns of Tesseract's TSV.

Boxes are upright rectangles in whole pixels of the page as it is shown; see `_upright`. Numbers count from 1 within
what is one level up. Confidence is 0 to 100 for words and -1 for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from config import Settings
from services.document.model import Bounds, Document, Line, Page
from services.document.paragraphs import around, blocks_of
from services.document.words import words_of
from services.exporters import About, Exporter
from services.exporters._boxes import pixels
from services.exporters._upright import upright_pages

REQUIRES: tuple[str, ...] = ()

PLACE = ("level", "page_num", "block_num", "par_num", "line_num", "word_num")
COLUMNS = [*PLACE, "left", "top", "width", "height", "conf", "text"]
PAGE, BLOCK, PARAGRAPH, LINE, WORD = range(1, 6)


def build(settings: Settings) -> Exporter:
    """Nothing depends on the settings."""
    return Exporter("text/tab-separated-values", ".tsv", _write, saved=True)


def _write(document: Document, about: About) -> bytes:
    rows = [row for page in upright_pages(document, about.media_type) for row in _page(page)]
    return "".join("\t".join(row) + "\n" for row in [COLUMNS, *rows]).encode()


def _page(page: Page) -> Iterator[list[str]]:
    yield _row(page, PAGE, (), (0, 0, page.width, page.height))
    for block_number, block in enumerate(blocks_of(page.lines), 1):
        yield _row(page, BLOCK, (block_number,), around(block.lines))
        for number, paragraph in enumerate(block.paragraphs, 1):
            yield _row(page, PARAGRAPH, (block_number, number), around(paragraph.lines))
            for line_number, line in enumerate(paragraph.lines, 1):
                yield from _line(page, (block_number, number, line_number), line)


def _line(page: Page, place: Sequence[int], line: Line) -> Iterator[list[str]]:
    yield _row(page, LINE, place, line.quad.bounds)
    for number, word in enumerate(words_of(line), 1):
        yield _row(page, WORD, (*place, number), word.quad.bounds, f"{100 * word.confidence:.2f}", word.text)


def _row(
    page: Page, level: int, place: Sequence[int], bounds: Bounds, confidence: str = "-1", text: str = ""
) -> list[str]:
    left, top, right, bottom = pixels(bounds, page)
    numbers = [level, page.number, *place, *[0] * (WORD - 1 - len(place)), left, top, right - left, bottom - top]
    return [*map(str, numbers), confidence, "".join(one for one in text if one.isprintable())]
