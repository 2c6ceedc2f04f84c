"""The marks that items of lists begin with."""

from __future__ import annotations

import re
from dataclasses import dataclass

_BULLET = re.compile(r"[•‣◦▪▫●○■□·∙⁃*–—-]\s+(?=\S)")  # noqa: RUF001 - dashes of all widths are bullets
_SMALL = re.compile(r"[•‣◦▪▫●○■□·∙⁃](?=[^\W\d_])")
"""One so small that its space is not seen."""

_NUMBER = re.compile(r"(\d{1,3})[.)]\s+(?=\S)")
_LETTER = re.compile(r"\(?(?:[a-z]|[ivx]{2,5})\)\s+(?=\S)")


@dataclass(frozen=True, slots=True)
class Mark:
    """How Markdown marks such an item, and the characters of the printed mark. Letters are kept: Markdown has none."""

    markdown: str
    length: int


def mark_of(text: str) -> Mark | None:
    """The mark that a row begins with; None where it is no item."""
    if found := _BULLET.match(text) or _SMALL.match(text):
        return Mark("- ", found.end())
    if found := _NUMBER.match(text):
        return Mark(f"{found[1]}. ", found.end())
    return Mark("- ", 0) if _LETTER.match(text) else None
