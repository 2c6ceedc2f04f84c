"""Text added to a PDF behind what it has (ISO 32000-1, 7.5.6), or to a repaired copy of one that is damaged.

What is added to a page is one stream before the others: it leaves the graphics state as it found it and depends on
nothing that they do. Of the page's dictionary only /Contents and /Resources change, and those get one more entry each.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pymupdf

from services.document.geometry import Affine, affine, after, inverse, scaling
from services.document.model import Document, Line, Page, TextSource, Word
from services.document.words import words_of
from services.exporters import Original
from services.exporters.pdf import font, layer
from services.ocr.layer import scaled, written
from services.ocr.own_text.drawing import Drawing
from services.ocr.own_text.reading import MOST_CHARACTERS, read
from services.ocr.own_text.stretches import Row
from services.ocr.pdf import guarded, open_file, unlock

NAME = "OcrInvisible"
"""Of the font among a page's resources."""

CELL = 2.0
"""Points: how finely it is looked where a page has text already."""

_mupdf: Any = pymupdf  # it says that it is typed, but most of its functions are not


def searchable(document: Document, original: Original) -> bytes:
    """The upload with the text of the pages that were recognised; as it is where nothing is to be added.

    Raises UnreadableFile and PasswordRequired.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "document.pdf"
        shutil.copyfile(original.path, path)
        pdf = open_file(path)
        try:
            unlock(pdf, None)
            with guarded():
                if _add_layers(pdf, document, original.dpi):
                    return _saved(pdf, path)
        finally:
            pdf.close()
        return path.read_bytes()


def _saved(pdf: Any, path: Path) -> bytes:
    """A damaged file has nothing that an update could refer to: it is written anew, its streams as they are."""
    if not pdf.can_save_incrementally():
        return bytes(pdf.tobytes(encryption=_mupdf.PDF_ENCRYPT_KEEP))
    pdf.save(str(path), incremental=True, encryption=_mupdf.PDF_ENCRYPT_KEEP)
    return path.read_bytes()


def _add_layers(pdf: Any, document: Document, dpi: int) -> bool:
    """Whether there was any."""
    pages = [page for page in document.pages if page.source is TextSource.OCR and page.lines]
    codes = font.encoding(line.text for page in pages for line in page.lines)
    is_tagged = pdf.xref_get_key(pdf.pdf_catalog(), "MarkInfo/Marked") == ("bool", "true")
    added: list[int] = []
    copies: dict[str, int] = {}
    for page in pages:
        shown = pdf.load_page(page.number - 1)
        lines, to_page = _without_text(page, shown, dpi), _to_page(shown, page.dpi or dpi)
        if stream := layer.content(lines, to_page, NAME, codes):
            added = added or [add_font(pdf, codes)]
            stream = layer.beside_structure(stream) if is_tagged else stream
            add_layer(pdf, shown.xref, stream, added[0], copies)
    return bool(added)


def _to_page(page: Any, dpi: int) -> Affine:
    """From pixels of the displayed page to its user space: MuPDF's own way back, crop, turn and unit included."""
    there = _mupdf.mupdf.FzMatrix()
    _mupdf.mupdf.pdf_page_transform(page._pdf_page(), _mupdf.mupdf.FzRect(_mupdf.mupdf.FzRect.Fixed_UNIT), there)
    back = inverse(affine([[there.a, there.c, there.e], [there.b, there.d, there.f]]))
    return after(back, scaling(72 / dpi, 72 / dpi))


def _without_text(page: Page, shown: Any, dpi: int) -> list[Line]:
    """The lines less the words that stand where the page has text already: any that is seen, or hidden the same word.

    What an earlier recognition has wrong is therefore there beside what is right.
    """
    scale = 72 / (page.dpi or dpi) / CELL
    drawing = Drawing(shown)
    if drawing.count() > MOST_CHARACTERS:
        return []
    found = read(drawing, words=True)
    if not (found.rows or found.earlier):
        return list(page.lines)
    seen, hidden = set(_cells(found.rows)), set(_cells(found.earlier, told=True))

    def is_free(word: Word) -> bool:
        left, top, right, bottom = word.quad.bounds
        cell = int((left + right) / 2 * scale), int((top + bottom) / 2 * scale)
        return (*cell, "") not in seen and (*cell, _plain(word.text)) not in hidden

    kept = [replace(line, words=tuple(filter(is_free, words_of(line)))) for line in page.lines]
    return [replace(line, text=" ".join(word.text for word in line.words)) for line in kept if line.words]


def _cells(rows: Iterable[Row], *, told: bool = False) -> Iterator[tuple[int, int, str]]:
    """The cells of a grid over the displayed page that words take up, with each word's text if it is to be told."""
    for one in written(rows, scaled(1 / CELL), words=True):
        for word in one.line.words:
            left, top, right, bottom = (max(0, int(side)) for side in word.quad.bounds)
            text = _plain(word.text) if told else ""
            yield from ((x, y, text) for x in range(left, right + 1) for y in range(top, bottom + 1))


def _plain(text: str) -> str:
    """What of a word has to be the same."""
    return "".join(filter(str.isalnum, text)).casefold() or text


def add_font(pdf: Any, codes: Mapping[str, int]) -> int:
    """The number of its object. All of it together is below two kilobytes for most documents."""
    data = font.file()
    program = add_object(pdf, f"<</Length1 {len(data)}>>", data)
    box = f"[0 {font.DESCENT} {font.FULL} {font.ASCENT}]"
    descriptor = add_object(
        pdf,
        f"<</Type/FontDescriptor/FontName/{font.NAME}/Flags 5/FontBBox{box}/ItalicAngle 0/Ascent {font.ASCENT}"
        f"/Descent {font.DESCENT}/CapHeight {font.ASCENT}/StemV 80/FontFile2 {program} 0 R>>",
    )
    glyphs = add_object(pdf, "<<>>", font.glyphs_of_codes())
    descendant = add_object(
        pdf,
        f"<</Type/Font/Subtype/CIDFontType2/BaseFont/{font.NAME}"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        f"/FontDescriptor {descriptor} 0 R/DW {font.HALF}/W{font.widths()}/CIDToGIDMap {glyphs} 0 R>>",
    )
    return add_object(
        pdf,
        f"<</Type/Font/Subtype/Type0/BaseFont/{font.NAME}/Encoding/Identity-H/DescendantFonts[{descendant} 0 R]"
        f"/ToUnicode {add_object(pdf, '<<>>', font.to_unicode(codes))} 0 R>>",
    )


def add_layer(pdf: Any, page: int, stream: bytes, font_number: int, copies: dict[str, int]) -> None:
    """To the page with this object number, under what it shows; invisible text covers nothing either way.

    `copies` gathers the resources that pages had and the numbers of their copies with the font, for others like them.
    """
    there = _resources(pdf, page)
    if there not in copies:
        copies[there] = _with_font(pdf, there, font_number)
    resources = copies[there]
    pdf.xref_set_key(page, "Resources", f"{resources} 0 R")
    streams = [f"{add_object(pdf, '<<>>', stream)} 0 R", *_streams(pdf, page)]
    pdf.xref_set_key(page, "Contents", f"[{' '.join(streams)}]")


def add_object(pdf: Any, dictionary: str, stream: bytes | None = None) -> int:
    """Its number; a stream is deflated."""
    number = int(pdf.get_new_xref())
    pdf.update_object(number, dictionary)
    if stream is not None:
        pdf.update_stream(number, stream)
    return number


def _streams(pdf: Any, page: int) -> list[str]:
    """References to the page's own streams, in their order."""
    kind, value = pdf.xref_get_key(page, "Contents")
    if kind == "xref" and not pdf.xref_is_stream(_target(value)):
        value = pdf.xref_object(_target(value), compressed=True)
    return re.findall(r"\d+ \d+ R", value)


def _with_font(pdf: Any, resources: str, font_number: int) -> int:
    """A copy of resources, which may be inherited or shared, with a font dictionary of its own."""
    number = add_object(pdf, resources)
    kind, value = pdf.xref_get_key(number, "Font")
    fonts = pdf.xref_object(_target(value), compressed=True) if kind == "xref" else value
    pdf.xref_set_key(number, "Font", fonts if kind in ("xref", "dict") and fonts != "null" else "<<>>")
    pdf.xref_set_key(number, f"Font/{NAME}", f"{font_number} 0 R")
    return number


def _resources(pdf: Any, page: int) -> str:
    """The nearest of the page and what it hangs on. A tree that goes in circles ends somewhere."""
    number = page
    for _ in range(64):
        kind, value = pdf.xref_get_key(number, "Resources")
        if kind == "dict":
            return str(value)
        if kind == "xref":
            return str(pdf.xref_object(_target(value), compressed=True))
        kind, value = pdf.xref_get_key(number, "Parent")
        if kind != "xref":
            break
        number = _target(value)
    return "<<>>"


def _target(reference: str) -> int:
    return int(reference.split()[0])
