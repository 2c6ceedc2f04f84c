"""Tables whose cells are ruled."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence

from services.ocr.tables.grids import Grid
from services.ocr.tables.parts import MOST_CELLS, Part
from services.ocr.tables.tokens import Token

NEAR = 0.8
"""Words closer than this, in heights of theirs, are one text, and no gap between two cells."""

Place = tuple[int, int]
Placed = Mapping[Place, Sequence[Token]]


def parts_of(grid: Grid, tokens: Iterable[Token]) -> list[Part]:
    """The cells of a grid, row by row, with the words in them; none where it is no table."""
    if not 2 <= grid.rows * grid.columns <= MOST_CELLS or min(grid.rows, grid.columns) < 2:
        return []
    placed = _placed(grid, tokens)
    parts = list(_parts(grid, placed))
    filled = [part for part in parts if part.tokens]
    return parts if len(filled) > 2 and len({part.row for part in filled}) > 1 and _has_columns(filled) else []


def _has_columns(parts: Sequence[Part]) -> bool:
    return len({part.column for part in parts}) > 1


def holds(grid: Grid, line: Sequence[Token], share: float) -> bool:
    """Whether more than this share of a line's words are in the grid."""
    return bool(line) and len(line) * share < sum(_place(grid, token) is not None for token in line)


def _place(grid: Grid, token: Token) -> Place | None:
    """The row and column in which its middle is, None outside."""
    place = row, column = _nearest(grid, token)
    u, v = (token.left + token.right) / 2, token.middle
    inside = grid.us[column] <= u <= grid.us[column + 1] and grid.vs[row] <= v <= grid.vs[row + 1]
    return place if inside else None


def _placed(grid: Grid, tokens: Iterable[Token]) -> dict[Place, list[Token]]:
    """The words by their places; one that reaches out of the grid is in the nearest place."""
    found: dict[Place, list[Token]] = {}
    for token in tokens:
        found.setdefault(_place(grid, token) or _nearest(grid, token), []).append(token)
    return found


def _nearest(grid: Grid, token: Token) -> Place:
    row = bisect_right(grid.vs, token.middle) - 1
    column = bisect_right(grid.us, (token.left + token.right) / 2) - 1
    return min(max(row, 0), grid.rows - 1), min(max(column, 0), grid.columns - 1)


def _parts(grid: Grid, placed: Placed) -> Iterator[Part]:
    seen: set[Place] = set()
    for row in range(grid.rows):
        for column in range(grid.columns):
            if (row, column) not in seen:
                wide = _width(grid, placed, row, column, seen)
                high = _height(grid, row, column, wide)
                covered = [(r, c) for r in range(row, row + high) for c in range(column, column + wide)]
                seen.update(covered)
                bounds = grid.us[column], grid.vs[row], grid.us[column + wide], grid.vs[row + high]
                inside = tuple(token for place in covered for token in placed.get(place, ()))
                yield Part(row, column, high, wide, bounds, inside)


def _width(grid: Grid, placed: Placed, row: int, column: int, seen: set[Place]) -> int:
    """The places to the right that no rule parts, unless their texts stand apart as if one did."""
    end = column + 1
    while end < grid.columns and (row, end) not in seen and not grid.down[row, end]:
        if _stand_apart(placed.get((row, end - 1), ()), placed.get((row, end), ()), grid.us[end]):
            break
        end += 1
    return end - column


def _stand_apart(left: Sequence[Token], right: Sequence[Token], edge: float) -> bool:
    """Whether both places have words, and none that reach over the edge or stand close to each other on its sides."""
    if not left or not right:
        return False
    end, start = max(token.right for token in left), min(token.left for token in right)
    return start - end >= NEAR * min(left[0].height, right[0].height) and end <= edge <= start


def _height(grid: Grid, row: int, column: int, wide: int) -> int:
    """The rows below that no rule parts from it over its whole width, and whose places no rule parts."""
    end = row + 1
    while end < grid.rows and not grid.across[end, column : column + wide].any():
        if wide > 1 and grid.down[end, column + 1 : column + wide].any():
            break
        end += 1
    return end - row
