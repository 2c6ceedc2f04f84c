"""Rows of a program, told by their signs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.document.paragraphs import Row

LEAST_ROWS, SHARE = 3, 0.6

_KEYWORD = (
    r"(?:def|class|return|import|from|for|while|if|else|elif|try|function|var|let|const|public|private|#include)\b"
)
_CODE = re.compile(rf"\s*{_KEYWORD}(?!.*[.?!]$)|.*[;{{}}]$|.*\w\(.*\)[:;]?$|.*[\w\])] ?(?:[-+*/]?=|==|!=|=>|->) ?\S")


def is_code(rows: Sequence[Row]) -> bool:
    """Whether most of these rows have the signs of programming languages, and none several cells."""
    if len(rows) < LEAST_ROWS:
        return False
    return sum(bool(_CODE.match(row.text)) for row in rows) >= SHARE * len(rows)
