"""How long lines and large pages are parted for the models, and joined."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from services.ocr.ppocr import ctc, detection


def test_parts_of_a_line_are_joined_where_both_see_nothing() -> None:
    whole = np.array([1, 0, 2, 2, 0, 3, 0, 0, 0, 4, 0, 5, 5, 0], dtype=np.int32)[:, np.newaxis]
    cut_left, cut_right = whole[:10].copy(), whole[4:].copy()
    cut_left[9], cut_right[1] = 9, 8  # characters at the edge, seen by half
    ones = np.ones((14, 1), dtype=np.float32)
    best, probability = ctc.stitched([(cut_left, ones[:10]), (cut_right, ones[4:])], 6)
    assert best.tolist() == whole.tolist() and len(probability) == 14
    assert ctc.stitched([(whole, ones)], 6)[0] is whole


# Resolution


@given(st.integers(1, 400), st.integers(300, 2000))
def test_tiles_cover_a_side_once_and_see_beyond_what_they_tell(blocks: int, most: int) -> None:
    length = blocks * detection.STRIDE
    cut = detection.tiles(length, most)
    assert [used.start for _, used in cut] == [0, *(used.stop for _, used in cut[:-1])] and cut[-1][1].stop == length
    assert len({part.stop - part.start for part, _ in cut}) == 1
    for part, used in cut:
        assert 0 <= part.start <= used.start < used.stop <= part.stop <= length
        assert (part.stop - part.start) % detection.STRIDE == 0 and part.stop - part.start < most + detection.STRIDE
    for (one, used), (other, _) in pairwise(cut):
        assert one.stop - used.stop >= detection.MARGIN - 1 and used.stop - other.start >= detection.MARGIN - 1


@given(st.integers(1, 32_000), st.integers(1, 32_000))
def test_what_the_detector_sees_is_bounded(height: int, width: int) -> None:
    scale = detection.first_scale(height, width, 1280)
    rows, columns = detection.size_at(scale, height, width)
    assert 0 < scale <= 1 and rows * columns <= 1.2 * 1280 * 1280
    closer = detection.closer_scale(scale, 4.0, height, width)
    assert scale <= closer <= 1 and (closer == scale or closer * closer * height * width <= detection.MOST_SEEN * 1.01)
