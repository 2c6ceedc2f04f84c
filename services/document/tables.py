"""Tables of a document: their texts, one of them alone, and those that go on over pages joined."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from services.document.model import Cell, Document, Page, Table


def texts(table: Table) -> list[list[str]]:
    """The text of each place, row by row. That of a cell over several places stands in the first of them."""
    rows = [[""] * table.columns for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row][cell.column] = cell.text
    return rows


def rows_of(table: Table) -> list[list[Cell]]:
    """The cells that begin in each row, from left to right."""
    rows: list[list[Cell]] = [[] for _ in range(table.rows)]
    for cell in table.cells:
        rows[cell.row].append(cell)
    return rows


def head_rows(table: Table) -> int:
    """How many of its first rows are heads as a whole."""
    plain = [cell.row for cell in table.cells if not cell.head]
    return min(plain) if plain else table.rows


def tables_of(document: Document) -> Iterator[Table]:
    """From the first page to the last, from top to bottom."""
    return (table for page in document.pages for table in page.tables or ())


def lines_of(table: Table) -> set[int]:
    """The places on its page of the lines that stand in it."""
    return {place for cell in table.cells if cell.page == table.page for place in cell.lines}


def first_line(table: Table) -> int:
    """The place on its page of the line that comes first."""
    return min(lines_of(table), default=0)


def alone(document: Document, number: int) -> Document | None:
    """The document with its table of this number, from 1, and no other; None where it has none."""
    found = dict(enumerate(tables_of(document), 1)).get(number)
    if found is None:
        return None
    return Document(tuple(replace(page, tables=(found,) if _has(page, found) else ()) for page in document.pages))


def _has(page: Page, wanted: Table) -> bool:
    return any(table is wanted for table in page.tables or ())


def joined(document: Document) -> Document:
    """The document with each table that the next page goes on with made one with it, on the page where it begins.

    The last table of a page goes on with the first of the next one where both have as many columns, and the second has
    either the first one's heads, which are then left out, or none. Rows of cells are numbered on.
    """
    pages: list[list[Table]] = []
    open_on: list[Table] | None = None
    for page in document.pages:
        tables = list(page.tables or ())
        pages.append(tables)
        if open_on and tables and (grown := _grown(open_on[-1], tables[0])):
            open_on[-1] = grown
            del tables[0]
        else:
            open_on = None
        open_on = tables if tables else open_on
    parts = zip(document.pages, pages, strict=True)
    return replace(document, pages=tuple(replace(page, tables=tuple(tables)) for page, tables in parts))


def _grown(table: Table, more: Table) -> Table | None:
    """The first table with the rows of the second below it; None where it does not go on there."""
    if table.columns != more.columns:
        return None
    heads = head_rows(more)
    if heads and _heads(table, heads) != _heads(more, heads):
        return None
    shift = table.rows - heads
    added = tuple(replace(cell, row=cell.row + shift, head=False) for cell in more.cells if cell.row >= heads)
    return replace(table, rows=shift + more.rows, cells=table.cells + added)


def _heads(table: Table, count: int) -> Sequence[tuple[int, int, str]]:
    return [(cell.row, cell.column, cell.text.casefold()) for cell in _first(table.cells, count)]


def _first(cells: Iterable[Cell], count: int) -> Iterator[Cell]:
    return (cell for cell in cells if cell.row < count)
