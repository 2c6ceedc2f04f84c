"""Maps, quads, frames and rows: what all that looks at pages has in common."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.document import geometry
from services.document.geometry import (
    IDENTITY,
    affine,
    after,
    cutting,
    half_turned,
    inverse,
    map_line,
    map_quad,
    upright,
)
from services.document.model import Line, Point, Quad, Word
from services.document.rows import Frame, Run, are_level, direction, frame_of, in_rows, shared_width, weighted_median

LENGTHS = st.floats(-1000, 1000).map(lambda value: round(value, 2))
POINTS = st.tuples(LENGTHS, LENGTHS)
QUADS = st.builds(Quad, POINTS, POINTS, POINTS, POINTS)
ANGLES = st.floats(-math.pi, math.pi)
MAPS = st.builds(
    lambda angle, x, y, scale: cutting((x, y), angle, (30, 20), scale), ANGLES, LENGTHS, LENGTHS, st.floats(0.2, 5)
)


def near(one: Quad, other: Quad) -> bool:
    return all(math.dist(a, b) < 1e-6 for a, b in zip(one.points, other.points, strict=True))


def leaning(text: str, x: float, y: float, degrees: float) -> Line:
    """A line from (x, y) on, 10 pixels a character, 20 high, its own top left first."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    corners = upright((0, 0, 10 * len(text), 20)).points
    return Line(text, 0.9, Quad(*((x + u * c - v * s, y + u * s + v * c) for u, v in corners)))


# Maps


@given(MAPS, QUADS)
def test_the_way_back_leads_to_where_it_began(there: geometry.Affine, quad: Quad) -> None:
    assert near(map_quad(inverse(there), map_quad(there, quad)), quad)


@given(MAPS, MAPS, QUADS)
def test_a_map_after_another_does_both(then: geometry.Affine, first: geometry.Affine, quad: Quad) -> None:
    assert near(map_quad(after(then, first), quad), map_quad(then, map_quad(first, quad)))


def test_maps_cannot_be_changed() -> None:
    """One of a page is shared by everything that is found on it."""
    for mapping in (IDENTITY, after(IDENTITY, IDENTITY), inverse(IDENTITY)):
        with pytest.raises(ValueError, match="read-only"):
            mapping[0, 0] = 2


def test_words_are_mapped_with_their_line() -> None:
    line = Line("a b", 0.9, upright((0, 0, 30, 20)), (Word("a", 0.8, upright((0, 0, 10, 20))),))
    mapped = map_line(affine([[2, 0, 5], [0, 3, 7]]), line)
    assert mapped.quad == upright((5, 7, 65, 67)) and mapped.words[0].quad == upright((5, 7, 25, 67))
    assert (mapped.text, mapped.words[0].confidence) == ("a b", 0.8)


@given(st.integers(1, 6), st.integers(1, 6))
def test_a_picture_on_its_head_shows_every_pixel_where_its_map_says(height: int, width: int) -> None:
    picture = np.arange(height * width * 3, dtype=np.uint8).reshape(height, width, 3)
    turned, back = half_turned(picture)
    assert turned.flags.c_contiguous
    for row, column in np.ndindex(height, width):
        x, y = back @ (column + 0.5, row + 0.5, 1)  # the middle of a pixel
        assert (turned[row, column] == picture[int(y), int(x)]).all()


def test_a_straight_picture_lies_in_the_page_around_its_middle() -> None:
    there = cutting((100, 50), math.pi / 2, (40, 10), scale=2)
    assert near(map_quad(there, upright((0, 0, 40, 10))), Quad((102.5, 40), (102.5, 60), (97.5, 60), (97.5, 40)))


# Quads


@given(st.lists(QUADS, min_size=1))
def test_what_encloses_quads_touches_and_holds_them(quads: list[Quad]) -> None:
    left, top, right, bottom = geometry.enclosing(quads)
    points = [point for quad in quads for point in quad.points]
    assert all(left <= x <= right and top <= y <= bottom for x, y in points)
    assert {left, right} <= {x for x, _ in points} and {top, bottom} <= {y for _, y in points}
    assert upright((left, top, right, bottom)).bounds == (left, top, right, bottom)


@given(QUADS, st.floats(0.1, 0.4), st.floats(0.6, 0.9))
def test_the_parts_of_a_line_joined_are_the_line(quad: Quad, end: float, start: float) -> None:
    assert near(geometry.joined(quad.stretch(0, end), quad.stretch(start, 1)), quad)


def test_a_leaning_line_runs_from_where_its_text_begins() -> None:
    line = leaning("leans", 100, 200, 90)  # read downwards, from the upper right corner
    assert geometry.start(line.quad) == pytest.approx((90, 200))
    assert geometry.middle(line.quad) == pytest.approx((90, 225))
    assert geometry.run(line.quad) == pytest.approx((0, 50))


# Frames


@given(ANGLES, st.booleans(), POINTS)
def test_a_place_in_a_frame_is_one_point_of_the_page(angle: float, leftwards: bool, point: Point) -> None:
    frame = Frame.at(angle, leftwards=leftwards)
    assert frame.point(*frame.place(point)) == pytest.approx(point, abs=1e-6)


@given(st.floats(-180, 180), LENGTHS, LENGTHS)
def test_a_line_takes_up_its_own_size_in_its_own_frame(degrees: float, x: float, y: float) -> None:
    line = leaning("nine long", x, y, degrees)
    frame = Frame.at(math.radians(degrees))
    extent = frame.extent(line.quad)
    assert (extent.width, extent.height) == pytest.approx((90, 20))
    assert frame.reach(line.quad) == pytest.approx((extent.left, extent.top, extent.right, extent.bottom))
    assert near(frame.around([line.quad]), line.quad)


def test_a_lean_adds_to_what_a_line_takes_up_and_not_to_its_reach() -> None:
    line, page = leaning("a line of text that leans", 0, 0, 4), Frame.at(0)
    _, top, _, bottom = page.reach(line.quad)
    assert page.extent(line.quad).height == pytest.approx(
        20 * math.cos(math.radians(4)) + 250 * math.sin(math.radians(4))
    )
    assert bottom - top == pytest.approx(20 * math.cos(math.radians(4)))


def test_coordinates_that_are_no_numbers_are_nought() -> None:
    quad = Quad((math.nan, 0), (math.inf, 0), (50, 20), (0, 20))
    assert Frame.at(0).extent(quad).right == 50
    assert frame_of([Line("text", 0.9, quad)]).along[0] == pytest.approx(1, abs=0.1)


@given(ANGLES, st.lists(POINTS, min_size=1, max_size=8))
def test_most_text_says_how_a_page_lies(angle: float, places: list[Point]) -> None:
    lines = [leaning(f"line {number} of the page", x, y, math.degrees(angle)) for number, (x, y) in enumerate(places)]
    stray = leaning("stray", 0, 0, math.degrees(angle) + 90)
    assert frame_of([*lines, stray]).along == pytest.approx((math.cos(angle), math.sin(angle)), abs=1e-6)


def test_arabic_is_read_against_the_direction_in_which_it_is_drawn() -> None:
    lines = [leaning("مرحبا بالعالم", 0, y, 0) for y in (0, 30)]
    assert frame_of(lines).along == pytest.approx((-1, 0))
    assert frame_of(lines).across == pytest.approx((0, 1))


@pytest.mark.parametrize("degrees", [0, 90, 180, -90])
def test_lines_on_either_side_of_a_quarter_turn_lie_in_it(degrees: float) -> None:
    """Upside down, angles just below and just above half a turn have opposite signs."""
    lines = [leaning("text", 0, 40 * row, degrees + lean) for row, lean in enumerate((-2, -1, 1, 2))]

    def mean(runs: Sequence[Run]) -> float:
        return sum(run.lean for run in runs) / len(runs)

    found = direction(lines, lambda line: 1, mean)
    assert (math.cos(found), math.sin(found)) == pytest.approx(
        (math.cos(math.radians(degrees)), math.sin(math.radians(degrees))), abs=1e-9
    )


def test_the_vote_decides_which_way_a_page_lies() -> None:
    lines = [leaning("one long line of text", 0, 0, 0), leaning("a", 0, 0, 90), leaning("b", 0, 0, 90)]
    assert direction(lines, lambda line: 1, weighted_median) == pytest.approx(math.pi / 2)
    assert direction(lines, lambda line: len(line.text), weighted_median) == pytest.approx(0)
    assert direction([], lambda line: 1, weighted_median) == 0


# Rows


class Near:
    """A row of numbers that takes what is close to its last one."""

    def __init__(self, first: float) -> None:
        self.members = [first]

    def off(self, number: float) -> float | None:
        away = abs(number - self.members[-1])
        return away if away < 10 else None

    def add(self, number: float) -> None:
        self.members.append(number)


def grouped(numbers: Sequence[float], recent: int | None = None) -> list[list[float]]:
    return [row.members for row in in_rows(numbers, Near, recent)]


def test_an_item_joins_the_row_that_it_is_least_off() -> None:
    assert grouped([0, 12, 7, 21]) == [[0], [12, 7], [21]]
    assert grouped([0, 12, 5]) == [[0, 5], [12]]
    assert grouped([]) == []


def test_only_recent_rows_are_looked_at() -> None:
    assert grouped([0, 50, 100, 1]) == [[0, 1], [50], [100]]
    assert grouped([0, 50, 100, 1], recent=2) == [[0], [50], [100], [1]]


@given(st.lists(st.floats(0, 100), unique=True), st.integers(1, 4))
def test_every_item_is_in_one_row(numbers: list[float], recent: int) -> None:
    rows = grouped(numbers, recent)
    assert sorted(number for row in rows for number in row) == sorted(numbers)
    firsts = [row[0] for row in rows]
    assert firsts == [number for number in numbers if number in firsts]


def test_level_and_beside_each_other() -> None:
    frame = Frame.at(0)
    low, high = frame.extent(upright((0, 0, 100, 20))), frame.extent(upright((60, 8, 100, 48)))
    assert are_level(low, low, 0) and not are_level(low, high, 0.5) and are_level(low, high, 0.9)
    assert shared_width(low, high) == shared_width(high, low) == 1
    assert shared_width(low, frame.extent(upright((50, 30, 150, 50)))) == 0.5
    assert shared_width(low, frame.extent(upright((200, 0, 210, 20)))) == 0
