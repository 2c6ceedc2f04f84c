"""Stand-in until the reading order lands."""

from __future__ import annotations

from collections.abc import Sequence

from services.document import Line


def order(lines: Sequence[Line]) -> tuple[Line, ...]:
    return tuple(lines)


def page_text(lines: Sequence[Line]) -> str:
    return "\n".join(line.text for line in lines)
