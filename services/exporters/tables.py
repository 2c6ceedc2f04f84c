"""The tables of a document as CSV, XLSX, HTML, Markdown or JSON."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import StringIO

from config import Settings
from services.document import values
from services.document.model import Document, Table
from services.document.tables import tables_of, texts
from services.exporters import About, Exporter
from services.exporters._html import document_of
from services.exporters._pipes import table_in_pipes
from services.exporters._sheets import workbook

REQUIRES = ("xlsxwriter",)

_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
"""How formulas begin in spreadsheets, wide forms included: OWASP, CSV Injection."""

_NUMBER = re.compile(r"[+-]\s?[$€£¥₹]?\s?\d[\d.,'\u2019\u00a0\u202f]*\s?[%$€£¥₹]?|-+")
"""An amount with its sign and currency, or dashes for none: nothing that is worked out."""


def build(settings: Settings) -> Exporter:
    """Nothing depends on the settings. Without a format it is CSV."""
    forms = {
        "csv": _form("text/csv", ".csv", _csv),
        "xlsx": _form("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx", workbook),
        "html": _form("text/html", ".html", document_of),
        "markdown": _form("text/markdown", ".md", _markdown),
        "json": _form("application/json", ".json", _json),
    }
    return Exporter("text/csv", ".csv", forms["csv"].write, saved=True, forms=forms)


def _form(media_type: str, suffix: str, written: Callable[[Sequence[Table], str], bytes]) -> Exporter:
    def write(document: Document, about: About) -> bytes:
        return written(tuple(tables_of(document)), about.filename)

    return Exporter(media_type, suffix, write, saved=True)


def _csv(tables: Iterable[Table], _name: str) -> bytes:
    """RFC 4180, tables parted by an empty line. What spreadsheets take for formulas has an apostrophe before it."""
    out = StringIO()
    writer = csv.writer(out)
    for number, table in enumerate(tables):
        if number:
            out.write("\r\n")
        writer.writerows([_harmless(text) for text in row] for row in texts(table))
    return out.getvalue().encode()


def _harmless(text: str) -> str:
    is_formula = _FORMULA.match(text) and not _NUMBER.fullmatch(text)
    return f"'{text}" if is_formula else text


def _markdown(tables: Iterable[Table], _name: str) -> bytes:
    return ("\n\n".join(map(table_in_pipes, tables)) + "\n").encode()


def _json(tables: Iterable[Table], name: str) -> bytes:
    return json.dumps({"filename": name, "tables": list(_numbered(tables))}, ensure_ascii=False, indent=1).encode()


def _numbered(tables: Iterable[Table]) -> Iterator[object]:
    return ({"table": number, **values.dump(table)} for number, table in enumerate(tables, 1))
