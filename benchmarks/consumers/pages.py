"""The pages whose artifacts are read: documents as an engine leaves them, and the uploads that they are of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from config import Settings
from services import exporters
from services.document.model import Document, Line, Page, Quad, Word
from services.exporters import About, Exporter, Original
from services.ocr.source import PDF

DPI = 72
SIDE = 600
"""Points, and pixels, of the square page."""

LATIN = "Balance due 450.75", "Pack my box with jugs"
ARABIC = "مرحبا بالعالم", "شكرا جزيلا"
JAPANESE = "縦書きの文章です", "二行目もあります"

ARTIFACTS = ("text", "markdown", "hocr", "alto", "tsv", "json", "pdf")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page: what was read on it, line by line, its /Rotate, and the language of its text."""

    lines: tuple[Line, ...]
    rotation: int = 0
    language: str = "en"

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(line.text for line in self.lines)

    def upload(self) -> bytes:
        """A PDF of an empty page that is turned so."""
        objects = [
            b"<</Type/Catalog/Pages 2 0 R>>",
            b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Rotate %d/Resources<<>>>>" % (SIDE, SIDE, self.rotation),
        ]
        return _pdf(objects)

    def document(self) -> Document:
        text = "\n".join(self.texts)
        return Document((Page(1, SIDE, SIDE, self.lines, text, dpi=DPI, rotation=self.rotation),))


def _pdf(objects: list[bytes]) -> bytes:
    file, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(file)
    file += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    file += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(file)


def _level(texts: tuple[str, ...], *, leftwards: bool = False) -> tuple[Line, ...]:
    return tuple(_line(text, 60, 80 + 40 * number, leftwards) for number, text in enumerate(texts))


def _line(text: str, left: float, top: float, leftwards: bool) -> Line:
    """Twelve pixels a character, its words from left to right or the other way."""

    def box(start: int, end: int) -> Quad:
        first, last = (len(text) - end, len(text) - start) if leftwards else (start, end)
        return _box(left + 12 * first, top, left + 12 * last, top + 20)

    words = tuple(Word(one[0], 0.9, box(*one.span())) for one in re.finditer(r"\S+", text))
    return Line(text, 0.9, box(0, len(text)), words)


def _standing(texts: tuple[str, ...]) -> tuple[Line, ...]:
    """Columns from right to left: the upper left corner of a line that runs downwards is its column's upper right."""
    return tuple(_column(text, 500 - 50 * number) for number, text in enumerate(texts))


def _column(text: str, right: float) -> Line:
    left, bottom = right - 24, 60 + 24 * len(text)
    return Line(text, 0.9, Quad((right, 60), (right, bottom), (left, bottom), (left, 60)))


def _box(left: float, top: float, right: float, bottom: float) -> Quad:
    return Quad((left, top), (right, top), (right, bottom), (left, bottom))


SHEETS: Mapping[str, Sheet] = {
    "upright": Sheet(_level(LATIN)),
    **{f"/Rotate {turn}": Sheet(_level(LATIN), turn) for turn in (90, 180, 270)},
    "vertical Japanese": Sheet(_standing(JAPANESE), language="ja"),
    "Arabic": Sheet(_level(ARABIC, leftwards=True), language="ar"),
}


def written(folder: Path, settings: Settings) -> Iterator[tuple[str, str, Path]]:
    """Every artifact of every sheet as a file in `folder`: the sheet's name, the artifact's, the path."""
    kinds = exporters.build(exporters, settings)
    for number, (name, sheet) in enumerate(SHEETS.items()):
        upload = folder / f"{number}-upload.pdf"
        upload.write_bytes(sheet.upload())
        about = About("page.pdf", PDF, (sheet.language,), "none")
        for kind in ARTIFACTS:
            path = folder / f"{number}{kinds[kind].suffix}"
            path.write_bytes(_content(kinds[kind], sheet, about, upload))
            yield name, kind, path


def _content(exporter: Exporter, sheet: Sheet, about: About, upload: Path) -> bytes:
    if exporter.write:
        return exporter.write(sheet.document(), about)
    assert exporter.draw
    return exporter.draw(sheet.document(), Original(upload, PDF, DPI))
