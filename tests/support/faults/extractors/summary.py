"""An extractor of whole documents: their first line, and the barcodes of all pages, which it leaves to another."""

from __future__ import annotations

from dataclasses import dataclass

from config import Settings
from services.document.findings import Kind
from services.document.model import Document
from services.extractors import Extractor, Field, OnDocument, barcodes

REQUIRES: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    first_line: Field
    codes: tuple[str | None, ...]


FOUND = Kind("summary", Summary)


def build(settings: Settings) -> Extractor:
    return Extractor(document=OnDocument(FOUND, _summary), uses=(barcodes.FOUND.name,))


def _summary(document: Document) -> Summary:
    page = next(page for page in document.pages if page.lines)
    line = page.lines[0]
    codes = [found.value for page in document.pages for found in page.findings.found.of(barcodes.FOUND) or ()]
    return Summary(Field(line.text.upper(), line.text, line.confidence, page.number, line.quad), tuple(codes))
