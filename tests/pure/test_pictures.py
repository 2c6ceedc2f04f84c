"""What a picture is: pages and no thumbnails, square pixels, every kind of sample, the right ground and colours."""

from __future__ import annotations

import struct
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from services.document.geometry import map_quad
from services.document.model import Quad
from services.errors import SeveralPages, TooManyPixels, UnsupportedPacking
from services.ocr.pictures import samples as deep
from services.ocr.raster import Limits
from services.ocr.source import check_single, is_document
from tests.support import samples
from tests.support.rendering import opened, rendered
from tests.support.samples import pictures
from tests.support.samples.pictures import Directory, Order, Values, page, plate, tiff

REDUCED, MASK, PAGE = ("long", (1,)), ("long", (4,)), ("long", (2,))


def grey(text: str, size: tuple[int, int] = (160, 60)) -> Image.Image:
    return samples.picture([text], size, font_size=20).convert("L")


def read_pages(tmp_path: Path, data: bytes) -> list[NDArray[np.uint8]]:
    with opened(tmp_path, data) as source:
        return [source.render(number).pixels[..., 0] for number in source.numbers]


# Pages and what is none


ONE, TWO, SMALL = grey("one"), grey("two"), grey("one").resize((40, 15))
FILES = {
    "a thumbnail behind its page": ([page(ONE), page(SMALL, {254: REDUCED})], [ONE]),
    "a thumbnail before its page": ([page(SMALL, {254: REDUCED}), page(ONE)], [ONE]),
    "a mask": ([page(ONE), page(SMALL, {254: MASK})], [ONE]),
    "a reduced mask": ([page(ONE), page(SMALL, {254: ("long", (5,))})], [ONE]),
    "a pyramid": ([page(ONE), *[page(SMALL, {254: REDUCED})] * 3], [ONE]),
    "a pyramid on its page": ([Directory(**{**vars(page(ONE)), "children": [page(SMALL, {254: REDUCED})] * 3})], [ONE]),
    "pages with thumbnails": (
        [page(ONE, {254: PAGE}), page(SMALL, {254: REDUCED}), page(TWO, {254: PAGE}), page(SMALL, {254: REDUCED})],
        [ONE, TWO],
    ),
    "a reduced copy by the old tag": ([page(ONE), page(SMALL, {255: ("short", (2,))})], [ONE]),
    "a page that hangs on its thumbnail": (
        [Directory(**{**vars(page(SMALL, {254: REDUCED})), "children": [page(ONE)]})],
        [ONE],
    ),
    "nothing but a picture that calls itself reduced": ([page(ONE, {254: REDUCED})], [ONE]),
    "the thumbnail of EXIF": (
        [page(ONE), Directory({259: ("short", (6,)), 513: ("long", (8,)), 514: ("long", (9,))})],
        [ONE],
    ),
}


@pytest.mark.parametrize("big", [False, True], ids=["classic", "big"])
@pytest.mark.parametrize("order", ["<", ">"], ids=["little", "large"])
@pytest.mark.parametrize("name", FILES)
def test_thumbnails_and_masks_of_a_tiff_are_no_pages(tmp_path: Path, name: str, order: Order, big: bool) -> None:
    chain, shown = FILES[name]
    data = tiff(*chain, order=order, big=big)
    found = read_pages(tmp_path, data)
    assert len(found) == len(shown)
    assert all(np.array_equal(pixels, np.asarray(picture)) for pixels, picture in zip(found, shown, strict=True))
    assert is_document("image/tiff", BytesIO(data)) == (len(shown) > 1)


def test_where_one_picture_is_taken_a_thumbnail_is_no_second_one() -> None:
    check_single("image/tiff", BytesIO(tiff(page(ONE), page(SMALL, {254: REDUCED}))))
    with pytest.raises(SeveralPages):
        check_single("image/tiff", BytesIO(tiff(page(ONE), page(TWO))))


def test_a_page_that_cannot_be_read_does_not_take_the_others_along(tmp_path: Path) -> None:
    odd = plate(np.zeros((9, 9, 1), np.uint8), 1, {259: ("short", (50001,))})
    with opened(tmp_path, tiff(odd, page(TWO))) as source:
        with pytest.raises(UnsupportedPacking):
            source.render(1)
        assert np.array_equal(source.render(2).pixels[..., 0], np.asarray(TWO))


# Pixels that are not square


def stretched(across: int, down: int) -> tuple[Image.Image, Image.Image]:
    """A picture of square pixels at 200 dpi, and the same as a device of other resolutions would store it."""
    square = samples.marked((400, 240))
    return square, square.resize((round(400 * across / 200), round(240 * down / 200)), Image.Resampling.BOX)


def tiff_of(picture: Image.Image, across: int, down: int, unit: int) -> bytes:
    told = {282: ("rational", (across, 1)), 283: ("rational", (down, 1)), 296: ("short", (unit,))}
    return tiff(plate(np.asarray(picture), 2, told))


def png_of(picture: Image.Image, across: int, down: int, unit: int) -> bytes:
    return pictures.png_with(picture, b"pHYs", struct.pack(">IIB", across * 40, down * 40, unit))


SQUARED = {
    "a fax": lambda picture: tiff_of(picture, 200, 100, 2),
    "by centimetres": lambda picture: tiff_of(picture, 200, 100, 3),
    "a tiff without a unit": lambda picture: tiff_of(picture, 2, 1, 1),
    "a png": lambda picture: png_of(picture, 200, 100, 1),
    "a png without a unit": lambda picture: png_of(picture, 200, 100, 0),
    "a jpeg": lambda picture: pictures.jfif(picture, 1, 200, 100),
    "a jpeg without a unit": lambda picture: pictures.jfif(picture, 0, 2, 1),
    "a bmp": lambda picture: samples.encode(picture, "BMP", dpi=(200, 100)),
}


@pytest.mark.parametrize("name", SQUARED)
def test_pixels_are_squared_before_reading_and_boxes_stay_in_those_of_the_upload(tmp_path: Path, name: str) -> None:
    square, low = stretched(200, 100)
    raster = rendered(tmp_path, SQUARED[name](low))
    assert raster.pixels.shape == (240, 400, 3)
    assert np.abs(raster.pixels.astype(int) - np.asarray(square)).mean() < 6
    assert (raster.width, raster.height, raster.aspect) == (400, 120, 2)
    whole = map_quad(raster.to_upload, Quad((0, 0), (400, 0), (400, 240), (0, 240)))
    assert whole.bottom_right == (400, 120)


def test_a_superfine_fax_is_widened(tmp_path: Path) -> None:
    _, tall = stretched(100, 200)
    raster = rendered(tmp_path, tiff_of(tall, 204, 391, 2))
    assert raster.pixels.shape == (240, round(200 * 391 / 204), 3)
    assert (raster.width, raster.height) == (200, 240) and raster.aspect == pytest.approx(204 / 391)


def test_a_turned_picture_is_squared_along_its_own_sides(tmp_path: Path) -> None:
    """EXIF turns it, so what was stretched across is stretched down in the end."""
    square, low = stretched(200, 100)
    data = tiff(
        plate(np.asarray(low), 2, {274: ("short", (6,)), 282: ("rational", (200, 1)), 283: ("rational", (100, 1))})
    )
    raster = rendered(tmp_path, data)
    assert raster.pixels.shape == (400, 240, 3)
    assert np.abs(raster.pixels.astype(int) - np.asarray(square.rotate(-90, expand=True))).mean() < 6
    assert (raster.width, raster.height, raster.rotation) == (400, 120, 90)


@pytest.mark.parametrize("pair", [(300, 1), (1, 300), (0, 0), (300, 299), (72, 4000)])
def test_resolutions_that_nobody_means_square_nothing(tmp_path: Path, pair: tuple[int, int]) -> None:
    raster = rendered(tmp_path, pictures.jfif(samples.marked(), 1, *pair))
    assert raster.pixels.shape == (80, 120, 3) and raster.aspect == 1


def test_what_is_nearly_square_is_read_as_it_is(tmp_path: Path) -> None:
    raster = rendered(tmp_path, tiff_of(samples.marked(), 204, 196, 2))
    assert raster.pixels.shape == (80, 120, 3) and raster.aspect == pytest.approx(204 / 196)


def test_a_squared_page_stays_within_the_budget(tmp_path: Path) -> None:
    limits = Limits(max_width=300, max_height=300, max_pixels=100_000, max_pages=1)
    raster = rendered(tmp_path, tiff_of(Image.new("RGB", (400, 240), "white"), 300, 100, 2), limits=limits)
    assert raster.pixels.shape == (300, 167, 3)


# Samples and packings

TONES = np.asarray(samples.picture(["48213"], (120, 50), font_size=30)).astype(np.float64) / 255
GREY, RED = TONES[..., :1], TONES * [1.0, 0.5, 0.25]
KINDS: dict[str, tuple[NDArray[Any], int, NDArray[Any]]] = {
    "16 bits": ((RED * 65535).astype(np.uint16), 2, RED),
    "12 bits in 16": ((RED * 4095).astype(np.uint16), 2, RED),
    "32 bits": ((GREY * (2**32 - 1)).astype(np.uint32), 1, GREY),
    "32 bits in colour": ((RED * (2**32 - 1)).astype(np.uint32), 2, RED),
    "half floats": (GREY.astype(np.float16), 1, GREY),
    "half floats in colour": (RED.astype(np.float16), 2, RED),
    "floats": (RED.astype(np.float32), 2, RED),
    "doubles": (GREY.astype(np.float64), 1, GREY),
    "floats up to 255": ((RED * 255).astype(np.float32), 2, RED),
    "white is zero": (((1 - GREY) * 65535).astype(np.uint16), 0, GREY),
    "inks": ((np.dstack([1 - RED, 0 * GREY]) * 65535).astype(np.uint16), 5, RED),
}


@pytest.mark.parametrize("planar", [False, True], ids=["together", "planes"])
@pytest.mark.parametrize("order", ["<", ">"], ids=["little", "large"])
@pytest.mark.parametrize("name", KINDS)
def test_samples_of_every_kind_keep_their_tones(tmp_path: Path, name: str, order: Order, planar: bool) -> None:
    pixels, photometric, tones = KINDS[name]
    for packed in (False, True):
        data = tiff(plate(pixels, photometric, order=order, planar=planar, packed=packed), order=order)
        raster = rendered(tmp_path, data)
        wanted = np.broadcast_to(np.round(tones * 255), raster.pixels.shape)
        assert np.abs(raster.pixels - wanted).max() <= 2, packed


def predicted(pixels: NDArray[Any], order: Order) -> bytes:
    """Differences from one pixel to the next (TIFF 6.0, section 14)."""
    whole: NDArray[Any] = np.concatenate([pixels[:, :1], np.diff(pixels, axis=1)], axis=1)
    return whole.astype(pixels.dtype.newbyteorder(order)).tobytes()


def predicted_floats(pixels: NDArray[Any]) -> bytes:
    """Bytes of a row by their weight, then their differences (Adobe Photoshop TIFF Technical Note 3)."""
    height, width, count = pixels.shape
    parted = pixels.astype(pixels.dtype.newbyteorder(">")).view(np.uint8).reshape(height, width * count, -1)
    rows = parted.transpose(0, 2, 1).reshape(height, -1, count)
    whole: NDArray[np.uint8] = np.concatenate([rows[:, :1], np.diff(rows, axis=1)], axis=1)
    return whole.tobytes()


@pytest.mark.parametrize("order", ["<", ">"], ids=["little", "large"])
def test_predicted_samples(tmp_path: Path, order: Order) -> None:
    whole, floats = (RED * 65535).astype(np.uint16), RED.astype(np.float32)
    for pixels, predictor, data in ((whole, 2, predicted(whole, order)), (floats, 3, predicted_floats(floats))):
        entries = pictures.described(pixels, 2, {317: ("short", (predictor,))})
        raster = rendered(tmp_path, tiff(Directory(entries, [data]), order=order))
        assert np.abs(raster.pixels - np.round(RED * 255)).max() <= 1


@pytest.mark.parametrize("predictor", [1, 2, 3])
def test_tiles_of_deep_samples(tmp_path: Path, predictor: int) -> None:
    """Those at the right and lower edge reach beyond the picture."""
    pixels = RED.astype(np.float32) if predictor == 3 else (RED * 65535).astype(np.uint16)
    room = np.zeros((64, 128, 3), pixels.dtype)
    room[:50, :120] = pixels
    cells = [room[y : y + 32, x : x + 64] for y in (0, 32) for x in (0, 64)]
    pack = {1: lambda cell: cell.tobytes(), 2: lambda cell: predicted(cell, "<"), 3: predicted_floats}[predictor]
    entries = pictures.described(pixels, 2, {317: ("short", (predictor,)), 322: ("long", (64,)), 323: ("long", (32,))})
    del entries[278]
    raster = rendered(tmp_path, tiff(Directory(entries, [pack(cell) for cell in cells], tiled=True)))
    assert np.abs(raster.pixels - np.round(RED * 255)).max() <= 1


def test_several_strips_of_deep_samples(tmp_path: Path) -> None:
    pixels = (RED * 65535).astype(np.uint16)
    entries = pictures.described(pixels, 2) | {278: ("long", (16,))}
    raster = rendered(
        tmp_path, tiff(Directory(entries, [pixels[top : top + 16].tobytes() for top in range(0, 50, 16)]))
    )
    assert np.abs(raster.pixels - np.round(RED * 255)).max() <= 1


@pytest.mark.parametrize("bits", [2, 4, 10, 12, 14])
def test_samples_that_are_no_whole_bytes(tmp_path: Path, bits: int) -> None:
    whole = np.round(RED * (2**bits - 1)).astype(np.uint32)
    rows = np.unpackbits(whole.astype(">u4").view(np.uint8).reshape(*whole.shape, 4), axis=3).reshape(50, 120, 3, 32)
    data = np.packbits(rows[..., 32 - bits :].reshape(50, -1), axis=1).tobytes()
    entries = pictures.described(whole, 2) | {258: ("short", (bits,) * 3)}
    raster = rendered(tmp_path, tiff(Directory(entries, [data])))
    assert np.abs(raster.pixels - RED * 255).max() <= 127.5 / (2**bits - 1) + 0.6


@pytest.mark.parametrize("kind", [1, 2], ids=["associated", "unassociated"])
def test_deep_samples_with_transparency(tmp_path: Path, kind: int) -> None:
    """Black on nothing: what is seen through is white, as paper."""
    opaque = 1 - GREY
    pixels = (np.dstack([0 * RED, opaque]) * 65535).astype(np.uint16)
    raster = rendered(tmp_path, tiff(plate(pixels, 2, {338: ("short", (kind,))})))
    assert np.abs(raster.pixels - GREY * 255).max() <= 2


def test_deep_samples_cost_the_memory_that_they_take(tmp_path: Path) -> None:
    data = tiff(plate(np.zeros((100, 100, 3), np.float32), 2))
    tight, roomy = (Limits(500, 500, max_pixels=most, max_pages=1) for most in (29_999, 30_000))
    with pytest.raises(TooManyPixels):
        opened(tmp_path, data, limits=tight)
    assert rendered(tmp_path, data, limits=roomy).width == 100


PACKED = ("raw", "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "packbits", "lzma", "zstd")
FAXES = ("tiff_ccitt", "group3", "group4")


@pytest.mark.parametrize("big", [False, True], ids=["classic", "big"])
@pytest.mark.parametrize("packing", [*PACKED, *FAXES, "jpeg"])
def test_packings_of_tiff_that_are_read(tmp_path: Path, packing: str, big: bool) -> None:
    shown = grey("packed").point(lambda level: 255 * (level > 127))
    stored = shown.convert("1") if packing in FAXES else shown
    data = samples.encode(stored, "TIFF", compression=packing, big_tiff=big)
    off = np.abs(rendered(tmp_path, data).pixels[..., 0].astype(int) - np.asarray(shown, int))
    assert off.max() == 0 if packing != "jpeg" else np.median(off) < 8


def test_of_a_jpeg_with_more_pictures_behind_it_the_first_is_read(tmp_path: Path) -> None:
    """As phones write them: a second view, a gain map."""
    data = samples.encode(ONE, "MPO", save_all=True, append_images=[TWO, SMALL], quality=95)
    assert not is_document("image/jpeg", BytesIO(data))
    (found,) = read_pages(tmp_path, data)
    apart = [np.abs(found.astype(int) - np.asarray(one, int)).mean() for one in (ONE, TWO)]
    assert found.shape == (60, 160) and apart[0] < 2 < apart[1]


@pytest.mark.parametrize(("number", "name"), [*deep.NAMES.items(), (9999, "packing number 9999")])
def test_packings_that_are_not_read_are_named_and_not_called_damage(tmp_path: Path, number: int, name: str) -> None:
    data = tiff(plate(np.zeros((9, 9, 3), np.uint8), 2, {259: ("short", (number,))}))
    with pytest.raises(UnsupportedPacking, match=f"{name}, which is not read here. Save it"):
        rendered(tmp_path, data)


@pytest.mark.parametrize(
    "entries",
    [
        {262: ("short", (32803,))},  # what a camera's sensor saw
        {262: ("short", (8,))},  # CIELab
        {339: ("short", (6, 6, 6))},  # complex numbers
        {258: ("short", (16, 8, 8))},
    ],
)
def test_samples_that_are_not_read_are_not_called_damage(tmp_path: Path, entries: dict[int, Values]) -> None:
    data = tiff(plate(np.zeros((9, 9, 3), np.uint16), 2, entries))
    with pytest.raises(UnsupportedPacking, match="not read here. Save it"):
        rendered(tmp_path, data)


def test_a_jpeg_of_12_bits_is_not_called_damaged(tmp_path: Path) -> None:
    data = bytearray(samples.encode(samples.marked(), "JPEG"))
    data[data.index(b"\xff\xc0") + 4] = 12
    with pytest.raises(UnsupportedPacking, match="12 bits a sample"):
        opened(tmp_path, bytes(data))
    inside = plate(np.zeros((9, 9, 1), np.uint8), 1, {258: ("short", (12,)), 259: ("short", (7,))})
    with pytest.raises(UnsupportedPacking, match="more than 8 bits"):
        rendered(tmp_path, tiff(inside))


@pytest.mark.parametrize(("marker", "name"), [(0xF7, "JPEG-LS"), (0xC5, "hierarchical")])
def test_other_kinds_of_jpeg_are_named(tmp_path: Path, marker: int, name: str) -> None:
    data = bytearray(samples.encode(samples.marked(), "JPEG"))
    data[data.index(b"\xff\xc0") + 1] = marker
    with pytest.raises(UnsupportedPacking, match=name):
        opened(tmp_path, bytes(data))


def test_old_style_jpeg_in_grey(tmp_path: Path) -> None:
    pixels = rendered(tmp_path, tiff(pictures.old_jpeg(ONE))).pixels[..., 0]
    assert np.abs(pixels.astype(int) - np.asarray(ONE)).mean() < 3


# Colours and grounds


def inks() -> Image.Image:
    """White, black and red in the four colours of print."""
    image = Image.new("CMYK", (96, 32))
    for place, ink in enumerate([(0, 0, 0, 0), (0, 0, 0, 255), (0, 255, 255, 0)]):
        image.paste(ink, (place * 32, 0, place * 32 + 32, 32))
    return image


def negative(image: Image.Image) -> Image.Image:
    return Image.merge("CMYK", [band.point(lambda value: 255 - value) for band in image.split()])


def test_cmyk_without_adobes_marker_is_not_inverted(tmp_path: Path) -> None:
    plain = pictures.without_adobe(samples.encode(negative(inks()), "JPEG", quality=95))  # the writer inverts, too
    for data in (samples.encode(inks(), "JPEG", quality=95), plain):
        pixels = rendered(tmp_path, data).pixels
        for place, colour in enumerate([(255, 255, 255), (0, 0, 0), (255, 0, 0)]):
            assert np.abs(pixels[16, place * 32 + 16].astype(int) - colour).max() < 8


def on_nothing(texts: dict[str, tuple[int, int, int]], halo: bool = False) -> Image.Image:
    """Lines in these colours on nothing; with a halo, as if cut out of white paper."""
    paper = Image.new("RGB", (300, 60 * len(texts)), "white")
    shape = Image.new("L", paper.size, 0)
    for number, (text, colour) in enumerate(texts.items()):
        line = samples.picture([text], (300, 60), 28).convert("L").point(lambda value: 255 - value)
        shape.paste(line, (0, 60 * number))
        paper.paste(colour, (0, 60 * number), line if halo else None) if halo else paper.paste(
            colour, (0, 60 * number, 300, 60 * number + 60)
        )
    paper.putalpha(shape.point(lambda value: 255 if value > (10 if halo else 127) else 0))
    return paper


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize(
    ("texts", "halo", "ground"),
    [
        ({"dark": (20, 20, 20)}, False, 255),
        ({"dark": (20, 20, 20)}, True, 255),
        ({"white": (255, 255, 255)}, False, 0),
        ({"yellow": (255, 240, 120)}, False, 0),
        ({"white": (255, 255, 255), "dark": (20, 20, 20)}, False, 128),
    ],
)
def test_what_is_on_nothing_is_drawn_on_what_shows_it(
    tmp_path: Path, kind: str, texts: dict[str, tuple[int, int, int]], halo: bool, ground: int
) -> None:
    faithful: dict[str, dict[str, Any]] = {"WEBP": {"lossless": True}, "AVIF": {"quality": 100}}
    pixels = rendered(tmp_path, samples.encode(on_nothing(texts, halo), kind, **faithful.get(kind, {}))).pixels
    assert pixels[2, 2].tolist() == [ground] * 3
    for number in range(len(texts)):
        part = pixels[60 * number : 60 * number + 60].astype(int)
        assert np.abs(part.mean(axis=2) - ground).max() > 90


def test_a_picture_with_round_corners_stays_readable(tmp_path: Path) -> None:
    """White paper with dark text, its corners cut off: whatever is drawn behind it, the paper stays as it is."""
    image = samples.picture(["Total 48213"], (300, 120))
    shape = Image.new("L", image.size, 255)
    shape.paste(0, (0, 0, 12, 12))
    image.putalpha(shape)
    pixels = rendered(tmp_path, samples.encode(image)).pixels
    assert np.array_equal(pixels[12:, 12:], np.asarray(image.convert("RGB"))[12:, 12:])
