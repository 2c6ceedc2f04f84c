"""Formats of text: hOCR, ALTO, TSV, Markdown, plain text and JSON, read by programs from elsewhere."""

from __future__ import annotations

import html as entities
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html
from markdown_it import MarkdownIt

import services.exporters
from config import Settings
from services import plugins
from services.document.findings import Fields
from services.document.geometry import map_line
from services.document.model import Document, Line, Page, Quad, Word
from services.exporters import About, Exporter
from services.exporters._escapes import escaped
from services.exporters._upright import upright_pages
from services.ocr.image import ORIENTATIONS, ImageSource
from services.ocr.raster import Limits
from tests.support import samples

PDF = About("a scan.pdf", "application/pdf", ("en",), "null", ("null@1",))
HEADER = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"
ALTO = "{http://www.loc.gov/standards/alto/ns-v4#}"


def exporter(kind: str) -> Exporter:
    made: Exporter = plugins.load(services.exporters, kind).build(Settings())
    return made


def written(kind: str, *pages: Page, about: About = PDF) -> str:
    write = exporter(kind).write
    assert write
    return write(Document(pages), about).decode()


def rect(left: float, top: float, width: float, height: float = 20) -> Quad:
    return Quad((left, top), (left + width, top), (left + width, top + height), (left, top + height))


def line(text: str, left: float, top: float, height: float = 20) -> Line:
    """Ten pixels a character, with words where there are spaces."""
    words = tuple(
        Word(found[0], 0.9, rect(left + 10 * found.start(), top, 10 * len(found[0]), height))
        for found in re.finditer(r"\S+", text)
    )
    return Line(text, 0.9, rect(left, top, 10 * len(text), height), words)


def page(*lines: Line, number: int = 1) -> Page:
    return Page(number, 600, 800, lines, "\n".join(element.text for element in lines), dpi=100)


LETTER = page(
    line("Dear reader", 50, 50), line("of two rows", 50, 74), line("Another block", 50, 300), line("far away", 50, 324)
)


def boxes(text: str) -> list[list[int]]:
    return [[int(part) for part in found.split()] for found in re.findall(r"bbox ([\d ]+)", text)]


def test_hocr_has_pages_blocks_paragraphs_lines_and_words() -> None:
    content = written("hocr", LETTER, page(line("Second page", 10, 10), number=2))
    strict = etree.fromstring(content.encode())  # it is XML
    root: Any = html.fromstring(content.encode())  # and it is HTML
    named = {element.get("name"): element.get("content") for element in root.iter("meta")}
    assert {"ocrp_dir", "ocrp_lang"} <= set((named["ocr-capabilities"] or "").split())
    assert strict.tag.endswith("html") and named["ocr-langs"] == "en" and "ocr-system" in named
    counts = {name: len(root.find_class(name)) for name in ("ocr_page", "ocr_carea", "ocr_par", "ocr_line")}
    assert counts == {"ocr_page": 2, "ocr_carea": 3, "ocr_par": 3, "ocr_line": 5}
    words = root.find_class("ocrx_word")
    assert [word.text for word in words[:3]] == ["Dear", "reader", "of"]
    assert words[0].get("title") == "bbox 50 50 90 70; x_wconf 90"
    assert len({element.get("id") for element in root.iter() if element.get("id")}) == sum(counts.values()) + len(words)
    assert "scan_res 100 100" in root.find_class("ocr_page")[0].get("title")


@pytest.mark.skipif(
    not shutil.which("hocr-spec"), reason="the checker hocr-spec is not installed (pip install hocr-spec)"
)
def test_hocr_is_valid_by_its_specification(tmp_path: Path) -> None:
    path = tmp_path / "a.hocr"
    path.write_text(written("hocr", LETTER, page(line("Second page", 10, 10), number=2)))
    done = subprocess.run(["hocr-spec", str(path)], capture_output=True, text=True)
    assert done.returncode == 0 and "ERROR" not in done.stdout + done.stderr


def test_boxes_of_hocr_lie_in_those_of_what_they_are_part_of() -> None:
    root: Any = html.fromstring(written("hocr", LETTER).encode())
    for child in root.iter("p", "span", "div"):
        parent = child.getparent()
        if parent is not None and parent.get("title"):
            (left, top, right, bottom), outer = boxes(child.get("title", ""))[0], boxes(parent.get("title", ""))[0]
            assert outer[0] <= left < right <= outer[2] and outer[1] <= top < bottom <= outer[3]


def test_a_leaning_line_has_a_baseline_and_a_standing_one_an_angle() -> None:
    leaning = Line("leans", 0.9, Quad((100, 100), (300, 120), (298, 140), (98, 120)))
    standing = Line("stands", 0.9, Quad((50, 300), (50, 100), (70, 100), (70, 300)))
    root: Any = html.fromstring(written("hocr", page(leaning, standing)).encode())
    found = [element.get("title", "") for element in root.find_class("ocr_line")]
    assert any("baseline 0.100" in title for title in found) and any("textangle 90.0" in title for title in found)


def test_text_that_is_no_xml_is_none_in_xml() -> None:
    odd = page(Line("a\x00b\x0b <i>&amp;", 0.9, rect(10, 10, 100)))
    named = About('"><script>\\.pdf', "application/pdf")
    for kind in ("hocr", "alto"):
        text = written(kind, odd, about=named)
        root = etree.fromstring(text.encode())
        assert "ab" in text and "<script>" not in text and root is not None
    strings = etree.fromstring(written("alto", odd).encode()).iter(f"{ALTO}String")
    assert [string.get("CONTENT") for string in strings] == ["ab", "<i>&amp;"]


def test_alto_has_strings_with_their_places() -> None:
    root = etree.fromstring(written("alto", LETTER).encode())
    strings = list(root.iter(f"{ALTO}String"))
    assert [string.get("CONTENT") for string in strings] == [
        "Dear",
        "reader",
        "of",
        "two",
        "rows",
        "Another",
        "block",
        "far",
        "away",
    ]
    assert [strings[0].get(name) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT", "WC")] == [
        *("50", "50", "40", "20"),
        "0.9000",
    ]
    assert len(list(root.iter(f"{ALTO}TextLine"))) == 4 and root.get("SCHEMAVERSION") == "4.4"
    spaces = [int(element.get("WIDTH", "")) for element in root.iter(f"{ALTO}SP")]
    assert spaces == [10] * 5


def test_blocks_of_alto_stand_where_readers_look_and_have_shapes() -> None:
    root = etree.fromstring(written("alto", LETTER).encode())
    blocks = root.findall(f"{ALTO}Layout/{ALTO}Page/{ALTO}PrintSpace/{ALTO}TextBlock")
    assert [len(block.findall(f"{ALTO}TextLine")) for block in blocks] == [2, 2]
    for element in (*blocks, *root.iter(f"{ALTO}TextLine")):
        (polygon,) = element.findall(f"{ALTO}Shape/{ALTO}Polygon")
        corners = [tuple(map(int, point.split(","))) for point in polygon.get("POINTS", "").split()]
        left, top, width, height = (int(element.get(name, "")) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
        assert corners == [(left, top), (left + width, top), (left + width, top + height), (left, top + height)]


SCHEMA = os.environ.get("OCR_ALTO_XSD", "")


@pytest.mark.skipif(not SCHEMA, reason="the schema of ALTO 4.4 is not at hand (OCR_ALTO_XSD names its file)")
def test_alto_is_valid_by_its_schema(tmp_path: Path) -> None:
    standing = Line("stands", 0.9, Quad((50, 300), (50, 100), (70, 100), (70, 300)))
    content = written("alto", LETTER, page(standing, line("שלום עולם", 10, 10), number=2), page(number=3))
    schema = etree.XMLSchema(etree.parse(offline(Path(SCHEMA), tmp_path)))
    schema.assertValid(etree.fromstring(content.encode()))


def offline(schema: Path, folder: Path) -> Path:
    """The schema with a stand-in for that of XLink, which it would fetch from the network: no link is written."""
    text, count = re.subn(r'schemaLocation="[^"]*xlink.xsd"', 'schemaLocation="xlink.xsd"', schema.read_text())
    assert count == 1
    (folder / "xlink.xsd").write_text(
        '<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="http://www.w3.org/1999/xlink">'
        '<attributeGroup name="simpleLink"/></schema>'
    )
    (folder / "alto.xsd").write_text(text)
    return folder / "alto.xsd"


def table_of(text: str) -> list[dict[str, str]]:
    head, *rows = text.rstrip("\n").split("\n")
    return [dict(zip(head.split("\t"), row.split("\t"), strict=True)) for row in rows]


def test_tsv_has_a_row_for_each_level() -> None:
    text = written("tsv", LETTER)
    rows = table_of(text)
    assert text.startswith(HEADER + "\n") and rows[0]["level"] == "1" and rows[0]["width"] == "600"
    assert [row["text"] for row in rows if row["level"] == "5"] == LETTER.text.split()
    assert [row["conf"] for row in rows[:5]] == ["-1", "-1", "-1", "-1", "90.00"]
    assert_nested(rows)


def assert_nested(rows: list[dict[str, str]]) -> None:
    """Numbers count from 1 within their parent, in the order of the rows."""
    names = ["page_num", "block_num", "par_num", "line_num", "word_num"]
    before = [0] * 5
    for row in rows:
        level, numbers = int(row["level"]), [int(row[name]) for name in names]
        assert numbers[level:] == [0] * (5 - level) and numbers[: level - 1] == before[: level - 1]
        assert numbers[level - 1] == before[level - 1] + 1
        before = numbers


@pytest.mark.skipif(not shutil.which("tesseract"), reason="tesseract is not installed")
def test_tsv_is_built_as_tesseracts_is(tmp_path: Path) -> None:
    picture = tmp_path / "page.png"
    picture.write_bytes(samples.text_image(["Two rows of", "plain text"]))
    done = subprocess.run(["tesseract", str(picture), "-", "tsv"], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[0] == HEADER
    assert_nested(table_of(done.stdout))


def test_layout_keeps_columns_and_gaps() -> None:
    bill = page(
        line("Item", 50, 50), line("Price", 400, 50), line("Tea", 50, 80), line("2.50", 410, 80), line("Sum", 50, 200)
    )
    spread = exporter("text").spread
    assert spread
    rows = spread(Document((bill,)), PDF).decode().split("\n")
    assert rows[0] == "Item" + " " * 31 + "Price" and rows[1] == "Tea" + " " * 33 + "2.50"
    assert rows[2:5] == ["", "", ""] and rows[5] == "Sum"


def test_rows_of_a_page_that_leans_start_at_the_margin() -> None:
    rows = [line("Text of a row", 50 + place, 50 + 30 * place) for place in range(8)]
    spread = exporter("text").spread
    assert spread and spread(Document((page(*rows),)), PDF).decode() == "Text of a row\n" * 8


def test_markdown_tells_headings_lists_tables_and_paragraphs() -> None:
    rows = [
        line("A large title", 50, 30, height=50),
        line("Running text that is bro-", 50, 120),
        line("ken at the end of its row", 50, 144),
        line("• first", 50, 200),
        line("• second", 50, 224),
        *(line("Item", 50, 300), line("Price", 400, 300)),
        *(line("Tea|1", 50, 324), line("2.50", 400, 324)),
    ]
    text = written("markdown", page(*rows), page(line("# not a heading", 10, 10), number=2))
    assert text == (
        "# A large title\n\nRunning text that is broken at the end of its row\n\n- first\n- second\n\n"
        "| Item | Price |\n| --- | --- |\n| Tea\\|1 | 2.50 |\n\n---\n\n\\# not a heading\n"
    )


def test_a_title_over_a_table_alone_is_a_heading() -> None:
    cells = [line(text, 50 + 200 * place, 120) for place, text in enumerate(("Item", "Qty", "Price"))]
    cells += [line(text, 50 + 200 * place, 150) for place, text in enumerate(("Tea", "2", "2.50"))]
    assert written("markdown", page(line("Takings", 50, 30, height=44), *cells)).startswith("# Takings\n\n| Item |")


def test_markdown_keeps_the_rows_of_an_address_over_a_letter() -> None:
    rows = ["Example Shop Ltd", "12 Sample Street", "Springfield"]
    address = [line(text, 50, 50 + 24 * place) for place, text in enumerate(rows)]
    body = [line("Running text of a letter that goes on for longer", 50, 200 + 24 * place) for place in range(3)]
    text = written("markdown", page(*address, *body))
    assert text.startswith("Example Shop Ltd\\\n12 Sample Street\\\nSpringfield\n\nRunning text of")
    assert text.count("\\\n") == 2


def test_markdown_finds_the_table_of_a_bill() -> None:
    """Whose rows have parts of their own, go on in a second row, and stand below a table of other columns."""
    cells = [
        *(line("Date", 50, 30), line("Due", 250, 30)),
        *(line("1 March", 50, 54), line("1 April", 250, 54)),
        *(line("Article", 50, 120), line("Price", 500, 120)),
        *(line("Oat milk", 50, 144), line("2 x 1.95", 300, 144), line("3.90", 500, 144)),
        line("of oats", 50, 168),
        *(line("Bread", 50, 192), line("2.80", 500, 192)),
        line("Thank you for shopping with us, and come again soon, please", 50, 240),
    ]
    assert written("markdown", page(*cells)) == (
        "| Date | Due |\n| --- | --- |\n| 1 March | 1 April |\n\n"
        "| Article | Price |\n| --- | --- |\n| Oat milk 2 x 1.95 | 3.90 |\n| of oats |  |\n| Bread | 2.80 |\n\n"
        "Thank you for shopping with us, and come again soon, please\n"
    )


def test_markdown_puts_what_goes_on_below_a_cell_into_it() -> None:
    """Of the last row as well; an amount below others is a row of its own, and so is what follows the table."""
    cells = [
        *(line("Date", 50, 30), line("Description", 200, 30), line("Out", 600, 30)),
        *(line("2 Nov", 50, 54), line("Standing order", 200, 54), line("24.40", 600, 54)),
        *(line("Marina berth", 200, 78), line("quarter four", 200, 102)),
        *(line("3 Nov", 50, 126), line("Direct debit", 200, 126), line("7.00", 600, 126)),
        line("31.40", 600, 150),
        *(line("5 Nov", 50, 174), line("Transfer to", 200, 174), line("9.10", 600, 174)),
        *(line("Okonkwo A", 200, 198), line("Kept for ten years by the bank.", 50, 300)),
    ]
    assert written("markdown", page(*cells)) == (
        "| Date | Description | Out |\n| --- | --- | --- |\n"
        "| 2 Nov | Standing order Marina berth quarter four | 24.40 |\n"
        "| 3 Nov | Direct debit | 7.00 |\n|  |  | 31.40 |\n| 5 Nov | Transfer to Okonkwo A | 9.10 |\n\n"
        "Kept for ten years by the bank.\n"
    )


def test_markdown_keeps_the_head_and_the_last_row_of_a_ruled_table() -> None:
    """A head with nothing over the first column, set apart, and a sum that stands alone below the last one."""
    cells = [
        *(line("Qty", 400, 100), line("Price", 600, 100)),
        *(line("Tea", 50, 150), line("2", 400, 150), line("2.50", 600, 150)),
        *(line("Cake", 50, 176), line("4", 400, 176), line("8.00", 600, 176)),
        *(line("10.50", 590, 202), line("Paid in cash, and thank you", 50, 300)),
    ]
    assert written("markdown", page(*cells)) == (
        "|  | Qty | Price |\n| --- | --- | --- |\n| Tea | 2 | 2.50 |\n| Cake | 4 | 8.00 |\n|  |  | 10.50 |\n\n"
        "Paid in cash, and thank you\n"
    )


@pytest.mark.parametrize(
    ("printed", "written_as"),
    [
        ("1986. was a good year", "1986\\. was a good year"),
        ("2) second", "2\\) second"),
        ("snake_case and _so_", "snake_case and \\_so\\_"),
        ("see https://example.com/a_b_c.", "see https://example.com/a_b_c."),
        ("a_b@example.com wrote", "a_b@example.com wrote"),
        ("Q&A and &amp; and AT&T", "Q&A and \\&amp; and AT&T"),
        ("# one", "\\# one"),
        ("---", "\\---"),
    ],
)
def test_what_means_something_to_markdown_is_escaped_and_nothing_else(printed: str, written_as: str) -> None:
    assert escaped(printed) == written_as


@given(st.lists(st.text("ab1.)_*~`#&;<>|[]()\\\\!+=-é", min_size=1, max_size=8), min_size=1, max_size=6))
def test_escaped_text_says_what_was_printed_to_a_reader_of_commonmark(words: list[str]) -> None:
    text = " ".join(words)
    shown = MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(escaped(text))
    assert entities.unescape(re.sub(r"</?p>|\n$", "", shown)).strip() == text


def test_markdown_breaks_no_sentence_at_a_ragged_margin() -> None:
    rows = [
        "The council met to",
        "discuss the new breakwater, and what it",
        "costs the town. A vote",
        "was put off again until",
    ]
    rows += ["October. Till then", "nothing is built at all along the quay."]
    text = written("markdown", page(*(line(row, 50, 30 + 24 * place) for place, row in enumerate(rows))))
    assert text == " ".join(rows) + "\n"


def test_a_table_of_many_rows_is_one() -> None:
    cells = [line(f"{side} {row}", 50 + 300 * side, 20 + 24 * row) for row in range(250) for side in (0, 1)]
    text = written("markdown", page(*cells))
    assert text.count("---") == 2 and all(f"| 0 {row} | 1 {row} |" in text for row in range(250))


def test_ideographs_are_joined_without_spaces() -> None:
    rows = (Line("今天天气", 0.9, rect(50, 50, 80)), Line("很好", 0.9, rect(50, 74, 80)))
    assert written("markdown", page(*rows)) == "今天天气很好\n"


def test_json_has_words_and_what_was_found() -> None:
    about = About("a.png", "image/png", ("en",), "null", ("null@1",), Fields({"mrz": ()}), ("careful",))
    content = json.loads(written("json", LETTER, about=about))
    assert content["pages"][0]["lines"][0]["words"][0]["text"] == "Dear"
    assert content["fields"] == {"mrz": []} and content["warnings"] == ["careful"]


@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_a_turned_picture_is_told_as_it_is_shown(tmp_path: Path, orientation: int) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(samples.oriented(samples.marked((120, 80)), orientation))
    limits = Limits(1000, 1000, 10**6, 10)
    with ImageSource(path, "image/png", ranges=None, limits=limits) as source:
        raster = source.render(1)
    shown = line("word", 30, 40)
    stored = Page(1, raster.width, raster.height, (map_line(raster.to_upload, shown),), rotation=raster.rotation)
    (back,) = upright_pages(Document((stored,)), "image/png")
    assert (back.width, back.height) == (120, 80)
    np.testing.assert_allclose(back.lines[0].quad.points, shown.quad.points, atol=1e-6)
    np.testing.assert_allclose(back.lines[0].words[0].quad.points, shown.words[0].quad.points, atol=1e-6)


@given(st.lists(st.tuples(st.text(max_size=12), *[st.floats(-50, 900)] * 4), max_size=6))
def test_nothing_that_was_read_breaks_a_format(found: list[tuple[str, float, float, float, float]]) -> None:
    lines = tuple(
        Line(text, 0.5, Quad((x, y), (x1, y), (x1, y1), (x, y1))) for text, x, y, x1, y1 in found if text.strip()
    )
    for kind in ("hocr", "alto"):
        etree.fromstring(written(kind, page(*lines)).encode("utf-8"))
    assert all(len(row) == 12 for row in table_of(written("tsv", page(*lines))))
    assert written("markdown", page(*lines)).endswith("\n")


TURNS = """
from gevent import monkey, sleep, spawn
monkey.patch_all()
from tests.pure.test_exporters import Document, line, page, exporter, PDF
turns = 0
def others():
    global turns
    while True:
        turns += 1
        sleep(0)
spawn(others)
exporter({kind!r}).write(Document(tuple(page(line("word", 10, 10), number=n) for n in range(1, 31))), PDF)
assert turns >= 30, turns
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["hocr", "alto", "tsv", "markdown"])
def test_a_long_document_does_not_keep_other_clients_of_a_web_process_waiting(kind: str) -> None:
    told = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", TURNS.format(kind=kind)], capture_output=True, text=True
    )
    assert told.returncode == 0, told.stderr
