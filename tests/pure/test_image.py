"""Pixels of an image as they are read: upright, with their tones and colours, scaled; and the way back."""

from __future__ import annotations

import struct
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from services.document.geometry import affine, map_quad, scaling
from services.document.model import Quad
from services.ocr.raster import Limits, Raster, budget_scale
from tests.support import samples
from tests.support.rendering import LIMITS, rendered

INK, PAPER = 0, 255


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
    monkeypatch.setattr("services.ocr.pictures.colour.BAND_PIXELS", 20_000)
    assert np.array_equal(rendered(tmp_path, data, limits=limits).pixels, whole)


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_whatever_the_size_the_scaled_page_fits_either_way_round(width: int, height: int) -> None:
    scale = budget_scale(width, height, LIMITS)
    assert 0 < scale <= 1 and scale == budget_scale(height, width, LIMITS)
    assert max(width, height) * scale <= 7016.001 and min(width, height) * scale <= 4960.001
    assert scale == 1 or width * height * scale**2 > 6000 or min(width, height) * scale < 1
