"""Image files of all kinds: their types, their pages, their size, and whatever may be wrong with them."""

from __future__ import annotations

import struct
from collections.abc import Callable
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from services.errors import (
    BadInput,
    EmptyUpload,
    PageOutOfRange,
    ServiceError,
    TooManyPages,
    TooManyPixels,
    UnreadableFile,
    UnsupportedType,
)
from services.ocr.pictures import animation, tiff
from services.ocr.raster import Limits
from services.ocr.source import HEAD_BYTES, Kind, kind_of, open_source, sniff
from tests.support import samples
from tests.support.peak import cost
from tests.support.rendering import LIMITS, opened, rendered

SMALL = Limits(max_width=60, max_height=90, max_pixels=100_000, max_pages=3)


def test_a_bomb_is_refused_from_its_header(tmp_path: Path) -> None:
    """The data is missing: had anything been decoded, the file would be unreadable instead."""
    with pytest.raises(TooManyPixels, match="50000 x 50000"):
        opened(tmp_path, samples.png_header(50_000, 50_000))
    with opened(tmp_path, samples.png_header(10_000, 10_000)) as within, pytest.raises(UnreadableFile):
        within.render(1)


def test_our_limit_holds_and_not_pillows_own(tmp_path: Path) -> None:
    roomy = Limits(4960, 7016, max_pixels=400_000_000, max_pages=1)
    assert opened(tmp_path, samples.png_header(19_000, 20_000), limits=roomy).numbers == (1,)
    with pytest.raises(TooManyPixels):
        opened(tmp_path, samples.png_header(401, 250), limits=SMALL)


def test_gif_bombs_are_refused_by_canvas_and_by_frame(tmp_path: Path) -> None:
    with pytest.raises(TooManyPixels):
        opened(tmp_path, samples.gif_of(1, size=(60_000, 60_000)))
    with pytest.raises(TooManyPixels):
        opened(tmp_path, samples.gif_of(2, frame=(65_000, 65_000, 10, 10)))


def test_one_huge_tiff_page_does_not_refuse_the_others(tmp_path: Path) -> None:
    pages = [samples.picture(["1"], (50, 40)), samples.picture(["2"], (400, 400)), samples.picture(["3"], (50, 40))]
    with opened(tmp_path, samples.multipage_tiff(pages), limits=SMALL) as source:
        assert source.numbers == (1, 2, 3)
        assert source.render(1).width == 50
        with pytest.raises(TooManyPixels):
            source.render(2)
        assert source.render(3).width == 50


def test_tiff_pages_one_by_one_and_in_any_order(tmp_path: Path) -> None:
    pages = [samples.picture([f"page {number}"], (200, 80)) for number in range(1, 5)]
    with opened(tmp_path, samples.multipage_tiff(pages, compression="tiff_lzw"), pages="2-4") as source:
        assert source.numbers == (2, 3, 4) and source.multipage
        for number in (4, 2, 3, 2):
            raster = source.render(number)
            assert raster.number == number
            assert np.array_equal(raster.pixels, np.asarray(pages[number - 1]))


def test_too_many_tiff_pages_unless_some_are_chosen(tmp_path: Path) -> None:
    data = samples.multipage_tiff([samples.picture([], (8, 8))] * 5)
    with pytest.raises(TooManyPages, match=r"5 pages .* at most 3 "):
        opened(tmp_path, data, limits=SMALL)
    with opened(tmp_path, data, limits=SMALL, pages="5") as source:
        assert source.render(5).width == 8
    with pytest.raises(PageOutOfRange, match="Page 6 .* 5 pages"):
        opened(tmp_path, data, limits=SMALL, pages="4-6")


def test_gif_frames_build_upon_each_other_and_stop_at_the_limit(tmp_path: Path) -> None:
    pages = [samples.picture([f"frame {number}"], (160, 80)) for number in range(5)]
    with opened(tmp_path, samples.animated_gif(pages), limits=Limits(200, 200, 100_000, 3)) as source:
        assert source.numbers == (1, 2, 3) and source.multipage
        for number in (3, 1, 2):
            assert np.abs(source.render(number).pixels.astype(int) - np.asarray(pages[number - 1])).mean() < 2


def test_a_single_frame_is_no_multipage_document(tmp_path: Path) -> None:
    for kind in ("TIFF", "GIF", "PNG"):
        with opened(tmp_path, samples.text_image(["one"], (90, 40), kind), pages="1") as source:
            assert source.numbers == (1,) and not source.multipage
        with pytest.raises(PageOutOfRange, match="has 1 page"):
            opened(tmp_path, samples.text_image(["one"], (90, 40), kind), pages="2")


def test_a_looping_tiff_ends(tmp_path: Path) -> None:
    with opened(tmp_path, samples.looped_tiff(3)) as source:
        assert [source.render(number).width for number in source.numbers] == [40, 40, 40]


def test_a_gif_of_a_million_frames_is_not_walked(tmp_path: Path) -> None:
    data = samples.gif_of(1_000_000)
    with opened(tmp_path, data) as source:
        assert len(source.numbers) == 100
    assert walked(data, partial(animation.gif_shape, bound=100)) < 3000


@pytest.mark.parametrize("rest", [b"\0" * 2_000_000, b"!\xf9" + b"\x01x" * 2_000_000], ids=["empty", "tiny"])
def test_a_gif_of_a_million_blocks_is_not_walked(tmp_path: Path, rest: bytes) -> None:
    data = samples.gif_of(0).removesuffix(b";") + rest
    assert walked(data, partial(animation.gif_shape, bound=2)) < 0.6 * len(data)
    with pytest.raises(UnreadableFile):
        opened(tmp_path, data)


def walked(data: bytes, walk: Callable[[BinaryIO], object]) -> int:
    """How far into a file a walk came."""
    file = BytesIO(data)
    walk(file)
    return file.tell()


def test_a_tiff_chain_of_a_million_pages_is_not_walked(tmp_path: Path) -> None:
    step = 2 + 12 + 4
    chain = (struct.pack("<HHHIII", 1, 256, 4, 1, 1, 8 + (number + 1) * step) for number in range(1_000_000))
    data = b"II*\0" + struct.pack("<I", 8) + b"".join(chain)
    with pytest.raises(TooManyPages, match="10000 pages"):
        opened(tmp_path, data)
    assert walked(data, tiff.pages) <= len(data) / 100 + step


def test_damage_in_one_tiff_page_is_that_pages_alone(tmp_path: Path) -> None:
    pages = [samples.picture([str(number)], (60, 40)) for number in range(3)]
    data = bytearray(samples.multipage_tiff(pages))
    first = struct.unpack_from("<I", data, 4)[0]
    second = struct.unpack_from("<I", data, first + 2 + 12 * struct.unpack_from("<H", data, first)[0])[0]
    struct.pack_into("<H", data, second + 2, 0xFFFF)  # the width's tag
    with opened(tmp_path, bytes(data)) as source:
        assert source.render(1).width == source.render(3).width == 60
        with pytest.raises(UnreadableFile):
            source.render(2)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP", "PPM"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_a_truncated_file_is_read_or_refused_but_nothing_else(tmp_path: Path, kind: str, share: float) -> None:
    data = samples.truncated(samples.text_image(["cut"], (400, 300), kind), share)
    try:
        assert rendered(tmp_path, data).width == 400
    except BadInput:
        assert data


def test_a_png_with_broken_data_does_not_pass_for_half_a_picture(tmp_path: Path) -> None:
    data = bytearray(samples.text_image(["cut"], (400, 300)))
    start = data.index(b"IDAT")
    data[start + 200 : start + 260] = b"\xff" * 60
    with pytest.raises(UnreadableFile):
        rendered(tmp_path, bytes(data))


KINDS = ("PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP", "PPM")
SEEDS = [
    *(samples.text_image(["fuzz"], (60, 40), kind) for kind in KINDS),
    samples.animated_gif([samples.picture([str(number)], (40, 30)) for number in range(3)]),
    samples.multipage_tiff([samples.picture(["a"], (30, 30)).convert("1")] * 3, compression="group4"),
    samples.oriented(samples.marked(), 6, "JPEG"),
]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(SEEDS),
    st.lists(st.tuples(st.integers(0, 10**6), st.binary(min_size=1, max_size=8)), min_size=1, max_size=6),
)
def test_whatever_the_damage_only_public_errors_come_out(
    tmp_path: Path, seed: bytes, damage: list[tuple[int, bytes]]
) -> None:
    data = bytearray(seed)
    for place, patch in damage:
        start = place % len(data)
        data[start : start + len(patch)] = patch
    limits = Limits(500, 500, 1_000_000, 5)
    try:
        with opened(tmp_path, bytes(data), limits=limits) as source:
            for number in source.numbers:
                assert source.render(number).pixels.size
    except ServiceError as error:
        assert isinstance(error, BadInput) and str(tmp_path) not in str(error)


def test_a_file_of_ours_that_is_gone_is_not_blamed_on_the_client(tmp_path: Path) -> None:
    for media_type in ("image/png", "application/pdf"):
        with pytest.raises(FileNotFoundError):
            open_source(tmp_path / "gone", media_type, limits=LIMITS)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [(samples.text_image(["a"], (20, 20), kind), f"image/{kind.lower()}") for kind in ("PNG", "JPEG", "TIFF", "WEBP")]
    + [(samples.text_image(["a"], (20, 20), kind), f"image/{kind.lower()}") for kind in ("GIF", "BMP")]
    + [
        (b"MM\0+\0\x08\0\0", "image/tiff"),
        (b"P6 1 1 255 \0\0\0", "image/x-portable-anymap"),
        (b"%PDF-1.4\n", "application/pdf"),
        (b"\r\nmail header\n" * 73 + b"%PDF-1.4\n", "application/pdf"),
    ],
)
def test_types_are_told_by_their_bytes(data: bytes, media_type: str) -> None:
    assert sniff(data[:HEAD_BYTES]) == media_type
    assert kind_of(media_type) is (Kind.PDF if media_type == "application/pdf" else Kind.IMAGE)


@pytest.mark.parametrize(
    "data",
    [
        samples.svg_xxe(),
        samples.noise(),
        b"BM is how this letter begins, and it is no bitmap",
        b"PK\x03\x04",
        b"P",
        b"P7\nWIDTH 1",
        b"\0" * 2000,
        b"x" * 1025 + b"%PDF-1.4",
        b"#!/bin/sh\n",
        b"<html>%pdf-</html>",
    ],
)
def test_everything_else_is_refused(data: bytes) -> None:
    with pytest.raises(UnsupportedType):
        sniff(data[:HEAD_BYTES])


def test_nothing_is_empty() -> None:
    with pytest.raises(EmptyUpload):
        sniff(b"")
    with pytest.raises(UnsupportedType):
        kind_of("image/svg+xml")


def test_a_gif_that_is_a_script_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        rendered(tmp_path, samples.gif_then_script())


def test_the_resolution_is_told_only_where_it_makes_sense(tmp_path: Path) -> None:
    for dpi, told in (((299.9994, 299.9994), 300), ((1, 1), None), ((0, 0), None), ((99_999, 99_999), None)):
        assert rendered(tmp_path, samples.text_image(["a"], (20, 20), "PNG", dpi=dpi)).dpi == told


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "edge", "most", "options"),
    [
        ("PNG", 8000, 380, {"compress_level": 1}),
        ("JPEG", 10_000, 260, {}),
        ("WEBP", 6300, 640, {"lossless": True, "method": 0}),
    ],
)
def test_large_images_stay_within_memory(
    tmp_path: Path, kind: str, edge: int, most: int, options: dict[str, Any]
) -> None:
    """One decoded frame of 4 bytes a pixel and two rasters; JPEG is decoded smaller, WebP keeps three frames more."""
    path = tmp_path / "large"
    Image.new("RGB", (edge, edge), "white").save(path, kind, **options)
    found = cost(path)
    assert found.megabytes < most and not found.code


@pytest.mark.slow
def test_pages_are_decoded_one_at_a_time(tmp_path: Path) -> None:
    page = Image.new("RGB", (4000, 4000), "white")
    path = tmp_path / "pages"
    path.write_bytes(samples.multipage_tiff([page] * 8, compression="packbits"))
    found = cost(path)
    assert found.megabytes < 250 and not found.code


@pytest.mark.slow
def test_a_tile_larger_than_its_image_cannot_take_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.tiff"
    path.write_bytes(samples.tile_bomb(32_000))
    assert cost(path).code == "unreadable_file"
