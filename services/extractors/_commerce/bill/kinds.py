"""What kind of bill a document calls itself: an invoice, a receipt, a credit note."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from services.extractors import Field
from services.extractors._commerce.reading.evidence import field
from services.extractors._commerce.reading.geometry import Cell, Sheet
from services.extractors._commerce.reading.lexicon import Mention, mentions

FAMILY = "kinds"
"""The table of `words/` whose keys are the kinds."""

PLAIN = frozenset({"invoice", "receipt"})
"""Kinds whose words stand on other documents as well, for what those are about."""

LEAST_SHARE = 0.35
"""Of a line's letters that the kind takes up, where the line is a title."""


class _Title(NamedTuple):
    score: float
    kind: str
    cell: Cell
    mention: Mention


def document_kind(sheet: Sheet) -> Field | None:
    """One of the keys of `kinds` in `words/`; None where no title says it."""
    best = max(_titles(sheet), key=lambda title: title.score, default=None)
    if best is None:
        return None
    return field(best.kind, best.cell, best.mention.start, best.mention.end, min(0.95, 0.7 + 0.2 * best.score))


def _titles(sheet: Sheet) -> Iterator[_Title]:
    for cell in sheet.cells:
        for mention in mentions(cell.text):
            if mention.family == FAMILY and (score := _score(cell, mention)) > 0:
                yield _Title(score, mention.concept.partition(".")[2], cell, mention)


def _score(cell: Cell, mention: Mention) -> float:
    """Large, at the top, and a line of its own or at the start of one."""
    letters = sum(map(str.isalpha, cell.text))
    share = (mention.end - mention.start) / max(letters, 1)
    ahead = sum(map(str.isalpha, cell.text[: mention.start]))
    if share < LEAST_SHARE or ahead > 12:
        return 0.0
    kind = mention.concept.partition(".")[2]
    evidence = (
        (0.5 * (1 - cell.depth), True),
        (0.3 * min(1.0, max(0.0, cell.height - 1)), True),
        (0.3, share > 0.8),
        (0.6, kind not in PLAIN and not ahead),
        (0.15, not ahead),
        (-0.6, cell.depth > 0.6),
    )
    return sum(weight for weight, holds in evidence if holds)
