"""Markdown: headings, paragraphs, lists and simple tables, as far as sizes and places tell them.

A row larger than the page's usual type is a heading. Tables are those that were found on the page, each with one row of
heads. Words that were parted at the end of a row are joined again. A rule parts pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from config import Settings
from services.document.model import BlockKind, Document, Page
from services.document.tables import first_line
from services.exporters import About, Exporter
from services.exporters._escapes import escaped
from services.exporters._found import with_tables
from services.exporters._pipes import table_in_pipes
from services.exporters._upright import upright_pages
from services.ocr.structure.pieces import Piece, pieces_of

REQUIRES: tuple[str, ...] = ()

Placed = tuple[int, str]
"""A piece of Markdown, and the place on the page of the line that it begins with."""


def build(settings: Settings) -> Exporter:
    """Nothing depends on the settings."""
    return Exporter("text/markdown", ".md", _write, saved=True)


def _write(document: Document, about: About) -> bytes:
    pages = ("\n\n".join(_page(page)) for page in upright_pages(with_tables(document), about.media_type, square=True))
    return ("\n\n---\n\n".join(pages) + "\n").encode()


def _page(page: Page) -> Iterator[str]:
    parts: list[Placed] = [(first_line(table), table_in_pipes(table)) for table in page.tables or ()]
    for _, group in groupby(pieces_of(page), key=lambda piece: piece.list_number or id(piece)):
        some = list(group)
        parts.append((some[0].lines[0], "\n".join(map(_text, some))))
    yield from (text for _, text in sorted(parts, key=lambda part: part[0]))


def _text(piece: Piece) -> str:
    """One piece without what parts it from the one before."""
    if piece.kind is BlockKind.HEADING:
        return "#" * piece.level + " " + escaped(piece.text)
    if piece.kind is BlockKind.LIST_ITEM:
        indent = " " * piece.indent
        return indent + piece.mark + escaped(piece.text).replace("\n", f"\n{indent}")
    if piece.kind is BlockKind.CODE:
        return f"```\n{piece.text}\n```"
    return escaped(piece.text)
