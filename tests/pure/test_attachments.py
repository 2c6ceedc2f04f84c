"""What documents carry beside their pages, wherever it hangs in the file, and XML as an upload of its own."""

from __future__ import annotations

import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from services.document import markup
from services.document.markup import NotRead, parse, root_name
from services.document.model import Attachment, TextSource
from services.errors import PageOutOfRange, UnreadableFile, UnsupportedType
from services.ocr.attachments import TOO_LARGE
from services.ocr.raster import Limits
from services.ocr.source import HEAD_BYTES, Kind, Source, is_document, kind_of, open_source, sniff
from tests.support import samples
from tests.support.samples import invoices

LIMITS = Limits(max_width=4960, max_height=7016, max_pixels=100_000_000, max_pages=100)
XML = invoices.cii()
PDF = samples.born_digital_pdf(["An invoice"])
_mupdf: Any = pymupdf


def opened(tmp_path: Path, data: bytes, pages: str | None = None) -> Source:
    path = tmp_path / "upload"
    path.write_bytes(data)
    return open_source(path, sniff(data[:HEAD_BYTES]), pages=pages, limits=LIMITS)


def files(tmp_path: Path, data: bytes) -> tuple[Attachment, ...]:
    with opened(tmp_path, data) as source:
        return source.enclosed().files


def test_attached_files_are_named_and_xml_is_taken_out(tmp_path: Path) -> None:
    data = invoices.with_files(PDF, {"factur-x.xml": XML, "plan.dwg": b"AC1032\0"}, invoices.xmp("factur-x.xml"))
    with opened(tmp_path, data) as source:
        assert source.warnings == ("ATTACHMENTS: factur-x.xml, plan.dwg.",)
        assert source.enclosed().files == (Attachment("factur-x.xml", XML), Attachment("plan.dwg"))
        assert b"DocumentFileName" in source.enclosed().metadata


def test_a_document_without_files_has_none_and_says_nothing(tmp_path: Path) -> None:
    with opened(tmp_path, PDF) as source:
        assert source.warnings == () and source.enclosed().files == ()
    assert files(tmp_path, samples.text_image(["picture"])) == ()


def attached(catalogue: bytes, *, page: bytes = b"", data: bytes = XML, stream: bytes = b"") -> bytes:
    """A PDF whose object 5 is the specification of a file, 6 its stream, 7 an annotation, 8 a node of a tree."""
    return samples.raw_pdf(
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue,
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R%s>>" % page,
        samples.stream(b"", b""),
        b"<</Type/Filespec/F(rechnung.xml)/UF(rechnung.xml)/EF<</F 6 0 R>>>>",
        samples.stream(b"/Type/EmbeddedFile" + stream, data),
        b"<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]/FS 5 0 R>>",
        b"<</Limits[(a)(z)]/Names[(a) 5 0 R]>>",
    )


PLACES = {
    "the tree of names": attached(b"/Names<</EmbeddedFiles<</Names[(a) 5 0 R]>>>>"),
    "a branch of the tree": attached(b"/Names<</EmbeddedFiles<</Kids[8 0 R]>>>>"),
    "the files of the document": attached(b"/AF[5 0 R]"),
    "an annotation of a page": attached(b"", page=b"/Annots[7 0 R]"),
    "all of them": attached(b"/Names<</EmbeddedFiles<</Kids[8 0 R]>>>>/AF[5 0 R]", page=b"/Annots[7 0 R]"),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_file_is_found_once_wherever_it_hangs(tmp_path: Path, place: str) -> None:
    assert files(tmp_path, PLACES[place]) == (Attachment("rechnung.xml", XML),)


def test_a_tree_that_runs_in_circles_ends(tmp_path: Path) -> None:
    data = attached(b"/Names<</EmbeddedFiles 8 0 R>>").replace(b"/Names[(a) 5 0 R]>>", b"/Kids[8 0 R  ]   >>")
    assert files(tmp_path, data) == ()


def test_a_locked_file_is_read_with_the_documents_password(tmp_path: Path) -> None:
    document = _mupdf.open(stream=invoices.with_files(PDF, {"a.xml": XML}))
    locked = document.tobytes(encryption=_mupdf.PDF_ENCRYPT_AES_256, owner_pw="owner", user_pw="user")
    path = tmp_path / "locked.pdf"
    path.write_bytes(locked)
    with open_source(path, "application/pdf", password="user", limits=LIMITS) as source:
        assert source.enclosed().files == (Attachment("a.xml", XML),)


def test_a_file_that_unpacks_beyond_the_bound_is_not_taken_out(tmp_path: Path) -> None:
    large = XML.replace(b"</rsm:CrossIndustryInvoice>", b" " * markup.MOST_BYTES + b"</rsm:CrossIndustryInvoice>")
    found = files(tmp_path, attached(b"/AF[5 0 R]", data=zlib.compress(large), stream=b"/Filter/FlateDecode"))
    assert found == (Attachment("rechnung.xml", flaw=TOO_LARGE),)


def test_one_damaged_file_leaves_the_document_as_it_is(tmp_path: Path) -> None:
    broken = zlib.compress(XML)[:40] + b"\xff" * 40
    data = attached(b"/AF[5 0 R]", data=broken, stream=b"/Filter/FlateDecode")
    (found,) = files(tmp_path, data)
    assert found.name == "rechnung.xml" and found.content != XML


SYNTAXES = {
    "cii": XML,
    "zugferd 1": invoices.zugferd_1(),
    "invoice in ubl": invoices.ubl(),
    "credit note in ubl": invoices.ubl(invoices.Bill(kind="381")),
    "order": invoices.order_x(),
    "utf-16": XML.decode().replace("UTF-8", "UTF-16").encode("utf-16"),
    "with a mark": b"\xef\xbb\xbf" + XML,
    "after a comment": XML.replace(b"?>\n", b"?>\n<!-- made by a program -->\n", 1),
    "without declaration": XML.split(b"\n", 1)[1],
}


@pytest.mark.parametrize("kind", SYNTAXES)
def test_invoices_in_xml_are_told_by_their_bytes(tmp_path: Path, kind: str) -> None:
    data = SYNTAXES[kind]
    media_type = sniff(data[:HEAD_BYTES])
    assert kind_of(media_type) is Kind.XML
    with opened(tmp_path, data) as source:
        assert source.numbers == (1,) and source.multipage
        assert source.enclosed().files == (Attachment("", data),)
        page = source.written(1)
    assert page and page.source is TextSource.XML and "ID: " in page.text
    assert "Stuhl" in page.text and "DE123456788" in page.text


OTHERS = {
    "drawing": b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
    "page": b"<!DOCTYPE html><html><body>Invoice</body></html>",
    "feed": b"<?xml version='1.0'?><rss><channel/></rss>",
    "words": b"<Invoices of March",
    "mail": b"Invoice: <Invoice/>",
}


@pytest.mark.parametrize("kind", OTHERS)
def test_other_markup_is_refused_at_the_door(kind: str) -> None:
    with pytest.raises(UnsupportedType):
        sniff(OTHERS[kind][:HEAD_BYTES])


def test_xml_whose_root_comes_late_is_looked_at(tmp_path: Path) -> None:
    comment = b"<?xml version='1.0'?><!-- " + b"long " * 400 + b"-->"
    with opened(tmp_path, comment + XML.split(b"\n", 1)[1]) as source:
        assert source.numbers == (1,)
    with pytest.raises(UnsupportedType, match="electronic invoice"):
        opened(tmp_path, comment + b"<svg/>")


def test_it_has_one_page_and_no_picture(tmp_path: Path) -> None:
    assert is_document("application/xml", BytesIO(XML))
    with pytest.raises(PageOutOfRange):
        opened(tmp_path, XML, "2")
    with opened(tmp_path, XML) as source, pytest.raises(UnreadableFile, match="no picture"):
        source.render(1)


def nested(depth: int) -> bytes:
    return b"<Invoice>" * depth + b"</Invoice>" * depth


REFUSED = {
    "an entity": b'<!DOCTYPE Invoice [<!ENTITY a "b">]><Invoice>&a;</Invoice>',
    "a document type": b'<!DOCTYPE Invoice SYSTEM "invoice.dtd"><Invoice/>',
    "no end": b"<Invoice><a>",
    "an unknown entity": b"<Invoice>&nbsp;</Invoice>",
    "an unknown encoding": b'<?xml version="1.0" encoding="none-such"?><Invoice/>',
    "too deep": nested(markup.MOST_DEPTH + 1),
    "nothing": b"",
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_not_plain_xml_is_refused(kind: str) -> None:
    with pytest.raises(NotRead) as refused:
        parse(REFUSED[kind])
    assert "Invoice" not in str(refused.value)


def test_the_bounds_are_where_they_are_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(list(parse(nested(markup.MOST_DEPTH)).walk())) == markup.MOST_DEPTH
    monkeypatch.setattr(markup, "MOST_ELEMENTS", 10)
    assert len(parse(b"<a>" + b"<b/>" * 9 + b"</a>").children) == 9
    with pytest.raises(NotRead, match="more than 10 elements"):
        parse(b"<a>" + b"<b/>" * 10 + b"</a>")
    monkeypatch.setattr(markup, "MOST_BYTES", 100)
    with pytest.raises(NotRead, match="larger"):
        parse(b"<a>" + b" " * 100 + b"</a>")


def test_elements_keep_their_namespace_and_their_text() -> None:
    root = parse(b'<a xmlns="urn:x" n="1"> one <b xmlns="">two</b> three</a>')
    assert (root.name, root.space, root.attributes, root.text) == ("a", "urn:x", {"n": "1"}, "one")
    assert [(child.name, child.space, child.text) for child in root.children] == [("b", "", "two")]


def test_the_root_is_told_from_the_beginning_of_a_file() -> None:
    assert root_name(b"<?xml version='1.0'?> <x:Invoice xmlns:x=") == "Invoice"
    assert root_name(b"<!DOCTYPE Invoice [") == "Invoice"
    assert root_name(b"<?xml version='1.0'?><!-- not yet") == ""
    assert root_name(b"plain text") is None and root_name(b"\x89PNG\r\n") is None and root_name(b"<") is None
