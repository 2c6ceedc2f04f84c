"""The files that a PDF carries, as far as they may matter here: the names of all, and the content of what is XML.

They are found where viewers list them, in the tree of names, and where standards have them as well: in the document's
`AF` (PDF 2.0, 14.13) and in annotations of pages. The library's own list does not look below the first level of the
tree, so it is walked here. Streams are read no further than the bound, whatever they would become.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import pymupdf

from services.document.markup import MOST_BYTES, root_name
from services.document.model import Attachment, Enclosed

MOST_FILES = 200
"""Files of one document that are looked at."""

MOST_NODES = 2000
"""Nodes of the tree of names."""

MOST_XML = 4 * MOST_BYTES
"""Bytes of XML that are kept of one document."""

MOST_METADATA = 1 << 20
HEAD = 4096
LONGEST_NAME = 200

TOO_LARGE = f"it is larger than {MOST_BYTES >> 20} MiB"
TOO_MANY = f"all XML files together are larger than {MOST_XML >> 20} MiB"
DAMAGED = "it is damaged"

_mupdf: Any = pymupdf.mupdf
_ANNOTATION = _mupdf.PDF_ANNOT_FILE_ATTACHMENT

Damage = tuple[type[Exception], ...]


def enclosed(document: Any, numbers: Sequence[int], damage: Damage) -> Enclosed:
    """What the library's `document` carries, files on its pages `numbers` included.

    `damage` is what the library raises where one of them is damaged; that one then says so.
    """
    specs = [*_named(_root(document)), *_associated(_root(document)), *_on_pages(document, numbers)]
    files: list[Attachment] = []
    kept = 0
    for spec in _distinct(specs):
        file = _file(spec, MOST_XML - kept, damage)
        kept += len(file.content or b"")
        files.append(file)
    return Enclosed(tuple(files), _metadata(_root(document), damage))


def listed(document: Any) -> tuple[str, ...]:
    """The names of the files that viewers list."""
    return tuple(map(_name, _distinct(_named(_root(document)))))


def _root(document: Any) -> Any:
    return _mupdf.pdf_dict_gets(_mupdf.pdf_trailer(_mupdf.pdf_document_from_fz_document(document.this)), "Root")


def _named(root: Any) -> Iterator[Any]:
    """The leaves of a tree of names (PDF 1.7, 7.9.6); one that runs in circles ends."""
    waiting = [_mupdf.pdf_dict_getp(root, "Names/EmbeddedFiles")]
    for _ in range(MOST_NODES):
        if not waiting:
            return
        node = waiting.pop(0)
        yield from list(_elements(_mupdf.pdf_dict_gets(node, "Names")))[1::2]
        waiting.extend(_elements(_mupdf.pdf_dict_gets(node, "Kids")))


def _associated(root: Any) -> Iterator[Any]:
    return _elements(_mupdf.pdf_dict_gets(root, "AF"))


def _on_pages(document: Any, numbers: Sequence[int]) -> Iterator[Any]:
    pdf = _mupdf.pdf_document_from_fz_document(document.this)
    for number in numbers:
        for xref, kind, _ in document.page_annot_xrefs(number - 1):
            if kind == _ANNOTATION:
                yield _mupdf.pdf_dict_gets(_mupdf.pdf_load_object(pdf, xref), "FS")


def _elements(array: Any) -> Iterator[Any]:
    for index in range(min(_mupdf.pdf_array_len(array), 2 * MOST_NODES) if _mupdf.pdf_is_array(array) else 0):
        yield _mupdf.pdf_array_get(array, index)


def _distinct(specs: Sequence[Any] | Iterator[Any]) -> Iterator[Any]:
    """Specifications of files in the document; one that is found in several places comes once."""
    return islice(_once(specs), MOST_FILES)


def _once(specs: Sequence[Any] | Iterator[Any]) -> Iterator[Any]:
    seen: set[int] = set()
    for spec in specs:
        stream = _stream(spec)
        if (number := _mupdf.pdf_to_num(stream)) and number not in seen:
            seen.add(number)
            yield spec


def _stream(spec: Any) -> Any:
    files = _mupdf.pdf_dict_gets(spec, "EF")
    best = _mupdf.pdf_dict_gets(files, "F")
    return best if _mupdf.pdf_to_num(best) else _mupdf.pdf_dict_gets(files, "UF")


def _name(spec: Any) -> str:
    names = (_mupdf.pdf_to_text_string(_mupdf.pdf_dict_gets(spec, key)) for key in ("UF", "F", "Desc"))
    printable = "".join(filter(str.isprintable, next(filter(None, names), "")))
    return printable[:LONGEST_NAME]


def _file(spec: Any, room: int, damage: Damage) -> Attachment:
    name, stream = _name(spec), _stream(spec)
    try:
        if root_name(_start(stream, HEAD)) is None:
            return Attachment(name)
        content = _start(stream, MOST_BYTES + 1)
    except damage:
        return Attachment(name, flaw=DAMAGED)
    if len(content) > MOST_BYTES:
        return Attachment(name, flaw=TOO_LARGE)
    return Attachment(name, content) if len(content) <= room else Attachment(name, flaw=TOO_MANY)


def _start(stream: Any, most: int) -> bytes:
    """The first bytes of a stream, unpacked."""
    bounded = _mupdf.fz_open_null_filter(_mupdf.pdf_open_stream(stream), most, 0)
    return bytes(_mupdf.fz_buffer_extract_copy(_mupdf.fz_read_all(bounded, HEAD)))


def _metadata(root: Any, damage: Damage) -> bytes:
    stream = _mupdf.pdf_dict_gets(root, "Metadata")
    try:
        return _start(stream, MOST_METADATA) if _mupdf.pdf_is_stream(stream) else b""
    except damage:
        return b""
