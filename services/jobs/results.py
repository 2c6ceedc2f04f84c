"""The JSON form of recognised pages: what is stored, cached and sent."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from dataclasses import fields as members_of
from typing import Any

from services.document import Document, Findings, Line, Page, PageFailure, Point, Quad, TextSource, Word

LEVEL = 1
"""Of zlib's: the fastest. Words are most of a result: a page of 50 kB becomes 12 kB in 0.2 ms; level 6 makes 10 kB."""


@dataclass(frozen=True, slots=True)
class Result:
    """A stored result. `pages` are in the JSON form of `dump_page`, `multipage` decides which of two shapes is sent."""

    pages: list[dict[str, Any]]
    engine: str
    models: list[str]
    multipage: bool
    warnings: list[str]
    fields: dict[str, Any] = field(default_factory=dict)


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


def without_findings(page: Mapping[str, Any]) -> dict[str, Any]:
    """What of a page is stored in the result."""
    return {name: value for name, value in page.items() if name != "findings"}


def shown(page: Mapping[str, Any], *, words: bool) -> dict[str, Any]:
    """What of a stored page a client gets: words, which are stored wherever they are known, only if asked for."""
    lines = page["lines"] if words else [{k: v for k, v in line.items() if k != "words"} for line in page["lines"]]
    return {**page, "lines": lines}


def dump(result: Result) -> bytes:
    """What is stored. The pages are in JSON form already, so they are not copied as `asdict` would."""
    members = {member.name: getattr(result, member.name) for member in members_of(Result)}
    return zlib.compress(json.dumps(members, ensure_ascii=False).encode(), LEVEL)


def load(stored: bytes) -> Result:
    """The inverse of `dump`."""
    return Result(**json.loads(zlib.decompress(stored)))
