"""Frames of TIFF and GIF files, counted from the structure alone: nothing is decoded, nothing is trusted.

Both walks end at bounds of their own, at the end of the file and at the first thing that makes no sense, so that
neither a looping chain nor a file of a million empty frames or blocks costs more than a fraction of a second.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

MAX_TIFF_FRAMES = 10_000
"""No TIFF page beyond this one is looked for."""

MAX_GIF_BLOCKS = 1_000_000
"""No part of a GIF beyond so many is looked at; encoders fill blocks with 255 bytes, so this is a file of 250 MB."""

_GIF_EXTENSION, _GIF_IMAGE = b"!", b","


@dataclass(frozen=True, slots=True)
class GifShape:
    """The canvas that all frames fit into, in pixels, and the number of frames that were looked at."""

    width: int
    height: int
    frames: int


def tiff_frames(file: BinaryIO, bound: int = MAX_TIFF_FRAMES) -> int:
    """How many image directories are chained in a TIFF or BigTIFF, at most `bound`. A directory counts once."""
    return sum(1 for _ in islice(_directories(file), bound))


def gif_shape(file: BinaryIO, bound: int) -> GifShape:
    """Canvas and number of frames of a GIF, looking at no more than `bound` frames.

    A frame may lie outside the logical screen; decoders then enlarge the canvas, so it counts here as well.
    """
    file.seek(0)
    width, height, flags = struct.unpack("<6xHHB2x", _exactly(file, 13))
    _skip_palette(file, flags)
    count = 0
    for right, bottom in islice(_gif_extents(file), bound):
        width, height, count = max(width, right), max(height, bottom), count + 1
    return GifShape(width, height, count)


def _directories(file: BinaryIO) -> Iterator[int]:
    """Offsets of the image file directories (TIFF 6.0, section 2; BigTIFF: 8-byte counts and offsets)."""
    file.seek(0)
    header = _exactly(file, 16)
    order = "<" if header[:2] == b"II" else ">"
    big = struct.unpack(order + "H", header[2:4])[0] == 43
    count, entry, pointer = ("Q", 20, "Q") if big else ("H", 12, "I")
    offset = struct.unpack_from(order + pointer, header, 8 if big else 4)[0]
    seen: set[int] = set()
    while offset and offset not in seen:
        seen.add(offset)
        entries = _number(file, offset, order + count)
        if entries is None:
            return
        yield offset
        offset = _number(file, offset + struct.calcsize(count) + entries * entry, order + pointer)


def _number(file: BinaryIO, offset: int, form: str) -> int | None:
    """The number at this place, None outside the file."""
    if offset >= 2**63:
        return None
    file.seek(offset)
    data = file.read(struct.calcsize(form))
    return int(struct.unpack(form, data)[0]) if len(data) == struct.calcsize(form) else None


def _gif_extents(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Right and bottom edge of every frame (GIF89a, section 20)."""
    blocks = iter(range(MAX_GIF_BLOCKS))
    for _ in blocks:
        introducer = file.read(1)
        if introducer not in (_GIF_EXTENSION, _GIF_IMAGE, b"\0"):
            return
        if introducer == _GIF_IMAGE:
            descriptor = file.read(9)
            if len(descriptor) < 9:
                return
            left, top, width, height, flags = struct.unpack("<HHHHB", descriptor)
            yield left + width, top + height
            _skip_palette(file, flags)
        if introducer != b"\0":
            file.read(1)  # the extension's label, or the LZW code size
            _skip_blocks(file, blocks)


def _skip_palette(file: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        file.seek(3 << ((flags & 7) + 1), 1)


def _skip_blocks(file: BinaryIO, blocks: Iterator[int]) -> None:
    """To behind the terminator; each block takes one of `blocks`."""
    for _ in blocks:
        size = file.read(1)
        if size <= b"\0":
            return
        file.seek(size[0], 1)


def _exactly(file: BinaryIO, size: int) -> bytes:
    """The next `size` bytes, padded with zeros at the end of the file."""
    return file.read(size).ljust(size, b"\0")
