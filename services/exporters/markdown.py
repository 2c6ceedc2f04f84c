"""Markdown: headings, paragraphs, lists and simple tables, as far as sizes and places tell them.

A row larger than the page's usual type is a heading. Tables are those that were found on the page, each with one row of
heads. Words that were parted at the end of a row are joined again. A rule parts pages.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, groupby, pairwise
from math import inf
from unicodedata import east_asian_width

from config import Settings
from services.document.model import Document, Line, Page
from services.document.tables import first_line, lines_of
from services.exporters import About, Exporter
from services.exporters._blocks import Paragraph, Row, blocks_of, has_columns, rows_of
from services.exporters._escapes import escaped
from services.exporters._found import with_tables
from services.exporters._pipes import table_in_pipes
from services.exporters._upright import upright_pages

REQUIRES: tuple[str, ...] = ()

Placed = tuple[int, str]
"""A piece of Markdown, and the place on the page of the line that it begins with."""

HEADING, TITLE = 1.35, 1.9
"""How many times the usual height of a line headings of the second and of the first level have."""

ROOM = 3
"""Characters beside the next row's first word for which a row has room that ends early."""

SHORT, RAGGED = 40, 2
"""Characters of rows, as of an address, that stand for themselves if they are shorter than others by so many."""

SENTENCE_WORDS = 4
"""Of a row that goes on in lower case in the next one, wherever it ends: a ragged margin, and no line of an address."""

LONGEST_CHARACTERS = 120
"""Characters of a heading; what is longer is text in large type."""

_BULLET = re.compile(r"[•‣◦▪▫●○■□·∙*–—-]\s+(?=\S)")
_NUMBER = re.compile(r"(\d{1,3})[.)]\s+(?=\S)")
_HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u00ad\u2010]$")
_COMPLETED = re.compile(r"(?:and|or|to|et|ou|y|e|o|i)\s")
"""What a word that is completed by a later one goes on with: `pre- and post-war`."""


def build(settings: Settings) -> Exporter:
    """Nothing depends on the settings."""
    return Exporter("text/markdown", ".md", _write, saved=True)


def _write(document: Document, about: About) -> bytes:
    pages = ("\n\n".join(_page(page)) for page in upright_pages(with_tables(document), about.media_type, square=True))
    return ("\n\n---\n\n".join(pages) + "\n").encode()


def _page(page: Page) -> Iterator[str]:
    taken = {place for table in page.tables or () for place in lines_of(table)}
    lines = [line for place, line in enumerate(page.lines) if place not in taken]
    places = {id(line): place for place, line in enumerate(page.lines)}
    parts: list[Placed] = [(first_line(table), table_in_pipes(table)) for table in page.tables or ()]
    parts += _running(lines, places)
    yield from (text for _, text in sorted(parts, key=lambda part: part[0]))


def _running(lines: Sequence[Line], places: Mapping[int, int]) -> Iterator[Placed]:
    """What stands in no table, each with the place of its first line."""
    rows = rows_of(lines)
    usual = _usual_height(rows)
    running = [row for row in rows if len(row.text) > SHORT and not has_columns(row)]
    for block in blocks_of(lines):
        for paragraph in block.paragraphs:
            place = places[id(paragraph.lines[0])]
            yield from ((place, text) for text in _prose(paragraph, usual, _edge(paragraph, running)))


def _usual_height(rows: Iterable[Row]) -> float:
    """That of the row in which the middle one of all characters stands, from the smallest type to the largest."""
    sizes = sorted((row.height, len(row.text)) for row in rows)
    ends = list(accumulate(length for _, length in sizes))
    return sizes[bisect_left(ends, ends[-1] / 2)][0] if sizes else 1.0


def _edge(paragraph: Paragraph, running: Iterable[Row]) -> float:
    """Up to where its rows could have gone on.

    That is where its widest row ends; of short ones, as of an address over a letter, where most of the `running`
    text does that starts below each other with them.
    """
    edge = max(row.right for row in paragraph.rows)
    if any(len(row.text) > SHORT for row in paragraph.rows):
        return edge
    left, near = min(row.left for row in paragraph.rows), 2 * paragraph.rows[0].height
    ends = sorted(row.right for row in running if abs(row.left - left) < near)
    return max(edge, ends[len(ends) // 2]) if ends else edge


def _prose(paragraph: Paragraph, usual: float, edge: float) -> Iterator[str]:
    """A heading, or items and running text, items one below the other."""
    if level := _level(paragraph, usual):
        yield "#" * level + " " + escaped(joined(paragraph.rows))
        return
    for is_item, group in groupby(_parts(paragraph.rows, edge), key=lambda part: bool(part[0])):
        yield ("\n" if is_item else "\n\n").join(mark + escaped(text) for mark, text in group)


def _level(paragraph: Paragraph, usual: float) -> int:
    """1 or 2 for a heading, 0 for what is none."""
    tall = min(row.height for row in paragraph.rows) / max(usual, 1e-6)
    text = joined(paragraph.rows)
    if (
        tall < HEADING
        or len(text) > LONGEST_CHARACTERS
        or any(map(has_columns, paragraph.rows))
        or not _has_letters(text)
    ):
        return 0
    return 1 if tall >= TITLE else 2


def _has_letters(text: str) -> bool:
    return any(one.isalpha() for one in text)


def _parts(rows: Sequence[Row], edge: float) -> Iterator[tuple[str, str]]:
    """Items of a list with the marks that Markdown has for them; text that is none with an empty one."""
    starts = [place for place, row in enumerate(rows) if _marker(row.text)[0]]
    for start, end in zip([0, *starts], [*starts, len(rows)], strict=True):
        if start < end:
            text = joined(rows[start:end], edge)
            mark, length = _marker(text)
            yield mark, text[length:]


def _marker(text: str) -> tuple[str, int]:
    """How Markdown marks the item that begins so, and the length of the mark that is printed."""
    if found := _BULLET.match(text):
        return "- ", found.end()
    if found := _NUMBER.match(text):
        return f"{found[1]}. ", found.end()
    return "", 0


def joined(rows: Sequence[Row], edge: float = 0.0) -> str:
    """One text, with a line feed only after rows that end before they had to, as in an address: `edge`, or the widest.

    Where a row in the middle of a sentence ends early the margin is ragged, and no other that ends there ends a line.
    Words parted by a hyphen at a row's end are whole again, with the hyphen where it is their own; ideographs stand
    without spaces.
    """
    edge = max(edge, *(row.right for row in rows))
    ragged = min((row.right for row, after in pairwise(rows) if _goes_on(row.text, after.text)), default=inf)
    text = rows[0].text
    for row, after in pairwise(rows):
        is_end = row.right < ragged and _ends_early(row, after, edge)
        text = f"{text}\n{after.text}" if is_end else _joint(text, after.text, row.lines[-1].keeps_hyphen)
    return text


def _ends_early(row: Row, after: Row, edge: float) -> bool:
    """Whether it is a short one, or the first word of the next row would have had its place in this one."""
    if has_columns(row) and has_columns(after):
        return True
    word, _, rest = after.text.partition(" ")
    character = (after.right - after.left) / max(1, len(after.text))
    is_short = len(row.text) <= SHORT and row.right + RAGGED * character < edge
    return is_short or (bool(rest) and row.right + (len(word) + ROOM) * character < edge)


def _goes_on(text: str, after: str) -> bool:
    """Whether the second row is in the middle of a sentence that the first one began."""
    return after[:1].islower() and (text[-1:].isalpha() or text[-1:] == ",") and len(text.split()) >= SENTENCE_WORDS


def _joint(text: str, after: str, keeps_hyphen: bool) -> str:
    if _HYPHEN.search(text) and after[:1].islower():
        if keeps_hyphen:
            return f"{text} {after}" if _COMPLETED.match(after) else text + after
        return _HYPHEN.sub("", text) + after
    both_wide = all(east_asian_width(one) in "WF" for one in text[-1:] + after[:1])
    return text + after if both_wide else f"{text} {after}"
