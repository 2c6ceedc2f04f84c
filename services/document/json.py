"""The JSON form of recognised pages, which is stored, sent and exported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from services.document.model import Document, Findings, Line, Page, PageFailure, Point, Quad, TextSource, Word


def dump_page(page: Page) -> dict[str, Any]:
    """`bbox` is four [x, y] points, clockwise from the text's own top left, in pixels to one decimal.

    `findings` are there until all pages are together, then `without_findings` takes them out.
    """
    findings = {"findings": asdict(page.findings)} if page.findings != Findings() else {}
    return findings | {
        "page": page.number,
        "text": page.text,
        "lines": [_line(line) for line in page.lines],
        "success": page.failure is None,
        "source": page.source.value,
        "width": page.width,
        "height": page.height,
        "dpi": page.dpi,
        "rotation": page.rotation,
        "error": {"code": page.failure.code, "message": page.failure.message} if page.failure else None,
        "warning": page.warning,
    }


def _line(line: Line) -> dict[str, Any]:
    words = {"words": [_text(word) for word in line.words]} if line.words else {}
    return _text(line) | words


def _text(item: Line | Word) -> dict[str, Any]:
    return {"text": item.text, "confidence": round(item.confidence, 4), "bbox": quad_points(item.quad)}


def quad_points(quad: Quad) -> list[list[float]]:
    """The JSON form of a quad."""
    return [[round(x, 1), round(y, 1)] for x, y in quad.points]


def load_document(pages: Iterable[Mapping[str, Any]]) -> Document:
    """The pages that `dump_page` wrote."""
    return Document(tuple(map(_load_page, pages)))


def _load_page(page: Mapping[str, Any]) -> Page:
    same = {name: page[name] for name in ("text", "width", "height", "dpi", "rotation", "warning")}
    return Page(
        number=page["page"],
        lines=tuple(map(_load_line, page["lines"])),
        source=TextSource(page["source"]),
        failure=PageFailure(**page["error"]) if page["error"] else None,
        findings=Findings(**page.get("findings", {})),
        **same,
    )


def _load_line(line: Mapping[str, Any]) -> Line:
    words = tuple(Word(word["text"], word["confidence"], _load_quad(word["bbox"])) for word in line.get("words", ()))
    return Line(line["text"], line["confidence"], _load_quad(line["bbox"]), words)


def _load_quad(points: Sequence[Sequence[float]]) -> Quad:
    corners: list[Point] = [(x, y) for x, y in points]
    return Quad(*corners)
