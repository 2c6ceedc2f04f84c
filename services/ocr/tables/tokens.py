"""The words of a page in the frame of its text, and the text of those that stand in one cell."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from services.document.model import Line
from services.document.rows import Extent, Frame, are_level, in_rows
from services.document.words import words_of

LEVEL = 0.5
"""Words stand in one row whose middles are closer than this share of the lower one's height."""

_PARTED = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]$")


@dataclass(frozen=True, slots=True)
class Token(Extent):
    """A word; `line` is the place of its line on the page, `keeps_hyphen` whether a hyphen at its end is its own."""

    text: str
    line: int
    keeps_hyphen: bool = False


def tokens_of(lines: Sequence[Line], frame: Frame) -> list[list[Token]]:
    """The words of each line."""
    return [list(_tokens(line, place, frame)) for place, line in enumerate(lines)]


def _tokens(line: Line, place: int, frame: Frame) -> Iterator[Token]:
    for word in words_of(line):
        extent = frame.extent(word.quad)
        yield Token(
            extent.left, extent.right, extent.middle, extent.height, word.text, place, keeps_hyphen=line.keeps_hyphen
        )


class _Row:
    def __init__(self, first: Token) -> None:
        self.tokens = [first]

    def off(self, token: Token) -> float | None:
        last = self.tokens[-1]
        return abs(last.middle - token.middle) if are_level(last, token, LEVEL) else None

    def add(self, token: Token) -> None:
        self.tokens.append(token)


def text_of(tokens: Iterable[Token]) -> str:
    """Row by row, joined by spaces; a word that a hyphen parts at the end of a row is whole again.

    The words of one line come in its order.
    """
    tokens = list(tokens)
    order = {id(token): place for place, token in enumerate(tokens)}
    rows = in_rows(sorted(tokens, key=lambda one: one.middle), _Row, recent=2)
    text, keeps = "", False
    for row in rows:
        ordered = _in_order(sorted(row.tokens, key=lambda one: order[id(one)]))
        words = " ".join(token.text for token in ordered)
        if not keeps and words[:1].islower() and _PARTED.search(text):
            text = text[:-1] + words
        else:
            text = f"{text}{'' if keeps else ' '}{words}" if text else words
        keeps = ordered[-1].keeps_hyphen and bool(_PARTED.search(words))
    return text


def _in_order(tokens: Sequence[Token]) -> list[Token]:
    """From left to right, each line's words as the line has them."""
    lines = groupby(sorted(tokens, key=lambda one: one.line), key=lambda one: one.line)
    parts = sorted((list(part) for _, part in lines), key=lambda part: min(token.left for token in part))
    return [token for part in parts for token in part]
