"""The blocks of a page, as they are given out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.document.geometry import enclosing, upright
from services.document.model import Block, BlockKind, Line, Page, Table
from services.document.tables import lines_of, texts
from services.ocr.structure.pieces import Piece, pieces_of


def blocks_of(page: Page) -> tuple[Block, ...]:
    """In reading order. Every line is in one block, but for those that several cells of a table share."""
    found = [_of_piece(piece, page) for piece in pieces_of(page)]
    found += [_of_table(table, page) for table in page.tables or ()]
    return tuple(sorted(found, key=lambda block: min(block.lines, default=0)))


def _of_piece(piece: Piece, page: Page) -> Block:
    return _block(piece.kind, piece.lines, page, piece.text, piece.level or None)


def _of_table(table: Table, page: Page) -> Block:
    text = "\n".join("\t".join(row) for row in texts(table))
    return Block(BlockKind.TABLE, tuple(sorted(lines_of(table))), table.bbox, text, _sure(_at(page, lines_of(table))))


def _block(kind: BlockKind, places: tuple[int, ...], page: Page, text: str, level: int | None) -> Block:
    lines = _at(page, places)
    return Block(kind, places, upright(enclosing(line.quad for line in lines)), text, _sure(lines), level)


def _at(page: Page, places: Iterable[int]) -> list[Line]:
    return [page.lines[place] for place in places]


def _sure(lines: Sequence[Line]) -> float:
    count = sum(len(line.text) for line in lines)
    return sum(line.confidence * len(line.text) for line in lines) / count if count else 1.0
