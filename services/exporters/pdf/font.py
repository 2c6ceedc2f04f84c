"""A font of boxes, for text that is searched and copied but never drawn.

One font serves all scripts: a code of two bytes stands for the UTF-16 unit of its value, and /ToUnicode says so for the
codes that are used; characters beyond the first 65,536 take codes of surrogates, which stand for nothing else. The idea
is that of Tesseract's PDF renderer and of OCRmyPDF; the file is our own, made below by the OpenType specification.
Codes show glyph 1 or, where they are wide, 2, as some viewers neither mark nor copy what is shown by glyph 0. Both are
boxes: in turned text PDFium takes a glyph without an outline for none at all. Their widths are those that the PDF
tells, as PDF/A wants and programs that write a PDF anew rely on.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

Encode = Callable[[str], str]
"""From text to the hexadecimal digits of its codes."""

NAME = "OcrInvisible"
EM, ASCENT, DESCENT = 1000, 800, -200
"""Units of an em; what of it stands over and under the baseline, which is all of it."""

HALF, FULL = 500, 1000
"""The widths of a code; those of Chinese, Japanese and Korean characters are FULL."""

WIDE = (
    (0x1100, 0x115F),
    (0x2E80, 0xA4CF),
    (0xA960, 0xA97F),
    (0xAC00, 0xD7A3),
    (0xF900, 0xFAFF),
    (0xFE10, 0xFE6B),
    (0xFF01, 0xFF60),
    (0xFFE0, 0xFFE6),
)
"""Codes as wide as an em: Unicode's East Asian Width W and F, in coarse ranges."""

SURROGATES = range(0xD800, 0xE000)
UNTOLD = frozenset({*SURROGATES, 0xFEFF, 0xFFFE, 0xFFFF})
"""Values that no /ToUnicode may tell: PDF/A forbids the mark of byte order and its mirror (ISO 19005-2, 6.2.11.7.2)."""

BLOCK = 100
"""The most entries of one section of a CMap (Adobe Technical Note 5014)."""


def encoding(text: Iterable[str]) -> Mapping[str, int]:
    """The code of every character of `text`. Control characters and what is UNTOLD have none."""
    characters = sorted({one for part in text for one in part if ord(one) >= 0x20 and ord(one) not in UNTOLD})
    far = [one for one in characters if ord(one) > 0xFFFF]
    near = {one: ord(one) for one in characters if ord(one) <= 0xFFFF}
    return near | dict(zip(far, SURROGATES, strict=False)) | {" ": ord(" ")}


def width(codes: Iterable[int]) -> int:
    """Of codes one after the other, in thousandths of the type's size."""
    return sum(FULL if any(first <= code <= last for first, last in WIDE) else HALF for code in codes)


def widths() -> str:
    """The array /W."""
    return "[" + " ".join(f"{first} {last} {FULL}" for first, last in WIDE) + "]"


def to_unicode(codes: Mapping[str, int]) -> bytes:
    """The CMap that tells which character a code stands for, one by one.

    Ranges would be shorter, but Ghostscript 10.0 gives out the low bytes of those that are not Latin.
    """
    entries = [f"<{code:04X}> <{_utf_16(one)}>\n" for one, code in sorted(codes.items(), key=lambda item: item[1])]
    body = "\n".join(_sections(entries))
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /OcrInvisible-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n{body}\n"
        "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode()


def _sections(entries: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(entries), BLOCK):
        part = entries[start : start + BLOCK]
        yield f"{len(part)} beginbfchar\n{''.join(part)}endbfchar"


def _utf_16(one: str) -> str:
    return one.encode("utf-16-be").hex().upper()


def glyphs_of_codes() -> bytes:
    """/CIDToGIDMap: glyph 2 for wide codes, 1 for all others."""
    glyphs = bytearray(b"\0\1" * 0x10000)
    for first, last in WIDE:
        glyphs[2 * first : 2 * last + 2] = b"\0\2" * (last - first + 1)
    return bytes(glyphs)


def file() -> bytes:
    """A TrueType font with an empty glyph and two boxes, and the tables that ISO 32000-1 (9.9) asks for."""
    boxes = [_box(HALF), _box(FULL)]
    places = [0, 0, len(boxes[0]), len(boxes[0]) + len(boxes[1])]
    tables = {
        b"glyf": b"".join(boxes),
        b"head": _head(),
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, ASCENT, DESCENT, 0, FULL, *[0] * 3, 1, *[0] * 7, 3),
        b"hmtx": struct.pack(">HhHhHh", HALF, 0, HALF, 0, FULL, 0),
        b"loca": struct.pack(">HHHH", *(place // 2 for place in places)),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, 3, 4, 1, 0, 0, 1, *[0] * 8),
    }
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    header = struct.pack(">IHHHH", 0x10000, count, power * 16, power.bit_length() - 1, (count - power) * 16)
    directory, body = b"", b""
    for tag, data in tables.items():
        place = len(header) + 16 * count + len(body)
        directory += tag + struct.pack(">III", _checksum(data), place, len(data))
        body += data + bytes(-len(data) % 4)
    return header + directory + body


def _box(wide: int) -> bytes:
    """A glyph that fills its cell: one contour of four points on the curve, in steps from one to the next."""
    right, up = [0, wide, 0, -wide], [DESCENT, 0, ASCENT - DESCENT, 0]
    body = struct.pack(">hhhhhHH4B8h", 1, 0, DESCENT, wide, ASCENT, 3, 0, *[1] * 4, *right, *up)
    return body + bytes(-len(body) % 4)


def _head() -> bytes:
    return struct.pack(
        ">IIIIHHqqhhhhHHhhh",
        *(0x10000, 0x10000, 0, 0x5F0F3CF5, 0, EM, 0, 0),  # versions, sum, magic number, flags, units, dates
        *(0, DESCENT, FULL, ASCENT, 0, 8, 2, 0, 0),  # box, style, smallest size, direction, short offsets
    )


def _checksum(data: bytes) -> int:
    padded = data + bytes(-len(data) % 4)
    total: int = sum(struct.unpack(f">{len(padded) // 4}I", padded))
    return total & 0xFFFFFFFF
