"""The JSON form of recognised pages, which is stored, sent and exported."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from services.document import values
from services.document.findings import Fields, Findings, Kind
from services.document.model import Line, Page, PageFailure, Quad, Table, TextSource, Word
from services.document.values import FormatError

Kinds = Mapping[str, Kind[Any]]


def dump_page(page: Page, *, words: bool = True, tables: bool = True) -> dict[str, Any]:
    """`bbox` is four [x, y] points, clockwise from the text's own top left, in pixels to one decimal.

    Lines have `words` where they are known, and none without `words`. There are `findings` only where there are any,
    `tables` where somebody looked for them, and none without `tables`; `hidden_text` and `keeps_hyphen` only where they
    are true.
    """
    findings = {"findings": _dump_findings(page.findings)} if page.findings != Findings() else {}
    found = {} if page.tables is None or not tables else {"tables": values.dump(page.tables)}
    optional = findings | found | ({"hidden_text": True} if page.hidden_text else {})
    return optional | {
        "page": page.number,
        "text": page.text,
        "lines": [_dump_line(line, words) for line in page.lines],
        "success": page.failure is None,
        "source": page.source.value,
        "width": page.width,
        "height": page.height,
        "dpi": page.dpi,
        "rotation": page.rotation,
        "pixel_aspect": None if page.aspect == 1 else round(page.aspect, 4),
        "error": values.dump(page.failure) if page.failure else None,
        "warning": page.warning,
    }


def _dump_line(line: Line, words: bool) -> dict[str, Any]:
    optional = {"words": [_dump_text(word) for word in line.words]} if words and line.words else {}
    return _dump_text(line) | optional | ({"keeps_hyphen": True} if line.keeps_hyphen else {})


def _dump_text(item: Line | Word) -> dict[str, Any]:
    return {"text": item.text, "confidence": values.number(item.confidence), "bbox": values.quad(item.quad)}


def _dump_findings(findings: Findings) -> dict[str, Any]:
    return {"found": values.dump(findings.found.values), "failed": dict(findings.failed)}


def write_page(page: Page) -> str:
    """The page with its findings, as it is kept until all pages of its document are read."""
    return json.dumps(dump_page(page), ensure_ascii=False)


def read_page(text: str, kinds: Kinds | None = None) -> Page:
    """The page that `write_page` wrote; for `kinds` see `load_page`. Raises FormatError."""
    try:
        return load_page(json.loads(text), kinds)
    except json.JSONDecodeError:
        raise FormatError("no JSON") from None


def load_page(stored: Mapping[str, Any], kinds: Kinds | None = None) -> Page:
    """The page that `dump_page` wrote. Of its findings those are there that are of these `kinds`, by their names.

    Raises FormatError.
    """
    try:
        return _load_page(stored, kinds or {})
    except FormatError:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise FormatError(f"no page: {type(error).__name__}") from None  # the error may quote what is there


def _load_page(stored: Mapping[str, Any], kinds: Kinds) -> Page:
    same = {name: stored[name] for name in ("text", "width", "height", "dpi", "rotation", "warning")}
    return Page(
        number=stored["page"],
        lines=tuple(map(_load_line, stored["lines"])),
        source=TextSource(stored["source"]),
        aspect=stored["pixel_aspect"] or 1.0,
        failure=values.load(PageFailure, stored["error"]) if stored["error"] else None,
        hidden_text=stored.get("hidden_text", False),  # pages that were stored before have none
        findings=_load_findings(stored.get("findings", {}), kinds),
        tables=values.load(tuple[Table, ...], stored["tables"]) if "tables" in stored else None,
        **same,
    )


def _load_line(stored: Mapping[str, Any]) -> Line:
    words = tuple(_load_word(word) for word in stored.get("words", ()))
    return Line(
        stored["text"], stored["confidence"], _load_quad(stored["bbox"]), words, stored.get("keeps_hyphen", False)
    )


def _load_word(stored: Mapping[str, Any]) -> Word:
    return Word(stored["text"], stored["confidence"], _load_quad(stored["bbox"]))


def _load_quad(stored: list[list[float]]) -> Quad:
    (left, top), (right, above), (end, bottom), (start, below) = stored
    return Quad((left, top), (right, above), (end, bottom), (start, below))


def _load_findings(stored: Mapping[str, Any], kinds: Kinds) -> Findings:
    found = {name: item for name, item in stored.get("found", {}).items() if name in kinds}
    return Findings(load_fields(found, kinds.__getitem__), stored.get("failed", {}))


def load_fields(stored: Mapping[str, Any], kind_of: Callable[[str], Kind[Any]]) -> Fields:
    """What extractors found. `kind_of` gives the kind of each by its name, and raises KeyError where it knows none.

    Raises FormatError, and what `kind_of` raises.
    """
    return Fields({name: _load_found(kind_of(name), found) for name, found in stored.items()})


def _load_found(kind: Kind[Any], found: Any) -> object:
    return None if found is None else values.load(kind.form, found)
