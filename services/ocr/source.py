"""What was uploaded, found from its bytes, and its pages one by one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

from services.document.markup import XML, root_name
from services.document.model import Enclosed, Page
from services.errors import BadInput, EmptyUpload, SeveralPages, UnsupportedType
from services.ocr import image, xml
from services.ocr.pages import parse
from services.ocr.pictures.kinds import KINDS, MAGIC, named
from services.ocr.pictures.kinds import PDF as PDF
from services.ocr.pictures.opening import frames
from services.ocr.raster import Limits, Raster
from services.ocr.text_layer import TextLayer

HEAD_BYTES = 1024 + len(b"%PDF-")
"""How many of a file's first bytes `sniff` may need."""


class Kind(StrEnum):
    """The families of documents."""

    IMAGE = "image"
    PDF = "pdf"
    XML = "xml"


class Mode(StrEnum):
    """Whether a PDF's own text may be used: never, where it is sound, or nothing else. Images have none."""

    OCR = "ocr"
    AUTO = "auto"
    TEXT = "text"


def check_mode(mode: Mode, media_type: str) -> None:
    """Raises BadInput for an image of which only the text layer is wanted."""
    if mode is Mode.TEXT and kind_of(media_type) is Kind.IMAGE:
        raise BadInput("mode: an image has no text layer. Use mode=auto or mode=ocr to have it recognised.")


def check_single(media_type: str, file: BinaryIO) -> None:
    """Raises SeveralPages for what is more than one picture; nothing is decoded for that."""
    if is_document(media_type, file):
        raise SeveralPages()


def is_document(media_type: str, file: BinaryIO) -> bool:
    """Whether it is no picture, or more than one; nothing is decoded for that."""
    return kind_of(media_type) is not Kind.IMAGE or frames(media_type, file, 2) > 1


class Source(Protocol):
    """An open document. Not to be shared between threads; close it to free the decoder's memory."""

    @property
    def numbers(self) -> tuple[int, ...]:
        """The pages to be read, ascending, from 1."""
        ...

    @property
    def multipage(self) -> bool:
        """Whether the result is one of pages: any PDF or XML, and a picture file of more than one page."""
        ...

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a client should know about what was not read."""
        ...

    def render(self, number: int) -> Raster:
        """One page of `numbers`. Raises UnreadableFile or TooManyPixels for this page; others may still be fine."""
        ...

    def text_layer(self, number: int, *, words: bool) -> TextLayer | None:
        """What can be seen of the page's own text, judged; None for an image.

        Raises UnreadableFile for this page.
        """
        ...

    def written(self, number: int) -> Page | None:
        """A page that is text alone, with nothing to render; None for one that has a picture."""
        ...

    def enclosed(self) -> Enclosed:
        """What the document carries beside its pages."""
        ...

    def close(self) -> None:
        """Let go of the file. May be called twice."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


_ROOTS = xml.ROOTS | {""}
"""XML whose root is out of sight is looked at when it is opened."""


def sniff(head: bytes, wanted: Collection[str] = ()) -> str:
    """The media type told by a file's first bytes, `HEAD_BYTES` of them; names and headers are not asked.

    Raises EmptyUpload, and UnsupportedType for what is not read at all or, where only some types are `wanted`, there.
    """
    found = _told(head)
    if found is None or (wanted and found not in wanted):
        raise UnsupportedType(_advice(wanted) if wanted else "")
    return found


def sniff_picture(head: bytes) -> str:
    """As `sniff`, for where one picture is taken: who sends what is read nowhere is told which pictures are."""
    found = _told(head)
    if found is None:
        raise UnsupportedType(_advice(KINDS))
    return found


def _advice(wanted: Iterable[str]) -> str:
    return f"This file type is not read here. Send a {named(wanted)} file."


def _told(head: bytes) -> str | None:
    if not head:
        raise EmptyUpload()
    for media_type, matches in MAGIC:
        if matches(head[:HEAD_BYTES]):
            return media_type
    return XML if root_name(head[:HEAD_BYTES]) in _ROOTS else None


def kind_of(media_type: str) -> Kind:
    """Image, PDF or XML. Raises UnsupportedType for a type that `sniff` never gives."""
    if media_type == PDF:
        return Kind.PDF
    if media_type in KINDS:
        return Kind.IMAGE
    if media_type == XML:
        return Kind.XML
    raise UnsupportedType()


def open_source(
    path: Path,
    media_type: str,
    *,
    pages: str | None = None,
    password: str | None = None,
    dpi: int = 300,
    limits: Limits,
) -> Source:
    """Open a document for reading page by page. `media_type` is what `sniff` said.

    `dpi` (72 to 600) and `password` matter to PDFs only. Raises a BadInput for whatever makes the whole document
    unreadable: UnreadableFile, NoPages, PasswordRequired, TooManyPages, TooManyPixels, PageOutOfRange; UnsupportedType
    for XML that is no invoice.
    """
    ranges = None if pages is None else parse(pages)
    if kind_of(media_type) is Kind.PDF:
        from services.ocr.pdf import PdfSource  # 120 MB that the web process, which only sniffs, does without

        return PdfSource(path, ranges=ranges, password=password, dpi=dpi, limits=limits)
    if media_type == XML:
        return xml.XmlSource(path, ranges=ranges, limits=limits)
    return image.ImageSource(path, media_type, ranges=ranges, limits=limits)
