"""The frame of a page's text, whichever way it hangs, and the rows in it.

In a frame u grows along the text and v from row to row, so that a page that lies on its side or hangs a few degrees is
looked at like an upright one. What a row is differs by purpose: who needs rows says what belongs to one (`Row`), and
`in_rows` does the rest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import atan2, cos, hypot, isfinite, pi, sin
from typing import Any, Protocol, TypeVar
from unicodedata import bidirectional

from services.document.geometry import run, upright
from services.document.model import Bounds, Line, Point, Quad

Item = TypeVar("Item")
OneItem = TypeVar("OneItem", contravariant=True)


@dataclass(frozen=True, slots=True)
class Extent:
    """What something takes up in a frame: u from `left` to `right`, v by `height` around `middle`, its level."""

    left: float
    right: float
    middle: float
    height: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def top(self) -> float:
        return self.middle - self.height / 2

    @property
    def bottom(self) -> float:
        return self.middle + self.height / 2


@dataclass(frozen=True, slots=True)
class Frame:
    """Unit vectors along the text and from row to row. Lengths are pixels still; only the axes are others."""

    along: Point
    across: Point

    @classmethod
    def at(cls, angle: float, *, leftwards: bool = False) -> Frame:
        """Of text that runs at `angle`, in radians clockwise from the right; read `leftwards` it runs against it."""
        sign = -1 if leftwards else 1
        return cls((sign * cos(angle), sign * sin(angle)), (-sin(angle), cos(angle)))

    def place(self, point: Point) -> Point:
        """A point of the page in the frame: u and v."""
        x, y = point
        return x * self.along[0] + y * self.along[1], x * self.across[0] + y * self.across[1]

    def point(self, u: float, v: float) -> Point:
        """A place of the frame in the page: x and y."""
        return u * self.along[0] + v * self.across[0], u * self.along[1] + v * self.across[1]

    def extent(self, quad: Quad) -> Extent:
        """Of its corners: all that it takes up. Coordinates that are no numbers count as nought."""
        us, vs = zip(*map(self.place, finite(quad)), strict=True)
        return Extent(min(us), max(us), (min(vs) + max(vs)) / 2, max(vs) - min(vs))

    def reach(self, quad: Quad) -> Bounds:
        """Of the middles of its sides, in u and v, so that a lean adds nothing to its height."""
        us, vs = zip(*map(self.place, quad.points), strict=True)
        (left, right), (top, bottom) = _between_sides(us), _between_sides(vs)
        return left, top, right, bottom

    def around(self, quads: Iterable[Quad]) -> Quad:
        """The smallest rectangle around quads, of which there is at least one, whose sides run as the axes do."""
        us, vs = zip(*(self.place(point) for quad in quads for point in quad.points), strict=True)
        return Quad(*(self.point(u, v) for u, v in upright((min(us), min(vs), max(us), max(vs))).points))


def _between_sides(ends: Sequence[float]) -> tuple[float, float]:
    """From the middle of one side of a quad to that of the opposite one, by the pair of sides that is farther apart."""
    one, two, three, four = ends
    sides = sorted(((one + four) / 2, (two + three) / 2))
    others = sorted(((one + two) / 2, (three + four) / 2))
    start, end = max(sides, others, key=lambda pair: pair[1] - pair[0])
    return start, end


def finite(quad: Quad) -> tuple[Point, ...]:
    """Its corners, what is no number replaced by nought: a PDF may say anything."""
    return tuple((x if isfinite(x) else 0.0, y if isfinite(y) else 0.0) for x, y in quad.points)


# The direction of a page


@dataclass(frozen=True, slots=True)
class Run:
    """How far a line runs, in pixels, and how much it leans clockwise from the nearest quarter turn, in radians."""

    length: float
    lean: float


def direction(lines: Iterable[Line], vote: Callable[[Line], float], lean: Callable[[Sequence[Run]], float]) -> float:
    """The angle in which most of the text runs, in radians clockwise from the right; 0 without lines.

    It is the quarter turn for which the lines have most votes, as many each as `vote` says, and of the lines that run
    about so, at least one, what `lean` makes of them.
    """
    votes = [0.0, 0.0, 0.0, 0.0]
    runs: list[list[Run]] = [[], [], [], []]
    for line in lines:
        u, v = run(Quad(*finite(line.quad)))
        angle = atan2(v, u)
        quarter = round(angle / (pi / 2))
        votes[quarter % 4] += vote(line)
        runs[quarter % 4].append(Run(hypot(u, v), angle - quarter * pi / 2))
    best = votes.index(max(votes))
    return best * pi / 2 + lean(runs[best]) if runs[best] else 0.0


def weighted_median(runs: Iterable[Run]) -> float:
    """The lean up to which half of the length of all lines leans; nought without any."""
    ranked = sorted((one.lean, one.length) for one in runs)
    half, seen = sum(length for _, length in ranked) / 2, 0.0
    for lean, length in ranked:
        seen += length
        if seen >= half:
            return lean
    return 0.0


def frame_of(lines: Sequence[Line]) -> Frame:
    """The frame in which most of the characters of these lines run from left to right, or as Arabic does."""
    angle = direction(lines, lambda line: len(line.text), weighted_median)
    return Frame.at(angle, leftwards=runs_leftwards(lines))


def runs_leftwards(lines: Iterable[Line]) -> bool:
    """Whether most letters are of Arabic, Hebrew or another script that runs from right to left."""
    counts = Counter(bidirectional(character) for line in lines for character in line.text)
    return counts["R"] + counts["AL"] > counts["L"]


# Rows


class Row(Protocol[OneItem]):
    """A row that grows, with the rule of what belongs to it."""

    def off(self, item: OneItem, /) -> float | None:
        """How far off its level an item is that belongs to it, in any unit; None for one that does not."""
        ...

    def add(self, item: OneItem, /) -> None:
        """Take in an item that belongs to it."""
        ...


AnyRow = TypeVar("AnyRow", bound=Row[Any])


def in_rows(items: Iterable[Item], begin: Callable[[Item], AnyRow], recent: int | None = None) -> list[AnyRow]:
    """Rows in the order of their first items: each item, as they come, joins the row from which it is least off.

    Of the `recent` rows that were begun last, or of all; where it belongs to none, it is the first of a new one, which
    `begin` makes. Items come from top to bottom, mostly: what is `recent` then bounds the work.
    """
    found: list[AnyRow] = []
    for item in items:
        taking = [(off, row) for row in found[-(recent or len(found)) :] if (off := row.off(item)) is not None]
        if taking:
            min(taking, key=lambda pair: pair[0])[1].add(item)
        else:
            found.append(begin(item))
    return found


class Placed(Protocol):
    """What has a place in a frame, such as an `Extent`."""

    @property
    def left(self) -> float: ...
    @property
    def right(self) -> float: ...
    @property
    def middle(self) -> float: ...
    @property
    def height(self) -> float: ...


def are_level(one: Placed, other: Placed, share: float) -> bool:
    """Whether their middles are no farther apart than this share of the lower one's height."""
    return abs(one.middle - other.middle) <= share * min(one.height, other.height)


def shared_width(one: Placed, other: Placed) -> float:
    """The share of the narrower one's width that both take up, from 0 to 1."""
    shared = min(one.right, other.right) - max(one.left, other.left)
    return max(0.0, shared) / max(min(one.right - one.left, other.right - other.left), 1e-6)
