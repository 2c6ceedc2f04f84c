"""PDF pages as rasters. One page at a time, and never more pixels than the budget whatever the page claims to be.

MuPDF keeps its state in the process: use one thread. Nothing above this module knows the library.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import pymupdf

from config import MIN_DPI, MOST_DPI
from services.document.geometry import scaling
from services.document.model import SIGNED, Enclosed
from services.errors import BadInput, NoPages, PasswordRequired, UnreadableFile
from services.ocr import attachments, layer, pages
from services.ocr.ceiling import memory_ceiling
from services.ocr.engine import Pixels
from services.ocr.own_text.drawing import Drawing
from services.ocr.own_text.reading import read
from services.ocr.own_text.seen import Looks, has_upright_rules
from services.ocr.raster import Limits, Raster, budget_scale
from services.ocr.signatures import is_signed
from services.ocr.tables.picture import Picture
from services.ocr.text_layer import TextLayer

REPAIRED = "The PDF is damaged; what could be repaired was read."

SIGNED_WARNING = f"{SIGNED}: the PDF is signed; text added to it would let validators say that it was changed."

ATTACHMENTS = "ATTACHMENTS"
"""Begins the warning that the PDF carries files, of which the first NAMED are named. Their content is no page."""

NAMED = 10

PAGE_MEMORY = 768 << 20
"""Bytes that reading a page may add to the process. JPEG 2000, the hungriest codec, takes 600 MB for 35 megapixels."""

ROUNDING = 0.001
"""What MuPDF lets a page reach over a pixel's edge without giving it another pixel."""

_mupdf: Any = pymupdf  # it says that it is typed, but most of its functions are not

# What MuPDF and its binding raise on damaged files. Not Exception: a mistake of ours is not the client's.
_DAMAGE: tuple[type[Exception], ...] = (
    _mupdf.mupdf.FzErrorBase,
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


_EXHAUSTION: tuple[type[Exception], ...] = (_mupdf.mupdf.FzErrorSystem, MemoryError)


class PdfSource:
    """The pages of a PDF at `dpi` dots per inch.

    Raises UnreadableFile, NoPages, PasswordRequired, TooManyPages and PageOutOfRange on opening; `render` raises
    UnreadableFile for the one page.
    """

    multipage = True

    def __init__(
        self, path: Path, *, ranges: pages.PageRanges | None, password: str | None, dpi: int, limits: Limits
    ) -> None:
        if not MIN_DPI <= dpi <= MOST_DPI:
            raise BadInput(f"`dpi` must be from {MIN_DPI} to {MOST_DPI}.")
        self._dpi, self._limits = dpi, limits
        self._document = open_file(path)
        try:
            unlock(self._document, password)
            self.numbers = pages.resolve(ranges, _count(self._document), limits.max_pages)
            self.warnings = tuple(_warnings(self._document))
        except BaseException:
            self.close()
            raise

    def render(self, number: int) -> Raster:
        """The displayed page, /Rotate applied, on white, annotations and form fields included.

        Where the page at `dpi` would exceed the pixel budget it is rendered smaller; `width`, `height` and `dpi` of the
        raster still tell the page at the requested dpi, however large that is, and `to_upload` maps to it.
        A page whose damage leaves it blank is unreadable; one that is only partly drawn is returned as it is.
        """
        try:
            _mupdf.TOOLS.reset_mupdf_warnings()
            with guarded():
                return self._raster(number, self._document.load_page(number - 1))
        finally:
            _forget()

    def _raster(self, number: int, page: Any) -> Raster:
        zoom = self._dpi / 72
        extent = page.rect.width * zoom, page.rect.height * zoom
        scale = budget_scale(*extent, self._limits)
        pixels = _pixels(page, zoom * scale)
        _check_drawn(pixels)
        self._check_there(page, pixels)
        height, width = pixels.shape[:2] if scale == 1 else (math.ceil(extent[1]), math.ceil(extent[0]))
        return Raster(
            number=number,
            pixels=pixels,
            to_upload=scaling(1 / scale, 1 / scale),
            width=width,
            height=height,
            dpi=self._dpi,
            rotation=page.rotation % 360,
        )

    def text_layer(self, number: int, *, words: bool) -> TextLayer:
        """What can be seen of the page's own text, judged also by what the page looks like."""
        try:
            with guarded():
                return self._layer(self._document.load_page(number - 1), words)
        finally:
            _forget()

    def _layer(self, page: Any, words: bool) -> TextLayer:
        zoom = self._dpi / 72
        drawing = Drawing(page)
        found = read(drawing, words=words)
        if not (found.rows or found.earlier or found.hidden):
            self._check_not_invented(page)
        extent = drawing.width * zoom, drawing.height * zoom
        lines = layer.inside(layer.written((*found.rows, *found.earlier), layer.scaled(zoom), words=words), *extent)
        return TextLayer(
            lines=tuple(one.line for one in lines),
            flaw=layer.flaw(lines, found, zoom),
            hidden=found.hidden or drawing.lacks(),
            width=math.ceil(extent[0] - ROUNDING),
            height=math.ceil(extent[1] - ROUNDING),
            dpi=self._dpi,
            rotation=page.rotation % 360,
            picture=_picture(found.looks, zoom) if found.looks else None,
        )

    def _check_there(self, page: Any, pixels: Pixels) -> None:
        if pixels.min() == pixels.max():
            self._check_not_invented(page)

    def _check_not_invented(self, page: Any) -> None:
        """Of a file that is cut short MuPDF makes up the pages whose objects are lost."""
        if self._document.is_repaired and not page.get_contents():
            raise UnreadableFile("A page is missing from the damaged file. Export or send it again.")

    def written(self, number: int) -> None:
        """Every page can be rendered."""

    def enclosed(self) -> Enclosed:
        """The files that it carries, found in the document and on the pages that are read, and its XMP packet.

        None where what lists them is damaged.
        """
        with suppress(UnreadableFile), guarded():
            return attachments.enclosed(self._document, self.numbers, _DAMAGE)
        return Enclosed()

    def close(self) -> None:
        if not self._document.is_closed:
            self._document.close()
            _forget()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


@contextmanager
def guarded() -> Iterator[None]:
    """Around every call into MuPDF: bounded memory, and damage as UnreadableFile."""
    try:
        with memory_ceiling(PAGE_MEMORY):
            yield
    except _EXHAUSTION as error:
        raise UnreadableFile(
            "A page needs more memory than a page may have. Export it at a lower resolution."
        ) from error
    except _DAMAGE as error:
        raise UnreadableFile() from error


def open_file(path: Path) -> Any:
    """The library's document, still locked if it has a password. Raises UnreadableFile."""
    _mupdf.TOOLS.mupdf_display_errors(False)
    _mupdf.TOOLS.mupdf_display_warnings(False)
    path.stat()  # a file of ours that is gone is no damage of theirs
    with guarded():
        document = _mupdf.open(str(path), filetype="pdf")
    if not document.is_pdf:  # the library trusts content over what it is told, and reads far more than PDF
        document.close()
        raise UnreadableFile()
    return document


def unlock(document: Any, password: str | None) -> None:
    """A file with an empty user password opens by itself; with only an owner password it does, too.

    Raises PasswordRequired.
    """
    with guarded():
        if document.needs_pass and not (password and document.authenticate(password)):
            raise PasswordRequired(
                "The PDF's password is another one. Correct the field `password`." if password else ""
            )


def _warnings(document: Any) -> Iterator[str]:
    if document.is_repaired:
        yield REPAIRED
    with suppress(UnreadableFile), guarded():
        if is_signed(document):
            yield SIGNED_WARNING
    with suppress(UnreadableFile), guarded():
        if names := attachments.listed(document):
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            yield f"{ATTACHMENTS}: {', '.join(names[:NAMED])}{more}."


def _count(document: Any) -> int:
    with guarded():
        count = int(document.page_count)
    if count < 1:
        raise NoPages()
    return count


def _pixels(page: Any, zoom: float) -> Pixels:
    pixmap = page.get_pixmap(matrix=_mupdf.Matrix(zoom, zoom), colorspace=_mupdf.csRGB, alpha=False)
    rows = np.frombuffer(pixmap.samples_mv, np.uint8).reshape(pixmap.height, pixmap.stride)
    pixels = rows[:, : pixmap.width * 3].reshape(pixmap.height, pixmap.width, 3)
    return pixels.copy()  # the samples are freed with the pixmap


def _picture(looks: Looks, zoom: float) -> Picture:
    return Picture(looks.grey, zoom / looks.scale, has_upright_rules(looks))


def _check_drawn(pixels: Pixels) -> None:
    """MuPDF leaves out what it cannot decode and only warns: a scan lost that way must not pass for an empty page."""
    complaints = _mupdf.TOOLS.mupdf_warnings()
    if "error" in complaints and pixels.min() == pixels.max():
        raise UnreadableFile("Nothing on a page could be decoded. Export or scan it again.") from RuntimeError(
            complaints
        )


def _forget() -> None:
    """Empty MuPDF's cache and its list of warnings, which otherwise grow over the worker's life."""
    _mupdf.TOOLS.store_shrink(100)
    _mupdf.TOOLS.reset_mupdf_warnings()
