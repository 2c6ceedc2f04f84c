"""The kinds of picture files that are read, told by their first bytes."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file. `name` is what people call it, `decoder` the one of Pillow's that may open it.

    `share` is the part of MAX_IMAGE_PIXELS that fits into the memory of a page: many decoders hold several full
    pictures at once. `lossy` says that such files are photographs more often than not, which grow tenfold when they
    are packed without loss. `turned` says that a turn is part of the picture itself, which no reader shows without it,
    and not a note beside it as EXIF is. `profiled` is whether its colours are converted by the ICC profile it carries.
    """

    name: str
    decoder: str
    share: float = 1.0
    lossy: bool = False
    turned: bool = False
    profiled: bool = False


KINDS = {
    "image/jpeg": Kind("JPEG", "JPEG"),
    "image/png": Kind("PNG", "PNG"),
    "image/tiff": Kind("TIFF", "TIFF"),
    "image/webp": Kind("WebP", "WEBP", share=0.4, lossy=True),
    "image/heic": Kind("HEIC", "HEIF", share=0.5, lossy=True, turned=True, profiled=True),
    "image/avif": Kind("AVIF", "AVIF", share=0.5, lossy=True, turned=True, profiled=True),
    "image/jp2": Kind("JPEG 2000", "JPEG2000", share=0.35, lossy=True, profiled=True),
    "image/jxl": Kind("JPEG XL", "JXL", share=0.5, lossy=True, turned=True, profiled=True),
    "image/bmp": Kind("BMP", "BMP"),
    "image/gif": Kind("GIF", "GIF"),
    "image/x-portable-anymap": Kind("PNM", "PPM"),
    "image/x-pcx": Kind("PCX", "PCX"),
    "image/x-tga": Kind("TGA", "TGA"),
}
"""By media type."""

ANIMATED_SHARE = 0.25
"""Of MAX_IMAGE_PIXELS, for pictures that build upon each other: their decoders hold the last one and the next."""

PDF = "application/pdf"

_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_AVIF_BRANDS = {b"avif", b"avis"}
_TGA = struct.Struct("<BBBHHBHHHHBB")


def named(media_types: Iterable[str], last: str = "or") -> str:
    """What people call them, for a sentence: `JPEG, PNG or TIFF`."""
    names = ["PDF" if one == PDF else KINDS[one].name for one in media_types]
    return f"{', '.join(names[:-1])} {last} {names[-1]}" if len(names) > 1 else "".join(names)


def _coded(head: bytes) -> set[bytes]:
    """Brands of an ISO base media file (ISO 14496-12, 4.3): the major one where it names a coding, or all."""
    if head[4:8] != b"ftyp":
        return set()
    if head[8:12] in _HEIF_BRANDS | _AVIF_BRANDS:
        return {head[8:12]}
    end = min(len(head), int.from_bytes(head[:4], "big"))
    return {head[place : place + 4] for place in (8, *range(16, end, 4))}


def _is_heif(head: bytes) -> bool:
    """HEVC in HEIF, or HEIF of a coding that its brands do not name."""
    brands = _coded(head)
    return bool(brands & _HEIF_BRANDS) or (bool(brands & {b"mif1", b"msf1"}) and not brands & _AVIF_BRANDS)


def _is_avif(head: bytes) -> bool:
    brands = _coded(head)
    return bool(brands & _AVIF_BRANDS) and not brands & _HEIF_BRANDS


def _is_tga(head: bytes) -> bool:
    """Its head has no mark of its own, so all of it has to make sense (Truevision TGA 2.0, section C)."""
    if len(head) < _TGA.size:
        return False
    _, mapped, kind, first, length, entry, _, _, width, height, bits, descriptor = _TGA.unpack_from(head)
    colours = {1: (8,), 2: (16, 24, 32), 3: (8, 16)}.get(kind & 7, ())
    palette = (length > 0 and entry in (16, 24, 32)) if kind & 7 == 1 else first == length == entry == 0
    return (
        kind in (1, 2, 3, 9, 10, 11)
        and mapped == (kind & 7 == 1)
        and palette
        and bits in colours
        and 0 not in (width, height)
        and descriptor & 0xC0 == 0
    )


MAGIC: tuple[tuple[str, Callable[[bytes], object]], ...] = (
    ("image/jpeg", re.compile(rb"\xff\xd8\xff").match),
    ("image/png", re.compile(rb"\x89PNG\r\n\x1a\n").match),
    ("image/gif", re.compile(rb"GIF8[79]a").match),
    ("image/tiff", re.compile(rb"II[*+]\0|MM\0[*+]").match),
    ("image/webp", re.compile(rb"RIFF....WEBP", re.DOTALL).match),
    ("image/heic", _is_heif),
    ("image/avif", _is_avif),
    ("image/jp2", re.compile(rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51").match),
    ("image/jxl", re.compile(rb"\xff\x0a|\0\0\0\x0cJXL \r\n\x87\n").match),
    # "BM" alone begins many a text: the size of the second header must be one that exists.
    ("image/bmp", re.compile(rb"BM.{12}[\x0c\x10\x28\x34\x38\x40\x6c\x7c]\0\0\0", re.DOTALL).match),
    ("image/x-portable-anymap", re.compile(rb"P[1-6][\s#]").match),
    ("image/x-pcx", re.compile(rb"\n[\x00\x02\x03\x05]\x01[\x01\x08]").match),
    ("image/x-tga", _is_tga),
    # Readers allow up to 1024 bytes before the header (PDF 1.7, appendix H.3, note 13).
    (PDF, re.compile(rb"%PDF-").search),
)
