"""What the head of a JPEG XL file says, read before its decoder, which decodes all at once, is asked.

ISO 18181-1, annex D, for the codestream; ISO 18181-2, clause 9, for the container.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

_HEAD = 64
_BOXES = 1000
_RATIOS = {1: (1, 1), 2: (12, 10), 3: (4, 3), 4: (3, 2), 5: (16, 9), 6: (5, 4), 7: (2, 1)}
_SIDES = (9, 13, 18, 30)


@dataclass(frozen=True, slots=True)
class Header:
    """Width and height in pixels before the picture is turned upright, and whether there are several in time."""

    width: int
    height: int
    animated: bool


def header(file: BinaryIO) -> Header | None:
    """None where the file is no JPEG XL after all."""
    stream = _codestream(file)
    if stream[:2] != b"\xff\x0a" or len(stream) < 16:
        return None
    bits = _Bits(stream[2:])
    width, height = _size(bits)
    return Header(width, height, _is_animated(bits))


class _Bits:
    """A stream of bits, the lowest of every byte first."""

    def __init__(self, data: bytes) -> None:
        self._rest = int.from_bytes(data, "little")

    def take(self, count: int) -> int:
        value = self._rest & ((1 << count) - 1)
        self._rest >>= count
        return value


def _codestream(file: BinaryIO) -> bytes:
    """Its first bytes, found in the container where there is one."""
    file.seek(0)
    head = file.read(_HEAD)
    if not head.startswith(b"\0\0\0\x0cJXL "):
        return head
    place = 12
    for _ in range(_BOXES):
        file.seek(place)
        told = file.read(16)
        size, name = int.from_bytes(told[:4], "big"), told[4:8]
        start = 16 if size == 1 else 8
        if name in (b"jxlc", b"jxlp"):
            file.seek(place + start + 4 * (name == b"jxlp"))
            return file.read(_HEAD)
        size = int.from_bytes(told[8:16], "big") if size == 1 else size
        if size < start:
            break
        place += size
    return b""


def _size(bits: _Bits) -> tuple[int, int]:
    small = bits.take(1)
    height = _side(bits, small)
    ratio = bits.take(3)
    if not ratio:
        return _side(bits, small), height
    part, whole = _RATIOS[ratio]
    return height * part // whole, height


def _side(bits: _Bits, small: int) -> int:
    return 8 * (bits.take(5) + 1) if small else bits.take(_SIDES[bits.take(2)]) + 1


def _is_animated(bits: _Bits) -> bool:
    """What the metadata say of that. With a preview, whose size is not followed here, nothing is told."""
    if bits.take(1) or not bits.take(1):  # all by default, or no extra fields
        return False
    bits.take(3)  # the orientation
    if bits.take(1):
        _size(bits)  # of the picture as it is meant
    return not bits.take(1) and bool(bits.take(1))
