"""Images as rasters: upright, RGB, 8 bits, of square pixels, within the pixel budget. Pillow stays in here.

The size is judged from the header before anything is decoded, frames are decoded one at a time, and the way from the
decoded frame to the raster goes in bands, so that memory is about one decoded frame (4 bytes a pixel) and one raster.
"""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import numpy as np
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from services.document.geometry import Affine, affine, scaling
from services.document.model import Enclosed
from services.errors import BadInput, TooManyPixels, UnreadableFile
from services.ocr import pages
from services.ocr.ceiling import memory_ceiling
from services.ocr.engine import Pixels
from services.ocr.pictures.colour import Size, in_srgb, rgb
from services.ocr.pictures.density import Density, density
from services.ocr.pictures.kinds import KINDS
from services.ocr.pictures.opening import Measure, opened
from services.ocr.raster import Limits, Raster, budget_scale

IMAGE_MEMORY = 768 << 20
"""Bytes that decoding an image may add to the process; 100 megapixels of the hungriest type take 700 MB."""

SLIGHT = 1.05
"""Up to which ratio pixels that are not square are read as they are: to scale by a hair blurs more than it mends."""

# What Pillow's decoders raise on damaged files. Not Exception: a mistake of ours is not the client's.
_DAMAGE: tuple[type[Exception], ...] = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)

_ORIENTATION, _IMAGE_WIDTH, _IMAGE_LENGTH = 274, 256, 257

Image.MAX_IMAGE_PIXELS = None  # the limit is ours, and checked before Pillow allocates


class Orientation(NamedTuple):
    """How stored pixels become upright: flip, then transpose. `turn` is the clockwise part of it, in degrees."""

    flip_x: bool
    flip_y: bool
    transpose: bool
    turn: int


# EXIF 2.3, tag 0x0112. The mirrored ones are "mirror left to right, then turn".
ORIENTATIONS = {
    1: Orientation(False, False, False, 0),
    2: Orientation(True, False, False, 0),
    3: Orientation(True, True, False, 180),
    4: Orientation(False, True, False, 180),
    5: Orientation(False, False, True, 270),
    6: Orientation(False, True, True, 90),
    7: Orientation(True, True, True, 90),
    8: Orientation(True, False, True, 270),
}


class ImageSource:
    """An image file, the pages of a TIFF or the pictures of an animation.

    Raises UnreadableFile, UnsupportedPacking, TooManyPixels, TooManyPages and PageOutOfRange on opening; `render`
    raises the first three for the one page. Of an animation only the first `max_pages` pictures exist; no number of
    them refuses it.
    """

    def __init__(self, path: Path, media_type: str, *, ranges: pages.PageRanges | None, limits: Limits) -> None:
        self._kind, self._limits = KINDS[media_type], limits
        path.stat()  # a file of ours that is gone is no damage of theirs
        with _damage_is_ours():
            self._file = opened(path, media_type, limits.max_pages)
        if not self._file.count:
            raise UnreadableFile()
        if self._file.count == 1 or media_type != "image/tiff":
            self._check(self._measured(1))
        self.multipage = self._file.count > 1
        with _damage_is_ours():
            self.warnings = self._file.warnings
        self.numbers = pages.resolve(ranges, self._file.count, limits.max_pages)

    def render(self, number: int) -> Raster:
        """Page `number`, on its ground where it is transparent, deep samples scaled to 8 bits."""
        if self.multipage:
            self._check(self._measured(number))
        with _damage_is_ours(), self._file.frame(number) as frame:
            stored = _stored_size(frame)
            if frame.format == "PNG":
                frame.load()  # its EXIF may stand behind the pixels, and asking for it hides their damage
            turn, told = _orientation(frame), density(frame)
            pixels = rgb(frame, stored, _target(stored, told.aspect, self._limits))
            if self._kind.profiled:
                pixels = in_srgb(pixels, frame.info.get("icc_profile"))
            if self._kind.decoder == "HEIF" and frame.size != stored:
                raise UnreadableFile()  # it announced another size, and that was the one to be judged
        return (_as_shown if self._kind.turned else _raster)(number, pixels, stored, turn, told)

    def text_layer(self, number: int, *, words: bool) -> None:
        """Images have none."""

    def written(self, number: int) -> None:
        """An image is a picture."""

    def enclosed(self) -> Enclosed:
        """Images carry nothing."""
        return Enclosed()

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _measured(self, number: int) -> Measure:
        with _damage_is_ours():
            return self._file.measure(number)

    def _check(self, page: Measure) -> None:
        if page.width < 1 or page.height < 1:
            raise UnreadableFile()
        most = int(self._limits.max_pixels * page.share)
        if page.width * page.height > most:
            raise TooManyPixels(
                f"The image has {page.width} x {page.height} pixels; at most {most} pixels of this type are read. "
                "Send it at a lower resolution."
            )


@contextmanager
def _damage_is_ours() -> Iterator[None]:
    """Damage as UnreadableFile, and bounded memory: a tile or a strip may claim more than the image does.

    What Pillow only warns about is not worth a line in the log.
    """
    try:
        with warnings.catch_warnings(), memory_ceiling(IMAGE_MEMORY):
            warnings.simplefilter("ignore")
            yield
    except BadInput:
        raise
    except _DAMAGE as error:
        raise UnreadableFile() from error


def _stored_size(frame: Image.Image) -> Size:
    """Width and height before EXIF rotation. For a TIFF `size` may already be that of the turned image."""
    if isinstance(frame, TiffImageFile):
        return int(frame.tag_v2[_IMAGE_WIDTH]), int(frame.tag_v2[_IMAGE_LENGTH])
    return frame.size


def _orientation(frame: Image.Image) -> Orientation:
    """What EXIF (or the TIFF tag) says, upright where it says nothing sensible. Keeps Pillow from turning it itself."""
    try:
        exif = frame.getexif()
    except _DAMAGE:
        return ORIENTATIONS[1]
    orientation = ORIENTATIONS.get(exif.get(_ORIENTATION, 1), ORIENTATIONS[1])
    exif[_ORIENTATION] = 1
    if frame.format == "JXL" and not getattr(frame, "jpeg", False):
        return ORIENTATIONS[1]  # its decoder has turned it, but for a JPEG packed anew
    return orientation


def _target(stored: Size, aspect: float, limits: Limits) -> Size:
    """The size at which a picture is read: its pixels made square by stretching, and within the budget."""
    width, height = (float(side) for side in stored)
    if max(aspect, 1 / aspect) > SLIGHT:
        width, height = width * max(1, 1 / aspect), height * max(1, aspect)
    scale = budget_scale(width, height, limits)
    return max(1, round(width * scale)), max(1, round(height * scale))


def _raster(number: int, scaled: Pixels, stored: Size, turn: Orientation, told: Density) -> Raster:
    height, width = scaled.shape[:2]
    return Raster(
        number=number,
        pixels=_upright(scaled, turn),
        to_upload=_to_stored(turn, stored, (stored[0] / width, stored[1] / height)),
        width=stored[0],
        height=stored[1],
        dpi=told.dpi,
        rotation=turn.turn,
        aspect=told.aspect,
    )


def _as_shown(number: int, scaled: Pixels, stored: Size, turn: Orientation, told: Density) -> Raster:
    """Of a picture that is turned by itself: its pixels are those of the upright one."""
    pixels = _upright(scaled, turn)
    width, height = stored[::-1] if turn.transpose else stored
    return Raster(
        number=number,
        pixels=pixels,
        to_upload=scaling(width / pixels.shape[1], height / pixels.shape[0]),
        width=width,
        height=height,
        dpi=told.dpi,
        aspect=1 / told.aspect if turn.transpose else told.aspect,
    )


def _upright(pixels: Pixels, turn: Orientation) -> Pixels:
    if turn.flip_x:
        pixels = pixels[:, ::-1]
    if turn.flip_y:
        pixels = pixels[::-1]
    if turn.transpose:
        pixels = pixels.transpose(1, 0, 2)
    return np.ascontiguousarray(pixels)


def _to_stored(turn: Orientation, stored: Size, scale: tuple[float, float]) -> Affine:
    """The inverse of `_upright` and of the scaling: transpose back, flip back, stretch by `scale` (x, y)."""
    x = (-scale[0], stored[0]) if turn.flip_x else (scale[0], 0)
    y = (-scale[1], stored[1]) if turn.flip_y else (scale[1], 0)
    if turn.transpose:
        return affine([[0, x[0], x[1]], [y[0], 0, y[1]]])
    return affine([[x[0], 0, x[1]], [0, y[0], y[1]]])
