"""Pictures of an animation, counted from the file's structure alone: nothing is decoded, nothing is trusted.

Every walk ends at bounds of its own, at the end of the file and at the first thing that makes no sense, so that no file
of a million empty pictures or blocks costs more than a fraction of a second.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

MAX_BLOCKS = 1_000_000
"""No part of a GIF beyond so many is looked at; encoders fill blocks with 255 bytes, so this is a file of 250 MB."""

MAX_CHUNKS = 100_000
"""Of a PNG or a WebP, and boxes of an AVIF."""

MAX_PROPERTIES = 10_000
"""Of the pictures in a HEIF."""

_GIF_EXTENSION, _GIF_IMAGE = b"!", b","
_Box = tuple[bytes, int, int]
"""Name, start of the content, and end."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The canvas that all pictures fit into, in pixels, and the number of pictures that were looked at."""

    width: int
    height: int
    frames: int


def gif_shape(file: BinaryIO, bound: int) -> Shape:
    """Canvas and number of pictures of a GIF, looking at no more than `bound` of them.

    A picture may lie outside the logical screen; decoders then enlarge the canvas, so it counts here as well.
    """
    file.seek(0)
    width, height, flags = struct.unpack("<6xHHB2x", file.read(13).ljust(13, b"\0"))
    _skip_palette(file, flags)
    count = 0
    for right, bottom in islice(_gif_extents(file), bound):
        width, height, count = max(width, right), max(height, bottom), count + 1
    return Shape(width, height, count)


def gif_frames(file: BinaryIO, bound: int) -> int:
    """How many pictures a GIF has, at most `bound`."""
    return gif_shape(file, bound).frames


def png_frames(file: BinaryIO, bound: int) -> int:
    """How many pictures an APNG has, at most `bound`; 1 for any other PNG (PNG 3rd edition, 11.3.6).

    A picture before the animation, for readers that know none, is one of them.
    """
    count, before, said = 0, False, 0
    for name, start, _ in _png_chunks(file):
        if name == b"acTL":
            file.seek(start)
            said = int.from_bytes(file.read(4), "big")
        if name == b"IDAT" and not said:
            return 1
        before = before or (name == b"IDAT" and not count)
        count += name == b"fcTL"
        if count >= bound:
            break
    return max(1, min(bound, min(count, said) + before))


def webp_frames(file: BinaryIO, bound: int) -> int:
    """How many pictures a WebP has, at most `bound` (RFC 9649, 2.7.1)."""
    chunks = _riff_chunks(file)
    return max(1, sum(1 for _ in islice((name for name, *_ in chunks if name == b"ANMF"), bound)))


def avif_frames(file: BinaryIO, bound: int) -> int:
    """How many pictures an AVIF has, at most `bound`: those of its first track where the file is a sequence.

    (ISO 14496-12, 8.7.3; a file that is a still picture first says so by its major brand.)
    """
    file.seek(0)
    if file.read(12)[4:] != b"ftypavis":
        return 1
    sizes = _inside(file, b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsz")
    if sizes is None:
        return 1
    file.seek(sizes[1] + 8)
    return max(1, min(bound, int.from_bytes(file.read(4), "big")))


def largest_item(file: BinaryIO) -> tuple[int, int]:
    """Width and height of the largest picture that a HEIF or AVIF announces (ISO 23008-12, 6.5.3); (0, 0) for none."""
    meta = _inside(file, b"meta")
    properties = meta and _inside(file, b"iprp", b"ipco", within=(meta[1] + 4, meta[2]))
    sizes = [(0, 0)]
    for name, start, _ in islice(_boxes(file, *properties[1:]), MAX_PROPERTIES) if properties else ():
        if name == b"ispe":
            file.seek(start + 4)
            sizes.append(struct.unpack(">II", file.read(8).ljust(8, b"\0")))
    return max(sizes, key=lambda size: size[0] * size[1])


def _png_chunks(file: BinaryIO) -> Iterator[_Box]:
    return _walked(file, 8, 8, ">I4s", 4)


def _riff_chunks(file: BinaryIO) -> Iterator[_Box]:
    return _walked(file, 12, 8, "<4sI", 0)


def _walked(file: BinaryIO, start: int, head: int, form: str, tail: int) -> Iterator[_Box]:
    """Chunks of a name and a length, each with `tail` more bytes; those of RIFF are even."""
    for _ in range(MAX_CHUNKS):
        file.seek(start)
        data = file.read(head)
        if len(data) < head:
            return
        one, other = struct.unpack(form, data)
        name, length = (one, other) if isinstance(one, bytes) else (other, one)
        yield name, start + head, start + head + length
        start += head + length + tail + (length % 2 if not tail else 0)


def _inside(file: BinaryIO, *path: bytes, within: tuple[int, int] | None = None) -> _Box | None:
    """The first box at the end of a path of first boxes."""
    found: _Box | None = (b"", *(within or (0, file.seek(0, 2))))
    for name in path:
        found = found and next((box for box in _boxes(file, *found[1:]) if box[0] == name), None)
    return found


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[_Box]:
    """Boxes of an ISO base media file (ISO 14496-12, 4.2)."""
    for _ in range(MAX_CHUNKS):
        file.seek(start)
        data = file.read(16)
        if start >= end or len(data) < 8:
            return
        size, name = struct.unpack(">I4s", data[:8])
        head = 16 if size == 1 else 8
        size = {0: end - start, 1: int.from_bytes(data[8:16], "big")}.get(size, size)
        if size < head or start + size > end:
            return
        yield name, start + head, start + size
        start += size


def _gif_extents(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """Right and bottom edge of every picture (GIF89a, section 20)."""
    blocks = iter(range(MAX_BLOCKS))
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
