"""The searchable PDF, read back by poppler, PDFium, pypdf and MuPDF."""

from __future__ import annotations

import re
import shutil
import struct
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pillow_heif
import pillow_jxl  # noqa: F401 - it registers itself
import pymupdf
import pypdf
import pypdfium2
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageOps

from config import Settings
from services.document.geometry import affine, map_line
from services.document.model import Document, Line, Page, Quad, TextSource, Word
from services.errors import PasswordRequired
from services.exporters import Original
from services.exporters.pdf import build, font
from services.exporters.pdf.layer import visual
from services.ocr.image import ORIENTATIONS
from services.ocr.pictures.kinds import KINDS
from services.ocr.raster import Limits
from services.ocr.source import PDF, open_source
from tests.support import readback, samples
from tests.support.layers import LINES
from tests.support.samples import pictures

DPI = 100
LIMITS = Limits.of(Settings())
_mupdf: Any = pymupdf
_pdfium: Any = pypdfium2

pillow_heif.register_heif_opener()

pytestmark = pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not installed (poppler-utils)")


def drawn(path: Path, *pages: Page, media_type: str = PDF) -> bytes:
    draw = build(Settings()).draw
    assert draw
    return draw(Document(pages), Original(path, media_type, DPI))


def saved(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def rect(left: float, top: float, width: float, height: float = 20) -> Quad:
    return Quad((left, top), (left + width, top), (left + width, top + height), (left, top + height))


def line(text: str, left: float = 50, top: float = 50, height: float = 20) -> Line:
    """Ten pixels a character, with words where there are spaces."""
    words = tuple(
        Word(found[0], 0.9, rect(left + 10 * found.start(), top, 10 * len(found[0]), height))
        for found in re.finditer(r"\S+", text)
    )
    return Line(text, 0.9, rect(left, top, 10 * len(text), height), words)


def page(*lines: Line, number: int = 1, size: tuple[int, int] = (827, 1169)) -> Page:
    return Page(number, *size, lines, "\n".join(one.text for one in lines), dpi=DPI)


def searchable(tmp_path: Path, content: bytes, *pages: Page) -> Path:
    return saved(tmp_path / "out.pdf", drawn(saved(tmp_path / "in.pdf", content), *pages))


def assert_in_place(path: Path, *pages: Page) -> None:
    """Poppler finds every word of every page where it was read."""
    for number, one in enumerate(pages):
        wanted = [readback.Found(word.text, word.quad.bounds) for line in one.lines for word in line.words]
        found = readback.found(path, DPI)[number]
        assert wanted and readback.in_place(wanted, found) == len(wanted), found


def test_the_bytes_of_the_upload_stay_and_little_comes_behind_them(tmp_path: Path) -> None:
    rows = [[f"{number} {'words of a scanned page ' * 2}" for number in range(30)]] * 10
    scan = samples.text_pdf(rows, dpi=DPI)
    pages = [page(*(line(row, 50, 40 + 30 * at) for at, row in enumerate(rows[0])), number=n) for n in range(1, 11)]
    out = searchable(tmp_path, scan, *pages)
    content = out.read_bytes()
    assert content.startswith(scan) and len(content) < 1.05 * len(scan)
    assert_in_place(out, *pages)
    before, after = (pypdf.PdfReader(path) for path in (tmp_path / "in.pdf", out))
    assert len(after.pages) == 10 and "words of a scanned page words" in after.pages[3].extract_text()
    assert after.pages[3].images[0].data == before.pages[3].images[0].data


def test_a_page_looks_as_before(tmp_path: Path) -> None:
    scan = samples.text_pdf([["Something to see"]], dpi=DPI)
    out = searchable(tmp_path, scan, page(line("Something to see", 20, 20)))
    old, new = (_mupdf.open(path)[0].get_pixmap() for path in (tmp_path / "in.pdf", out))
    assert old.samples == new.samples


BOXES = {
    "plain": b"/MediaBox[0 0 595 842]",
    "moved": b"/MediaBox[100 -50 695 792]",
    "cropped": b"/MediaBox[0 0 700 900]/CropBox[40 30 640 830]",
}


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("name", BOXES)
def test_words_stand_where_they_were_read(tmp_path: Path, name: str, rotation: int) -> None:
    odd = samples.page_pdf(b"q 1 0 0 RG 0.5 0 0 2 7 9 cm", page=BOXES[name] + b"/Rotate %d" % rotation)
    path = saved(tmp_path / "in.pdf", odd)
    with open_source(path, PDF, dpi=DPI, limits=LIMITS) as source:
        shown = source.render(1)
    read = page(line("Two words", 60, 70), line("and more", 300, 400), size=(shown.width, shown.height))
    out = searchable(tmp_path, odd, read)
    assert_in_place(out, read)
    found = [(word[4], word[:4]) for word in _mupdf.open(out)[0].get_text("words")]
    turned = _mupdf.open(out)[0].rotation_matrix
    for text, box in found:
        wanted = next(word for one in read.lines for word in one.words if word.text == text)
        np.testing.assert_allclose(_mupdf.Rect(box) * turned * (DPI / 72), wanted.quad.bounds, atol=3)


def test_a_unit_of_its_own_counts(tmp_path: Path) -> None:
    large = samples.page_pdf(b"", page=b"/UserUnit 2")
    out = searchable(tmp_path, large, page(line("Large", 200, 300), size=(1653, 2339)))
    (word,) = _mupdf.open(out)[0].get_text("words")
    np.testing.assert_allclose([side * DPI / 72 for side in word[:4]], (200, 300, 250, 320), atol=3)


SENTENCES = {
    "Hebrew": ("שלום עולם", True),
    "Arabic": ("مرحبا بالعالم", True),
    "Hindi": ("नमस्ते दुनिया", False),
    "Bengali": ("বাংলা ভাষা", False),
    "Chinese": ("你好世界", False),
    "Japanese": ("こんにちは世界", False),
    "Greek": ("καλημέρα κόσμε", False),
    "far": ("𝒜stral 𠮷野家", False),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_every_script_is_found(tmp_path: Path, name: str) -> None:
    text, leftwards = SENTENCES[name]
    bare = Line(text, 0.9, rect(50, 50, 100))  # its words are placed by the width of their characters
    out = searchable(tmp_path, samples.text_pdf([["scan"]], DPI), page(bare))
    marks = dict.fromkeys(map(ord, "\u202a\u202b\u202c\n\f"))
    assert readback.printed(out).translate(marks).strip() == text
    assert pypdf.PdfReader(out).pages[0].extract_text().strip() == text
    assert _mupdf.open(out)[0].get_text().strip() == text
    assert _pdfium.PdfDocument(out)[0].get_textpage().get_text_range().strip() == text
    assert leftwards is (visual(text) != text)


def test_numbers_and_brackets_in_text_from_right_to_left() -> None:
    assert visual("12.5") == "12.5" and visual("(שלום)") == "(םולש)" and visual("ש12.50") == "12.50ש"


def test_a_phrase_is_found_as_one(tmp_path: Path) -> None:
    out = searchable(tmp_path, samples.text_pdf([["scan"]], DPI), page(line("several words in a row")))
    (hit,) = _mupdf.open(out)[0].search_for("words in a")
    np.testing.assert_allclose([side * DPI / 72 for side in hit], (130, 50, 230, 70), atol=3)
    searched = _pdfium.PdfDocument(out)[0].get_textpage().search("several words in a row")
    assert searched.get_next() == (0, 22)


def test_text_that_leans_much_is_written_so(tmp_path: Path) -> None:
    quad = Quad((100, 100), (500, 180), (496, 200), (96, 120))
    out = searchable(tmp_path, samples.text_pdf([["scan"]], DPI), page(Line("leaning", 0.9, quad)))
    lines = [one for block in _mupdf.open(out)[0].get_text("dict")["blocks"] for one in block.get("lines", ())]
    (span,) = [(one["dir"], one["bbox"]) for one in lines]
    np.testing.assert_allclose(span[0], (0.981, 0.196), atol=0.01)
    np.testing.assert_allclose([side * DPI / 72 for side in span[1][:2]], quad.bounds[:2], atol=4)


def test_words_of_a_page_that_hangs_askew_are_found_whole(tmp_path: Path) -> None:
    turn = affine([[0.9994, -0.0349, 40], [0.0349, 0.9994, 10]])  # by two degrees
    read = page(
        *(map_line(turn, line("misalignments everywhere notwithstanding", 50, 50 + 30 * row)) for row in range(9))
    )
    out = searchable(tmp_path, samples.text_pdf([["scan"]], DPI), read)
    assert_in_place(out, read)


def test_text_that_a_page_has_is_not_added_again(tmp_path: Path) -> None:
    content = samples.joined_pdf(samples.born_digital_pdf(["Written here"]), samples.text_pdf([["scan"]], DPI))
    own = _mupdf.open(stream=content)[0].get_text("words")
    zoom = DPI / 72
    words = [Word(word[4], 0.9, rect(word[0] * zoom, word[1] * zoom, *(_size(word, zoom)))) for word in own]
    stamp = line("STAMP", 400, 600)
    read = page(Line("Written here", 0.9, words[0].quad, tuple(words)), stamp)
    trusted = Page(2, 827, 1169, (line("not added"),), "not added", TextSource.PDF, DPI)
    out = searchable(tmp_path, content, read, trusted)
    assert readback.printed(out).split() == ["Written", "here", "STAMP"]


def _size(word: Sequence[float], zoom: float) -> tuple[float, float]:
    return (word[2] - word[0]) * zoom, (word[3] - word[1]) * zoom


def test_nothing_to_add_changes_nothing(tmp_path: Path) -> None:
    scan = samples.text_pdf([["scan"]], DPI)
    assert searchable(tmp_path, scan, page()).read_bytes() == scan


def test_only_pages_that_were_read_get_text(tmp_path: Path) -> None:
    scan = samples.text_pdf([["one"], ["two"], ["three"]], DPI)
    out = searchable(tmp_path, scan, page(line("second"), number=2))
    assert [one.extract_text().strip() for one in pypdf.PdfReader(out).pages] == ["", "second", ""]


def test_shared_and_inherited_resources_are_not_touched(tmp_path: Path) -> None:
    content = samples.raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 2/Kids[3 0 R 4 0 R]/Resources 5 0 R/MediaBox[0 0 595 842]>>",
        b"<</Type/Page/Parent 2 0 R/Contents 6 0 R>>",
        b"<</Type/Page/Parent 2 0 R/Contents[6 0 R]>>",
        b"<</Font 7 0 R>>",
        samples.stream(b"", b"q q BT /Ocr0 12 Tf 72 72 Td (own) Tj ET"),
        b"<</Ocr0 8 0 R>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    out = searchable(tmp_path, content, page(line("first")), page(line("second"), number=2))
    assert out.read_bytes().startswith(content)
    assert [readback.printed(out, "-f", str(n), "-l", str(n)).split() for n in (1, 2)] == [
        ["first", "own"],
        ["second", "own"],
    ]


def test_a_damaged_file_becomes_a_repaired_one(tmp_path: Path) -> None:
    scan = samples.text_pdf([["scan"]], DPI)
    out = searchable(tmp_path, scan.replace(b"startxref", b"startxxxx"), page(line("found again")))
    assert readback.printed(out).split() == ["found", "again"] and not _mupdf.open(out).is_repaired


def test_an_encrypted_file_wants_its_password_and_an_open_one_stays_encrypted(tmp_path: Path) -> None:
    with pytest.raises(PasswordRequired):
        searchable(tmp_path, samples.encrypted_pdf("secret", "user"), page(line("word")))
    out = searchable(tmp_path, samples.encrypted_pdf("", ""), page(line("word")))
    assert _mupdf.open(out)[0].get_text().split() == ["word"] and _mupdf.open(out).metadata["encryption"]


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_a_page_that_stands_upright(tmp_path: Path, kind: str, orientation: int) -> None:
    upright = samples.marked((420, 300))
    path = saved(tmp_path / "picture", samples.oriented(upright, orientation, kind))
    media_type = next(name for name, one in KINDS.items() if one.decoder == kind)
    with open_source(path, media_type, limits=LIMITS) as source:
        raster = source.render(1)
    shown = line("seen upright", 100, 120)
    read = Page(1, raster.width, raster.height, (map_line(raster.to_upload, shown),), rotation=raster.rotation)
    out = saved(tmp_path / "out.pdf", drawn(path, read, media_type=media_type))
    sheet = _mupdf.open(out)[0]
    assert (sheet.rect.width, sheet.rect.height) == (420 * 0.75, 300 * 0.75)  # 96 dpi
    pixmap = sheet.get_pixmap(matrix=_mupdf.Matrix(96 / 72, 96 / 72))
    pixels = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.width, 3)
    assert np.abs(pixels.astype(int) - np.asarray(upright)).mean() < 3
    found = readback.found(out, 96)[0]
    assert readback.in_place([readback.Found(word.text, word.quad.bounds) for word in shown.words], found) == 2
    assert kind != "JPEG" or path.read_bytes() in out.read_bytes()


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "I;16", "CMYK"])
def test_pictures_of_every_kind_keep_their_colours(tmp_path: Path, mode: str) -> None:
    coloured = samples.marked((300, 200)).convert("RGB" if mode == "I;16" else mode)
    picture = Image.fromarray(np.full((200, 300), 40_000, np.uint16)) if mode == "I;16" else coloured
    kind, media_type = ("TIFF", "image/tiff") if mode == "CMYK" else ("PNG", "image/png")
    path = saved(tmp_path / "picture", samples.encode(picture, kind))
    with open_source(path, media_type, limits=LIMITS) as source:
        seen = source.render(1).pixels
    out = saved(tmp_path / "out.pdf", drawn(path, Page(1, 300, 200, (line("word"),)), media_type=media_type))
    pixmap = _mupdf.open(out)[0].get_pixmap(matrix=_mupdf.Matrix(96 / 72, 96 / 72))
    pixels = np.frombuffer(pixmap.samples, np.uint8).reshape(200, 300, 3).astype(int)
    assert np.abs(pixels - seen).mean() < (120 if mode == "I;16" else 3)
    assert readback.printed(out).split() == ["word"]


def test_cmyk_and_resolution_of_a_jpeg(tmp_path: Path) -> None:
    picture = Image.new("CMYK", (600, 300), (0, 255, 255, 0))
    path = saved(tmp_path / "a.jpg", samples.encode(picture, "JPEG", dpi=(200, 200)))
    content = drawn(path, Page(1, 600, 300, dpi=200), media_type="image/jpeg")
    sheet = _mupdf.open(stream=content)[0]
    assert sheet.rect.width == 216 and path.read_bytes() in content
    red, green, blue = sheet.get_pixmap().pixel(50, 50)
    assert red > 180 and green < 100 and blue < 100


def shown_pixels(content: bytes, size: tuple[int, int]) -> NDArray[np.int64]:
    """The first page as a viewer draws it, at this size."""
    sheet = _mupdf.open(stream=content)[0]
    pixmap = sheet.get_pixmap(
        matrix=_mupdf.Matrix(size[0] / sheet.rect.width, size[1] / sheet.rect.height), alpha=False
    )
    return np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.width, 3).astype(np.int64)


@pytest.mark.parametrize("marker", [True, False], ids=["with Adobe's marker", "without"])
def test_four_inks_are_read_as_they_are_shown(tmp_path: Path, marker: bool) -> None:
    """White paper with black and red on it: whoever took it for a negative would see it on black."""
    picture = Image.new("CMYK", (300, 200))
    picture.paste((0, 0, 0, 255), (40, 40, 120, 120))
    picture.paste((0, 255, 255, 0), (180, 40, 260, 120))
    inks = picture if marker else Image.merge("CMYK", [ImageOps.invert(band) for band in picture.split()])
    content = samples.encode(inks, "JPEG", quality=95)
    path = saved(tmp_path / "a.jpg", content if marker else pictures.without_adobe(content))
    with open_source(path, "image/jpeg", limits=LIMITS) as source:
        seen = source.render(1).pixels.astype(np.int64)
    shown = shown_pixels(drawn(path, Page(1, 300, 200), media_type="image/jpeg"), (300, 200))
    assert seen[10, 10].min() > 245 and shown[10, 10].min() > 245
    assert np.abs(shown - seen).mean() < 8


@pytest.mark.parametrize("pixels", [(204, 98), (204, 196), (204, 391)])
def test_a_fax_has_its_true_size_and_its_words_in_place(tmp_path: Path, pixels: tuple[int, int]) -> None:
    across, down = pixels
    picture = samples.picture(["a fax of two words"], (8 * across, 5 * down)).convert("1")
    path = saved(tmp_path / "fax.tif", samples.encode(picture, "TIFF", compression="group4", dpi=pixels))
    with open_source(path, "image/tiff", limits=LIMITS) as source:
        raster = source.render(1)
    read = line("a fax", 300, 100, 2 * down // 10)
    one = Page(1, raster.width, raster.height, (read,), dpi=raster.dpi, aspect=raster.aspect)
    out = saved(tmp_path / "out.pdf", drawn(path, one, media_type="image/tiff"))
    assert tuple(_mupdf.open(out)[0].rect)[2:] == pytest.approx((8 * 72, 5 * 72), abs=1)
    left, top, right, bottom = read.quad.bounds
    wanted = left / across * 72, top / down * 72, right / across * 72, bottom / down * 72
    found = _mupdf.open(out)[0].get_text("words")
    assert [word[4] for word in found] == ["a", "fax"]
    assert (found[0][0], found[1][2]) == pytest.approx((wanted[0], wanted[2]), abs=1)
    middle = (found[0][1] + found[0][3]) / 2
    assert wanted[1] < middle < wanted[3]


@pytest.mark.parametrize("media_type", ["image/heic", "image/avif", "image/jp2", "image/jxl", "image/x-tga"])
def test_pictures_that_no_pdf_can_hold_are_drawn_as_they_were_read(tmp_path: Path, media_type: str) -> None:
    picture = samples.marked((300, 200))
    path = saved(tmp_path / "a", samples.encode(picture, KINDS[media_type].decoder))
    shown = shown_pixels(drawn(path, Page(1, 300, 200), media_type=media_type), (300, 200))
    assert np.abs(shown - np.asarray(picture)).mean() < 6


def test_every_frame_of_a_document_of_pictures_is_a_page(tmp_path: Path) -> None:
    frames = [samples.picture([text], (300, 200)) for text in ("one", "two")]
    path = saved(tmp_path / "a.tiff", samples.multipage_tiff(frames))
    pages = [Page(number, 300, 200, (line(text),), text) for number, text in enumerate(("one", "two"), 1)]
    out = saved(tmp_path / "out.pdf", drawn(path, *pages, media_type="image/tiff"))
    assert readback.printed(out).replace("\f", " ").split() == ["one", "two"]


HMTX = b"\x01\xf4\0\0" * 2 + b"\x03\xe8\0\0"


def test_the_font_is_sound_and_small() -> None:
    program = font.file()
    face = _mupdf.Font(fontbuffer=program)
    assert len(program) < 500 and face.glyph_count == 3
    glyphs, advances = font.glyphs_of_codes(), struct.unpack(">HhHhHh", program[program.index(HMTX) :][:12])[::2]
    for character in "aא縦あ한":
        assert advances[glyphs[2 * ord(character) + 1]] == font.width([ord(character)])
    assert (face.ascender, face.descender) == pytest.approx((0.8, -0.2))


def test_codes_are_told_one_by_one() -> None:
    """In ranges Ghostscript gives other letters."""
    codes = font.encoding(["abc z", "\x00\ud800 😀"])
    assert codes == {" ": 0x20, "a": 0x61, "b": 0x62, "c": 0x63, "z": 0x7A, "😀": 0xD800}
    told = font.to_unicode(codes)
    assert b"6 beginbfchar\n<0020> <0020>\n<0061> <0061>\n" in told and b"\n<D800> <D83DDE00>" in told
    many = font.to_unicode(font.encoding(["".join(map(chr, range(0x4E00, 0x4E00 + 250)))]))
    told_in = re.findall(rb"(\d+) beginbfchar", many)
    assert told_in == [b"100", b"100", b"51"] and b"bfrange" not in many, "250 characters and the blank"


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("text", ["Sideways words", "縦書きの文章"])
def test_turned_text_is_found_by_pdfium(tmp_path: Path, rotation: int, text: str) -> None:
    scan = samples.page_pdf(b"", page=b"/Rotate %d" % rotation)
    down = Line(text, 0.9, Quad((400, 100), (400, 500), (370, 500), (370, 100)))
    up = Line(text, 0.9, Quad((100, 500), (100, 100), (130, 100), (130, 500)))
    out = searchable(tmp_path, scan, page(line(text), down, up, size=(827, 827)))
    textpage = _pdfium.PdfDocument(out)[0].get_textpage()
    assert textpage.get_text_range().count(text) == 3
    searched = textpage.search(text)
    assert [searched.get_next() is not None for _ in range(3)] == [True] * 3


def test_what_an_earlier_recognition_has_wrong_is_found_right_and_what_it_has_right_comes_once(tmp_path: Path) -> None:
    scan = samples.searchable_scan(LINES, ["Tbe qnick brown fox", "Pack my box", "How vexingly", "Sphinx of"])
    path = saved(tmp_path / "in.pdf", scan)
    with open_source(path, PDF, dpi=DPI, limits=LIMITS) as source:
        layer = source.text_layer(1, words=True)
    assert layer
    right = {"Tbe": "The", "qnick": "quick"}
    first = next(one for one in layer.lines if one.text.startswith("Tbe"))
    words = tuple(replace(word, text=right.get(word.text, word.text)) for word in first.words)
    read = replace(first, text=" ".join(word.text for word in words), words=words)
    printed = readback.printed(searchable(tmp_path, scan, page(read, size=(layer.width, layer.height)))).split()
    assert {"The", "quick"} <= set(printed)
    assert printed.count("brown") == printed.count("fox") == printed.count("Pack") == 1


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_text_of_a_turned_page_with_a_unit_is_not_added_again(tmp_path: Path, rotation: int) -> None:
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    settings = b"/Rotate %d/UserUnit 2/Resources<</Font<</F 5 0 R>>>>" % rotation
    content = samples.page_pdf(b"BT /F 14 Tf 300 200 Td (Balance 450.75) Tj ET", page=settings, objects=[font])
    path = saved(tmp_path / "in.pdf", content)
    with open_source(path, PDF, dpi=DPI, limits=LIMITS) as source:
        layer = source.text_layer(1, words=True)
    assert layer
    read = page(*layer.lines, line("STAMP", 40, 40), size=(layer.width, layer.height))
    out = searchable(tmp_path, content, read)
    assert sorted(_mupdf.open(out)[0].get_text().split()) == ["450.75", "Balance", "STAMP"]


def test_what_a_file_has_beside_its_pages_stays_and_a_tagged_one_gets_its_text_as_an_artifact(tmp_path: Path) -> None:
    scan = _mupdf.open(stream=samples.text_pdf([["one"], ["two"]], DPI))
    scan.set_toc([[1, "Chapter", 1], [1, "Another", 2]])
    scan.set_page_labels([{"startpage": 0, "prefix": "A-", "style": "D", "firstpagenum": 5}])
    scan[0].insert_link({"kind": pymupdf.LINK_URI, "from": pymupdf.Rect(9, 9, 90, 90), "uri": "https://example.org/"})
    scan.embfile_add("data.csv", b"a,b")
    scan.xref_set_key(scan.pdf_catalog(), "MarkInfo", "<</Marked true>>")
    out = searchable(tmp_path, bytes(scan.tobytes()), page(line("first")))
    after = _mupdf.open(out)
    assert [(title, at) for _, title, at in after.get_toc()] == [("Chapter", 1), ("Another", 2)]
    assert after[0].get_label() == "A-5" and after[0].get_links()[0]["uri"] == "https://example.org/"
    assert after.embfile_get("data.csv") == b"a,b" and after[0].get_text().split() == ["first"]
    assert b"/Artifact BMC" in after[0].read_contents() and b"/Artifact" not in after[1].read_contents()
    plain = searchable(tmp_path, samples.text_pdf([["one"]], DPI), page(line("first")))
    assert b"/Artifact" not in _mupdf.open(plain)[0].read_contents()
