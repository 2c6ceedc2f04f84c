"""Barcodes come back exactly as they were written, however they lie on the page, and none where there is none."""

from __future__ import annotations

import string
from base64 import b64decode
from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import pytest
import segno
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from services.document.model import Quad
from services.extractors.barcodes.appended import header
from services.extractors.barcodes.codes import barcode, expanded, gtin, suppressed
from services.extractors.barcodes.model import Barcode
from services.extractors.barcodes.reading import find
from services.extractors.barcodes.symbols import Symbol
from services.ocr.engine import Pixels

SIDE = 700
DIGITS = st.text(string.digits, min_size=12, max_size=12)
LATIN = st.text(string.ascii_uppercase + string.digits + "-. ", min_size=4, max_size=12).map(str.strip)
UNICODE = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=40)
BOUNDED = settings(
    max_examples=15, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)


def with_check(digits: str) -> str:
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return digits + str(-total % 10)


def even(digits: str) -> str:
    return digits[: len(digits) // 2 * 2]


KINDS: dict[str, st.SearchStrategy[str]] = {
    "EAN13": DIGITS.filter(lambda digits: digits[0] != "0").map(with_check),
    "UPCA": DIGITS.map(lambda digits: with_check(digits[:11])),
    "EAN8": DIGITS.map(lambda digits: with_check(digits[:7])),
    "UPCE": st.tuples(st.sampled_from("01"), DIGITS).map(lambda parts: short(parts[0], parts[1][:6])),
    "Code128": st.text(string.printable[:95], min_size=3, max_size=16).map(lambda text: text.strip() or "abc"),
    "Code39": LATIN.filter(lambda text: len(text) > 3),
    "Code93": LATIN.filter(lambda text: len(text) > 3),
    "ITF": st.text(string.digits, min_size=8, max_size=16).map(even),
    "Codabar": st.text(string.digits, min_size=6, max_size=12).map(lambda digits: f"A{digits}B"),
    "DataBarOmni": DIGITS.map(lambda digits: f"01{with_check(f'0{digits}')}"),
    "QRCode": UNICODE,
    "DataMatrix": LATIN.filter(bool),
    "Aztec": LATIN.filter(bool),
    "PDF417": LATIN.filter(bool),
}


SMALLEST = {"PDF417": 3}
"""Pixels of a module from which on a symbol is read at any angle, where they are not 2."""


def short(system: str, body: str) -> str:
    """A UPC-E with its check digit, in the one form that a printer would choose."""
    upc = with_check(expanded(f"{system}{body}0")[:11])
    return suppressed(upc)


def drawn(kind: str, content: str, scale: int = 3) -> Image.Image:
    code = zxingcpp.create_barcode(content, zxingcpp.barcode_format_from_str(kind))
    return Image.fromarray(np.array(zxingcpp.write_barcode_to_image(code, scale=scale)))


def placed(code: Image.Image, angle: float = 0) -> Pixels:
    """In the middle of a page, turned counter-clockwise."""
    side = max(SIDE, int(1.5 * max(code.size)))
    page = Image.new("L", (side, side), 255)
    page.paste(code, ((side - code.width) // 2, (side - code.height) // 2))
    return np.array(page.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255).convert("RGB"))


def values(found: Sequence[Barcode]) -> list[str | None]:
    return [code.value for code in found]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_what_was_written_is_read_whatever_it_says_and_however_it_lies(kind: str) -> None:
    @BOUNDED
    @given(content=KINDS[kind], scale=st.integers(SMALLEST.get(kind, 2), 4), angle=st.integers(0, 359))
    def holds(content: str, scale: int, angle: int) -> None:
        assert values(find(placed(drawn(kind, content, scale), angle), 1)) == [content]

    holds()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["EAN13", "UPCA"])
@BOUNDED
@given(data=st.data(), blur=st.floats(0, 0.8), contrast=st.floats(0.3, 1))
def test_an_article_number_is_read_out_of_focus_and_faint(kind: str, data: Any, blur: float, contrast: float) -> None:
    """Whatever the number. Ordinary ones are read with a blur of a whole module, those of one digit are not."""
    content = data.draw(KINDS[kind])
    page = cv2.GaussianBlur(placed(drawn(kind, content, 2)), (0, 0), 2 * blur + 0.01)
    faint = (255 - contrast * (255 - page.astype(float))).astype(np.uint8)
    assert values(find(faint, 1)) == [content]


@pytest.mark.parametrize("angle", [0, 90, 180, 270, 20])
@pytest.mark.parametrize("kind", ["EAN13", "QRCode", "Code128"])
def test_a_box_holds_the_symbol_from_its_own_top_left(kind: str, angle: int) -> None:
    code = drawn(kind, "4006381333931")
    (found,) = find(placed(code, angle), 1)
    dark = np.argwhere(np.array(code) < 128)
    (top, left), (bottom, right) = dark.min(axis=0), dark.max(axis=0) + 1
    corners = np.array([(left, top), (right, top), (right, bottom), (left, bottom)]) - np.array(code.size) / 2
    turn = np.radians(angle)
    turned = corners @ np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) + SIDE / 2
    guards = 5 * 3 if kind == "EAN13" else 0  # pixels by which these bars are longer than the others
    assert np.abs(np.array(found.bbox.points) - turned).max() < 10 + guards


def test_all_symbols_of_a_page_are_found_each_once() -> None:
    page = Image.new("L", (1400, 1000), 255)
    wanted = {"EAN13": "4006381333931", "Code128": "Crate 17", "QRCode": "https://example.com", "Code39": "SHELF-9"}
    for number, (kind, content) in enumerate(wanted.items()):
        page.paste(drawn(kind, content, 3), (100 + 600 * (number % 2), 100 + 400 * (number // 2)))
    found = find(np.array(page.convert("RGB")), 1)
    assert {code.format: code.value for code in found} == wanted and len(found) == 4


def test_equal_symbols_at_two_places_are_two() -> None:
    code = drawn("EAN13", "4006381333931")
    page = Image.new("L", (900, 900), 255)
    page.paste(code, (100, 100))
    page.paste(code, (100, 500))
    assert values(find(np.array(page.convert("RGB")), 1)) == ["4006381333931"] * 2


def test_bytes_that_are_no_text_come_as_bytes() -> None:
    data = bytes([0x80, 0xFF, 0x00, 0x91, 0xC3, 0x28, 0xA0, 0x01])
    code = zxingcpp.create_barcode(data, zxingcpp.BarcodeFormat.QRCode)
    picture = Image.fromarray(np.array(zxingcpp.write_barcode_to_image(code, scale=4)))
    (found,) = find(placed(picture), 1)
    assert (found.value, found.data, found.content) == (None, "gP8AkcMooAE=", "binary")


@pytest.mark.parametrize(
    ("kind", "text", "article"),
    [
        ("EAN13", "4006381333931", "04006381333931"),
        ("UPCA", "036000291452", "00036000291452"),
        ("UPCE", "04965802", "00049000006582"),
        ("EAN8", "96385074", "00000096385074"),
        ("ITF14", "15400141288763", "15400141288763"),
        ("Code128", "01095011015300031726123110ABC", None),
        ("Code128", "0123456789", None),
        ("EAN13", "4006381333932", None),
        ("QRCode", "4006381333931", None),
    ],
)
def test_article_numbers_have_fourteen_digits_and_a_right_check_digit(
    kind: str, text: str, article: str | None
) -> None:
    assert gtin(kind, text) == article


def says(text: str, kind: str = "Code128", content: str = "text", data: bytes | None = None) -> Barcode:
    seen = Symbol(kind, text, text.encode() if data is None else data, content)
    return barcode(seen, Quad((0, 0), (1, 0), (1, 1), (0, 1)), 1, 1.0)


@pytest.mark.parametrize(
    ("text", "content", "article"),
    [
        ("0109501101530003", "gs1", "09501101530003"),
        ("10LOT7\x1d0109501101530003", "gs1", "09501101530003"),
        ("0109501101530003", "text", None),
        ("0109501101530004", "gs1", None),
        ("00395011015300000011", "gs1", None),
        ("https://example.com/01/09501101530003", "text", "09501101530003"),
    ],
)
def test_an_element_string_has_an_article_number_where_the_symbol_marks_it_as_one(
    text: str, content: str, article: str | None
) -> None:
    assert says(text, content=content).gtin == article


@pytest.mark.parametrize(
    ("kind", "text", "content", "local"),
    [
        ("EAN13", "2000000005003", "text", True),
        ("EAN13", "2912345012347", "text", True),
        ("UPCA", "212345678992", "text", True),
        ("UPCA", "412345678903", "text", True),
        ("UPCA", "512345678900", "text", True),
        ("EAN13", "9912345678906", "text", True),
        ("EAN8", "20123451", "text", True),
        ("EAN8", "96385074", "text", False),
        ("EAN13", "9780201379624", "text", False),
        ("EAN13", "4006381333931", "text", False),
        ("UPCA", "036000291452", "text", False),
        ("DataBarExp", "8110106141416543213150110000310123196000", "gs1", True),
        ("DataBarOmni", "0102012345678903", "gs1", True),
        ("QRCode", "2000000005003", "text", False),
    ],
)
def test_numbers_of_shops_and_coupons_compare_with_nothing_outside(
    kind: str, text: str, content: str, local: bool
) -> None:
    found = says(text, kind, content)
    assert found.in_store == local
    assert found.gtin is None if local else True
    assert found.value == text


@pytest.mark.parametrize(("add_on", "article"), [("51299", "9780201379624"), ("12", "9771234567898")])
@pytest.mark.parametrize("angle", [0, 180])
def test_the_digits_beside_an_ean_are_given_beside_it(add_on: str, article: str, angle: float) -> None:
    (found,) = find(placed(drawn("EAN13", article + add_on, 3), angle), 1)
    assert (found.value, found.add_on, found.gtin) == (article, add_on, "0" + article)
    assert find(placed(drawn("EAN13", article)), 1)[0].add_on is None


@pytest.mark.parametrize(
    ("data", "text"),
    [("Grüße".encode(), "Grüße"), ("Grüße".encode("latin-1"), None), ("日本語".encode("shift-jis"), "日本語")],
)
def test_bytes_of_no_certain_character_set_are_given_beside_the_text(data: bytes, text: str | None) -> None:
    (found,) = find(placed(shown(segno.make(data, mode="byte", micro=False))), 1)
    assert b64decode(found.data or "") == data
    assert text is None or found.value == text


def test_plain_text_and_text_of_a_named_character_set_have_no_bytes_beside_them() -> None:
    assert find(placed(drawn("QRCode", "plain text")), 1)[0].data is None
    assert Symbol("QRCode", "é", b"\xe9", "text", told=True).ambiguous is False


def test_ascii_with_separators_is_text() -> None:
    text = "@\n\x1e\rANSI 636000100102DL00410284ZV03250008DLDAQT64235789\nDCSSAMPLE\n"
    (found,) = find(placed(drawn("PDF417", text)), 1)
    assert (found.value, found.content, found.data) == (text, "text", None)
    assert found.meaning and found.meaning.scheme == "aamva"


@pytest.mark.parametrize("scale", [2, 3])
@pytest.mark.parametrize("kind", ["DataBarExpStk", "DataBarStkOmni"])
def test_one_stacked_symbol_is_one_code_whose_box_reaches_over_all_its_rows(kind: str, scale: int) -> None:
    text = "[01]09506000134352[10]ABC123" if kind == "DataBarExpStk" else "0109506000134352"
    code = drawn(kind, text, scale)
    (found,) = find(placed(code), 1)
    dark = np.argwhere(np.array(code) < 128)
    size = dark.max(axis=0) + 1 - dark.min(axis=0)
    _, top, _, bottom = found.bbox.bounds
    assert found.gtin == "09506000134352" and abs(bottom - top - size[0]) < 12 * scale


def row_of_codablock(number: int, count: int, data: str) -> Image.Image:
    """A Code 128 with a row's number before its data, as Codablock F has them, without quiet zone or margin."""
    sign = chr(96 + count - 2) if number == 0 else chr(32 + 10 + number)
    code = zxingcpp.create_barcode(sign + data, zxingcpp.BarcodeFormat.Code128)
    bars = np.array(zxingcpp.write_barcode_to_image(code, scale=3, add_quiet_zones=False))
    return Image.fromarray(bars[:30])


@pytest.mark.parametrize("angle", [0, 90, 180])
def test_rows_of_a_stacked_symbology_that_is_not_read_are_no_codes(angle: int) -> None:
    rows = [row_of_codablock(number, 4, f"Row{number}ab") for number in range(4)]
    stack = Image.new("L", (rows[0].width + 60, 4 * 33 + 60), 255)
    for number, row in enumerate(rows):
        stack.paste(row, (30, 30 + 33 * number))
    assert find(placed(stack, angle), 1) == []


def test_labels_below_each_other_are_codes() -> None:
    page = Image.new("L", (900, 900), 255)
    wanted = [f"BOX{number}77" for number in range(4)]
    for number, text in enumerate(wanted):
        page.paste(drawn("Code128", text).crop((0, 0, 900, 90)), (100, 60 + 130 * number))
    assert values(find(np.array(page.convert("RGB")), 1)) == wanted


def appended(text: str, count: int) -> list[Image.Image]:
    """Symbols of one text."""
    return [shown(symbol) for symbol in segno.make_sequence(text, symbol_count=count, error="m")]


def shown(code: segno.QRCode, scale: int = 4) -> Image.Image:
    modules = np.pad(np.array([list(row) for row in code.matrix], np.uint8), 4)
    return Image.fromarray(255 - 255 * np.kron(modules, np.ones((scale, scale), np.uint8)))


@pytest.mark.parametrize("turn", [0, 90, 20])
def test_parts_of_one_text_say_so_and_have_all_of_it_where_all_are_there(turn: float) -> None:
    text = "https://example.com/01/09506000134352/10/A?17=271231&more=" + "x" * 40
    codes = appended(text, 3)
    page = Image.new("L", (900, 400), 255)
    for number, code in enumerate(codes):
        page.paste(code, (20 + 290 * (2 - number), 40))
    found = find(placed(page, turn), 1)
    parts = sorted((code.part.index, code.part.total, code.part.text) for code in found if code.part)
    assert parts == [(1, 3, text), (2, 3, text), (3, 3, text)]
    assert len({code.part.id for code in found if code.part}) == 1
    assert {code.meaning.batch for code in found if code.meaning} == {"A"} and len(found) == 3


def test_a_part_alone_is_marked_and_means_nothing() -> None:
    (found,) = find(placed(appended("02362410*0000123*2026-11-30*13:45:00*12.34", 2)[1]), 1)
    assert found.part and (found.part.index, found.part.total, found.part.text) == (2, 2, None)
    assert found.meaning is None


ROOM = {3: 6, 7: 14, 10: 24, 21: 80, 32: 160}
"""Thirteen bytes each, in codes of these versions: more than one holds at level L, less than sixteen at level H."""


@pytest.mark.parametrize("level", "LMQH")
@pytest.mark.parametrize("version", ROOM)
def test_the_place_in_a_sequence_is_found_in_codes_of_any_size(version: int, level: str) -> None:
    text = "a part of it " * ROOM[version]
    made = segno.make_sequence(text, version=version, error=level, boost_error=False)
    assert len(made) > 1
    for number, code in enumerate(made[:2]):
        place = header(np.array([list(row) for row in code.matrix], bool), version, level, code.mask)
        assert place and (place.number, place.total) == (number + 1, len(made))


@given(digits=st.text(string.digits, min_size=6, max_size=6), system=st.sampled_from("01"))
def test_a_upc_e_stands_for_one_upc_a(digits: str, system: str) -> None:
    upc = with_check(expanded(f"{system}{digits}0")[:11])
    assert len(upc) == 12 and expanded(suppressed(upc)) == upc


@pytest.mark.slow
def test_none_is_found_in_text_tables_hatching_and_noise() -> None:
    for page in (print_page(), table(), hatching(7), hatching(30), noise(), dots(), grey(400, 400)):
        assert find(page, 1) == []


@pytest.mark.parametrize(("height", "width"), [(1, 1), (3, 900), (900, 3), (9000, 20)])
def test_pictures_of_any_shape_are_looked_at(height: int, width: int) -> None:
    assert find(grey(height, width), 1) == []


def test_digits_too_few_to_be_sure_of_are_not_believed() -> None:
    assert find(placed(drawn("ITF", "9004")), 1) == []


def print_page() -> Pixels:
    page = Image.new("L", (1000, 1400), 255)
    draw, font = ImageDraw.Draw(page), ImageFont.load_default(22)
    for row in range(45):
        draw.text((40, 30 + row * 30), "Illicit hill || 111 |I|l 1l1I| mill IIII 3.141 " * 2, 0, font)
    return np.array(page.convert("RGB"))


def table() -> Pixels:
    page = np.full((900, 900, 3), 255, np.uint8)
    for at in [30, 37, 55, 62, 90, 97, 140, 144, 190, 250, 256, 300, 377, 380, 450, 520, 525, 610, 700, 705, 790, 860]:
        page[40:860, at : at + 3] = page[at : at + 3, 40:860] = 0
    return page


def hatching(step: int) -> Pixels:
    page = np.full((600, 600, 3), 255, np.uint8)
    page[100:500, 100:500][:, np.arange(400) % step < step // 2] = 0
    return page


def dots() -> Pixels:
    page = np.full((1200, 900, 3), 255, np.uint8)
    page[::8, ::8] = page[1::8, ::8] = 0
    return page


def grey(height: int, width: int) -> Pixels:
    return np.full((height, width, 3), 128, np.uint8)


def noise() -> Pixels:
    return np.random.default_rng(3).integers(0, 256, (600, 600, 3), dtype=np.uint8)


def test_a_strip_of_a_pixel_or_two_has_no_symbols() -> None:
    for shape in ((1, 5000, 3), (20_000, 3, 3)):
        assert find(np.full(shape, 255, np.uint8), 1) == []
