"""Tables among lines: which cells they have, and what is no table."""

from __future__ import annotations

import csv
import json
import time
from io import BytesIO, StringIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import services.exporters
from benchmarks.harness.structure.kinds import KINDS
from benchmarks.harness.structure.kinds import page as sheet_of
from config import Settings
from services import plugins
from services.document.geometry import upright
from services.document.model import Cell, Document, Line, Page, Quad, Table
from services.document.tables import joined, tables_of, texts
from services.exporters import About
from services.ocr.engine import ReadOptions
from services.ocr.engines import null
from services.ocr.pipeline import Pipeline
from services.ocr.raster import Limits
from services.ocr.source import Mode
from services.ocr.tables import find
from services.ocr.tables.picture import Picture
from services.ocr.tables.tokens import Token, text_of
from tests.support.samples import tables as drawn
from tests.support.samples.tables import Drawn

LIMITS = Limits(4000, 4000, 20_000_000, 100)
SQUARE = Quad((0, 0), (10, 0), (10, 10), (0, 10))
ABOUT = About("a.pdf", "application/pdf")


def pages_of(path: Path, content: bytes) -> list[Page]:
    """Read by their own text."""
    path.write_bytes(content)
    pipeline = Pipeline(null.build(Settings()), LIMITS)
    with pipeline.open(path, "application/pdf", pages=None, password=None, dpi=150) as source:
        return [pipeline.read(source, number, ReadOptions(), Mode.TEXT) for number in source.numbers]


def table_of(rows: list[list[str]], page: int = 1, heads: int = 1) -> Table:
    cells = tuple(
        Cell(row, column, SQUARE, page, text, head=row < heads)
        for row, line in enumerate(rows)
        for column, text in enumerate(line)
    )
    return Table(page, len(rows), len(rows[0]), SQUARE, cells)


def document_of(*tables: Table) -> Document:
    return Document((Page(1, 100, 100, tables=tables),))


def written(form: str, *tables: Table) -> bytes:
    exporter = plugins.load(services.exporters, "tables").build(Settings())
    write = exporter.forms[form].write
    return bytes(write(document_of(*tables), ABOUT))


@pytest.mark.parametrize("draw", drawn.ALL, ids=lambda draw: draw.__name__)
def test_every_cell_is_found_by_a_pdfs_own_text(tmp_path: Path, draw: object) -> None:
    sample: Drawn = draw()  # type: ignore[operator]
    found = [table for page in pages_of(tmp_path / "a.pdf", sample.pdf()) for table in page.tables or ()]
    assert [texts(table) for table in found] == [
        [[cell or "" for cell in row] for row in table] for table in sample.tables
    ]


def test_merged_heads_have_their_spans(tmp_path: Path) -> None:
    (page,) = pages_of(tmp_path / "a.pdf", drawn.merged().pdf())
    (table,) = page.tables or ()
    spans = {cell.text: (cell.row_span, cell.column_span, cell.head) for cell in table.cells if cell.row < 2}
    assert spans["Port"] == (2, 1, True) and spans["Arrivals"] == spans["Departures"] == (1, 2, True)
    assert not any(cell.head for cell in table.cells if cell.row > 1)


def test_a_table_over_two_pages_is_one_if_that_is_wanted(tmp_path: Path) -> None:
    document = Document(tuple(pages_of(tmp_path / "a.pdf", drawn.over_pages().pdf())))
    (table,) = tables_of(joined(document))
    assert texts(table) == drawn.said(drawn.STATEMENT)
    assert [cell.page for cell in table.cells if cell.column == 0] == [1, 1, 1, 1, 2, 2]


def test_tables_with_other_heads_are_not_joined() -> None:
    one, other = table_of([["Port", "Trips"], ["Looe", "4"]]), table_of([["Port", "Crew"], ["Looe", "9"]], page=2)
    document = Document((Page(1, 9, 9, tables=(one,)), Page(2, 9, 9, tables=(other,))))
    assert joined(document) == document


@pytest.mark.parametrize(
    ("printed", "in_csv"),
    [
        ("=1+2", "'=1+2"),
        ("+1-2", "'+1-2"),
        ("-A1", "'-A1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1", "'＝1"),
        ("=1", "'=1"),
        ("-1+2", "'-1+2"),
        ("-12.50", "-12.50"),
        ("+3 %", "+3 %"),
        ("-€ 4", "-€ 4"),
        ("-", "-"),
        ("12", "12"),
    ],
)
def test_what_is_printed_is_no_formula_in_a_spreadsheet(printed: str, in_csv: str) -> None:
    table = table_of([["Head"], [printed]], heads=0)
    assert list(csv.reader(StringIO(written("csv", table).decode()))) == [["Head"], [in_csv]]
    assert f"<td>{printed}</td>" in written("html", table).decode()


def test_a_workbook_holds_texts_and_the_numbers_that_are_surely_numbers() -> None:
    from zipfile import ZipFile

    rows = [["Out", "Ref"], ["=1+2", "007"], ["-12.50", "1,204"], ["1,204.11", "1.204,11"]]
    with ZipFile(BytesIO(written("xlsx", table_of(rows)))) as book:
        sheet, strings = (book.read(f"xl/{name}.xml").decode() for name in ("worksheets/sheet1", "sharedStrings"))
    assert "<f>" not in sheet and "=1+2" in strings and "007" in strings and "1,204<" in strings
    assert sheet.count("<v>-12.5</v>") == 1 and sheet.count("<v>1204.11</v>") == 2


def test_html_has_heads_spans_and_no_markup_of_the_page() -> None:
    cells = (
        Cell(0, 0, SQUARE, 1, "<b>Port</b>", column_span=2, head=True),
        *(Cell(1, column, SQUARE, 1, text) for column, text in enumerate(("a & b", "2"))),
    )
    text = written("html", Table(1, 2, 2, SQUARE, cells)).decode()
    assert '<th colspan="2">&lt;b&gt;Port&lt;/b&gt;</th>' in text and "<td>a &amp; b</td><td>2</td>" in text


def test_json_numbers_tables_and_has_all_of_their_cells() -> None:
    told = json.loads(written("json", table_of([["a", "b"], ["1", "2"]]), table_of([["c"], ["3"]])))
    assert [table["table"] for table in told["tables"]] == [1, 2]
    assert [cell["text"] for cell in told["tables"][0]["cells"]] == ["a", "b", "1", "2"]


def test_markdown_has_one_row_of_heads() -> None:
    table = table_of([["Trips", ""], ["2024", "2025"], ["1|2", "3"]], heads=2)
    assert written("markdown", table).decode() == "| Trips 2024 | 2025 |\n| --- | --- |\n| 1\\|2 | 3 |\n"


def test_the_words_of_a_line_stay_in_its_order() -> None:
    """Though a word without descenders stands higher."""
    low, high = Token(0, 40, 22, 20, "quarter", 3), Token(50, 80, 20, 20, "four", 3)
    assert text_of((low, high, Token(0, 60, 0, 20, "Marina", 2))) == "Marina quarter four"


def numbered(columns: int, rows: int, width: float, height: float) -> list[Line]:
    """A grid of lines, each a digit."""
    return [
        Line(str(column % 10), 1.0, upright((left, top, left + 10, top + 20)))
        for top in (8 + height * row for row in range(rows))
        for column, left in ((column, 8 + column * width) for column in range(columns))
    ]


def rules_at_random() -> NDArray[np.uint8]:
    """Ten thousand of them."""
    pixels, random = np.full((3000, 2500), 255, np.uint8), np.random.default_rng(17)
    for y, x in zip(random.integers(0, 3000, 10_000), random.integers(0, 2100, 10_000), strict=True):
        pixels[y, x : x + 400] = 0
    return pixels


def cells_of(size: int, height: int, width: int) -> NDArray[np.uint8]:
    pixels = np.full((height, width), 255, np.uint8)
    pixels[::size], pixels[:, ::size] = 0, 0
    return pixels


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lines", "pixels", "shape"),
    [
        (numbered(20, 20, 100, 40), rules_at_random(), (20, 20)),
        (numbered(20, 20, 100, 40), cells_of(2, 1000, 2100), (20, 20)),
        (numbered(500, 8, 40, 40), cells_of(40, 321, 20_001), (8, 500)),
        (numbered(500, 8, 60, 40), np.full((400, 30_000), 255, np.uint8), (8, 500)),
    ],
    ids=["rules everywhere", "cells of a pixel", "ruled, 500 columns", "unruled, 500 columns"],
)
def test_odd_pages_take_bounded_work_and_lose_no_text(
    lines: list[Line], pixels: NDArray[np.uint8], shape: tuple[int, int]
) -> None:
    before = time.process_time()
    (table,) = find(lines, 1, Picture(pixels))
    assert time.process_time() - before < 20
    assert (table.rows, table.columns) == shape
    assert sorted(cell.text for cell in table.cells) == sorted(line.text for line in lines)


WITH_TABLES = {"table beside prose", "table in column", "tables beside", "timetable", "invoice"}


@pytest.mark.slow
def test_there_are_no_tables_in_what_is_none(tmp_path: Path) -> None:
    """Prose in columns, notes, dialogue, verse, lists, letters, forms, contents, an index."""
    told = {}
    for kind in KINDS:
        (page,) = pages_of(tmp_path / "a.pdf", bytes(sheet_of(kind, 1).document.tobytes()))
        told[kind] = len(page.tables or ())
    assert {kind for kind, count in told.items() if count} == WITH_TABLES and told["tables beside"] == 2
    assert len(KINDS) >= 40
