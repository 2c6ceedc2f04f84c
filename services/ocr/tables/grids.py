"""Grids of rules: where they stand, and which sides of their cells are drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from services.ocr.tables.rules import Mask, Rules

TOUCH = 5
"""Pixels within which rules touch."""

SAME, DRAWN = 0.5, 0.5
"""Rules closer than this share of a line's height are one; of a side as much has to be drawn."""

BEYOND = 1.0
"""In heights of a line, how far rules reach beyond the last that crosses them where the table is open on that side."""

MOST_GRIDS, MOST_RULES = 400, 2000
"""Grids of a page that are looked at, the largest ones, and rules of one."""

Drawn = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """`us` and `vs` are where its columns and rows begin and end, in the frame of the text.

    `across[row, column]` says whether the side above that place is drawn, `down[row, column]` the one left of it; both
    have one more at the end.
    """

    us: tuple[float, ...]
    vs: tuple[float, ...]
    across: Drawn
    down: Drawn

    @property
    def rows(self) -> int:
        return len(self.vs) - 1

    @property
    def columns(self) -> int:
        return len(self.us) - 1


@dataclass(frozen=True, slots=True)
class Stroke:
    """A rule across that belongs to no grid."""

    left: float
    right: float
    middle: float


def grids_of(rules: Rules, height: float) -> tuple[list[Grid], list[Stroke]]:
    """Those that may hold cells, on a page whose lines are so high, and the rules across that are in none."""
    joined = cv2.dilate(cv2.bitwise_or(rules.across, rules.down), np.ones((TOUCH, TOUCH), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    least = height / rules.size
    wide = [n for n in range(1, count) if stats[n, cv2.CC_STAT_WIDTH] > 4 * least]
    wide.sort(key=lambda n: -int(stats[n, cv2.CC_STAT_WIDTH]) * int(stats[n, cv2.CC_STAT_HEIGHT]))
    grids, strokes = list[Grid](), list[Stroke]()
    for n in wide[:MOST_GRIDS]:
        x, y, w, h = (int(side) for side in stats[n, :4])
        inside = labels[y : y + h, x : x + w] == n
        part = Rules(
            _within(rules.across, inside, x, y),
            _within(rules.down, inside, x, y),
            rules.size,
            rules.left + x * rules.size,
            rules.top + y * rules.size,
        )
        if h > 1.2 * least and (grid := _grid(part, least)):
            grids.append(grid)
        else:
            strokes += _strokes(part, least)
    return grids, strokes


def _within(mask: Mask, inside: Drawn, x: int, y: int) -> Mask:
    height, width = inside.shape
    return np.where(inside, mask[y : y + height, x : x + width], np.uint8(0))


def _strokes(part: Rules, least: float) -> Iterator[Stroke]:
    for start, end, x, right in _bands(part.across, least):
        middle = part.top + (start + end) / 2 * part.size
        yield Stroke(part.left + x * part.size, part.left + right * part.size, middle)


def _bands(mask: Mask, least: float) -> list[tuple[int, int, int, int]]:
    """Rules across, those that are one joined: first and last row, then where the longest of them begins and ends."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    order = sorted(range(1, min(count, 20 * MOST_RULES)), key=lambda n: int(2 * stats[n, 1] + stats[n, 3]))
    bands: list[tuple[int, int, int, int]] = []
    middle = -1e9
    for n in order:
        x, y, w, h = (int(side) for side in stats[n, :4])
        if bands and y + h / 2 - middle <= SAME * least:
            start, end, left, right = bands[-1]
            bands[-1] = min(start, y), max(end, y + h), min(left, x), max(right, x + w)
        else:
            bands.append((y, y + h, x, x + w))
            middle = y + h / 2
    return bands


def _grid(part: Rules, least: float) -> Grid | None:
    across, down = _bands(part.across, least), _bands(part.down.T.copy(), least)
    if not (1 <= len(across) <= MOST_RULES and 1 <= len(down) <= MOST_RULES):
        return None
    rows, columns = _edges(across, down, least), _edges(down, across, least)
    if len(rows) < 2 or len(columns) < 2:
        return None
    ys, xs = [middle for *_, middle in rows], [middle for *_, middle in columns]
    return Grid(
        tuple(part.left + x * part.size for x in xs),
        tuple(part.top + y * part.size for y in ys),
        np.array([_drawn(part.across, row, xs) for row in rows], np.bool_),
        np.array([_drawn(part.down.T, column, ys) for column in columns], np.bool_).T,
    )


Edge = tuple[int, int, float]
"""Of pixels across a rule the first and the one behind the last, none where it is not drawn, and its middle."""


def _edges(
    bands: Sequence[tuple[int, int, int, int]], crossing: Sequence[tuple[int, int, int, int]], least: float
) -> list[Edge]:
    """The rules, and an edge that is not drawn where those that cross them reach beyond the last of them."""
    edges: list[Edge] = [(start, end, (start + end) / 2) for start, end, _, _ in bands]
    first, last = min(left for *_, left, _ in crossing), max(right for *_, right in crossing)
    if edges[0][2] - first > BEYOND * least:
        edges.insert(0, (0, 0, first))
    if last - edges[-1][2] > BEYOND * least:
        edges.append((0, 0, last))
    return edges


def _drawn(mask: Mask, edge: Edge, places: Sequence[float]) -> list[bool]:
    """Whether a rule is drawn between each two places along it."""
    start, end, _ = edge
    if start == end:
        return [True] * (len(places) - 1)  # the open side of a table ends its cells
    along = np.concatenate([[0], np.cumsum(mask[max(0, start - 1) : end + 1].max(axis=0) > 0)])
    stops = np.clip(np.round(places).astype(int), 0, len(along) - 1)
    covered, lengths = np.diff(along[stops]), np.diff(stops)
    return [bool(done >= DRAWN * length) for done, length in zip(covered, lengths, strict=True)]
