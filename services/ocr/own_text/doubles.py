"""Text that stands on text: printed twice to look bold, or one over the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product

from services.document.model import Point
from services.ocr.own_text.stretches import Row, Stretch

OFF, OWN = 0.15, 0.6
"""How far apart the same character stands that is printed twice, in sizes of its type, and in its own widths."""

LEAST = 8
"""Letters of a row from which it is looked at whether each is there twice."""

MOST_DOUBLED = 0.8


def once(rows: Sequence[Row]) -> list[Row]:
    """Rows of characters without those that stand where the same one stands already."""
    seen: dict[tuple[str, int, int], list[Point]] = {}
    kept = (replace(row, parts=tuple(part for part in row.parts if _is_first(row, part, seen))) for row in rows)
    return [row for row in kept if row.text.strip()]


def _is_first(row: Row, part: Stretch, seen: dict[tuple[str, int, int], list[Point]]) -> bool:
    if part.text.isspace():
        return True
    reach = max(min(OFF * part.size, OWN * (part.end - part.start)), 1e-3)
    x, y = row.frame.point(part.start, part.baseline)
    column, line = int(x // part.size), int(y // part.size)
    places = ((part.text, column + dx, line + dy) for dx, dy in product((-1, 0, 1), repeat=2))
    if any(max(abs(x - a), abs(y - b)) <= reach for place in places for a, b in seen.get(place, ())):
        return False
    seen.setdefault((part.text, column, line), []).append((x, y))
    return True


def are_doubled(rows: Iterable[Row]) -> bool:
    """Whether in some row every letter comes twice, one after the other."""
    return any(_is_doubled("".join(row.text.split())) for row in rows)


def _is_doubled(text: str) -> bool:
    pairs = list(zip(text[::2], text[1::2], strict=False))
    return len(text) >= LEAST and sum(one == other for one, other in pairs) > MOST_DOUBLED * len(pairs)
