"""The tables of pages: those that were found when they were read, or what their lines alone tell of older results."""

from __future__ import annotations

from dataclasses import replace

from services.document.model import Document, Page
from services.ocr.tables import find


def with_tables(document: Document) -> Document:
    """The document, each of whose pages has its tables."""
    return replace(document, pages=tuple(map(searched, document.pages)))


def searched(page: Page) -> Page:
    """The page with its tables."""
    return page if page.tables is not None else replace(page, tables=find(page.lines, page.number))
