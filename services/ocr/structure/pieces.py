"""The parts of a page that are no tables, each with its kind, from the sizes, places and words of its rows.

A row larger than the page's usual type is a heading. Running heads, page numbers and notes stand apart in type that is
no larger than the text's; captions and items are told by what they begin with, code by its signs.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from services.document.model import BlockKind, Line, Page
from services.document.paragraphs import Paragraph, Row, blocks_of, has_columns, rows_of
from services.document.tables import lines_of
from services.ocr.captions import is_caption
from services.ocr.structure.asides import Sheet
from services.ocr.structure.coding import is_code
from services.ocr.structure.joining import SHORT, joined
from services.ocr.structure.marks import Mark, mark_of

HEADING, TITLE = 1.35, 1.9
"""How many times the usual height of a line headings of the second and of the first level have."""

LONGEST_CHARACTERS = 120
"""Characters of a heading; what is longer is text in large type."""

CAPTION_CHARACTERS = 300
"""The most that a caption has."""

DEEPER = 0.8
"""How much further in, in heights of a row, the items of the next level begin."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of one kind. `lines` are places in `Page.lines`.

    Items have the `mark` of Markdown, the `indent` that nests them there, and the number of their list, from 1.
    """

    kind: BlockKind
    rows: tuple[Row, ...]
    lines: tuple[int, ...]
    text: str
    level: int = 0
    mark: str = ""
    indent: int = 0
    list_number: int = 0


def pieces_of(page: Page) -> list[Piece]:
    """From the first to the last in reading order; what stands in the page's tables is left out."""
    taken = {place for table in page.tables or () for place in lines_of(table)}
    places = {id(line): place for place, line in enumerate(page.lines)}
    lines = [line for place, line in enumerate(page.lines) if place not in taken]
    found = [replace(piece, lines=tuple(places[place] for place in _ids(piece))) for piece in _pieces(page, lines)]
    return list(_nested(found))


def _ids(piece: Piece) -> Iterator[int]:
    return (id(line) for row in piece.rows for line in row.lines)


def _pieces(page: Page, lines: Sequence[Line]) -> Iterator[Piece]:
    rows = rows_of(lines)
    sheet = Sheet.of(page, rows, _usual_height(rows_of(page.lines)))
    running = [row for row in rows if len(row.text) > SHORT and not has_columns(row)]
    for block in blocks_of(lines):
        for paragraph in block.paragraphs:
            yield from _of(paragraph, sheet, _edge(paragraph, running))


def _usual_height(rows: Iterable[Row]) -> float:
    """That of the row in which the middle one of all characters stands, from the smallest type to the largest."""
    sizes = sorted((row.height, len(row.text)) for row in rows)
    ends = list(accumulate(length for _, length in sizes))
    return sizes[bisect_left(ends, ends[-1] / 2)][0] if sizes else 1.0


def _edge(paragraph: Paragraph, running: Iterable[Row]) -> float:
    """Up to where its rows could have gone on.

    That is where its widest row ends; of short ones, as of an address over a letter, where most of the `running`
    text does that starts below each other with them.
    """
    edge = max(row.right for row in paragraph.rows)
    if any(len(row.text) > SHORT for row in paragraph.rows):
        return edge
    left, near = min(row.left for row in paragraph.rows), 2 * paragraph.rows[0].height
    ends = sorted(row.right for row in running if abs(row.left - left) < near)
    return max(edge, ends[len(ends) // 2]) if ends else edge


def _of(paragraph: Paragraph, sheet: Sheet, edge: float) -> Iterator[Piece]:
    rows = paragraph.rows
    if is_code(rows):
        yield Piece(BlockKind.CODE, rows, (), "\n".join(_indented(rows)))
    elif kind := sheet.kind(rows):
        yield Piece(kind, rows, (), joined(rows, edge))
    elif level := _level(paragraph, sheet.usual):
        yield Piece(BlockKind.HEADING, rows, (), joined(rows), level)
    else:
        yield from _items(rows, edge)


def _indented(rows: Sequence[Row]) -> Iterator[str]:
    """Rows of code with the spaces that they begin with, as wide as their characters are."""
    left = min(row.left for row in rows)
    for row in rows:
        width = (row.right - row.left) / max(1, len(row.text))
        yield " " * round((row.left - left) / max(width, 1e-6)) + row.text


def _level(paragraph: Paragraph, usual: float) -> int:
    """1 or 2 for a heading, 0 for what is none."""
    tall = min(row.height for row in paragraph.rows) / max(usual, 1e-6)
    if tall < HEADING or any(map(has_columns, paragraph.rows)):
        return 0
    text = joined(paragraph.rows)
    if len(text) > LONGEST_CHARACTERS or not any(map(str.isalpha, text)):
        return 0
    return 1 if tall >= TITLE else 2


def _items(rows: Sequence[Row], edge: float) -> Iterator[Piece]:
    """Items of a list, and running text before them."""
    marks = [mark_of(row.text) for row in rows]
    starts = [place for place, mark in enumerate(marks) if mark]
    for start, end in pairwise(dict.fromkeys([0, *starts, len(rows)])):
        yield _item(tuple(rows[start:end]), marks[start], edge)


def _item(rows: tuple[Row, ...], mark: Mark | None, edge: float) -> Piece:
    text = joined(rows, edge)
    if mark:
        return Piece(BlockKind.LIST_ITEM, rows, (), text[mark.length :], 1, mark.markdown)
    is_label = is_caption(text) and len(text) <= CAPTION_CHARACTERS
    return Piece(BlockKind.CAPTION if is_label else BlockKind.PARAGRAPH, rows, (), text)


def _nested(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Items with their level, from how far in they begin among those that they follow."""
    above: list[tuple[float, int]] = []
    number = 0
    for piece in pieces:
        if piece.kind is not BlockKind.LIST_ITEM:
            above = []
            yield piece
            continue
        number += not above
        left, near = piece.rows[0].left, DEEPER * piece.rows[0].height
        while above and left < above[-1][0] - near:
            above.pop()
        if not above or left > above[-1][0] + near:
            indent = above[-1][1] if above else 0
            above.append((left, indent + len(piece.mark)))
        indent = above[-2][1] if len(above) > 1 else 0
        yield replace(piece, level=len(above), indent=indent, list_number=number)
