"""The JSON form of recognised pages: what is stored, cached and sent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from services.document import Line, Page, Quad, Word


@dataclass(frozen=True, slots=True)
class Result:
    """A stored result. `pages` are in the JSON form of `dump_page`, `multipage` decides which of two shapes is sent."""

    pages: list[dict[str, Any]]
    engine: str
    models: list[str]
    multipage: bool
    warnings: list[str]


def dump_page(page: Page) -> dict[str, Any]:
    """`bbox` is four [x, y] points, clockwise from the text's own top left, in pixels to one decimal."""
    return {
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
    return {"text": item.text, "confidence": round(item.confidence, 4), "bbox": _quad(item.quad)}


def _quad(quad: Quad) -> list[list[float]]:
    return [[round(x, 1), round(y, 1)] for x, y in quad.points]


def join(
    pages: list[str], engine: str, models: tuple[str, ...], multipage: bool, warnings: tuple[str, ...] = ()
) -> bytes:
    """A stored result, made of pages that are JSON already."""
    head = json.dumps({"engine": engine, "models": models, "multipage": multipage, "warnings": warnings})
    return f'{head[:-1]}, "pages": [{",".join(pages)}]}}'.encode()


def load(stored: bytes) -> Result:
    """The inverse of `join`."""
    return Result(**json.loads(stored))
