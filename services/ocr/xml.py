"""An XML file as a document of one page: text without a picture.

Only electronic invoices and orders are read; what they say is for the extractor of invoices. The text is the value of
every element, one a line, after its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

from services.document.markup import Element, NotRead, parse
from services.document.model import Attachment, Enclosed, Page, TextSource
from services.errors import UnreadableFile, UnsupportedType
from services.ocr import pages
from services.ocr.raster import Limits

ROOTS = frozenset(
    {"CrossIndustryInvoice", "CrossIndustryDocument", "Invoice", "CreditNote", "SCRDMCCBDACIOMessageStructure"}
)
"""Of invoices in UN/CEFACT's CII, in that of ZUGFeRD 1, in UBL 2, and of orders in Order-X."""

NOT_READ = "XML is read only if it is an electronic invoice or order: Factur-X, ZUGFeRD, XRechnung, UBL, CII, Order-X."
NO_PICTURE = "An XML file has no picture."

LONGEST_VALUE = 2000
"""Characters; longer ones are files in letters."""


class XmlSource:
    """The one page of an electronic invoice. Raises UnsupportedType, UnreadableFile and PageOutOfRange on opening."""

    multipage = True
    warnings: tuple[str, ...] = ()

    def __init__(self, path: Path, *, ranges: pages.PageRanges | None, limits: Limits) -> None:
        self._content = path.read_bytes()
        try:
            self._root = parse(self._content)
        except NotRead as reason:
            raise UnreadableFile(f"The XML is not read: {reason}.") from reason
        if self._root.name not in ROOTS:
            raise UnsupportedType(NOT_READ)
        self.numbers = pages.resolve(ranges, 1, limits.max_pages)

    def written(self, number: int) -> Page:
        """The values in the order of the file."""
        return Page(number, 0, 0, text="\n".join(_values(self._root)), source=TextSource.XML)

    def render(self, number: int) -> NoReturn:
        raise UnreadableFile(NO_PICTURE)

    def text_layer(self, number: int, *, words: bool) -> None:
        """That of a PDF; here all is text, and there are no places."""

    def enclosed(self) -> Enclosed:
        """The file itself."""
        return Enclosed((Attachment("", self._content),))

    def close(self) -> None:
        """Nothing is open."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _values(root: Element) -> Iterator[str]:
    for element in root.walk():
        if element.text and len(element.text) <= LONGEST_VALUE:
            yield f"{element.name}: {' '.join(element.text.split())}"
