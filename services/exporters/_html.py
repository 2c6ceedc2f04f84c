"""Tables as a page of HTML, heads and spans included."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from services.document.model import Cell, Table
from services.document.tables import head_rows, rows_of

STYLE = "table{border-collapse:collapse;margin:1em}td,th{border:1px solid;padding:.2em .5em;vertical-align:top}"


def document_of(tables: Sequence[Table], name: str) -> bytes:
    """The tables one below the other, under the name of the upload."""
    head = f'<!doctype html>\n<html>\n<meta charset="utf-8">\n<title>{escape(name)}</title>\n<style>{STYLE}</style>\n'
    return (head + "\n".join(map(html_of, tables)) + "\n</html>\n").encode()


def html_of(table: Table) -> str:
    """One `table` element."""
    return "\n".join(_lines(table))


def _lines(table: Table) -> Iterator[str]:
    rows, heads = rows_of(table), head_rows(table)
    yield "<table>"
    for tag, part in (("thead", rows[:heads]), ("tbody", rows[heads:])):
        if part:
            yield f"<{tag}>"
            yield from ("<tr>" + "".join(map(_cell, row)) + "</tr>" for row in part)
            yield f"</{tag}>"
    yield "</table>"


def _cell(cell: Cell) -> str:
    tag = "th" if cell.head else "td"
    spans = "".join(
        f' {name}="{count}"' for name, count in (("rowspan", cell.row_span), ("colspan", cell.column_span)) if count > 1
    )
    return f"<{tag}{spans}>{escape(cell.text, quote=False)}</{tag}>"
