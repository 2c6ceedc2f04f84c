"""Rules of PDF/A (ISO 19005-1 and -2) that adding text could break, by their numbers: files that keep them still do."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pymupdf
import pypdf
import pytest

from services.exporters.pdf import font
from tests.pure.test_searchable_pdf import DPI, line, page, searchable
from tests.support import samples

_mupdf: Any = pymupdf

WRITTEN = "first 世界 \ufeffמרק 😀"
DATE = "D:20200102030405Z"
PACKET = """<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?><x:xmpmeta xmlns:x='adobe:ns:meta/'>
<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description rdf:about=''
 xmlns:pdfaid='http://www.aiim.org/pdfa/ns/id/' xmlns:xmp='http://ns.adobe.com/xap/1.0/'>
<pdfaid:part>%d</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance><xmp:CreateDate>2020-01-02T03:04:05Z</xmp:CreateDate>
<xmp:ModifyDate>2020-01-02T03:04:05Z</xmp:ModifyDate></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='r'?>"""

Pair = tuple[bytes, bytes]
"""A file before and after text was added."""


def archived(part: int) -> bytes:
    """A scan that says that it is PDF/A; from part 2 on with streams of objects."""
    scan = _mupdf.open(stream=samples.text_pdf([["one"]], DPI))
    scan.set_metadata({"creationDate": DATE, "modDate": DATE})
    scan.set_xml_metadata(PACKET % part)
    return bytes(scan.tobytes(use_objstms=int(part > 1)))


def read(content: bytes, path: Path) -> pypdf.PdfReader:
    path.write_bytes(content)
    return pypdf.PdfReader(path)


def identified(before: pypdf.PdfReader, after: pypdf.PdfReader) -> bool:
    """6.1.3: the trailer has an /ID, whose first half is that of the file as it was made."""
    one, other = (_trailer(each)["/ID"] for each in (before, after))
    return bool(one[0] == other[0] and other[1])


def dated(before: pypdf.PdfReader, after: pypdf.PdfReader) -> bool:
    """6.7.3: dates of the dictionary and of the packet say the same."""
    packets = [_trailer(each)["/Root"]["/Metadata"].get_data() for each in (before, after)]
    return packets[0] == packets[1] and before.metadata == after.metadata == {"/CreationDate": DATE, "/ModDate": DATE}


def _trailer(file: pypdf.PdfReader) -> Any:
    return file.trailer


def _font(after: pypdf.PdfReader) -> Any:
    shown: Any = after.pages[0]
    return shown["/Resources"]["/Font"]["/OcrInvisible"]


def embedded(_: pypdf.PdfReader, after: pypdf.PdfReader) -> bool:
    """6.3.4 and 6.3.3.2: the font's program is in the file, and codes are mapped to its glyphs by a stream."""
    descendant = _font(after)["/DescendantFonts"][0]
    program = descendant["/FontDescriptor"]["/FontFile2"].get_data()
    return bool(program == font.file() and len(descendant["/CIDToGIDMap"].get_data()) == 0x20000)


def told(_: pypdf.PdfReader, after: pypdf.PdfReader) -> bool:
    """6.3.8, and 6.2.11.7.2 of part 2: every code that is shown has a character, and none is U+0000, FEFF or FFFE."""
    _, _, entries = _font(after)["/ToUnicode"].get_data().decode().partition("endcodespacerange")
    values = set(re.findall(r"<\w{4}> <(\w+)>\n", entries))
    wanted = {one.encode("utf-16-be").hex().upper() for one in WRITTEN if one not in "\ufeff"}
    return wanted <= values and not values & {"0000", "FEFF", "FFFE", "FFFF"}


def opaque(_: pypdf.PdfReader, after: pypdf.PdfReader) -> bool:
    """6.4: nothing transparent comes in; text that is not drawn (3 Tr) is no transparency."""
    shown: Any = after.pages[0]
    untouched = "/ExtGState" not in shown["/Resources"] and "/Group" not in shown
    return untouched and b"3 Tr" in shown.get_contents().get_data()


RULES: Mapping[str, Callable[[pypdf.PdfReader, pypdf.PdfReader], bool]] = {
    rule.__name__: rule for rule in (identified, dated, embedded, told, opaque)
}


@pytest.mark.parametrize("part", [1, 2])
@pytest.mark.parametrize("rule", RULES)
def test_what_is_pdf_a_keeps_the_rule(tmp_path: Path, rule: str, part: int) -> None:
    content = archived(part)
    out = searchable(tmp_path, content, page(line(WRITTEN)))
    assert RULES[rule](read(content, tmp_path / "before.pdf"), pypdf.PdfReader(out))


def test_the_first_part_gets_no_streams_of_objects_or_references(tmp_path: Path) -> None:
    """6.1.4 of part 1, whose files are of PDF 1.4; and 6.1.10: nothing is packed with LZW."""
    content = archived(1)
    added = searchable(tmp_path, content, page(line(WRITTEN))).read_bytes().removeprefix(content)
    assert b"\nxref\n" in added and not re.search(rb"/Type\s*/(XRef|ObjStm)", added)
    assert set(re.findall(rb"/Filter\s*\[?\s*/(\w+)", added)) == {b"FlateDecode"}
