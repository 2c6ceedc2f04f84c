"""Kinds of JPEG, told by the marker of its frame (ITU-T T.81, table B.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from services.errors import UnsupportedPacking

_SCAN, _END = 0xDA, 0xD9
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers without a length."""

_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_LS = 0xF7
_HIERARCHICAL = frozenset({0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF})
_MARKERS = 10_000

ORDINARY = frozenset({0xC0, 0xC1, 0xC2})
"""Huffman-coded, sequential or progressive: what every viewer, of PDFs too, can show."""

RESAVE = "Save it as an ordinary JPEG of 8 bits, or as PNG."


@dataclass(frozen=True, slots=True)
class Frame:
    """Of a JPEG: the marker that says how it is coded, and the bits of its samples."""

    marker: int
    bits: int


def frame(file: BinaryIO) -> Frame | None:
    """The first frame that the file announces; None where it announces none."""
    file.seek(2)
    for _ in range(_MARKERS):
        marker = _marker(file)
        if marker in (_SCAN, _END, None):
            return None
        if marker in _ALONE:
            continue
        length = int.from_bytes(file.read(2), "big")
        if marker in _FRAMES or marker == _JPEG_LS:
            return Frame(marker, int.from_bytes(file.read(1), "big"))
        file.seek(max(0, length - 2), 1)
    return None


def check_coding(file: BinaryIO) -> None:
    """Raises UnsupportedPacking for a JPEG that is fine and yet not read here."""
    found = frame(file)
    if found is None:
        return
    if found.marker == _JPEG_LS:
        raise UnsupportedPacking(f"This is a JPEG-LS file, which is not read here. {RESAVE}")
    if found.marker in _HIERARCHICAL:
        raise UnsupportedPacking(f"This is a hierarchical JPEG, which is not read here. {RESAVE}")
    if found.bits != 8:
        raise UnsupportedPacking(f"This JPEG has {found.bits} bits a sample, and 8 are read here. {RESAVE}")


def _marker(file: BinaryIO) -> int | None:
    """The next one; bytes between them are padding."""
    for _ in range(_MARKERS):
        byte = file.read(1)
        if byte != b"\xff":
            if not byte:
                return None
            continue
        while byte == b"\xff":
            byte = file.read(1)
        if byte not in (b"\0", b""):
            return byte[0]
    return None
