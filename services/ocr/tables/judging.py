"""Whether what stands in columns is a table: prose, dialogue, forms, addresses and contents with dots are none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import mean

from services.ocr.tables.parts import Part, is_number

MOSTLY = 0.6
"""The share of a column's cells that have to be numbers for it to be one of numbers."""

MOST_WORDS = 4
"""Of an amount, or a date."""

LEAST_TEXT_ROWS, LEAST_TEXT_COLUMNS, FILLED, WORDS = 3, 3, 0.7, 4.0
"""Of a table of words alone: rows and columns, the share of cells with words, words in a cell on the average."""

RUNNING = 0.3
"""Where that share of cells begins in lower case with several words, they are parts of sentences."""

RULED_TEXT_ROWS = 3

LABELS = 0.5
"""Where that share of the first cells ends with a colon, they are labels of a form."""

LEADERS = 0.3

_DIGIT = re.compile(r"\d")
_AMOUNT = re.compile(r"\W{0,2}\d")
_DOTS = re.compile(r"\.{4,}|(?:\. ){4,}|…{2,}")


def is_table(parts: Sequence[Part], *, ruled: bool) -> bool:
    """By its cells, row by row; `ruled` says that there are rules between its rows."""
    rows = 1 + max(part.row for part in parts)
    columns = 1 + max(part.column for part in parts)
    texts = [["" for _ in range(columns)] for _ in range(rows)]
    for part in parts:
        texts[part.row][part.column] = part.text
    if sum(sum(map(bool, row)) > 1 for row in texts) < 2 or _has_leaders(texts) or _is_form(texts, columns):
        return False
    if _is_running(texts) or (rows == 2 and not _is_headed(texts)):
        return False
    return _has_numbers(texts, columns) or _is_of_words(texts, columns, ruled=ruled)


def _is_running(texts: Sequence[Sequence[str]]) -> bool:
    """Whether many cells begin in the middle of a sentence."""
    cells = [cell for row in texts for cell in row if cell]
    return sum(cell[:1].islower() and len(cell.split()) > 1 for cell in cells) >= RUNNING * len(cells)


def _is_headed(texts: Sequence[Sequence[str]]) -> bool:
    """Whether the first of two rows has no digits, and the second has amounts in all cells but the first."""
    head, body = texts
    return not any(map(_DIGIT.search, head)) and all(cell and _is_amount(cell) for cell in body[1:])


def _has_leaders(texts: Sequence[Sequence[str]]) -> bool:
    return sum(any(map(_DOTS.search, row)) for row in texts) >= LEADERS * len(texts)


def _is_form(texts: Sequence[Sequence[str]], columns: int) -> bool:
    labels = [row[0] for row in texts if row[0]]
    return columns == 2 and sum(label.endswith(":") for label in labels) >= LABELS * len(labels)


def _has_numbers(texts: Sequence[Sequence[str]], columns: int) -> bool:
    """Whether a column but the first is one of numbers; of two columns those have to be of one form."""
    body = texts if any(map(_is_amount, texts[0][1:])) else texts[1:]
    for column in range(1, columns):
        cells = [row[column] for row in body if row[column]]
        numbers = list(filter(_is_amount, cells))
        if cells and len(numbers) >= MOSTLY * len(cells) and (columns > 2 or _are_alike(numbers)):
            return True
    return False


def _is_amount(cell: str) -> bool:
    return len(cell.split()) <= MOST_WORDS and bool(_AMOUNT.match(cell) or is_number(cell))


def _are_alike(numbers: Sequence[str]) -> bool:
    forms = Counter(re.sub(r"[^\W\d]+", "a", re.sub(r"\d+", "9", re.sub(r"^\W+", "", one))) for one in numbers)
    return max(forms.values()) >= MOSTLY * len(numbers)


def _is_of_words(texts: Sequence[Sequence[str]], columns: int, *, ruled: bool) -> bool:
    cells = [cell for row in texts for cell in row if cell]
    is_short = mean(len(cell.split()) for cell in cells) <= WORDS
    is_full = len(cells) >= FILLED * len(texts) * columns
    if not is_short or not is_full:
        return False
    if ruled:
        return len(texts) >= RULED_TEXT_ROWS
    return len(texts) >= LEAST_TEXT_ROWS and columns >= LEAST_TEXT_COLUMNS
