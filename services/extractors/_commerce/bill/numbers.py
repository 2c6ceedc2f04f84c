"""The number of an invoice or a receipt."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from services.extractors import Field
from services.extractors._commerce.reading.dates import readings
from services.extractors._commerce.reading.evidence import field
from services.extractors._commerce.reading.geometry import Cell, Sheet, gap_above
from services.extractors._commerce.reading.labels import FAR
from services.extractors._commerce.reading.lexicon import Mention, ascii_digits, fold, mentions

NUMBER = re.compile(
    r"[A-Z]{1,3} (?=\d+[A-Z])[\dA-Z]+/\d+(?![\w/])|"
    r"[A-Z]{1,3} (?=\d{3}|\d+/\d)\d[\d/]*\d(?![.,]?\d)|\d{4,}(?=[a-z]{2,3}\b)|"
    r"[A-Za-z0-9](?:[A-Za-z0-9]|[-/_.#](?=[A-Za-z0-9]))*"
)
JOINT = re.compile(r"[\s:;.,#=()\[\]°º*-]*(?:(?:n\.?o|o|nr|num|number|numero|nummer|n|id|bil)\b[\s:;.,#°º-]*)*")
"""What may stand between a label and its number."""

EXPLICIT = re.compile(r"\b(?:no|nr|num|number|numero|nummer|n|id|folio)\b|[#°º:№]|nummer|nr\b|number|番号|号|번호")
PREFIXED = re.compile(r"(?<!\w)[A-Z]{2,4}[-/]\d")
"""A label that is the first part of its number, as in `INV-118`."""

LEAST_SCORE = 0.3


class _Candidate(NamedTuple):
    score: float
    cell: Cell
    start: int
    end: int


def document_number(sheet: Sheet) -> Field | None:
    """The best labelled number; None where nothing is labelled as one."""
    return _best(sheet, "numbers.number")


def referenced_number(sheet: Sheet) -> Field | None:
    """The number of the bill that this one refers to, as a credit note does."""
    return _best(sheet, "numbers.referenced")


def _best(sheet: Sheet, concept: str) -> Field | None:
    best = max(_candidates(sheet, concept), key=lambda candidate: (candidate.score, -candidate.cell.row), default=None)
    if best is None or best.score < LEAST_SCORE:
        return None
    text = ascii_digits(best.cell.text)[best.start : best.end]
    return field(text, best.cell, best.start, best.end, 0.65 + 0.3 * min(best.score, 1.0))


def _candidates(sheet: Sheet, concept: str) -> Iterator[_Candidate]:
    for cell in sheet.cells:
        for mention in mentions(cell.text):
            if mention.concept == concept and not _is_of_another(cell, mention):
                for candidate in _values(sheet, cell, mention):
                    yield candidate._replace(
                        score=candidate.score * _strength(cell, mention, candidate.end - candidate.start)
                    )
        if concept == "numbers.number" and (match := re.match(r"#\s?(?=\w)", cell.text)):
            yield from _number_at(cell, match.end(), 0.45)


def _is_of_another(cell: Cell, label: Mention) -> bool:
    """Whether the label is the first part of a number of another bill: `Original invoice INV-0042`."""
    last = next(reversed(_before(cell, label)), None)
    own = PREFIXED.match(cell.text, label.start)
    return own is not None and last is not None and last.concept == "numbers.referenced"


def _strength(cell: Cell, label: Mention, length: int) -> float:
    """A label that says that a number follows counts more, one of another number's or of a date less.

    One or two digits beside one that does not say so, as in `Delivery  1`, are rather how many there are.
    """
    after = fold(cell.text[label.end : label.end + 8])
    named = fold(cell.text[label.start : label.end])
    explicit = bool(EXPLICIT.search(named) or re.match(r"\s?(?:[#:°º№]|n[or]?[.°º:\s]|num|id\b)", after))
    rivals = {"numbers.other_number", "dates.date", "dates.due", "dates.issued", "dates.other_date"}
    near = any(
        mention.concept in rivals and label.end <= mention.start <= label.end + 3 for mention in mentions(cell.text)
    )
    before = any(mention.concept == "numbers.other_number" for mention in _before(cell, label))
    plain = 0.7 if length > 2 else 0.2
    return (1.0 if explicit else plain) * (0.3 if near else 1.0) * (0.5 if before else 1.0) * (1 - 0.1 * cell.depth)


def _before(cell: Cell, label: Mention) -> list[Mention]:
    """Phrases before a label, with no digits between."""
    found = [mention for mention in mentions(cell.text) if mention.end <= label.start]
    return [mention for mention in found if not any(map(str.isdigit, cell.text[mention.end : label.start]))]


def _values(sheet: Sheet, cell: Cell, label: Mention) -> Iterator[_Candidate]:
    joint = JOINT.match(fold(cell.text), label.end)
    own = PREFIXED.match(cell.text, label.start)
    yield from _number_at(cell, label.start if own else joint.end() if joint else label.end, 1.0)
    if cell.text[label.end :].strip(" :.#°º*-)") == "" or joint and joint.end() == len(cell.text):
        yield from _beside(sheet, cell)
        yield from _below(sheet, cell)


def _beside(sheet: Sheet, label: Cell) -> Iterator[_Candidate]:
    """The next cell to the right, in the row or up to a line above or below it."""
    for cell in sheet.rows[label.row].cells:
        if cell.left > label.left:
            start = re.match(r"[\s:#.]*", cell.text)
            yield from _number_at(cell, start.end() if start else 0, 0.95)
            return
    for row in sheet.rows[max(0, label.row - 1) : label.row + 2]:
        for cell in row.cells:
            if cell.row != label.row and cell.left > label.right - 1 and abs(cell.middle - label.middle) < 1.1:
                yield from _number_at(cell, 0, 0.6)


def _below(sheet: Sheet, label: Cell) -> Iterator[_Candidate]:
    for row in sheet.rows[label.row + 1 : label.row + 3]:
        for cell in row.cells:
            overlap = min(cell.right, label.right) - max(cell.left, label.left)
            if gap_above(label, cell) <= FAR and overlap > 0.3 * min(cell.right - cell.left, label.right - label.left):
                yield from _number_at(cell, 0, 0.75)
                return


def _number_at(cell: Cell, start: int, score: float) -> Iterator[_Candidate]:
    match = NUMBER.match(ascii_digits(cell.text), start)
    if match and _is_number(cell, match):
        yield _Candidate(score * _shape(match.group()), cell, match.start(), match.end())


def _is_number(cell: Cell, match: re.Match[str]) -> bool:
    text = match.group()
    dated = any(
        reading.start < match.end() and match.start() < reading.end and not reading.weak
        for reading in readings(cell.text)
    )
    entries = re.fullmatch(r"\d{1,3}(?:[.,]\d{3})*[.,]\d{2}", text)
    clock = re.match(r"\d{0,2}:\d", cell.text[match.end() :])
    coded = any(map(str.isdigit, text)) or "_" in text
    return coded and len(text) <= 30 and not dated and not entries and not clock


def _shape(text: str) -> float:
    """Short numbers are less likely to be one."""
    return 0.8 if len(text) == 1 else 0.9 if len(text) == 2 else 1.0
