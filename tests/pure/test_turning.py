"""Which lines are looked at from their other side, and which side counts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from services.ocr.engine import Pixels
from services.ocr.lines.characters import Character, Characters, text
from services.ocr.lines.crops import Crop, half_turned
from services.ocr.lines.strokes import cut_lines, is_stroke
from services.ocr.lines.turning import read_either_way

UPRIGHT, TURNED = 1, 2


def seen(reading: str, confidence: float) -> Characters:
    return tuple(Character(letter, confidence, 0.5) for letter in reading)


def line(number: int) -> Crop:
    """Its first pixel says which one it is, and at which end that pixel is which way up it lies."""
    pixels = np.zeros((1, 48, 64, 3), np.uint8)
    pixels[0, 0, 0] = number, UPRIGHT, 0
    pixels[0, 47, 39] = number, TURNED, 0
    corners = np.array([[0, 0], [40, 0], [40, 48], [0, 48]], np.float32)
    return Crop(pixels, 40, corners)


class Reader:
    """Reads each line as it is told for either side, and counts."""

    def __init__(self, *sides: tuple[Characters, Characters]) -> None:
        self.sides, self.looks = sides, 0

    def cut(self, page: Pixels, corners: NDArray[np.float32], /) -> Crop:
        return Crop(page[np.newaxis], page.shape[1], corners)

    def read(self, crops: Sequence[Crop]) -> list[Characters]:
        self.looks += len(crops)
        return [self.sides[crop.pixels[0, 0, 0, 0]][crop.pixels[0, 0, 0, 1] - UPRIGHT] for crop in crops]


def readings(*sides: tuple[Characters, Characters]) -> tuple[list[str], int]:
    reader = Reader(*sides)
    found = read_either_way(reader, [line(number) for number in range(len(sides))])
    return [text(characters) for _, characters in found], reader.looks


def test_what_is_read_well_is_read_once() -> None:
    assert readings((seen("Total", 0.9), seen("1e1o1", 0.95))) == (["Total"], 1)


def test_a_line_that_makes_sense_from_its_other_side_only_is_turned() -> None:
    well = (seen("a page of lines", 0.98), seen("saui", 0.5))
    assert readings(well, (seen("eliger", 0.6), seen("Fragile", 0.98))) == (["a page of lines", "Fragile"], 3)


@pytest.mark.parametrize(
    ("lying", "turned"),
    [
        (seen("Tot al", 0.7), seen("le1oL", 0.75)),  # smudged either way
        (seen("Tot al", 0.84), seen("le1oL", 0.91)),  # hardly surer
        (seen("8", 0.4), seen("8", 0.98)),  # the same from both sides
        (seen("", 0.0), seen("TTTTOOO", 0.95)),  # nothing but a rule
    ],
)
def test_a_line_that_is_hardly_better_turned_stays(lying: Characters, turned: Characters) -> None:
    assert readings((lying, turned))[0] == [text(lying)]


def test_where_most_is_turned_the_rest_is_looked_at_too() -> None:
    on_their_head = (seen("eliger", 0.6), seen("Fragile", 0.98))
    passes = (seen("SdO", 0.9), seen("OPS", 0.97))
    palindrome = (seen("SOS", 0.99), seen("SOS", 0.9))
    assert readings(on_their_head, on_their_head, passes, palindrome)[0] == ["Fragile", "Fragile", "OPS", "SOS"]


def test_a_turned_line_starts_where_it_ended() -> None:
    turned = half_turned(line(3))
    assert turned.pixels[0, 0, 0].tolist() == [3, TURNED, 0] and turned.pixels[0, 47, 39].tolist() == [3, UPRIGHT, 0]
    assert not turned.pixels[0, :, 40:].any()
    assert turned.corners.tolist() == [[40, 48], [0, 48], [0, 0], [40, 0]]


def rectangle(left: int, top: int, width: int, height: int) -> NDArray[np.float32]:
    return np.array(
        [[left, top], [left + width, top], [left + width, top + height], [left, top + height]], dtype=np.float32
    )


LYING = [rectangle(10, 10 + 40 * row, 120, 24) for row in range(3)]


def shape(quad: NDArray[np.float32], others: Sequence[NDArray[np.float32]]) -> tuple[int, ...]:
    """Of the picture that is cut out for it: whole for what stays as it is, and else of its own."""
    page = np.full((200, 200, 3), 255, np.uint8)
    cut = cut_lines(Reader(), page, [*others, quad])[-1]
    assert cut.corners is quad
    return cut.pixels.shape[1:3]


def test_a_lone_stroke_stands_on_paper_of_its_own() -> None:
    assert shape(rectangle(150, 10, 10, 24), LYING) == (24, 24)


@pytest.mark.parametrize(
    ("quad", "others"),
    [
        (rectangle(150, 10, 24, 100), LYING),  # a line on its side
        (rectangle(150, 10, 20, 24), LYING),  # nothing that would be laid down
        (rectangle(150, 10, 10, 24), LYING[:2]),  # too few to tell from
    ],
)
def test_what_is_no_lone_stroke_is_cut_as_it_is(quad: NDArray[np.float32], others: list[NDArray[np.float32]]) -> None:
    assert shape(quad, others) == (200, 200)


def test_a_lone_stroke_is_believed_sooner_than_others() -> None:
    assert is_stroke(seen("I", 0.4)) and is_stroke(seen("1", 0.99))
    assert not any(map(is_stroke, (seen("I", 0.2), seen("II", 0.4), seen("x", 0.4), ())))
