"""What other programs find in a PDF: the words that poppler's `pdftotext` reads, and where."""

from __future__ import annotations

import subprocess
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

NEAR = 3.0
"""Pixels by which an edge of a word may be off."""


class Found(NamedTuple):
    """A word and its upright box: left, top, right, bottom."""

    text: str
    box: tuple[float, float, float, float]


def printed(path: Path, *options: str) -> str:
    """The text that pdftotext reads."""
    return subprocess.run(
        ["pdftotext", *options, str(path), "-"], check=True, capture_output=True, text=True, timeout=60
    ).stdout


def found(path: Path, dpi: float) -> list[list[Found]]:
    """The words of each page, in pixels of the displayed page at `dpi`."""
    root = etree.fromstring(printed(path, "-bbox", "-cropbox").encode(), etree.XMLParser(recover=True))
    space = {"h": "http://www.w3.org/1999/xhtml"}
    return [
        [_found(word, dpi / 72) for word in page.iterfind("h:word", space)]
        for page in root.iterfind(".//h:page", space)
    ]


def _found(word: Any, zoom: float) -> Found:
    left, top, right, bottom = (float(word.get(name)) * zoom for name in ("xMin", "yMin", "xMax", "yMax"))
    return Found(word.text or "", (left, top, right, bottom))


def read_words(page: Mapping[str, Any]) -> list[Found]:
    """The words of a page of a result."""
    words = [word for line in page["lines"] for word in line.get("words", ())]
    return [Found(word["text"], bounds(word["bbox"])) for word in words]


def bounds(quad: Iterable[Sequence[float]]) -> tuple[float, float, float, float]:
    xs, ys = zip(*quad, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def in_place(wanted: Sequence[Found], there: Sequence[Found]) -> int:
    """How many words are found with every edge within NEAR pixels of their box."""
    by_text: dict[str, list[Found]] = defaultdict(list)
    for word in there:
        by_text[word.text].append(word)
    return sum(any(_is_near(word, other) for other in by_text[word.text]) for word in wanted)


def at_all(wanted: Sequence[Found], there: Sequence[Found]) -> int:
    """How many words are found wherever."""
    return (Counter(word.text for word in wanted) & Counter(word.text for word in there)).total()


def _is_near(one: Found, other: Found) -> bool:
    return all(abs(a - b) <= NEAR for a, b in zip(one.box, other.box, strict=True))
