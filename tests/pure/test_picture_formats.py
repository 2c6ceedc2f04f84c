"""HEIC, AVIF, JPEG 2000, JPEG XL, PCX and TGA, and animations of every kind: shown right, and refused in time."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pytest
from ocr_client.command.outputs import READ_IN_FOLDERS
from PIL import Image, ImageCms

from config import ROOT
from services import errors
from services.document.geometry import map_quad
from services.document.model import Quad
from services.errors import BadInput, TooManyPixels, UnreadableFile, UnsupportedPacking, UnsupportedType
from services.ocr.image import IMAGE_MEMORY
from services.ocr.pictures import jxl
from services.ocr.pictures.kinds import KINDS, named
from services.ocr.raster import Limits
from services.ocr.source import HEAD_BYTES, is_document, sniff, sniff_picture
from tests.support import samples
from tests.support.peak import cost
from tests.support.rendering import opened, rendered

pillow_heif.register_heif_opener()
import pillow_jxl  # noqa: E402, F401 - it registers itself

FORMATS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "HEIC": ("HEIF", "image/heic", {"quality": 95}),
    "HEIC in grey": ("HEIF", "image/heic", {"quality": 95}),
    "AVIF": ("AVIF", "image/avif", {"quality": 95}),
    "AVIF in grey": ("AVIF", "image/avif", {"quality": 95}),
    "JPEG 2000": ("JPEG2000", "image/jp2", {}),
    "JPEG 2000 in grey": ("JPEG2000", "image/jp2", {}),
    "a codestream of JPEG 2000": ("JPEG2000", "image/jp2", {"no_jp2": True}),
    "JPEG XL": ("JXL", "image/jxl", {}),
    "JPEG XL in grey": ("JXL", "image/jxl", {}),
    "JPEG XL without loss": ("JXL", "image/jxl", {"lossless": True}),
    "JPEG XL in a container": ("JXL", "image/jxl", {"use_container": True}),
    "PCX": ("PCX", "image/x-pcx", {}),
    "PCX in grey": ("PCX", "image/x-pcx", {}),
    "TGA": ("TGA", "image/x-tga", {}),
    "TGA in grey": ("TGA", "image/x-tga", {"compression": "tga_rle"}),
}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_shows_the_picture(tmp_path: Path, name: str) -> None:
    kind, media_type, options = FORMATS[name]
    picture = samples.picture(["Total 48213"], (320, 120))
    picture.paste((180, 40, 40), (200, 80, 300, 110))
    picture = picture.convert("L" if "grey" in name else "RGB")
    data = samples.encode(picture, kind, **options)
    assert sniff(data[:HEAD_BYTES]) == media_type
    raster = rendered(tmp_path, data)
    assert np.abs(raster.pixels.astype(int) - np.asarray(picture.convert("RGB"))).mean() < 3
    assert (raster.width, raster.height, raster.rotation) == (320, 120, 0)


@pytest.mark.parametrize(("kind", "mode"), [("PCX", "1"), ("PCX", "P"), ("TGA", "P")])
def test_palettes_of_pcx_and_tga(tmp_path: Path, kind: str, mode: str) -> None:
    picture = samples.picture(["Total"], (160, 60)).convert("1").convert(mode)
    raster = rendered(tmp_path, samples.encode(picture, kind))
    assert np.array_equal(raster.pixels, np.asarray(picture.convert("RGB")))


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_what_is_turned_by_itself_is_shown_upright_and_so_are_its_boxes(
    tmp_path: Path, kind: str, orientation: int
) -> None:
    """The writers turn an orientation of EXIF into `irot` and `imir`."""
    upright = samples.marked((240, 160))
    raster = rendered(tmp_path, samples.oriented(upright, orientation, kind, quality=95))
    assert np.abs(raster.pixels.astype(int) - np.asarray(upright)).mean() < 3
    assert (raster.width, raster.height, raster.rotation) == (240, 160, 0)
    whole = Quad((0, 0), (240, 0), (240, 160), (0, 160))
    assert map_quad(raster.to_upload, whole) == whole


def test_a_jpeg_that_was_packed_anew_as_jpeg_xl_is_turned_once(tmp_path: Path) -> None:
    upright = samples.marked((240, 160))
    path = tmp_path / "turned.jpg"
    path.write_bytes(samples.oriented(upright, 6, "JPEG", quality=95))
    with Image.open(path) as turned:
        data = samples.encode(turned, "JXL", lossless_jpeg=True)
    raster = rendered(tmp_path, data)
    assert np.abs(raster.pixels.astype(int) - np.asarray(upright)).mean() < 6
    assert (raster.width, raster.height) == (240, 160)


def swapped_profile() -> bytes:
    """sRGB with the names of its red and its blue exchanged."""
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    head, tags = data[:128], data[128:]
    return head + tags.replace(b"rXYZ", b"\0tmp").replace(b"bXYZ", b"rXYZ").replace(b"\0tmp", b"bXYZ")


@pytest.mark.parametrize("kind", ["HEIF", "AVIF", "JXL"])
def test_colours_are_what_the_profile_says(tmp_path: Path, kind: str) -> None:
    red = Image.new("RGB", (64, 64), (200, 20, 20))
    options: dict[str, Any] = {} if kind == "JXL" else {"icc_profile": swapped_profile()}
    plain = rendered(tmp_path, samples.encode(red, kind, quality=95)).pixels[32, 32].astype(int)
    assert np.abs(plain - (200, 20, 20)).max() < 12
    if options:
        shown = rendered(tmp_path, samples.encode(red, kind, quality=95, **options)).pixels[32, 32].astype(int)
        assert np.abs(shown - (20, 20, 200)).max() < 30


def test_a_profile_that_is_none_changes_nothing(tmp_path: Path) -> None:
    red = Image.new("RGB", (64, 64), (200, 20, 20))
    for profile in (b"no profile at all", ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()):
        pixels = rendered(tmp_path, samples.encode(red, "AVIF", quality=95, icc_profile=profile)).pixels
        assert np.abs(pixels[32, 32].astype(int) - (200, 20, 20)).max() < 12


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("AVIF", {"range": "limited"}),
        ("AVIF", {"range": "full"}),
        ("AVIF", {"subsampling": "4:4:4"}),
        ("HEIF", {"matrix_coefficients": 1, "full_range_flag": 0}),
        ("HEIF", {"matrix_coefficients": 6, "full_range_flag": 1}),
        ("HEIF", {"chroma": 444}),
    ],
)
def test_colours_are_what_nclx_says(tmp_path: Path, kind: str, options: dict[str, Any]) -> None:
    colours = [(200, 20, 20), (20, 160, 60), (30, 30, 190), (0, 0, 0), (255, 255, 255)]
    picture = Image.new("RGB", (64 * len(colours), 64))
    for place, colour in enumerate(colours):
        picture.paste(colour, (64 * place, 0, 64 * place + 64, 64))
    pixels = rendered(tmp_path, samples.encode(picture, kind, quality=95, **options)).pixels
    for place, colour in enumerate(colours):
        assert np.abs(pixels[32, 64 * place + 32].astype(int) - colour).max() < 10, colour


def test_of_a_heic_the_main_picture_is_read_and_a_warning_tells_of_others(tmp_path: Path) -> None:
    pictures = [samples.picture([text], (200, 80)) for text in ("one", "two")]
    data = samples.encode(pictures[0], "HEIF", save_all=True, append_images=pictures[1:], primary_index=1, quality=95)
    with opened(tmp_path, data) as source:
        assert source.numbers == (1,) and not source.multipage
        assert source.warnings == ("Only the main one of 2 pictures was read.",)
        assert np.abs(source.render(1).pixels.astype(int) - np.asarray(pictures[1])).mean() < 3
    with opened(tmp_path, samples.encode(pictures[0], "HEIF")) as single:
        assert single.warnings == ()


# Refused in time


def announcing(data: bytes, name: bytes, *sides: int) -> bytes:
    """With other sizes in the first box of this name; `ispe` has four bytes before them."""
    at = data.index(name) + (8 if name == b"ispe" else 4)
    return data[:at] + struct.pack(f">{len(sides)}I", *sides) + data[at + 4 * len(sides) :]


def jxl_head(width: int, height: int) -> bytes:
    """As much of a JPEG XL as tells its size: two sides of 30 bits."""
    bits = 0b110 | (height - 1) << 3 | 0b11 << 36 | (width - 1) << 38
    return b"\xff\x0a" + bits.to_bytes(32, "little")


BLANK = Image.new("RGB", (64, 64), "white")
BOMBS: dict[str, Callable[[int], bytes]] = {
    "HEIC": lambda side: announcing(samples.encode(BLANK, "HEIF"), b"ispe", side, side),
    "AVIF": lambda side: announcing(samples.encode(BLANK, "AVIF"), b"ispe", side, side),
    "JPEG 2000": lambda side: announcing(samples.encode(BLANK, "JPEG2000"), b"ihdr", side, side),
    "JPEG XL": lambda side: jxl_head(side, side),
}


@pytest.mark.parametrize("name", BOMBS)
@pytest.mark.parametrize("side", [9000, 60_000])
def test_a_bomb_is_refused_from_its_head(tmp_path: Path, name: str, side: int) -> None:
    with pytest.raises(TooManyPixels, match=f"{side} x {side} pixels"):
        opened(tmp_path, BOMBS[name](side))


@pytest.mark.parametrize("name", BOMBS)
def test_a_head_that_lies_gives_a_clear_error_or_what_it_says(tmp_path: Path, name: str) -> None:
    """Pictures of 64 x 64 that claim to be of 300 x 300; those of AVIF are stretched by its decoder."""
    try:
        assert rendered(tmp_path, BOMBS[name](300)).width == 300
    except UnreadableFile:
        assert name != "AVIF"


@pytest.mark.parametrize("kind", ["HEIF", "JPEG2000"])
def test_a_picture_larger_than_its_head_says_is_not_drawn(tmp_path: Path, kind: str) -> None:
    large = samples.encode(Image.new("RGB", (1024, 1024), "white"), kind)
    with pytest.raises(UnreadableFile):
        rendered(tmp_path, announcing(large, b"ispe" if kind == "HEIF" else b"ihdr", 16, 16))


@pytest.mark.parametrize("kind", ["HEIF", "AVIF", "JPEG2000", "JXL", "PCX", "TGA"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.9])
def test_what_is_cut_short_is_read_or_refused_but_nothing_else(tmp_path: Path, kind: str, share: float) -> None:
    data = samples.truncated(samples.text_image(["cut"], (400, 300), kind), share)
    try:
        assert rendered(tmp_path, data).width == 400
    except BadInput as error:
        assert isinstance(error, UnreadableFile | UnsupportedType)


def noisy(edge: int) -> Image.Image:
    """What no packing makes small."""
    return Image.fromarray(np.random.default_rng(1).integers(0, 255, (edge, edge, 3), np.uint8))


HOSTILE: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "a HEIC that announces 3.6 gigapixels": (lambda: BOMBS["HEIC"](60_000), {"too_many_pixels"}),
    "an AVIF that announces 3.6 gigapixels": (lambda: BOMBS["AVIF"](60_000), {"too_many_pixels"}),
    "a JPEG 2000 that announces 3.6 gigapixels": (lambda: BOMBS["JPEG 2000"](60_000), {"too_many_pixels"}),
    "a JPEG XL that announces 3.6 gigapixels": (lambda: BOMBS["JPEG XL"](60_000), {"too_many_pixels"}),
    "a small HEIC that says it is large": (lambda: BOMBS["HEIC"](7000), {"unreadable_file"}),
    "a small AVIF that says it is large": (lambda: BOMBS["AVIF"](7000), {"", "unreadable_file"}),
    "a small JPEG 2000 that says it is large": (lambda: BOMBS["JPEG 2000"](5900), {"unreadable_file"}),
    "half a HEIC": (lambda: samples.truncated(samples.encode(noisy(500), "HEIF"), 0.5), {"unreadable_file"}),
    "half an AVIF": (lambda: samples.truncated(samples.encode(noisy(500), "AVIF"), 0.5), {"unreadable_file"}),
}
"""What makes them, and the codes that they may be answered with."""


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_bombs_lies_and_halves_cost_no_more_memory_than_pictures_do(tmp_path: Path, name: str) -> None:
    make, codes = HOSTILE[name]
    path = tmp_path / "hostile"
    path.write_bytes(make())
    found = cost(path)
    assert found.code in codes and found.megabytes < IMAGE_MEMORY >> 20
    assert found.megabytes < 100 or "too_many_pixels" not in codes


LARGEST = {"HEIF": 7000, "AVIF": 7000, "JXL": 7000, "JPEG2000": 5900}
"""Sides of a square that is read yet, by decoder."""


@pytest.mark.slow
@pytest.mark.parametrize("decoder", LARGEST)
def test_the_largest_that_is_read_stays_within_memory(tmp_path: Path, decoder: str) -> None:
    path = tmp_path / "large"
    fast: dict[str, dict[str, Any]] = {
        "HEIF": {"enc_params": {"preset": "ultrafast"}, "quality": 10},
        "AVIF": {"speed": 10},
        "JXL": {"effort": 1},
    }
    Image.new("RGB", (LARGEST[decoder],) * 2, "white").save(path, decoder, **fast.get(decoder, {}))
    found = cost(path)
    assert found.code == "" and found.megabytes < IMAGE_MEMORY >> 20


ANIMATED_JXL = bytes.fromhex(
    "ff0a8f054d0020260804010044004b188b15805dfeff00e2ada80c4008963f0804010044004b188b15805dfeff000eb39f0c008aa83f0804050044004b188b15805dfeff0022b39f0c008aa83f"
)
"""Three pictures of 80 x 64 in red, green and blue."""


def test_an_animated_jpeg_xl_is_refused_with_a_true_sentence(tmp_path: Path) -> None:
    assert jxl.header(BytesIO(ANIMATED_JXL)) == jxl.Header(80, 64, animated=True)
    with pytest.raises(UnsupportedPacking, match="animation"):
        opened(tmp_path, ANIMATED_JXL)


@pytest.mark.parametrize("size", [(120, 80), (64, 64), (256, 256), (3000, 2), (8, 8000), (1920, 1080), (1, 1)])
def test_the_head_of_a_jpeg_xl_tells_its_size(size: tuple[int, int]) -> None:
    for options in ({"lossless": True}, {"use_container": True}):
        data = samples.encode(Image.new("RGB", size, "white"), "JXL", **options)
        assert jxl.header(BytesIO(data)) == jxl.Header(*size, animated=False)


# Types by their bytes


@pytest.mark.parametrize(
    "data",
    [
        b"\0\0\1\0\1\0\x10\x10\0\0\1\0\x20\0\x68\4\0\0",  # an icon
        b"\0\0\2\0\1\0\x20\x20\2\0\1\0\x30\1\0\0\0\0",  # a cursor
        b"\0\1\0\0\0\x11\1\0\0\4\0\x10GDEF\0\0",  # a font
        b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom",  # a film
        b"\0\0\2" + bytes(9) + b"\0\0\5\0\x18\0",  # a TGA of no width
        b"\0\0\2" + bytes(9) + b"\5\0\5\0\x17\0",  # of 23 bits
        b"\n\n\nA text that begins with empty lines",
    ],
)
def test_what_only_looks_like_a_picture_is_refused(data: bytes) -> None:
    with pytest.raises(UnsupportedType):
        sniff(data)


def test_brands_tell_heic_from_avif() -> None:
    def head(*brands: bytes) -> bytes:
        body = brands[0] + bytes(4) + b"".join(brands[1:])
        return struct.pack(">I", 8 + len(body)) + b"ftyp" + body + b"\0\0\1\0meta"

    for heif in ((b"heic",), (b"heix", b"mif1"), (b"mif1", b"heic"), (b"msf1", b"hevc"), (b"mif1", b"miaf")):
        assert sniff(head(*heif)) == "image/heic"
    for avif in ((b"avif",), (b"avis", b"msf1"), (b"mif1", b"avif", b"miaf")):
        assert sniff(head(*avif)) == "image/avif"


def test_what_is_read_is_named_wherever_a_type_is_refused() -> None:
    for kind in KINDS.values():
        assert kind.name in errors.UnsupportedType.advice
    with pytest.raises(UnsupportedType, match=f"Send a {named(KINDS)} file"):
        sniff_picture(b"plain text")
    with pytest.raises(UnsupportedType, match="Send a JPEG or PNG file") as refused:
        sniff(b"%PDF-1.4", ("image/jpeg", "image/png"))
    assert "PDF" not in str(refused.value)


ENDINGS = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/tiff": (".tif", ".tiff"),
    "image/webp": (".webp",),
    "image/heic": (".heic", ".heif"),
    "image/avif": (".avif",),
    "image/jp2": (".jp2", ".j2k"),
    "image/jxl": (".jxl",),
    "image/bmp": (".bmp",),
    "image/gif": (".gif",),
    "image/x-portable-anymap": (".pnm", ".pbm", ".pgm", ".ppm"),
    "image/x-pcx": (".pcx",),
    "image/x-tga": (".tga",),
}
"""As people name them, by media type."""


@pytest.mark.parametrize("media_type", KINDS)
def test_page_client_and_guides_name_every_kind(media_type: str) -> None:
    accepted = re.findall(r'accept="([^"]*)"', (ROOT / "web" / "page" / "index.html").read_text())[0].split(",")
    for ending in ENDINGS[media_type]:
        assert ending in READ_IN_FOLDERS and ending in accepted
    for guide in ("README.md", "docs/pictures.md"):
        assert KINDS[media_type].name in (ROOT / guide).read_text()


# Animations

ANIMATED: dict[str, dict[str, Any]] = {
    "GIF": {"disposal": 2},
    "PNG": {},
    "WEBP": {"lossless": True},
    "AVIF": {"quality": 95},
}


def frames(count: int) -> list[Image.Image]:
    return [samples.picture([f"frame {number}"], (160, 80)) for number in range(count)]


def animation(kind: str, pictures: list[Image.Image], **options: Any) -> bytes:
    told = {"save_all": True, "append_images": pictures[1:], "duration": 100, **ANIMATED[kind], **options}
    return samples.encode(pictures[0], kind, **told)


@pytest.mark.parametrize("kind", ANIMATED)
def test_every_picture_of_an_animation_is_a_page(tmp_path: Path, kind: str) -> None:
    pictures = frames(4)
    data = animation(kind, pictures)
    assert is_document(sniff(data[:HEAD_BYTES]), BytesIO(data))
    with opened(tmp_path, data) as source:
        assert source.numbers == (1, 2, 3, 4) and source.multipage and source.warnings == ()
        for number in (4, 1, 2, 3):
            assert np.abs(source.render(number).pixels.astype(int) - np.asarray(pictures[number - 1])).mean() < 3


@pytest.mark.parametrize("kind", ANIMATED)
def test_animations_end_at_the_limit_with_a_warning(tmp_path: Path, kind: str) -> None:
    limits = Limits(200, 200, 1_000_000, max_pages=2)
    with opened(tmp_path, animation(kind, frames(4)), limits=limits) as source:
        assert source.numbers == (1, 2)
        assert source.warnings == ("Only the first 2 pictures of this animation were read.",)
    with opened(tmp_path, animation(kind, frames(4)), pages="3") as one:
        assert one.numbers == (3,)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_a_still_picture_is_no_document(kind: str) -> None:
    data = samples.encode(frames(1)[0], kind)
    assert not is_document(sniff(data[:HEAD_BYTES]), BytesIO(data))


def test_a_picture_for_readers_without_animation_is_one_of_them(tmp_path: Path) -> None:
    pictures = frames(3)
    with opened(tmp_path, animation("PNG", pictures, default_image=True)) as source:
        found = [source.render(number).pixels for number in source.numbers]
    assert all(np.array_equal(one, np.asarray(picture)) for one, picture in zip(found, pictures, strict=True))


def test_an_animation_that_claims_more_than_it_has(tmp_path: Path) -> None:
    data = animation("PNG", frames(2))
    at = data.index(b"acTL")
    told = b"acTL" + struct.pack(">II", 2_000_000, 0)
    with opened(tmp_path, data[:at] + told + struct.pack(">I", zlib.crc32(told)) + data[at + 16 :]) as source:
        assert source.numbers == (1, 2)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF"])
def test_animations_are_held_to_a_quarter_of_the_pixels(tmp_path: Path, kind: str) -> None:
    data, size = animation(kind, frames(2)), 160 * 80
    with pytest.raises(TooManyPixels):
        opened(tmp_path, data, limits=Limits(500, 500, 4 * size - 1, 9))
    assert opened(tmp_path, data, limits=Limits(500, 500, 4 * size, 9)).numbers == (1, 2)
