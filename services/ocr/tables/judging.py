"""Whether what stands in columns is a table: prose, dialogue, forms, addresses and contents with dots are none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import mean

from services.ocr.tables.parts import Part, is_number

MOSTLY = 0.6
"""The share of a column's cells that have to be numbers for it to be one of numbers."""

LEAST_TEXT_ROWS, LEAST_TEXT_COLUMNS, FILLED, WORDS, RUNNING = 3, 3, 0.7, 4.0, 0.3
"""Of a table of words alone: rows and columns, the share of cells that are not empty, words in a cell on the average,
and less than this share of them begins in lower case."""

RULED_TEXT_ROWS = 3

LABELS = 0.5
"""Where that share of the first cells ends with a colon, they are labels of a form."""

LEADERS = 0.3

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
    if _has_numbers(texts, columns):
        return True
    return _is_of_words(texts, columns, ruled=ruled)


def _has_leaders(texts: Sequence[Sequence[str]]) -> bool:
    return sum(any(map(_DOTS.search, row)) for row in texts) >= LEADERS * len(texts)


def _is_form(texts: Sequence[Sequence[str]], columns: int) -> bool:
    labels = [row[0] for row in texts if row[0]]
    return columns == 2 and sum(label.endswith(":") for label in labels) >= LABELS * len(labels)


def _has_numbers(texts: Sequence[Sequence[str]], columns: int) -> bool:
    """Whether a column but the first is one of numbers; of two columns those have to be of one form."""
    body = texts[1:]
    for column in range(1, columns):
        cells = [row[column] for row in body if row[column]]
        numbers = [cell for cell in cells if _AMOUNT.match(cell) or is_number(cell)]
        if cells and len(numbers) >= MOSTLY * len(cells) and (columns > 2 or _are_alike(numbers)):
            return True
    return False


def _are_alike(numbers: Sequence[str]) -> bool:
    forms = Counter(re.sub(r"[^\W\d]+", "a", re.sub(r"\d+", "9", re.sub(r"^\W+", "", one))) for one in numbers)
    return max(forms.values()) >= MOSTLY * len(numbers)


def _is_of_words(texts: Sequence[Sequence[str]], columns: int, *, ruled: bool) -> bool:
    cells = [cell for row in texts for cell in row if cell]
    is_short = mean(len(cell.split()) for cell in cells) <= WORDS
    is_running = sum(cell[:1].islower() for cell in cells) >= RUNNING * len(cells)
    is_full = len(cells) >= FILLED * len(texts) * columns
    if not is_short or is_running or not is_full:
        return False
    if ruled:
        return len(texts) >= RULED_TEXT_ROWS
    return len(texts) >= LEAST_TEXT_ROWS and columns >= LEAST_TEXT_COLUMNS
