"""Images of every kind as the engine gets to see them, and the way back to the uploaded pixels."""

from __future__ import annotations

import struct
import subprocess
import sys
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

from services.document.model import Quad
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
from services.ocr import frames
from services.ocr.raster import Limits, Raster, affine, budget_scale, map_quad, scaling
from services.ocr.source import HEAD_BYTES, Kind, Source, kind_of, open_source, sniff
from tests.support import samples

LIMITS = Limits(max_width=4960, max_height=7016, max_pixels=100_000_000, max_pages=100)
SMALL = Limits(max_width=60, max_height=90, max_pixels=100_000, max_pages=3)
INK, PAPER = 0, 255


def opened(tmp_path: Path, data: bytes, *, limits: Limits = LIMITS, pages: str | None = None) -> Source:
    """The upload as a source, by the way it takes in service: named without an ending, its type sniffed."""
    path = tmp_path / "upload"
    path.write_bytes(data)
    return open_source(path, sniff(data[:HEAD_BYTES]), pages=pages, limits=limits)


def rendered(tmp_path: Path, data: bytes, *, limits: Limits = LIMITS) -> Raster:
    with opened(tmp_path, data, limits=limits) as source:
        return source.render(1)


def test_an_upright_image_is_passed_on_as_it_is(tmp_path: Path) -> None:
    image = samples.picture(["Hello"], (300, 100))
    raster = rendered(tmp_path, samples.encode(image, dpi=(300, 300)))
    assert np.array_equal(raster.pixels, np.asarray(image))
    assert (raster.number, raster.width, raster.height, raster.dpi, raster.rotation) == (1, 300, 100, 300, 0)
    assert raster.pixels.flags.c_contiguous and raster.pixels.flags.writeable and not raster.to_upload.flags.writeable
    assert raster.to_upload.tolist() == [[1, 0, 0], [0, 1, 0]]


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP", "JPEG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_upright_and_maps_back(tmp_path: Path, kind: str, orientation: int) -> None:
    upright = samples.marked()
    faithful: dict[str, dict[str, Any]] = {"JPEG": {"quality": 95, "subsampling": 0}, "WEBP": {"lossless": True}}
    data = samples.oriented(upright, orientation, kind, **faithful.get(kind, {}))
    raster = rendered(tmp_path, data)

    assert np.abs(raster.pixels.astype(int) - np.asarray(upright)).max() < 12
    assert (raster.width, raster.height) == ((80, 120) if orientation > 4 else (120, 80))
    assert raster.rotation == {3: 180, 4: 180, 6: 90, 7: 90, 5: 270, 8: 270}.get(orientation, 0)
    assert_marks_map_back(raster, stored(data))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_geometry_survives_turning_and_scaling_together(tmp_path: Path, orientation: int) -> None:
    upright = samples.marked((720, 480))
    data = samples.oriented(upright, orientation, "JPEG", quality=95)
    raster = rendered(tmp_path, data, limits=Limits(300, 300, 1_000_000, 1))
    assert raster.pixels.shape == (200, 300, 3)
    assert {raster.width, raster.height} == {720, 480}
    assert_marks_map_back(raster, stored(data))


def stored(data: bytes) -> np.ndarray[Any, Any]:
    """The pixels in the file, orientation ignored."""
    image = Image.open(BytesIO(data))
    image.getexif()[0x0112] = 1
    size = getattr(image, "tag_v2", {256: image.width, 257: image.height})
    pixels = np.asarray(image.crop((0, 0, size[256], size[257])))
    assert pixels.shape[:2] == (size[257], size[256])
    return pixels


def assert_marks_map_back(raster: Raster, upload: np.ndarray[Any, Any]) -> None:
    """The middle of each mark, found where it stands upright, has the mark's colour in the upload, under its name."""
    height, width = raster.pixels.shape[:2]
    inset = 10 * width / max(width, raster.width if raster.rotation in (0, 180) else raster.height)
    middles = Quad((inset, inset), (width - inset, inset), (width - inset, height - inset), (inset, height - inset))
    there = map_quad(raster.to_upload, middles)
    for corner, colour in samples.CORNERS.items():
        x, y = getattr(there, corner)
        assert np.abs(upload[int(y), int(x)].astype(int) - colour).max() < 25, corner


def test_corners_land_exactly_on_corners() -> None:
    whole = Quad((0, 0), (300, 0), (300, 200), (0, 200))
    assert map_quad(scaling(2.4, 2.4), whole).points == ((0, 0), (720, 0), (720, 480), (0, 480))
    assert map_quad(affine([[0, 1, 0], [-1, 0, 300]]), whole).top_right == (0, 0)


def test_nonsense_in_the_orientation_is_upright(tmp_path: Path) -> None:
    for value in (0, 9, 65535):
        exif = Image.Exif()
        exif[0x0112] = value
        data = samples.encode(samples.marked(), "JPEG", exif=exif.tobytes())
        assert rendered(tmp_path, data).rotation == 0
    broken = samples.encode(samples.marked(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff")
    assert rendered(tmp_path, broken).width == 120


@pytest.mark.parametrize("order", ["<", ">"])
def test_16_bit_grey_is_scaled_and_not_clipped(tmp_path: Path, order: str) -> None:
    ramp = np.linspace(0, 65535, 256).astype(np.uint16)[None].repeat(4, 0)
    image = Image.frombytes("I;16" if order == "<" else "I;16B", (256, 4), ramp.astype(f"{order}u2").tobytes())
    raster = rendered(tmp_path, samples.encode(image, "TIFF"))
    assert np.abs(raster.pixels[0, :, 0].astype(int) - np.arange(256)).max() <= 1


@pytest.mark.parametrize("kind", ["PNG", "PPM"])
def test_16_bit_png_and_pgm_keep_their_tones(tmp_path: Path, kind: str) -> None:
    ramp = np.linspace(0, 65535, 256).astype(np.uint16)[None].repeat(4, 0)
    raster = rendered(tmp_path, samples.encode(Image.fromarray(ramp), kind))
    assert np.abs(raster.pixels[0, :, 0].astype(int) - np.arange(256)).max() <= 1


def test_12_bits_in_16_are_not_nearly_black(tmp_path: Path) -> None:
    tones = np.array([[0, 2048, 4095]], np.uint16)
    raster = rendered(tmp_path, samples.encode(Image.fromarray(tones), "TIFF"))
    assert raster.pixels[0, :, 0].tolist() == [0, 128, 255]


def test_16_bit_white_is_zero_is_not_a_negative(tmp_path: Path) -> None:
    tones = np.array([[0, 65535]], np.uint16)
    data = bytearray(samples.encode(Image.fromarray(tones), "TIFF"))
    tag = data.index(struct.pack("<HHI", 262, 3, 1))
    struct.pack_into("<H", data, tag + 8, 0)
    assert rendered(tmp_path, bytes(data)).pixels[0, :, 0].tolist() == [PAPER, INK]


def test_floating_point_samples(tmp_path: Path) -> None:
    for top in (1.0, 255.0):
        tones = np.array([[0, top / 2, top, np.nan]], np.float32)
        raster = rendered(tmp_path, samples.encode(Image.fromarray(tones), "TIFF"))
        assert raster.pixels[0, :, 0].tolist() == [0, 128, 255, 0]


def test_signed_samples_start_at_their_darkest(tmp_path: Path) -> None:
    tones = np.array([[-100, 27, 155]], np.int32)
    raster = rendered(tmp_path, samples.encode(Image.fromarray(tones), "TIFF"))
    assert raster.pixels[0, :, 0].tolist() == [0, 127, 255]


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP"])
def test_plain_modes_show_the_same_picture(tmp_path: Path, mode: str, kind: str) -> None:
    image = samples.picture(["Text"], (200, 80)).convert("1").convert(mode)
    raster = rendered(tmp_path, samples.encode(image, kind))
    assert np.array_equal(raster.pixels, np.asarray(image.convert("RGB")))


@pytest.mark.parametrize(
    "header",
    [
        b"P1\n# note\n3 1\n1 0 1\n",
        b"P4\n3 1\n\xa0",
        b"P2 3 1 255 0 255 0",
        b"P5 3 1 1 \0\1\0",
    ],
)
def test_portable_anymaps_binary_and_ascii(tmp_path: Path, header: bytes) -> None:
    assert rendered(tmp_path, header).pixels[0, :, 0].tolist() == [INK, PAPER, INK]


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "WEBP"])
def test_transparency_is_paper_and_not_ink(tmp_path: Path, kind: str) -> None:
    image = Image.new("RGBA", (20, 10), (0, 0, 0, 0))
    image.paste((200, 0, 0, 255), (10, 0, 20, 10))
    options = {"lossless": True} if kind == "WEBP" else {}
    pixels = rendered(tmp_path, samples.encode(image, kind, **options)).pixels
    assert pixels[5, 5].tolist() == [255, 255, 255]
    assert pixels[5, 15].tolist() == [200, 0, 0]


def test_half_transparent_ink_is_grey(tmp_path: Path) -> None:
    pixels = rendered(tmp_path, samples.encode(Image.new("LA", (4, 4), (0, 128)))).pixels
    assert np.abs(pixels.astype(int) - 127).max() <= 1


@pytest.mark.parametrize("mode", ["P", "L", "RGB", "1"])
def test_a_transparent_colour_is_paper(tmp_path: Path, mode: str) -> None:
    image = Image.new("RGB", (20, 10), "black").convert(mode)
    clear = (0, 0, 0) if mode == "RGB" else image.getpixel((0, 0))
    assert (rendered(tmp_path, samples.encode(image, transparency=clear)).pixels == PAPER).all()


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_colours_come_out_right(tmp_path: Path, kind: str) -> None:
    """JPEG stores CMYK inverted, as Adobe does; TIFF does not."""
    inks = {(0, 0, 0, 0): (255, 255, 255), (0, 0, 0, 255): (0, 0, 0), (0, 255, 255, 0): (255, 0, 0)}
    image = Image.new("CMYK", (96, 32))
    for place, ink in enumerate(inks):
        image.paste(ink, (place * 32, 0, place * 32 + 32, 32))
    pixels = rendered(tmp_path, samples.encode(image, kind)).pixels
    for place, colour in enumerate(inks.values()):
        assert np.abs(pixels[16, place * 32 + 16].astype(int) - colour).max() < 8


@pytest.mark.parametrize(("mode", "compression"), [("YCbCr", "jpeg"), ("LAB", "raw")])
def test_other_colour_spaces(tmp_path: Path, mode: str, compression: str) -> None:
    white = (255, 128, 128)  # no colour, in either
    pixels = rendered(
        tmp_path, samples.encode(Image.new(mode, (16, 16), white), "TIFF", compression=compression)
    ).pixels
    assert pixels.min() > 250


@pytest.mark.parametrize("size", [(1200, 800), (800, 1200), (9000, 30)])
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_beyond_width_and_height_an_image_is_scaled_and_not_refused(
    tmp_path: Path, size: tuple[int, int], kind: str
) -> None:
    limits = Limits(max_width=600, max_height=400, max_pixels=10_000_000, max_pages=1)
    image = samples.picture(["Hello", "world"], size)
    raster = rendered(tmp_path, samples.encode(image, kind), limits=limits)
    height, width = raster.pixels.shape[:2]
    assert max(width, height) == 600 and min(width, height) <= 400
    assert (raster.width, raster.height) == size
    far = map_quad(raster.to_upload, Quad((0, 0), (width, 0), (width, height), (0, height))).bottom_right
    assert far == pytest.approx(size)
    plain = np.asarray(image.resize((width, height), Image.Resampling.BICUBIC)).astype(float)
    assert np.abs(raster.pixels - plain).mean() < 3


def test_scaling_in_bands_leaves_no_seam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = samples.picture([f"line {number}" for number in range(20)], (700, 1000))
    limits = Limits(max_width=413, max_height=413, max_pixels=1_000_000, max_pages=1)
    data = samples.encode(image)
    whole = rendered(tmp_path, data, limits=limits).pixels
    monkeypatch.setattr("services.ocr.image._BAND_PIXELS", 20_000)
    assert np.array_equal(rendered(tmp_path, data, limits=limits).pixels, whole)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_whatever_the_size_the_scaled_page_fits_either_way_round(width: int, height: int) -> None:
    scale = budget_scale(width, height, LIMITS)
    assert 0 < scale <= 1 and scale == budget_scale(height, width, LIMITS)
    assert max(width, height) * scale <= 7016.001 and min(width, height) * scale <= 4960.001
    assert scale == 1 or width * height * scale**2 > 6000 or min(width, height) * scale < 1


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
    assert walked(data, partial(frames.gif_shape, bound=100)) < 3000


@pytest.mark.parametrize("rest", [b"\0" * 2_000_000, b"!\xf9" + b"\x01x" * 2_000_000], ids=["empty", "tiny"])
def test_a_gif_of_a_million_blocks_is_not_walked(tmp_path: Path, rest: bytes) -> None:
    data = samples.gif_of(0).removesuffix(b";") + rest
    assert walked(data, partial(frames.gif_shape, bound=2)) < 0.6 * len(data)
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
    assert walked(data, frames.tiff_frames) <= len(data) / 100 + step


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


_PEAK = """
import resource, sys
from pathlib import Path
from services.ocr.raster import Limits
from services.ocr.source import HEAD_BYTES, open_source, sniff

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

path = Path(sys.argv[1])
before = peak()
limits = Limits(4960, 7016, 100_000_000, 100)
with open_source(path, sniff(path.read_bytes()[:HEAD_BYTES]), limits=limits) as source:
    for number in source.numbers:
        source.render(number)
print((peak() - before) // 1024)
"""


def megabytes(path: Path) -> int:
    """What opening and rendering all pages adds to the peak memory of a fresh process."""
    command = [sys.executable, "-c", _PEAK, str(path)]
    return int(subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout)


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
    assert megabytes(path) < most


@pytest.mark.slow
def test_pages_are_decoded_one_at_a_time(tmp_path: Path) -> None:
    page = Image.new("RGB", (4000, 4000), "white")
    path = tmp_path / "pages"
    path.write_bytes(samples.multipage_tiff([page] * 8, compression="packbits"))
    assert megabytes(path) < 250


@pytest.mark.slow
def test_a_tile_larger_than_its_image_cannot_take_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "bomb.tiff"
    path.write_bytes(samples.tile_bomb(32_000))
    with pytest.raises(subprocess.CalledProcessError) as refused:
        megabytes(path)
    assert "UnreadableFile" in refused.value.stderr
