"""Picture files of kinds that no library here writes: TIFF directories of every sort, JPEG and PNG with odd heads."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.support.samples import encode

_FORMS = {"short": (3, "H", 2), "long": (4, "I", 4), "rational": (5, "II", 8), "long8": (16, "Q", 8)}
_SAMPLE_FORMATS = {"u": 1, "i": 2, "f": 3}

Values = tuple[str, tuple[int, ...]]
Order = Literal["<", ">"]
NONE: Mapping[int, Values] = MappingProxyType({})


@dataclass(frozen=True)
class Directory:
    """One of a TIFF: entries by tag, each with its type, the strips or tiles, and directories that hang on it."""

    entries: Mapping[int, Values]
    strips: Sequence[bytes] = ()
    tiled: bool = False
    children: Sequence[Directory] = field(default_factory=tuple)


def tiff(*chain: Directory, order: Order = "<", big: bool = False) -> bytes:
    """A TIFF or BigTIFF of a chain of directories."""
    pointer = "Q" if big else "I"
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "H", 43 if big else 42)
    head += struct.pack(order + "HH", 8, 0) if big else b""
    file = bytearray(head + struct.pack(order + pointer, 0))
    link = len(head)
    for directory in chain:
        place, after = _written(file, directory, order, pointer)
        struct.pack_into(order + pointer, file, link, place)
        link = after
    return bytes(file)


def _written(file: bytearray, directory: Directory, order: str, pointer: str) -> tuple[int, int]:
    """Where the directory starts, and where the pointer to the next one is."""
    entries = dict(directory.entries)
    if directory.strips:
        offsets = []
        for strip in directory.strips:
            offsets.append(len(file))
            file += strip + bytes(len(strip) % 2)
        places, sizes = (324, 325) if directory.tiled else (273, 279)
        entries[places] = ("long", tuple(offsets))
        entries[sizes] = ("long", tuple(map(len, directory.strips)))
    if directory.children:
        entries[330] = ("long", tuple(_written(file, child, order, pointer)[0] for child in directory.children))
    count, room = ("Q", 8) if pointer == "Q" else ("H", 4)
    body = b""
    for tag, (form, values) in sorted(entries.items()):
        kind, letters, _ = _FORMS[form]
        data = struct.pack(order + letters[0] * len(values), *values)
        inline = data.ljust(room, b"\0")
        if len(data) > room:
            inline = struct.pack(order + pointer, len(file))
            file += data + bytes(len(data) % 2)
        body += struct.pack(f"{order}HH{pointer}", tag, kind, len(values) // len(letters)) + inline
    place = len(file)
    file += struct.pack(order + count, len(entries)) + body
    after = len(file)
    file += struct.pack(order + pointer, 0)
    return place, after


def described(pixels: NDArray[Any], photometric: int, entries: Mapping[int, Values] = NONE) -> dict[int, Values]:
    """The entries of height x width x samples, and further ones."""
    height, width, samples = pixels.shape
    bits, form = 8 * pixels.dtype.itemsize, _SAMPLE_FORMATS[pixels.dtype.kind]
    told: dict[int, Values] = {
        256: ("long", (width,)),
        257: ("long", (height,)),
        258: ("short", (bits,) * samples),
        259: ("short", (1,)),
        262: ("short", (photometric,)),
        277: ("short", (samples,)),
        278: ("long", (height,)),
        339: ("short", (form,) * samples),
    }
    return told | dict(entries)


def plate(
    pixels: NDArray[Any],
    photometric: int = 1,
    entries: Mapping[int, Values] = NONE,
    *,
    order: Order = "<",
    planar: bool = False,
    packed: bool = False,
) -> Directory:
    """A directory of height x width x samples in one strip, or one a plane, uncompressed or deflated."""
    told = described(pixels, photometric, entries)
    ordered = pixels.astype(pixels.dtype.newbyteorder(order))
    strips = [np.ascontiguousarray(ordered[..., number]).tobytes() for number in range(pixels.shape[2])]
    strips = strips if planar else [ordered.tobytes()]
    told |= {284: ("short", (2,))} if planar else {}
    told |= {259: ("short", (8,))} if packed else {}
    return Directory(told, [zlib.compress(strip) for strip in strips] if packed else strips)


def page(picture: Image.Image, entries: Mapping[int, Values] = NONE) -> Directory:
    """A directory of 8-bit grey."""
    return plate(np.asarray(picture.convert("L"))[..., None], 1, entries)


def old_jpeg(picture: Image.Image) -> Directory:
    """Grey as JPEG of TIFF 6.0, section 22: a stream of its own that the directory points to."""
    stream = encode(picture.convert("L"), "JPEG", quality=95)
    entries = described(np.asarray(picture.convert("L"))[..., None], 1, {259: ("short", (6,)), 512: ("short", (1,))})
    # The stream stands where the first strip of a file with one directory does: right behind its head.
    entries |= {513: ("long", (8,)), 514: ("long", (len(stream),))}
    return Directory(entries, [stream])


def jfif(picture: Image.Image, unit: int, across: int, down: int) -> bytes:
    """A JPEG whose JFIF head states these densities; unit 0 is none."""
    data = bytearray(encode(picture, "JPEG", quality=95))
    struct.pack_into(">BHH", data, data.index(b"JFIF\0") + 7, unit, across, down)
    return bytes(data)


def png_with(picture: Image.Image, name: bytes, body: bytes) -> bytes:
    """A PNG with another chunk before its pixels."""
    data = encode(picture)
    chunk = struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
    at = data.index(b"IDAT") - 4
    return data[:at] + chunk + data[at:]


def without_adobe(data: bytes) -> bytes:
    """A JPEG without the marker by which Adobe says that its four colours are negatives."""
    at = data.index(b"\xff\xee")
    return data[:at] + data[at + 2 + int.from_bytes(data[at + 2 : at + 4], "big") :]
