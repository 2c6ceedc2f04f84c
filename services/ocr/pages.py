"""The option `pages`: `1-3,7`. Page numbers count from 1, ranges include both ends."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.errors import BadInput, PageOutOfRange, TooManyPages

MAX_LENGTH = 1000
"""Characters that `pages` may have."""

MAX_NUMBER = 1_000_000
"""The largest page number that is understood."""

_PART = re.compile(r"\s*([0-9]{1,9})\s*(?:-\s*([0-9]{1,9})\s*)?")


@dataclass(frozen=True, slots=True)
class PageRanges:
    """The pages that were asked for, as ascending spans (first, last) that neither touch nor overlap."""

    spans: tuple[tuple[int, int], ...]

    @property
    def total(self) -> int:
        """How many pages these are."""
        return sum(last - first + 1 for first, last in self.spans)

    @property
    def last(self) -> int:
        """The highest page number."""
        return self.spans[-1][1]


def parse(text: str) -> PageRanges:
    """Check the syntax of `1-3,7`; needs no document. Raises BadInput naming the part that is wrong."""
    if len(text) > MAX_LENGTH:
        raise BadInput(f"`pages` is longer than {MAX_LENGTH} characters.")
    spans: list[tuple[int, int]] = []
    for first, last in sorted(_span(part) for part in text.split(",")):
        if spans and first <= spans[-1][1] + 1:
            first, last = spans[-1][0], max(last, spans.pop()[1])
        spans.append((first, last))
    return PageRanges(tuple(spans))


def resolve(ranges: PageRanges | None, count: int, limit: int | None = None) -> tuple[int, ...]:
    """The page numbers to read of a document with `count` pages, ascending and unique; None asks for all.

    Raises PageOutOfRange for a page that is not there, TooManyPages when more than `limit` are asked for. Both are
    found before anything is expanded.
    """
    asked = ranges or PageRanges(((1, count),))
    if asked.last > count:
        raise PageOutOfRange(f"Page {_missing(asked, count)} does not exist: the document has {_pages(count)}.")
    if limit is not None and asked.total > limit:
        raise TooManyPages(
            f"{_pages(asked.total)} are asked for, but at most {limit} can be read at once. Choose some with `pages`."
        )
    return tuple(number for first, last in asked.spans for number in range(first, last + 1))


def _span(part: str) -> tuple[int, int]:
    match = _PART.fullmatch(part)
    if match is None:
        raise BadInput(f"`pages` has a part that is not understood: {part.strip()[:40]!r}. Write it like 1-3,7.")
    first, last = int(match[1]), int(match[2] or match[1])
    if not 1 <= first <= last <= MAX_NUMBER:
        raise BadInput(f"`pages` has a wrong range: {part.strip()!r}. Pages run from 1 to {MAX_NUMBER}, low to high.")
    return first, last


def _missing(asked: PageRanges, count: int) -> int:
    return next(max(first, count + 1) for first, last in asked.spans if last > count)


def _pages(count: int) -> str:
    return "1 page" if count == 1 else f"{count} pages"
