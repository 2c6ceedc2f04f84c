"""Ticks, crosses and bullets of fonts that have them in the place of letters.

The tables are those of the fonts' own encodings: ZapfDingbats (ISO 32000-1, annex D.6), whose codes follow each other
as Unicode's Dingbats block does but for a few, and what documents use of Wingdings and Webdings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.ocr.own_text.stretches import Row, Stretch

BULLET = "\u2022"
"""What stands for a sign that is not known here: no letter, in any case."""

_FIRST, _BLOCK, _PRIVATE = 0x20, 0x2700, 0xF000
_ZAPF_ODD = {
    **{0x25: 0x260E, 0x2A: 0x261B, 0x2B: 0x261E, 0x48: 0x2605, 0x6C: 0x25CF, 0x6E: 0x25A0, 0x73: 0x25B2, 0x74: 0x25BC},
    **{0x75: 0x25C6, 0x77: 0x25D7, 0xA8: 0x2663, 0xA9: 0x2666, 0xAA: 0x2665, 0xAB: 0x2660},
    **{code: 0x2460 + code - 0xAC for code in range(0xAC, 0xB6)},
    **{0xD5: 0x2192, 0xD6: 0x2194, 0xD7: 0x2195},
}
_ZAPF = {code: _BLOCK + code - _FIRST for code in range(0x21, 0x7F)}
_ZAPF |= {code: 0x2760 + code - 0xA0 for code in range(0xA1, 0xFF)} | _ZAPF_ODD
_ORDER = [
    1,
    2,
    202,
    3,
    4,
    5,
    119,
    118,
    117,
    *range(11, 17),
    105,
    *range(17, 29),
    *range(6, 11),
    *range(29, 75),
    203,
    75,
]
_ORDER += [204, *range(76, 80), *range(81, 85), *range(97, 101)]
_ZAPF_NAMES = {number: _ZAPF[code] for code, number in enumerate(_ORDER, 0x21)}
"""By the numbers in the names of glyphs, `a19` and so on, which MuPDF takes for codes where a font says no encoding."""

_OFTEN, _OFTEN_NAMED = frozenset("345678lnoquv"), frozenset("GI#")
"""Ticks, crosses, bullets and boxes, as codes and as numbers of glyphs."""

_WINGDINGS = dict(
    zip(
        (0x21, 0x22, 0x28, 0x2A, 0x3F, 0x41, 0x45, 0x46, 0x4A, 0x6C, 0x6E, 0x6F, 0x71, 0x75, 0x76, 0x77, 0x9F, 0xA1)
        + (0xA7, 0xA8, 0xD8, 0xDF, 0xE0, 0xE1, 0xE2, 0xE8, 0xF0, 0xFB, 0xFC, 0xFD, 0xFE),
        map(ord, "✏✂☎✉✍✌☜☞☺●■□❑◆❖⬥•○▪◻➢←→↑↓➔⇨✗✓☒☑"),
        strict=True,
    )
)
_WINGDINGS_2 = {0x4F: 0x2717, 0x50: 0x2713, 0x51: 0x2612, 0x52: 0x2611, 0x53: 0x2612, 0x54: 0x2612, 0xA3: 0x25A1}
_WEBDINGS = {0x61: 0x2713, 0x72: 0x2717, 0x63: 0x25A1, 0x67: 0x25A0, 0x6E: 0x25CF}

_FONTS: Sequence[tuple[str, Mapping[int, int]]] = (
    ("wingdings2", _WINGDINGS_2),
    ("wingdings", _WINGDINGS),
    ("webdings", _WEBDINGS),
    ("dingbat", _ZAPF),
)
"""What the name of a font has in it, less blanks and hyphens; the first that fits counts."""

_SYMBOL = {_PRIVATE + code: text for code, text in ((0xB7, "•"), (0xA8, "♦"), (0xAE, "→"), (0xAC, "←"), (0xD6, "√"))}


def signed(rows: Sequence[Row]) -> list[Row]:
    """The rows with the signs of such fonts in place of what the file calls them."""
    signs = {part.font: _table(part) for row in rows for part in row.parts}
    if not any(table is not None for table in signs.values()):
        return list(rows)
    zapf = "".join(part.text for row in rows for part in row.parts if signs[part.font] is _ZAPF)
    tables = {font: _ZAPF_NAMES if table is _ZAPF and _are_named(zapf) else table for font, table in signs.items()}
    return [replace(row, parts=tuple(_signed(part, tables[part.font]) for part in row.parts)) for row in rows]


def _are_named(text: str) -> bool:
    """Whether these are numbers of ZapfDingbats' glyphs rather than its codes."""
    return any(one < " " for one in text) or bool(_OFTEN_NAMED & set(text) and not _OFTEN & set(text))


def _signed(part: Stretch, table: Mapping[int, int] | None) -> Stretch:
    return part if table is None else part._replace(text="".join(_sign(one, table) for one in part.text))


def _table(part: Stretch) -> Mapping[int, int] | None:
    name = part.font.lower().replace(" ", "").replace("-", "")
    if "symbol" in name:
        return {}
    return next((table for fragment, table in _FONTS if fragment in name), None)


def _sign(character: str, table: Mapping[int, int]) -> str:
    code = ord(character)
    if not table:
        return _SYMBOL.get(code, character)
    code -= _PRIVATE if _PRIVATE <= code <= _PRIVATE + 0xFF else 0
    if character == " " or code > 0xFF:
        return character
    return chr(table[code]) if code in table else BULLET
