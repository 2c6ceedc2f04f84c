"""TIFF samples that the decoder of pictures does not know: of more than 8 bits, of floating point, in planes.

The decoder only unpacks: it is handed a directory that describes the same bytes as rows of grey, and what the bytes
mean is worked out here. So every lossless packing is read in every kind of sample. Tones are scaled so that the
brightest of as many bits as a picture uses is white: scanners write 12 bits into 16 and say so nowhere.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from services.errors import UnreadableFile, UnsupportedPacking
from services.ocr.pictures.tiff import Entries, Tag

LOSSLESS = frozenset({1, 5, 8, 32773, 32946, 34925, 50000})
"""Compression: none, LZW, Deflate, PackBits, Deflate by its old number, LZMA, Zstandard."""

READ = LOSSLESS | {2, 3, 4, 6, 7}
"""Beside those: fax codings and JPEG, old and new."""

NAMES = {
    33003: "JPEG 2000",
    33004: "JPEG 2000",
    33005: "JPEG 2000",
    34661: "JBIG",
    34712: "JPEG 2000",
    34887: "LERC",
    34892: "lossy JPEG of DNG",
    34934: "JPEG XR",
    50001: "WebP",
    50002: "JPEG XL",
    52546: "JPEG XL",
}
"""Of packings that are not read here."""

RESAVE = "Save it uncompressed, or with LZW, Deflate or JPEG, or send the picture itself."

_BAND = 1 << 20
_WHITE_IS_ZERO, _GREY, _RGB, _CMYK = 0, 1, 2, 5
_COLOURS = {_WHITE_IS_ZERO: 1, _GREY: 1, _RGB: 3, _CMYK: 4}
_UNSIGNED, _SIGNED, _FLOATING, _UNDEFINED = 1, 2, 3, 4
_TYPES = {_UNSIGNED: "u", _SIGNED: "i", _FLOATING: "f", _UNDEFINED: "u"}
_HORIZONTAL, _FLOATING_POINT = 2, 3
_ASSOCIATED, _UNASSOCIATED = 1, 2
_SEPARATE = 2

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Layout:
    """How samples lie in a directory's data. `order` is that of the bytes, as struct has it."""

    width: int
    height: int
    bits: int
    samples: int
    together: int
    form: int
    photometric: int
    predictor: int
    extra: tuple[int, ...]
    order: str

    @classmethod
    def of(cls, entries: Entries, order: str) -> Layout:
        """Raises UnreadableFile where the size is missing, UnsupportedPacking for samples of different kinds."""
        if any(len(entries.get(tag, ())) != 1 for tag in (Tag.WIDTH, Tag.HEIGHT)):
            raise UnreadableFile()
        bits, forms = set(entries.get(Tag.BITS, (1,))), set(entries.get(Tag.FORMAT, (_UNSIGNED,)))
        if len(bits) != 1 or len(forms) != 1:
            raise UnsupportedPacking(f"This TIFF has samples of different sizes, which is not read here. {RESAVE}")
        samples = _one(entries, Tag.SAMPLES, 1)
        return cls(
            width=entries[Tag.WIDTH][0],
            height=entries[Tag.HEIGHT][0],
            bits=bits.pop(),
            samples=samples,
            together=1 if _one(entries, Tag.PLANAR, 1) == _SEPARATE else samples,
            form=forms.pop(),
            photometric=_one(entries, Tag.PHOTOMETRIC, _WHITE_IS_ZERO),
            predictor=_one(entries, Tag.PREDICTOR, 1),
            extra=entries.get(Tag.EXTRA, ()),
            order=order,
        )

    @property
    def is_common(self) -> bool:
        """Whether the decoder of pictures reads them right."""
        return self.bits <= 8 and self.form in (_UNSIGNED, _UNDEFINED)

    @property
    def bytes_a_pixel(self) -> int:
        return math.ceil(self.bits * self.samples / 8)

    def bytes_a_row(self, width: int) -> int:
        """Of a plane, or of all samples where they lie together."""
        return math.ceil(width * self.together * self.bits / 8)


def check_packing(entries: Entries) -> None:
    """Raises UnsupportedPacking for a picture that is packed in a way that is not read here."""
    packing = _one(entries, Tag.COMPRESSION, 1)
    if packing not in READ:
        name = NAMES.get(packing, f"packing number {packing}")
        raise UnsupportedPacking(f"This TIFF holds its picture as {name}, which is not read here. {RESAVE}")
    if packing in (6, 7) and set(entries.get(Tag.BITS, ())) - {8}:
        raise UnsupportedPacking(f"This TIFF holds a JPEG of more than 8 bits, which is not read here. {RESAVE}")


def picture(data: bytes, entries: Entries, layout: Layout) -> Image.Image:
    """The picture of a directory of the file `data`, in 8 bits: L, RGB or CMYK, with A where it has transparency.

    Raises UnsupportedPacking.
    """
    colours = _COLOURS.get(layout.photometric, 0)
    if (
        not colours
        or layout.samples < colours
        or _one(entries, Tag.COMPRESSION, 1) not in LOSSLESS
        or layout.form not in _TYPES
        or (layout.form == _FLOATING and layout.bits not in (16, 32, 64))
        or not 1 <= layout.bits <= 64
    ):
        raise UnsupportedPacking(f"This TIFF has samples of a kind that is not read here. {RESAVE}")
    samples = _samples(data, entries, layout)
    tones = _toned(samples[..., :colours], _range(samples[..., :colours], layout))
    if layout.photometric == _WHITE_IS_ZERO:
        np.subtract(255, tones, out=tones)
    alpha = _alpha(samples[..., colours:], layout)
    return _image(tones, alpha, premultiplied=_ASSOCIATED in layout.extra)


def _one(entries: Entries, tag: Tag, default: int) -> int:
    return next(iter(entries.get(tag, ())), default)


# From bytes to samples


def _samples(data: bytes, entries: Entries, layout: Layout) -> Array:
    """Height x width x samples, of the type that the file has."""
    tile = _one(entries, Tag.TILE_WIDTH, 0) if Tag.TILES in entries else 0
    width = math.ceil(layout.width / tile) * tile if tile else layout.width
    planes = [
        np.concatenate([_numbers(band, tile or width, layout) for band in _bands(rows)])
        for rows in _planes(data, entries, layout, width, tile)
    ]
    found: Array = np.concatenate(planes, axis=2)[:, : layout.width]
    return found


def _planes(data: bytes, entries: Entries, layout: Layout, width: int, tile: int) -> Iterator[NDArray[np.uint8]]:
    """The unpacked bytes of each plane, height x bytes a row."""
    count = layout.samples if layout.together == 1 else 1
    places, sizes = (Tag.TILES, Tag.TILE_SIZES) if tile else (Tag.STRIPS, Tag.STRIP_SIZES)
    share = len(entries.get(places, ())) // count
    for number in range(count):
        part = slice(number * share, (number + 1) * share)
        told: dict[int, tuple[int, ...]] = {
            Tag.WIDTH: (layout.bytes_a_row(width),),
            Tag.HEIGHT: (layout.height,),
            Tag.BITS: (8,),
            Tag.COMPRESSION: (_one(entries, Tag.COMPRESSION, 1),),
            Tag.PHOTOMETRIC: (_GREY,),
            Tag.FILL_ORDER: (_one(entries, Tag.FILL_ORDER, 1),),
            places: entries.get(places, ())[part],
            Tag.SAMPLES: (1,),
            sizes: entries.get(sizes, ())[part],
        }
        told |= (
            {Tag.TILE_WIDTH: (layout.bytes_a_row(tile),), Tag.TILE_HEIGHT: entries.get(Tag.TILE_HEIGHT, ())}
            if tile
            else {Tag.ROWS: (_one(entries, Tag.ROWS, layout.height),)}
        )
        yield _unpacked(data, told)


def _unpacked(data: bytes, entries: Entries) -> NDArray[np.uint8]:
    """What a directory of 8-bit grey describes, added to the file as the only one that its header points to."""
    count = len(entries)
    start = len(data) + len(data) % 2
    rest = start + 2 + 12 * count + 4
    told, values = struct.pack("<H", count), b""
    for tag, numbers in sorted(entries.items()):
        packed = struct.pack(f"<{len(numbers)}I", *numbers)
        place = packed if len(packed) == 4 else struct.pack("<I", rest + len(values))
        values += packed if len(packed) != 4 else b""
        told += struct.pack("<HHI", tag, 4, len(numbers)) + place
    header = struct.pack("<2sHI", b"II", 42, start)
    file = b"".join((header, data[8:], bytes(len(data) % 2), told, bytes(4), values))
    with Image.open(BytesIO(file), formats=["TIFF"]) as image:
        image.load()
        return np.asarray(image)


def _bands(rows: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    step = max(1, _BAND // max(1, rows.shape[1]))
    for top in range(0, len(rows), step):
        yield rows[top : top + step]


def _numbers(rows: NDArray[np.uint8], tile: int, layout: Layout) -> Array:
    """Samples of some rows, in which every `tile` pixels begin anew: rows x width x samples together."""
    wide = layout.bytes_a_row(tile)
    parts = [_row_numbers(rows[:, left : left + wide], layout) for left in range(0, rows.shape[1], wide)]
    return np.concatenate(parts, axis=1)


def _row_numbers(rows: NDArray[np.uint8], layout: Layout) -> Array:
    """With the predictor undone (TIFF 6.0, section 14; Adobe Photoshop TIFF Technical Note 3)."""
    size = layout.bits // 8
    if layout.bits not in (8, 16, 32, 64):
        return _narrow(rows, layout)
    if layout.predictor == _FLOATING_POINT and layout.form == _FLOATING:
        steps = rows.reshape(len(rows), -1, layout.together)
        summed = np.cumsum(steps, axis=1, dtype=np.uint8).reshape(len(rows), size, -1)
        planes = np.ascontiguousarray(summed.transpose(0, 2, 1))
        return planes.view(f">f{size}").reshape(len(rows), -1, layout.together)
    kind = f"{layout.order}{_TYPES[layout.form]}{size}"
    found = np.ascontiguousarray(rows).view(kind).reshape(len(rows), -1, layout.together)
    if layout.predictor != _HORIZONTAL:
        return found
    whole = found.view(f"{layout.order}u{size}")
    return np.cumsum(whole, axis=1, dtype=f"u{size}").view(np.dtype(kind).newbyteorder("="))


def _narrow(rows: NDArray[np.uint8], layout: Layout) -> Array:
    """Samples that are no whole bytes: bits without a gap, the highest first, up to 32 of them."""
    if layout.predictor != 1 or layout.form == _SIGNED or layout.bits > 32:
        raise UnsupportedPacking(f"This TIFF has samples of a kind that is not read here. {RESAVE}")
    bits = np.unpackbits(rows, axis=1)
    width = bits.shape[1] // (layout.bits * layout.together)
    bits = bits[:, : width * layout.bits * layout.together].reshape(len(rows), width, layout.together, layout.bits)
    found = np.zeros(bits.shape[:3], np.uint32)
    for place in range(layout.bits):
        found = found << np.uint32(1) | bits[..., place]
    return found


# From samples to tones


def _range(samples: Array, layout: Layout) -> tuple[float, float]:
    """The samples that are black and white."""
    if layout.bits <= 8 and layout.form != _SIGNED:
        return 0.0, 2.0**layout.bits - 1
    low, high = math.inf, -math.inf
    for band in _finite(samples):
        low, high = min(low, float(band.min())), max(high, float(band.max()))
    return black_and_white(low, high, floating=layout.form == _FLOATING)


def black_and_white(low: float, high: float, *, floating: bool) -> tuple[float, float]:
    """The samples that are black and white in a picture whose samples go from `low` to `high`.

    Black is 0, or lower. White is the largest of as many bits as are used, 8 at least, or in floating point 1 at least.
    """
    low = min(low, 0.0)
    least = 1.0 if floating else 255.0
    spread = high - low
    return low, low + (least if spread <= least else 2.0 ** math.ceil(math.log2(spread + 1)) - 1)


def _finite(samples: Array) -> Iterator[NDArray[np.float64]]:
    step = max(1, _BAND // max(1, samples.shape[1] * samples.shape[2]))
    for top in range(0, len(samples), step):
        yield np.nan_to_num(samples[top : top + step].astype(np.float64), posinf=0, neginf=0)


def _toned(samples: Array, ends: tuple[float, float]) -> NDArray[np.uint8]:
    low, high = ends
    bands = [np.clip((band - low) * (255 / (high - low)) + 0.5, 0, 255).astype(np.uint8) for band in _finite(samples)]
    return np.concatenate(bands)


def _alpha(samples: Array, layout: Layout) -> NDArray[np.uint8] | None:
    """How opaque pixels are, where one of the extra samples says that."""
    places = [place for place, kind in enumerate(layout.extra) if kind in (_ASSOCIATED, _UNASSOCIATED)]
    if not places or places[0] >= samples.shape[2]:
        return None
    full = 1.0 if layout.form == _FLOATING else 2.0 ** (layout.bits - (layout.form == _SIGNED)) - 1
    return _toned(samples[..., places[0] : places[0] + 1], (0.0, full))


def _image(tones: NDArray[np.uint8], alpha: NDArray[np.uint8] | None, *, premultiplied: bool) -> Image.Image:
    grey = tones.shape[2] == 1
    picture = Image.fromarray(tones[..., 0] if grey else tones, "CMYK" if tones.shape[2] == 4 else None)
    if alpha is None:
        return picture
    whole = np.dstack([np.asarray(picture.convert("RGB")), alpha])
    return Image.frombytes("RGBa" if premultiplied else "RGBA", picture.size, whole.tobytes()).convert("RGBA")
