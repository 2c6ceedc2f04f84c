"""`analyzeResult`: a job's result with polygons, spans, angle and units as this wire defines them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import atan2, degrees
from typing import Any

from controllers.document_intelligence import API_VERSION
from controllers.document_intelligence.fields import documents
from controllers.document_intelligence.places import Places
from controllers.document_intelligence.spans import Content, found
from controllers.document_intelligence.tables import table_view
from services.document.model import Line, Page
from services.document.words import words_of
from services.extractors import barcodes
from services.extractors.barcodes.model import Barcode
from services.jobs.results import Result


@dataclass(frozen=True, slots=True)
class Asked:
    """What a job of the family called `name` keeps of its request."""

    name: str
    model: str
    unit: str
    format: str = "text"


def analyze_result(result: Result, asked: Asked, content: str | None = None, *, inches: bool) -> dict[str, Any]:
    """What was read, by Microsoft's reference of AnalyzeResult.

    Without a `content` these are the lines in reading order. In one that is made otherwise, spans of lines that it
    writes otherwise have no length.
    """
    told = "\n".join(line.text for page in result.pages for line in page.lines) if content is None else content
    places = Places(Content(told, asked.unit), result.pages, tuple(_lines(told, result.pages)), inches)
    view = {
        "apiVersion": API_VERSION,
        "modelId": asked.model,
        "stringIndexType": asked.unit,
        "contentFormat": asked.format,
        "content": told,
        "pages": [_page(places, result, place) for place in range(len(result.pages))],
        "tables": [table_view(places, table) for page in result.pages for table in page.tables or ()],
        "styles": [],
        "warnings": [{"code": "Warning", "message": text} for text in result.warnings],
    }
    kinds = documents(asked.model, result, places)
    return view if kinds is None else {**view, "documents": kinds}


def _lines(content: str, pages: Sequence[Page]) -> Iterator[list[tuple[int, int]]]:
    """Start and end of each line, page by page."""
    end = 0
    for page in pages:
        at = list(found(content, (line.text for line in page.lines), end))
        yield at
        end = at[-1][1] if at else end


def _page(places: Places, result: Result, place: int) -> dict[str, Any]:
    page, at, start = places.pages[place], places.lines[place], places.start(place)
    view = {
        "pageNumber": page.number,
        "angle": _angle(page.lines),
        "width": places.length(page, page.width),
        "height": places.length(page, page.height),
        "unit": places.unit,
        "spans": [places.content.span(start, at[-1][1] if at else start)],
        "lines": [_line(places, page, line, span) for line, span in zip(page.lines, at, strict=True)],
        "words": [word for line, span in zip(page.lines, at, strict=True) for word in _words(places, page, line, span)],
    }
    codes = [code for code in result.fields.of(barcodes.FOUND) or () if code.page == page.number]
    return {**view, "barcodes": [_code(places, page, code, start) for code in codes]} if codes else view


def _line(places: Places, page: Page, line: Line, span: tuple[int, int]) -> dict[str, Any]:
    return {"content": line.text, "polygon": places.polygon(page, line.quad), "spans": [places.content.span(*span)]}


def _words(places: Places, page: Page, line: Line, span: tuple[int, int]) -> Iterator[dict[str, Any]]:
    words = words_of(line)
    for word, at in zip(words, found(places.content.text, (word.text for word in words), span[0]), strict=True):
        yield {
            "content": word.text,
            "polygon": places.polygon(page, word.quad),
            "confidence": round(word.confidence, 3),
            "span": places.content.span(*at),
        }


def _code(places: Places, page: Page, code: Barcode, start: int) -> dict[str, Any]:
    return {
        "kind": code.format,
        "value": code.value or "",
        "polygon": places.polygon(page, code.bbox),
        "span": places.content.span(start, start),
        "confidence": round(code.confidence, 3),
    }


def _angle(lines: Sequence[Line]) -> float:
    """Of the text, clockwise in degrees over -180 up to 180: longer lines count for more."""
    ways = [(line.quad.top_left, line.quad.top_right) for line in lines]
    across, down = (sum(end[axis] - start[axis] for start, end in ways) for axis in (0, 1))
    angle = round(degrees(atan2(down, across)), 2) if across or down else 0.0
    return 180.0 if angle == -180.0 else angle
