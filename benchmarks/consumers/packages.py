"""Python packages that read an artifact: run as a script, by the interpreter that has them, and prints what is found.

packages.py READER FILE
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any


def _markdown_it(path: Path) -> str:
    html: str = import_module("markdown_it").MarkdownIt().enable("table").render(path.read_text())
    return unescape(re.sub(r"<[^>]*>", " ", html))


def _pandoc(kind: str) -> Callable[[Path], str]:
    def read(path: Path) -> str:
        return str(import_module("pypandoc").convert_file(str(path), "plain", format=kind, extra_args=["--wrap=none"]))

    return read


def _lxml_hocr(path: Path) -> str:
    """As readers of hOCR do: by the classes of lines and words."""
    root: Any = import_module("lxml.html").parse(str(path)).getroot()
    lines = ([word.text_content() for word in line.find_class("ocrx_word")] for line in root.find_class("ocr_line"))
    return "\n".join(" ".join(words) for words in lines)


def _lxml_alto(path: Path) -> str:
    """By the way that kraken goes: text blocks of the print space that have a shape, their lines and strings."""
    root: Any = import_module("lxml.etree").parse(str(path)).getroot()
    blocks = root.iterfind("./{*}Layout/{*}Page/{*}PrintSpace/{*}TextBlock")
    shaped = (block for block in blocks if block.find("./{*}Shape/{*}Polygon") is not None)
    lines = (line.iterfind("./{*}String") for block in shaped for line in block.iterfind("./{*}TextLine"))
    return "\n".join(" ".join(string.get("CONTENT") for string in strings) for strings in lines)


def _kraken(path: Path) -> str:
    """By kraken's own reader. What it imports to cut pictures, and never calls for a file, stays out."""
    for name, members in _UNUSED.items():
        sys.modules[name] = ModuleType(name)
        vars(sys.modules[name]).update(dict.fromkeys(members))
    page = import_module("kraken.lib.xml").XMLPage(path)
    return "\n".join(line.text for line in page.lines.values())


_UNUSED = {
    "kraken.lib.segmentation": ("compute_polygon_section", "precompute_polygon_sections"),
    "kraken.lib.bidi": ("get_display_map",),
}


def _pandas_tsv(path: Path) -> str:
    """As files of Tesseract are read."""
    frame: Any = import_module("pandas").read_csv(path, sep="\t", quoting=3, keep_default_na=False)
    return " ".join(map(str, frame[frame["level"] == 5]["text"]))


def _pandas_json(path: Path) -> str:
    pandas = import_module("pandas")
    frame: Any = pandas.json_normalize(pandas.read_json(path, typ="series")["pages"], "lines")
    return "\n".join(frame["text"])


def _pdfium(path: Path) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in import_module("pypdfium2").PdfDocument(path))


def _pdfminer(path: Path) -> str:
    return str(import_module("pdfminer.high_level").extract_text(path))


def _pdfplumber(path: Path) -> str:
    with import_module("pdfplumber").open(path) as document:
        return "\n".join(page.extract_text() for page in document.pages)


def _pypdf(path: Path) -> str:
    return "\n".join(page.extract_text() for page in import_module("pypdf").PdfReader(path).pages)


READERS: Mapping[str, Callable[[Path], str]] = {
    "markdown-it-py": _markdown_it,
    "pandoc": _pandoc("markdown"),
    "pandoc (HTML)": _pandoc("html"),
    "by its classes (lxml)": _lxml_hocr,
    "by kraken's way (lxml)": _lxml_alto,
    "kraken": _kraken,
    "pandas": _pandas_tsv,
    "pandas (JSON)": _pandas_json,
    "PDFium": _pdfium,
    "pdfminer.six": _pdfminer,
    "pdfplumber": _pdfplumber,
    "pypdf": _pypdf,
}


def search(path: Path, words: str) -> bool:
    """Whether PDFium's search, which is Chrome's, finds these words."""
    pages: Iterator[Any] = iter(import_module("pypdfium2").PdfDocument(path))
    return any(page.get_textpage().search(words).get_next() for page in pages)


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    if sys.argv[1] == "search":
        print(sys.argv[3] if search(Path(sys.argv[2]), sys.argv[3]) else "")
    else:
        print(READERS[sys.argv[1]](Path(sys.argv[2])))
