"""Rows of scripts that run from right to left, from the order in which they are seen to that in which they are read.

The inverse of the Unicode Bidirectional Algorithm (UAX 9) for a row that runs leftwards: numbers and Latin words keep
their order from left to right, all else is turned round, brackets with it (rule L4).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from services.ocr.own_text.stretches import Row, Stretch

MIRRORED = dict(zip("()[]{}<>«»", ")(][}{><»«", strict=True))

_RUNS = re.compile(r"L(?:[LNM.]*[LNM])?(?: +(?:L(?:[LNM.]*[LNM])?|[.]*N(?:[NM.]*N)?))*|[+]?N(?:[.]?N)*%?|.")
"""Runs from left to right by the classes of characters, as they are seen: words with what follows them, and numbers."""

_CLASSES = {"L": "L", "EN": "N", "AN": "N", "NSM": "M", "R": "R", "AL": "R", "WS": " ", "ET": "%", "ES": ".", "CS": "."}


def is_leftwards(text: str) -> bool:
    """Whether most of its letters run from right to left."""
    classes = [unicodedata.bidirectional(one) for one in text]
    return sum(one in ("R", "AL") for one in classes) > classes.count("L")


def has_leftwards(rows: Iterable[Row]) -> bool:
    """Whether any letter runs from right to left."""
    return any(
        "\u0590" <= one <= "\ufeff" and unicodedata.bidirectional(one) in ("R", "AL")
        for row in rows
        for one in row.text
    )


def logical(rows: Sequence[Row]) -> list[Row]:
    """Rows of characters in the order of reading."""
    return [_logical(row) if is_leftwards(row.text) else row for row in rows]


def _logical(row: Row) -> Row:
    clusters = sorted(_clusters(row.parts), key=lambda cluster: cluster[0].start + cluster[0].end)
    classes = "".join(_CLASSES.get(unicodedata.bidirectional(cluster[0].text[:1]), "-") for cluster in clusters)
    runs = [clusters[match.start() : match.end()] for match in _RUNS.finditer(classes)]
    parts = [_turned(part, alone=len(run) == 1) for run in reversed(runs) for cluster in run for part in cluster]
    return replace(row, parts=tuple(parts))


def _clusters(parts: Sequence[Stretch]) -> Iterator[list[Stretch]]:
    """Characters with the marks that stand on them, and with those that share their glyph."""
    cluster: list[Stretch] = []
    for part in parts:
        on_it = unicodedata.combining(part.text[:1] or " ") or part.end - part.start < 1e-3
        if cluster and not on_it:
            yield cluster
            cluster = []
        cluster.append(part)
    if cluster:
        yield cluster


def _turned(part: Stretch, *, alone: bool) -> Stretch:
    """Brackets of the other side, and letters in place of their shapes."""
    text = MIRRORED.get(part.text, part.text) if alone else part.text
    if any("\ufb1d" <= one <= "\ufdff" or "\ufe70" <= one <= "\ufefc" for one in text):
        text = unicodedata.normalize("NFKC", text)
    return part if text == part.text else part._replace(text=text)
