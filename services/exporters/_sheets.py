"""Tables as a workbook of Excel (ECMA-376), a sheet each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from services.document.model import Cell, Table
from services.document.tables import head_rows

MOST_CHARACTERS = 32_767
"""Of one cell, by the specification of Excel."""

MOST_SHEETS = 500

WIDEST, NARROWEST = 60, 8
"""Characters of a column."""

SURE_DIGITS = 15
"""What has more is a number of something, and would lose its last digits."""

_PLAIN = re.compile(r"[+-]?(?:0|[1-9]\d*)(?:\.\d+)?")
_GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}(?:,\d{3})+\.\d+|[+-]?[1-9]\d{0,2}(?:,\d{3}){2,}")
_CONTINENTAL = re.compile(r"[+-]?(?:[1-9]\d{0,2}(?:\.\d{3})+|0|[1-9]\d*),\d{2}|[+-]?[1-9]\d{0,2}(?:\.\d{3}){2,}")


def workbook(tables: Sequence[Table], _name: str) -> bytes:
    """Texts are typed as texts, so none is a formula or a link; what can only be one number is that number.

    Of more than MOST_SHEETS tables the first are written.
    """
    import xlsxwriter

    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        formats = _Formats(book)
        for number, table in enumerate(tables[:MOST_SHEETS], 1):
            sheet = book.add_worksheet(f"Table {number} (page {table.page})")
            _write(sheet, table, formats)
    return out.getvalue()


class _Formats:
    """Those of one workbook, which makes and numbers them."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[tuple[bool, str], Any] = {}

    def of(self, head: bool, number: str = "") -> Any:
        """Of heads or of other cells; `number` is the form of a number."""
        if (head, number) not in self._made:
            look = {"bold": head, "text_wrap": True, "valign": "top"} | ({"num_format": number} if number else {})
            self._made[head, number] = self._book.add_format(look)
        return self._made[head, number]


def _write(sheet: Any, table: Table, formats: _Formats) -> None:
    widths = [NARROWEST] * table.columns
    for cell in table.cells:
        if cell.column_span == 1:
            widths[cell.column] = min(WIDEST, max(widths[cell.column], len(cell.text) + 2))
        if cell.row_span * cell.column_span > 1:
            last = cell.row + cell.row_span - 1, cell.column + cell.column_span - 1
            sheet.merge_range(cell.row, cell.column, *last, "", formats.of(cell.head))
        _write_cell(sheet, cell, formats)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    if heads := head_rows(table):
        sheet.freeze_panes(heads if heads < table.rows else 0, 0)


def _write_cell(sheet: Any, cell: Cell, formats: _Formats) -> None:
    number = None if cell.head else number_of(cell.text)
    if number is None:
        sheet.write_string(cell.row, cell.column, cell.text[:MOST_CHARACTERS], formats.of(cell.head))
    else:
        sheet.write_number(cell.row, cell.column, number, formats.of(False, _form(cell.text)))


def number_of(text: str) -> float | None:
    """The number that a text can only be; None for others, such as `1,204`, `007` and numbers of accounts."""
    if sum(map(str.isdigit, text)) > SURE_DIGITS or not text.isascii():
        return None
    if _PLAIN.fullmatch(text):
        return float(text)
    if _GROUPED.fullmatch(text):
        return float(text.replace(",", ""))
    return float(text.replace(".", "").replace(",", ".")) if _CONTINENTAL.fullmatch(text) else None


def _form(text: str) -> str:
    """With as many decimals as are printed, and groups of thousands where those are."""
    tail = re.search(r"[.,](\d+)$", text)
    is_grouped = len(re.findall(r"[.,]", text)) > 1
    decimals = "" if not tail or _is_group(text) else "." + "0" * len(tail[1])
    return ("#,##0" if is_grouped else "0") + decimals


def _is_group(text: str) -> bool:
    """Whether the last sign parts thousands too."""
    signs = re.findall(r"[.,]", text)
    return len(signs) > 1 and len(set(signs)) == 1
