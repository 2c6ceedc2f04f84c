"""Pages of a TIFF, told from its directories alone: nothing is decoded, nothing is trusted.

Not every picture in a TIFF is a page. Thumbnails, the smaller levels of a pyramid and masks stand in the same chain and
say so (TIFF 6.0, tag NewSubfileType; TIFF/EP and DNG hang them, or the picture itself, on another directory).
"""

from __future__ import annotations

import struct
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from io import RawIOBase
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

MAX_DIRECTORIES = 10_000
"""No directory beyond this one is looked for."""

MAX_ENTRIES, MAX_CHILDREN, MAX_VALUES = 512, 64, 1_000_000
"""Of a directory, so that no chain of them is read for long. The largest number of values are offsets of strips."""


class Tag(IntEnum):
    """Names of entries (TIFF 6.0, appendix A)."""

    SUBFILE = 254
    OLD_SUBFILE = 255
    WIDTH = 256
    HEIGHT = 257
    BITS = 258
    COMPRESSION = 259
    PHOTOMETRIC = 262
    FILL_ORDER = 266
    STRIPS = 273
    ORIENTATION = 274
    SAMPLES = 277
    ROWS = 278
    STRIP_SIZES = 279
    PLANAR = 284
    PREDICTOR = 317
    TILE_WIDTH = 322
    TILE_HEIGHT = 323
    TILES = 324
    TILE_SIZES = 325
    CHILDREN = 330
    ACROSS = 282
    DOWN = 283
    UNIT = 296
    EXTRA = 338
    FORMAT = 339
    JPEG = 513
    JPEG_SIZE = 514


Entries = Mapping[int, tuple[int, ...]]
"""Whole numbers by tag, two for a fraction; what is of another type is left out."""

_REDUCED, _MASK, _OLD_REDUCED = 1, 4, 2
_SIZES = {1: "B", 3: "H", 4: "I", 5: "II", 13: "I", 16: "Q", 18: "Q"}
"""How numbers are written, by the type of an entry: BYTE, SHORT, LONG, RATIONAL and IFD, and the 8 bytes of BigTIFF."""

_SORTING = frozenset({Tag.SUBFILE, Tag.OLD_SUBFILE, Tag.STRIPS, Tag.TILES, Tag.CHILDREN, Tag.JPEG})


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file writes numbers: `order` as struct has it, counts and pointers of 4 or, in BigTIFF, 8 bytes."""

    order: str
    big: bool

    @property
    def pointer(self) -> str:
        return self.order + ("Q" if self.big else "I")

    @property
    def count(self) -> str:
        return self.order + ("Q" if self.big else "H")

    @property
    def entry(self) -> struct.Struct:
        """Tag, type, number of values, and the values or where they are."""
        return struct.Struct(self.order + ("HHQ8s" if self.big else "HHI4s"))


def pages(file: BinaryIO, bound: int = MAX_DIRECTORIES) -> list[int]:
    """Offsets of the directories that are pages, at most `bound` of them. A directory counts once.

    Where all in the chain are reduced copies, those that hang on them are the pages, and if there are none, the copies.
    """
    found = list(islice(_full(_chained(file)), bound))
    if found:
        return found
    chain = list(_chained(file))
    hanging = list(islice(_full(_children(file, chain)), bound))
    return hanging or [offset for offset, entries in chain if not _kind(entries) & _MASK][:bound]


def entries_at(file: BinaryIO, offset: int, wanted: Container[int] | None = None) -> dict[int, tuple[int, ...]]:
    """The whole numbers of the directory there; of `wanted` tags, or all. What lies outside the file is left out."""
    layout, _ = _header(file)
    count = _number(file, offset, layout.count) or 0
    file.seek(offset + struct.calcsize(layout.count))
    data = file.read(layout.entry.size * min(count, MAX_ENTRIES))
    whole = data[: len(data) // layout.entry.size * layout.entry.size]
    told = [(tag, _SIZES[kind], *rest) for tag, kind, *rest in layout.entry.iter_unpack(whole) if kind in _SIZES]
    return {tag: _values(file, layout, *rest) for tag, *rest in told if wanted is None or tag in wanted}


def resolution(entries: Entries) -> tuple[float, float, int] | None:
    """Dots across and down, and the unit that they are counted in: 1 none, 2 inches, 3 centimetres."""
    fractions = entries.get(Tag.ACROSS, ()), entries.get(Tag.DOWN, ())
    if any(len(one) != 2 or 0 in one for one in fractions):
        return None
    across, down = (one[0] / one[1] for one in fractions)
    return across, down, next(iter(entries.get(Tag.UNIT, ())), 2)


def order_of(file: BinaryIO) -> str:
    """The byte order of the file's numbers, as struct has it."""
    return _header(file)[0].order


def _values(file: BinaryIO, layout: Layout, form: str, count: int, inline: bytes) -> tuple[int, ...]:
    each = struct.calcsize(layout.order + form)
    size = min(count, MAX_VALUES) * each
    if size > len(inline):
        inline = _bytes(file, struct.unpack(layout.pointer, inline)[0], size)
    whole = inline[: min(size, len(inline)) // each * each]
    return tuple(number for numbers in struct.iter_unpack(layout.order + form, whole) for number in numbers)


def _full(directories: Iterable[tuple[int, Entries]]) -> Iterator[int]:
    for number, (offset, entries) in enumerate(directories):
        attached = Tag.JPEG in entries and not entries.keys() & {Tag.STRIPS, Tag.TILES}  # as EXIF has its thumbnail
        if not _kind(entries) & (_REDUCED | _MASK) and not (number and attached):
            yield offset


def _kind(entries: Entries) -> int:
    old = _REDUCED if entries.get(Tag.OLD_SUBFILE, (0,))[:1] == (_OLD_REDUCED,) else 0
    return next(iter(entries.get(Tag.SUBFILE, ())), old)


def _chained(file: BinaryIO) -> Iterator[tuple[int, Entries]]:
    """Offsets of the file's chain of directories and what tells pages (TIFF 6.0, section 2)."""
    layout, offset = _header(file)
    seen: set[int] = set()
    while offset and offset not in seen and len(seen) < MAX_DIRECTORIES:
        seen.add(offset)
        count = _number(file, offset, layout.count)
        if count is None:
            return
        yield offset, entries_at(file, offset, _SORTING)
        end = offset + struct.calcsize(layout.count) + count * layout.entry.size
        offset = _number(file, end, layout.pointer) or 0


def _children(file: BinaryIO, parents: Iterable[tuple[int, Entries]]) -> Iterator[tuple[int, Entries]]:
    for _, entries in parents:
        for offset in entries.get(Tag.CHILDREN, ())[:MAX_CHILDREN]:
            if _number(file, offset, "B") is not None:
                yield offset, entries_at(file, offset, _SORTING)


def _header(file: BinaryIO) -> tuple[Layout, int]:
    """The layout, and where the first directory is."""
    file.seek(0)
    header = file.read(16).ljust(16, b"\0")
    order = "<" if header[:2] == b"II" else ">"
    layout = Layout(order, big=struct.unpack(order + "H", header[2:4])[0] == 43)
    return layout, struct.unpack_from(layout.pointer, header, 8 if layout.big else 4)[0]


def _number(file: BinaryIO, offset: int, form: str) -> int | None:
    """The number at this place, None outside the file."""
    data = _bytes(file, offset, struct.calcsize(form))
    return int(struct.unpack(form, data)[0]) if len(data) == struct.calcsize(form) else None


def _bytes(file: BinaryIO, offset: int, size: int) -> bytes:
    """As many of them as the file has."""
    if offset >= 2**63:
        return b""
    file.seek(offset)
    return file.read(size)


class Pointed(RawIOBase):
    """A TIFF whose header points at another of its directories first, so that a decoder looks at no other."""

    def __init__(self, path: Path, offset: int) -> None:
        self._file = path.open("rb", buffering=0)
        layout, _ = _header(self._file)
        self._start = 8 if layout.big else 4
        self._pointer = struct.pack(layout.pointer, offset)
        self._file.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._file.fileno()

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def readinto(self, buffer: Any) -> int:
        place = self._file.tell()
        count = self._file.readinto(buffer) or 0
        for at, byte in enumerate(self._pointer, self._start - place):
            if 0 <= at < count:
                buffer[at] = byte
        return count

    def close(self) -> None:
        self._file.close()
        super().close()
