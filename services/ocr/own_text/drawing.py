"""A page, interpreted once by MuPDF: its text, where its pictures are, and what it looks like with and without text.

All is told as the page is displayed, /Rotate, /CropBox and /UserUnit applied, in points from its top left corner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import cv2
import numpy as np
import pymupdf
from numpy.typing import NDArray

from services.document.model import Bounds

Pixels = NDArray[np.uint8]
"""Height x width in grey, or height x width x 3, RGB."""

WordBox = tuple[float, float, float, float, str, int, int, int]
"""Left, top, right, bottom, text, and the numbers of block, line and word."""


class Drawn(NamedTuple):
    """Something on the page: its box, and whether it is text."""

    bounds: Bounds
    is_text: bool


_mupdf: Any = pymupdf.mupdf
_TextPage: Any = pymupdf.TextPage


class Drawing:
    """One loaded page of the library. Every method may raise what the library raises on damage."""

    def __init__(self, page: Any) -> None:
        self._page = page
        self._list: Any = page.get_displaylist()
        self._text: Any = _TextPage(self._list.get_textpage(0))
        self.width, self.height = float(page.rect.width), float(page.rect.height)

    def count(self) -> int:
        """Characters of all text, seen or not."""
        return len(self._text.extractTEXT())

    def lacks(self) -> bool:
        """Whether the page has text that is not drawn on it at all: cut away by a clip, or outside the crop box."""
        own = self._page.parent.xref_get_key(self._page.xref, "CropBox")[1]
        is_cropped = self._page.cropbox != self._page.mediabox
        try:
            if is_cropped:
                self._page.set_cropbox(self._page.mediabox)
            everything = self._page.get_textpage(flags=0).extractTEXT()
        finally:
            if is_cropped:
                self._page.parent.xref_set_key(self._page.xref, "CropBox", own)
        return _inked(everything) > _inked(self._text.extractTEXT())

    def spans(self) -> Sequence[Mapping[str, Any]]:
        """Blocks of lines of spans."""
        return list(self._text.extractDICT()["blocks"])

    def characters(self) -> Sequence[Mapping[str, Any]]:
        """The same with the characters of every span, which takes five times as long."""
        return list(self._text.extractRAWDICT()["blocks"])

    def words(self) -> Sequence[WordBox]:
        """What is parted by white space, numbered as `spans` has it."""
        return list(self._text.extractWORDS())

    def pictures(self) -> list[Bounds]:
        """The boxes of pictures, masks included."""
        device = _Pictures()
        self._run(device, _mupdf.FzMatrix())
        _mupdf.fz_close_device(device)
        return device.found

    def order(self) -> list[Drawn]:
        """What is drawn, first to last: text, and what may cover it because it is not transparent."""
        device = _Order()
        self._run(device, _mupdf.FzMatrix())
        _mupdf.fz_close_device(device)
        return device.found

    def pixels(self, scale: float, *, colours: bool) -> Pixels:
        """On white, at `scale` pixels a point, in `colours` or grey."""
        pixmap = self._drawn(scale, colours=colours)
        return _samples(pixmap).copy()  # freed with the pixmap

    def changed(self, shown: Pixels, scale: float, *, pictures: bool) -> Pixels:
        """How far each sample of `pixels` is off without what is written, nor what is pictured if not `pictures`."""
        pixmap = self._drawn(scale, colours=shown.ndim > 2, without=_TEXT + _PICTURES * (not pictures))
        return np.asarray(cv2.absdiff(shown, _samples(pixmap)), np.uint8)

    def _drawn(self, scale: float, *, colours: bool, without: Sequence[str] = ()) -> Any:
        matrix = _mupdf.FzMatrix(scale, 0, 0, scale, 0, 0)
        area = _mupdf.fz_round_rect(_mupdf.fz_transform_rect(_mupdf.fz_bound_display_list(self._list.this), matrix))
        space = _mupdf.FzColorspace(_mupdf.FzColorspace.Fixed_RGB if colours else _mupdf.FzColorspace.Fixed_GRAY)
        pixmap = _mupdf.fz_new_pixmap_with_bbox(space, area, _mupdf.FzSeparations(), 0)
        _mupdf.fz_clear_pixmap_with_value(pixmap, 255)
        device = _mupdf.fz_new_draw_device(matrix, pixmap)
        _leave_out(device, without)
        self._run(device, _mupdf.FzMatrix())
        _mupdf.fz_close_device(device)
        return pymupdf.Pixmap("raw", pixmap)

    def _run(self, device: Any, matrix: Any) -> None:
        area = _mupdf.FzRect(_mupdf.FzRect.Fixed_INFINITE)
        _mupdf.fz_run_display_list(self._list.this, device, matrix, area, _mupdf.FzCookie())


def _inked(text: str) -> int:
    return len("".join(text.split()))


_TEXT = ("fill_text", "stroke_text")
_PICTURES = ("fill_image", "fill_image_mask")


def _leave_out(device: Any, operations: Sequence[str]) -> None:
    """The library passes over what a device has no function for. Clips are paired, so they have to stay."""
    for operation in operations:
        setattr(device.m_internal, operation, None)


def _samples(pixmap: Any) -> Pixels:
    """The pixmap's own memory."""
    rows = np.frombuffer(pixmap.samples_mv, np.uint8).reshape(pixmap.height, pixmap.stride)
    pixels = rows[:, : pixmap.width * pixmap.n].reshape(pixmap.height, pixmap.width, pixmap.n)
    return pixels if pixmap.n > 1 else pixels[..., 0]


class _Pictures(_mupdf.FzDevice2):  # type: ignore[misc]
    """Gathers the boxes of pictures. An exception in here would be lost in the library, so there is nothing to fail."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Bounds] = []
        self.use_virtual_fill_image()
        self.use_virtual_fill_image_mask()
        self.use_virtual_clip_image_mask()

    def fill_image(self, _context: Any, _image: Any, place: Any, *_: Any) -> None:
        self._add(place)

    def fill_image_mask(self, _context: Any, _image: Any, place: Any, *_: Any) -> None:
        self._add(place)

    def clip_image_mask(self, _context: Any, _image: Any, place: Any, *_: Any) -> None:
        self._add(place)

    def _add(self, place: Any) -> None:
        self.found.append(_unit(place))


class _Order(_mupdf.FzDevice2):  # type: ignore[misc]
    """Gathers text and what may cover it, in the order of the file."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Drawn] = []
        self.use_virtual_fill_path()
        self.use_virtual_fill_text()
        self.use_virtual_stroke_text()
        self.use_virtual_fill_image()

    def fill_path(
        self, _context: Any, path: Any, _even: Any, place: Any, _space: Any, _colour: Any, alpha: float, *_: Any
    ) -> None:
        self._add(_mupdf.ll_fz_bound_path(path, None, place), alpha)

    def fill_text(self, _context: Any, text: Any, place: Any, *_: Any) -> None:
        self._add(_mupdf.ll_fz_bound_text(text, None, place), 1, is_text=True)

    def stroke_text(self, _context: Any, text: Any, stroke: Any, place: Any, *_: Any) -> None:
        self._add(_mupdf.ll_fz_bound_text(text, stroke, place), 1, is_text=True)

    def fill_image(self, _context: Any, _image: Any, place: Any, alpha: float, *_: Any) -> None:
        if alpha == 1:
            self.found.append(Drawn(_unit(place), is_text=False))

    def _add(self, box: Any, alpha: float, *, is_text: bool = False) -> None:
        if alpha == 1:
            self.found.append(Drawn((box.x0, box.y0, box.x1, box.y1), is_text))


def _unit(place: Any) -> Bounds:
    """The box of the unit square, mapped."""
    xs = sorted((place.e, place.e + place.a, place.e + place.c, place.e + place.a + place.c))
    ys = sorted((place.f, place.f + place.b, place.f + place.d, place.f + place.b + place.d))
    return xs[0], ys[0], xs[-1], ys[-1]
