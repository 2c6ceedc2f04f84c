"""Machine-readable zones in pictures. They are made up in tests.support.zones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config import Settings
from services.document.model import Line
from services.extractors.mrz import reading
from services.ocr.engine import Pixels, ReadOptions
from services.ocr.engines import openvino
from tests.support import samples, zones
from tests.support.zones import ERIKSSON, TODAY, Made

Read = Callable[[Pixels], Sequence[Line]]


@pytest.fixture(scope="module")
def read() -> Read:
    engine = openvino.build(Settings.from_env())
    return lambda pixels: engine.read(pixels, ReadOptions())


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    made=zones.zones,
    size=st.sampled_from([14, 18, 24, 36]),
    lean=st.floats(-8, 8),
    way=st.sampled_from([0, 90, 180, 270]),
    noise=st.sampled_from([0.0, 4.0, 8.0]),
)
def test_every_zone_drawn_in_ocr_b_comes_back_exact(
    read: Read, made: Made, size: int, lean: float, way: int, noise: float
) -> None:
    (found,) = reading.read(zones.picture(made.lines, size, lean + way, noise, size / 50), read, today=TODAY)
    assert found.lines == made.lines and found.valid


def test_only_the_zone_is_read_and_found_where_it_is(read: Read) -> None:
    seen: list[tuple[int, ...]] = []

    def watched(pixels: Pixels) -> Sequence[Line]:
        seen.append(pixels.shape)
        return read(pixels)

    picture = zones.picture(ERIKSSON.lines, 24)
    (found,) = reading.read(picture, watched, today=TODAY)
    assert len(seen) == 1 and seen[0][0] / seen[0][1] < 0.6 * picture.shape[0] / picture.shape[1]
    (left, top), (right, bottom) = found.quads[0].top_left, found.quads[-1].bottom_right
    assert 40 < left < 60 and 235 < top < 250 and 305 < bottom < 325
    assert abs((right - left) / (picture.shape[1] - 96) - 1) < 0.03


def test_the_box_of_a_zone_that_lies_on_its_side_is_in_the_pictures_pixels(read: Read) -> None:
    upright = zones.picture(ERIKSSON.lines, 24)
    picture = np.ascontiguousarray(np.rot90(upright))
    (found,) = reading.read(picture, read, today=TODAY)
    x, y = found.quads[0].top_left
    assert found.lines == ERIKSSON.lines
    assert 235 < x < 250 and upright.shape[1] - 60 < y < upright.shape[1] - 40


def test_a_zone_with_a_wrong_digit_in_a_picture_is_read_as_printed(read: Read) -> None:
    first, second = ERIKSSON.lines
    printed = (first, second[:13] + "740821" + second[19:])
    (found,) = reading.read(zones.picture(printed), read, today=TODAY)
    assert found.lines == printed and not found.valid
    assert found.check_digits["dateOfBirth"] is False and found.check_digits["documentNumber"] is True


def test_pictures_without_a_zone_have_none(read: Read) -> None:
    page = np.asarray(samples.picture(["Invoice 2026-0815", "Total 1,234.50 EUR", "Thank you for your visit"]))
    blank = np.full((300, 500, 3), 255, dtype=np.uint8)
    tiny = np.zeros((1, 1, 3), dtype=np.uint8)
    assert [reading.read(picture, read) for picture in (page, blank, tiny)] == [(), (), ()]


def test_a_page_without_a_zone_costs_one_look_beside_its_text(read: Read) -> None:
    page = np.asarray(samples.picture([f"{n} pieces of article {n * 4711} at {n}.50 EUR" for n in range(1, 7)]))
    seen: list[bool] = []

    def watched(pixels: Pixels) -> Sequence[Line]:
        seen.append(pixels is page)
        return read(pixels)

    assert reading.read(page, watched) == ()
    assert seen.count(True) == 1 and seen.count(False) <= 1
