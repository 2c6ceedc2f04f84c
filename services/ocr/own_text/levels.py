"""Rows that belong together: what is raised or lowered stands in its row, and parts of one row are one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from services.ocr.own_text.bidi import is_leftwards
from services.ocr.own_text.stretches import Row, Stretch

MOST_ROWS = 1500
"""Rows that are held against each other; pages with more are left as they are."""

NEAR = 0.3
"""The gap, in sizes of the larger type, up to which rows touch."""

SMALLER = 0.85
"""The size of what is raised or lowered, at most, of its row's."""

SHIFT = 0.6
"""How far its baseline may be off the row's, in sizes of the row's type."""

LONGEST = 12
"""Characters of what is raised or lowered."""

LEVEL = 0.1
"""How far baselines of one row may be apart, in sizes of the type."""

BLANK = 0.25
"""The gap, in sizes of the type, that is a blank."""

ZONE = 0.28, 0.8


def touch(rows: Sequence[Row]) -> bool:
    """Whether any two rows reach into each other: then they have to be looked at by character."""
    level = [row for row in rows if row.parts and row.frame.along == (1.0, 0.0)][:MOST_ROWS]
    return bool(_touching(level).any()) if len(level) > 1 else False


def _touching(rows: Sequence[Row]) -> NDArray[np.bool_]:
    """By pairs of level rows."""
    left, right, top, bottom, size = (np.array(side) for side in zip(*map(_extent, rows), strict=True))
    near = NEAR * np.maximum(size[:, None], size[None])
    beside = (left[:, None] < right[None] + near) & (left[None] < right[:, None] + near)
    level = (top[:, None] < bottom[None]) & (top[None] < bottom[:, None])
    return np.asarray(beside & level & ~np.eye(len(rows), dtype=bool))


def _extent(row: Row) -> tuple[float, float, float, float, float]:
    inked = [part for part in row.parts if not part.text.isspace()] or list(row.parts)
    top, bottom = min(part.top for part in inked), max(part.bottom for part in inked)
    height = bottom - top
    left, right = min(part.start for part in inked), max(part.end for part in inked)
    return left, right, top + ZONE[0] * height, top + ZONE[1] * height, max(part.size for part in inked)


def stood_on(rows: Sequence[Row]) -> list[Row]:
    """Level rows on whose letters stand others that come later in the file."""
    level = [row for row in rows if row.frame.along == (1.0, 0.0)]
    if not 1 < len(level) <= MOST_ROWS:
        return []
    pairs = np.argwhere(np.triu(_touching(level))).tolist()
    return [level[one] for one in dict.fromkeys(one for one, other in pairs if _collide(level[one], level[other]))]


def _shared(one: Stretch, other: Stretch) -> float:
    return min(one.end, other.end) - max(one.start, other.start)


def levelled(rows: Sequence[Row]) -> list[Row]:
    """Rows of characters, with those joined that are parts of one row; the smaller joins the larger."""
    level = [place for place, row in enumerate(rows) if row.frame.along == (1.0, 0.0) and not row.vertical]
    if not 1 < len(level) <= MOST_ROWS:
        return list(rows)
    found = list(rows)
    for place, hosts in _neighbours(rows, level):
        row = found[place]
        host = next((other for other in hosts if found[other].parts and _takes(found[other], row)), None)
        if host is not None:
            found[host] = _with(found[host], row)
            found[place] = replace(row, parts=())
    return [row for row in found if row.parts]


def _neighbours(rows: Sequence[Row], level: Sequence[int]) -> Iterator[tuple[int, list[int]]]:
    """The rows that touch others, smallest type first, with those."""
    pairs = _touching([rows[place] for place in level])
    touching = [nth for nth in range(len(level)) if pairs[nth].any()]
    for nth in sorted(touching, key=lambda nth: max(part.size for part in rows[level[nth]].parts)):
        yield level[nth], [level[other] for other in np.flatnonzero(pairs[nth])]


def _takes(host: Row, row: Row) -> bool:
    """Whether a row is part of another that it touches."""
    if not row.parts:
        return False
    size, own = (max(part.size for part in one.parts) for one in (host, row))
    shift = abs(_baseline(host) - _baseline(row))
    raised = own <= SMALLER * size and shift <= SHIFT * size and len(row.text.strip()) <= LONGEST
    same = shift <= LEVEL * size and is_leftwards(host.text + row.text)
    return (raised or same) and not _collide(host, row)


def _baseline(row: Row) -> float:
    return max(row.parts, key=lambda part: part.size).baseline


def _collide(host: Row, row: Row) -> bool:
    """Whether letters of one stand on letters of the other."""
    inked = [part for part in row.parts if not part.text.isspace()]
    others = [part for part in host.parts if not part.text.isspace()]
    return any(_shared(a, b) > min(NEAR * min(a.size, b.size), (a.end - a.start) / 2) for a in inked for b in others)


def _with(host: Row, row: Row) -> Row:
    """One row, from left to right, its blanks where there are gaps."""
    letters = sorted((part for part in (*host.parts, *row.parts) if not part.text.isspace()), key=_middle)
    size = max(part.size for part in host.parts)
    blanks = [part for part in (*host.parts, *row.parts) if part.text.isspace()]
    parts = list(letters[:1])
    for letter in letters[1:]:
        gap = letter.start - parts[-1].end
        if gap > BLANK * size or (gap > 0 and any(_stands(blank, parts[-1], letter) for blank in blanks)):
            parts.append(parts[-1]._replace(text=" ", start=parts[-1].end, end=letter.start))
        parts.append(letter)
    return replace(host, parts=tuple(parts))


def _stands(blank: Stretch, before: Stretch, after: Stretch) -> bool:
    """Whether a blank is in the gap rather than under a letter."""
    return before.end - 0.1 * before.size <= _middle(blank) <= after.start + 0.1 * after.size


def _middle(part: Stretch) -> float:
    return (part.start + part.end) / 2
