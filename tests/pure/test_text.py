"""Reading order on made-up layouts: a character is 10 pixels wide, a line 20 high, rows are 30 apart."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.document.model import Line, Point, Quad
from services.ocr.text import order, page_text

PROSE = [
    "the quick brown fox jumps over",
    "the lazy dog and then it rests",
    "for a while in the warm grass.",
    "Soon after",
]
OTHER = ["a second column of plain text", "stands to the right of it all", "and is to be read after what", "is left."]


def line(text: str, x: float, y: float, height: float = 20) -> Line:
    right, bottom = x + 10 * len(text), y + height
    return Line(text, 0.9, Quad((x, y), (right, y), (right, bottom), (x, bottom)))


def column(texts: list[str], x: float, y: float) -> list[Line]:
    return [line(text, x, y + 30 * row) for row, text in enumerate(texts)]


def turned(lines: list[Line], degrees: float) -> list[Line]:
    """The page turned clockwise about its origin."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def turn(point: Point) -> Point:
        return point[0] * c - point[1] * s, point[0] * s + point[1] * c

    return [replace(one, quad=Quad(*map(turn, one.quad.points))) for one in lines]


def text_of(lines: list[Line]) -> str:
    """What the page reads as when its lines come in any order."""
    shuffled = lines[:]
    random.Random(1).shuffle(shuffled)
    return page_text(order(shuffled))


def test_nothing() -> None:
    assert order([]) == ()
    assert page_text([]) == ""


def test_one_column() -> None:
    assert text_of(column(PROSE, 50, 50)) == "\n".join(PROSE)


def test_two_columns_are_read_one_after_the_other() -> None:
    assert text_of(column(PROSE, 50, 50) + column(OTHER, 380, 61)) == "\n".join([*PROSE, *OTHER])


def test_two_columns_on_the_same_grid() -> None:
    left, right = PROSE * 2, OTHER * 2
    assert text_of(column(left, 50, 50) + column(right, 380, 50)) == "\n".join([*left, *right])


def test_pages_of_hebrew_are_read_from_the_right() -> None:
    right, left = ["אבגדה וזחט יכלמנ סעפצק רשת"] * 8, ["רשתא בגדהו זחטיכ למנס עפצקר"] * 8
    assert text_of(column(left, 50, 50) + column(right, 380, 50)) == "\n".join([*right, *left])
    assert text_of([line("100", 50, 50), line("סכום", 300, 52)]) == "סכום 100"
    assert text_of([line("שם", 50, 50), line("Name of the owner", 300, 52)]) == "שם Name of the owner"


def test_three_columns() -> None:
    columns = [column(PROSE * 2, 50, 50), column(OTHER * 2, 380, 61), column(PROSE * 2, 700, 55)]
    assert text_of(sum(columns, [])) == "\n".join([*PROSE * 2, *OTHER * 2, *PROSE * 2])


def test_headings_over_the_columns_part_them() -> None:
    heading, middle = (
        line("A heading that runs over the whole of both columns", 60, 0),
        line("And another " * 4, 90, 182),
    )
    upper = column(PROSE, 50, 50) + column(OTHER, 380, 61)
    lower = column(PROSE, 50, 230) + column(OTHER, 380, 241)
    expected = [heading.text, *PROSE, *OTHER, middle.text, *PROSE, *OTHER]
    assert text_of([heading, *upper, middle, *lower]).replace("\n\n", "\n").split("\n") == expected


def test_a_receipt_stays_in_rows() -> None:
    items = ["Espresso double", "Croissant with butter", "Still water 0.5 l", "TOTAL"]
    amounts = ["3.20", "2.80", "1.90", "7.90"]
    rows = [f"{item} {amount}" for item, amount in zip(items, amounts, strict=True)]
    assert text_of(column(items, 50, 50) + column(amounts, 600, 53)) == "\n".join(rows)


def test_a_form_stays_in_rows() -> None:
    labels = ["Invoice number:", "Date of invoice:", "Payment due by:", "Your reference:"]
    values = ["INV-2026-00017", "3 November 2026", "3 December 2026", "PO 4711 / Smith"]
    rows = [f"{label} {value}" for label, value in zip(labels, values, strict=True)]
    assert text_of(column(labels, 50, 50) + column(values, 400, 48)) == "\n".join(rows)


@pytest.mark.parametrize("degrees", [90, 180, 270, 4, -4, 93])
def test_a_turned_page_reads_the_same(degrees: float) -> None:
    page = [line("A heading that runs over the whole of both columns", 60, 0)]
    page += column(PROSE * 3, 50, 50) + column(OTHER * 3, 380, 61)
    assert text_of(turned(page, degrees)) == text_of(page)


def test_vertical_japanese_runs_from_right_to_left() -> None:
    columns = ["吾輩は猫である", "名前はまだ無い", "どこで生れたか"]
    page = turned([line(text, 50, 40 * row) for row, text in enumerate(columns)], 90)
    assert text_of(page) == "\n".join(columns)


def test_one_stray_vertical_line_does_not_turn_the_page() -> None:
    stray = turned([line("stamp", 0, 0)], 90)
    assert text_of([*column(PROSE, 50, 50), *stray]).endswith("\n".join(PROSE))


def test_a_wide_gap_is_one_space_and_spaces_in_a_line_are_kept() -> None:
    assert text_of([line("a  b", 0, 0), line("c", 900, 2)]) == "a  b c"


def test_a_blank_line_marks_a_paragraph() -> None:
    assert text_of(column(PROSE, 50, 0) + column(OTHER, 50, 170)) == "\n".join(PROSE) + "\n\n" + "\n".join(OTHER)


def test_double_spacing_is_no_row_of_paragraphs() -> None:
    assert text_of([line(text, 50, 80 * row) for row, text in enumerate(PROSE)]) == "\n".join(PROSE)


coordinates = st.one_of(
    st.integers(-50, 2000).map(float), st.floats(allow_nan=False), st.sampled_from([0.0, math.nan, math.inf])
)
quads = st.builds(Quad, *[st.tuples(coordinates, coordinates)] * 4)
lines = st.builds(Line, st.text(max_size=8), st.floats(0, 1), quads)


@given(st.lists(lines, max_size=40))
def test_degenerate_quads_lose_no_line(page: list[Line]) -> None:
    ordered = order(page)
    assert sorted(map(id, ordered)) == sorted(map(id, page))
    assert page_text(ordered).replace("\n", "").replace(" ", "") == "".join(one.text for one in ordered).replace(
        "\n", ""
    ).replace(" ", "")


boxes = st.builds(line, st.text("ab ", max_size=40), st.integers(0, 900), st.integers(0, 300), st.integers(0, 40))


@given(st.lists(boxes, max_size=40).flatmap(lambda page: st.tuples(st.just(page), st.permutations(page))))
def test_the_order_of_the_input_does_not_matter(pages: tuple[list[Line], list[Line]]) -> None:
    assert order(pages[0]) == order(pages[1])


def tiled() -> list[Line]:
    return [line("some words of text here", 250 * (n % 20), 30 * (n // 20)) for n in range(5000)]


def noise() -> list[Line]:
    rng = random.Random(7)
    return [line("x" * rng.randint(1, 30), rng.random() * 5000, rng.random() * 7000) for _ in range(5000)]


def one_row() -> list[Line]:
    return [line("x", 11 * n, 0) for n in range(5000)]


@pytest.mark.slow
@pytest.mark.parametrize("page", [tiled(), noise(), one_row(), [line("same place", 0, 0)] * 5000])
def test_five_thousand_lines_do_not_hold_up_a_worker(page: list[Line]) -> None:
    start = process_time()
    page_text(order(page))
    assert process_time() - start < 20, "steps that grow with the square of the lines take minutes"


def padded(lines: list[Line], by: float) -> list[Line]:
    """As detectors box them: farther to the left and right than the text."""
    quads = [one.quad.bounds for one in lines]
    wider = [
        Quad((left - by, top), (right + by, top), (right + by, bottom), (left - by, bottom))
        for left, top, right, bottom in quads
    ]
    return [replace(one, quad=quad) for one, quad in zip(lines, wider, strict=True)]


def test_columns_stay_apart_though_their_boxes_touch() -> None:
    rows = [f"{PROSE[n % 3]}, row {n:02}" for n in range(14)]
    left, right = column(rows, 100, 100), column([row.upper() for row in rows], 100 + 10 * len(rows[0]) + 10, 100)
    found = order(padded(left, 4.5) + padded(right, 4.5))
    assert [one.text for one in found] == [one.text for one in left + right]


def test_two_long_lines_do_not_close_a_gutter() -> None:
    rows = [PROSE[n % 3] for n in range(14)]
    left, right = column(rows, 100, 100), column([OTHER[n % 3] for n in range(14)], 430, 100)
    left[3], right[7] = line(PROSE[0] + "..", 100, 190), line("-" + OTHER[1], 420, 310)
    assert [one.text for one in order(left + right)] == [one.text for one in left + right]
