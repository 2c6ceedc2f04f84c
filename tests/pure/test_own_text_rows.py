"""A PDF's own text in the order and the characters that a reader sees."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from config import Settings
from services.document.model import Page, TextSource
from services.ocr.raster import Limits
from services.ocr.source import PDF, open_source
from tests.pure.test_own_text import own, printed, text_at
from tests.support import samples

ZAPF = b"<</Type/Font/Subtype/Type1/BaseFont/ZapfDingbats%s>>"


def mapped(shown: dict[str, str], content: bytes) -> bytes:
    """A page whose font /F says that the letters which are drawn are others."""
    chars = "".join(f"<{ord(code):02X}> <{text.encode('utf-16-be').hex()}>\n" for code, text in shown.items())
    cmap = f"1 begincodespacerange <00> <FF> endcodespacerange {len(shown)} beginbfchar\n{chars}endbfchar".encode()
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>"
    return samples.page_pdf(content, page=b"/Resources<</Font<</F 5 0 R>>>>", objects=[font, samples.stream(b"", cmap)])


def hebrew(*rows: str) -> bytes:
    """Rows as they are seen, set flush right; every letter is drawn as a Latin one of the same width as the others."""
    letters = sorted({one for row in rows for one in row if one >= "\u0590"})
    codes = dict(zip(letters, "ABCDEFGHIJKLMOPQRT", strict=False))
    seen = ["".join(codes.get(one, one) for one in row) for row in rows]
    content = b"".join(text_at(text, 400 - 6.672 * len(text), 770 - 30 * at) for at, text in enumerate(seen))
    return mapped({code: text for text, code in codes.items()}, content)


PRICE = "12.50 :ריחמה"
"""As it is seen: the word at the right, the amount left of it."""


def ink(tmp_path: Path, data: bytes) -> tuple[float, float, float, float]:
    """Bounds of all that is dark at 150 dpi."""
    path = tmp_path / "ink.pdf"
    path.write_bytes(data)
    with open_source(path, PDF, dpi=150, limits=Limits.of(Settings())) as source:
        rows, columns = np.nonzero((source.render(1).pixels < 128).any(2))
    return float(columns.min()), float(rows.min()), float(columns.max()), float(rows.max())


def assert_over(found: Page, place: tuple[float, float, float, float], slack: float = 12) -> None:
    """The boxes of all lines and of all words are where the ink is, but for what type has over and under it."""
    for boxes in (
        [line.quad.bounds for line in found.lines],
        [w.quad.bounds for line in found.lines for w in line.words],
    ):
        sides = [min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)]
        np.testing.assert_allclose(sides, place, atol=slack)


def test_hebrew_is_read_from_the_right_and_numbers_in_it_from_the_left(tmp_path: Path) -> None:
    found = own(tmp_path, hebrew(PRICE, "(ןופלטה רפסמ) 555-0142 Noto"), words=True)
    assert found.source is TextSource.PDF
    assert found.text == "המחיר: 12.50\nNoto 555-0142 (מספר הטלפון)"
    assert [word.text for word in found.lines[0].words] == ["המחיר:", "12.50"]


@pytest.mark.parametrize("words", [False, True])
def test_boxes_of_hebrew_lie_over_its_ink(tmp_path: Path, words: bool) -> None:
    data = hebrew(PRICE)
    found = own(tmp_path, data, words=words)
    left, top, right, bottom = ink(tmp_path, data)
    box = found.lines[0].quad.bounds
    assert abs(box[0] - left) < 6 and abs(box[2] - right) < 6 and box[1] <= top and box[3] >= bottom


def test_shapes_of_arabic_letters_are_letters(tmp_path: Path) -> None:
    data = mapped(
        {"a": "\ufeae", "b": "\ufecc", "c": "\ufeb4", "d": "\ufedf", "e": "\ufe8d"}, text_at("abcde", 300, 700)
    )
    assert own(tmp_path, data).text == "السعر"


FONT = b"<</Type/Font/Subtype/Type0/BaseFont/HeiseiMin-W3/Encoding/UniJIS-UTF16-%s/DescendantFonts[6 0 R]>>"
CJK = (
    b"<</Type/Font/Subtype/CIDFontType0/BaseFont/HeiseiMin-W3/FontDescriptor 7 0 R"
    b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Japan1)/Supplement 2>>>>",
    b"<</Type/FontDescriptor/FontName/HeiseiMin-W3/Flags 6/FontBBox[0 -200 1000 900]/ItalicAngle 0/Ascent 900"
    b"/Descent -200/CapHeight 700/StemV 80>>",
)
COLUMNS = ("縦書きの文章、", "二行目はここで", "三行目の終わり")


def japanese(content: bytes, way: bytes) -> bytes:
    return samples.page_pdf(content, page=b"/Resources<</Font<</F 5 0 R>>>>", objects=[FONT % way, *CJK])


def coded(text: str) -> bytes:
    return text.encode("utf-16-be").hex().encode()


def downwards() -> dict[str, bytes]:
    """By the font's own vertical mode, and glyph by glyph with a font that runs level."""
    own_mode = b"".join(
        b"BT /F 20 Tf %d 780 Td <%s> Tj ET " % (500 - 40 * at, coded(text)) for at, text in enumerate(COLUMNS)
    )
    single = b"".join(
        b"BT /F 20 Tf %d %d Td <%s> Tj ET " % (500 - 40 * at, 760 - 26 * place, coded(one))
        for at, text in enumerate(COLUMNS)
        for place, one in enumerate(text)
    )
    return {"vertical font": japanese(own_mode, b"V"), "single glyphs": japanese(single, b"H")}


@pytest.mark.parametrize("kind", ["vertical font", "single glyphs"])
def test_vertical_japanese_is_read_by_column_without_blanks_and_its_boxes_lie_over_the_ink(
    tmp_path: Path, kind: str
) -> None:
    data = downwards()[kind]
    found = own(tmp_path, data, words=True)
    assert (found.source, found.text) == (TextSource.PDF, "\n".join(COLUMNS))
    assert_over(found, ink(tmp_path, data))


def test_level_japanese_stays_level(tmp_path: Path) -> None:
    rows = b"".join(b"BT /F 20 Tf 72 %d Td <%s> Tj ET " % (760 - 30 * at, coded(row)) for at, row in enumerate(COLUMNS))
    assert own(tmp_path, japanese(rows, b"H")).text == "\n".join(COLUMNS)


def test_what_is_raised_or_lowered_stands_in_its_row_wherever_it_comes_in_the_file(tmp_path: Path) -> None:
    row = b"BT /F 14 Tf 72 700 Td (H) Tj 15 0 Td (SO) Tj 24 0 Td (  and 12 m) Tj 78 0 Td (at ease) Tj ET "
    late = b"BT /F 8 Tf 82.2 697 Td (2) Tj 24.9 0 Td (4) Tj 70.5 8.5 Td (2) Tj ET"
    text = own(tmp_path, printed(row + late)).text.split("\n")[1]
    assert text == "H2SO4 and 12 m2 at ease"


def test_a_row_of_small_type_below_another_stays_its_own(tmp_path: Path) -> None:
    data = printed(text_at("Heading", 72, 700, 14) + text_at("small", 72, 690, 8))
    assert own(tmp_path, data).text.split("\n")[1:] == ["Heading", "small"]


@pytest.mark.parametrize("encoding", [b"", b"/Encoding/WinAnsiEncoding"])
def test_ticks_crosses_and_bullets_are_signs(tmp_path: Path, encoding: bytes) -> None:
    data = printed(
        text_at("Newsletter", 72, 700) + b"BT /Z 12 Tf 150 700 Td (3 8 l n) Tj ET",
        b"",
        (ZAPF % encoding,),
    ).replace(b"/F 5 0 R>>", b"/F 5 0 R/Z 6 0 R>>")
    assert own(tmp_path, data).text.split("\n")[1] == "Newsletter ✓ ✘ ● ■"


def test_signs_of_wingdings_are_no_letters(tmp_path: Path) -> None:
    data = printed(
        text_at("Agreed", 72, 700) + b"BT /W 12 Tf 150 700 Td (\374 \250 a) Tj ET",
        b"",
        (b"<</Type/Font/Subtype/TrueType/BaseFont/ABCDEF+Wingdings-Regular/Encoding/WinAnsiEncoding>>",),
    ).replace(b"/F 5 0 R>>", b"/F 5 0 R/W 6 0 R>>")
    assert own(tmp_path, data).text.split("\n")[1] == "Agreed ✓ ◻ •"


@pytest.mark.parametrize("off", [0.3, 1.2])
def test_what_is_printed_twice_to_look_bold_comes_once(tmp_path: Path, off: float) -> None:
    twice = text_at("Bold heading with 1100 ll", 72, 700, 14) + text_at("Bold heading with 1100 ll", 72 + off, 700, 14)
    each = b"BT /F 14 Tf " + b"".join(
        b"1 0 0 1 %f 660 Tm (%s) Tj " % (72 + 12 * at + extra, one.encode())
        for at, one in enumerate("Bookkeeper")
        for extra in (0, off)
    )
    assert own(tmp_path, printed(twice)).text.split("\n")[1:] == ["Bold heading with 1100 ll"]
    text = own(tmp_path, printed(each + b"ET")).text.split("\n")[1]
    assert text.replace(" ", "") == "Bookkeeper"


@pytest.mark.parametrize("down", [0.8, 1.8])
def test_a_shadow_is_not_read_beside_what_throws_it(tmp_path: Path, down: float) -> None:
    shadow = b"0.6 g " + text_at("Summer sale 2026", 72 + down, 700 - down, 20)
    data = printed(shadow + b"0 g " + text_at("Summer sale 2026", 72, 700, 20))
    assert own(tmp_path, data).text.split("\n")[1:] == ["Summer sale 2026"]


def test_letters_that_stand_apart_are_words(tmp_path: Path) -> None:
    data = printed(b"4 Tc " + text_at("SPACED HEADING", 72, 700, 14) + b"0 Tc " + text_at("A B C D", 72, 660))
    assert own(tmp_path, data).text.split("\n")[1] == "SPACED HEADING"


def test_answers_in_single_letters_far_apart_are_no_word(tmp_path: Path) -> None:
    row = b"BT /F 12 Tf 72 700 Td " + b"".join(b"(%s) Tj 30 0 Td " % one.encode() for one in "ABCDE") + b"ET"
    assert own(tmp_path, printed(row)).text.split("\n")[1] == "A B C D E"


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("unit", [1, 2])
def test_own_text_is_where_it_is_on_turned_pages_with_a_unit(tmp_path: Path, rotation: int, unit: int) -> None:
    page = b"/Rotate %d/UserUnit %d" % (rotation, unit)
    data = printed(text_at("Balance 450.75", 300, 200), page=page)
    found = own(tmp_path, data, words=True)
    assert found.source is TextSource.PDF and "Balance 450.75" in found.text
    assert_over(found, ink(tmp_path, data), slack=12 * unit)
