"""Images as rasters: upright, RGB, 8 bits, within the pixel budget. Everything about Pillow stays in here.

The size is judged from the header before anything is decoded, frames are decoded one at a time, and the way from the
decoded frame to the raster goes in bands, so that memory is about one decoded frame (4 bytes a pixel) and one raster.
"""

from __future__ import annotations

import math
import struct
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from services.document.geometry import Affine, affine
from services.document.model import Enclosed
from services.errors import TooManyPixels, UnreadableFile
from services.ocr import frames, pages
from services.ocr.ceiling import memory_ceiling
from services.ocr.engine import Pixels
from services.ocr.raster import Limits, Raster, budget_scale

FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/tiff": "TIFF",
    "image/webp": "WEBP",
    "image/bmp": "BMP",
    "image/x-portable-anymap": "PPM",
}
"""Media types that are read, and the one decoder that may open each."""

# These decoders hold several full pictures at once, so less than the whole pixel limit fits into the same memory.
_WEBP_SHARE, _ANIMATION_SHARE = 0.4, 0.25

_BAND_PIXELS = 4_000_000
_ORIENTATION, _PHOTOMETRIC, _WHITE_IS_ZERO = 274, 262, 0
IMAGE_MEMORY = 768 << 20
"""Bytes that decoding an image may add to the process; 100 megapixels of the hungriest type take 700 MB."""

_IMAGE_WIDTH, _IMAGE_LENGTH = 256, 257

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
    """An image file, or the frames of a TIFF or GIF.

    Raises UnreadableFile, TooManyPixels, TooManyPages and PageOutOfRange on opening; `render` raises UnreadableFile or
    TooManyPixels for the one frame. Of a GIF only the first `max_pages` frames exist; no number of frames refuses it.
    """

    def __init__(self, path: Path, media_type: str, *, ranges: pages.PageRanges | None, limits: Limits) -> None:
        self._path, self._format, self._limits = path, FORMATS[media_type], limits
        self._animation: Image.Image | None = None
        self._cut = False
        self._share = _WEBP_SHARE if self._format == "WEBP" else 1.0
        count = self._survey()
        self.multipage = count > 1
        self.warnings = (f"Only the first {count} frames were read.",) if self._cut else ()
        self.numbers = pages.resolve(ranges, count, limits.max_pages)

    def render(self, number: int) -> Raster:
        """Frame `number`, drawn over white where it is transparent, deep samples scaled to 8 bits."""
        with _damage_is_ours(), self._frame(number) as frame:
            stored = _stored_size(frame)
            self._check(*stored)
            if frame.format == "PNG":
                frame.load()  # its EXIF may stand behind the pixels, and asking for it hides their damage
            orientation = _orientation(frame)
            dpi = _dpi(frame)
            scaled = _rgb(frame, stored, _target(stored, self._limits))
        return _raster(number, scaled, stored, orientation, dpi)

    def text_layer(self, number: int, *, words: bool, look: bool) -> None:
        """Images have none."""

    def written(self, number: int) -> None:
        """All of an image is picture."""

    def enclosed(self) -> Enclosed:
        """Nothing is looked for."""
        return Enclosed()

    def close(self) -> None:
        if self._animation is not None:
            self._animation.close()
            self._animation = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _survey(self) -> int:
        """The number of frames. Checks the size of a single one, too, as that refuses the whole upload."""
        with self._path.open("rb") as file:
            if self._format == "TIFF":
                count = frames.tiff_frames(file)
            elif self._format == "GIF":
                count = self._survey_gif(frames.gif_shape(file, self._limits.max_pages + 1))
            else:
                count = 1
        if count < 1:
            raise UnreadableFile()
        if count == 1:
            self._check_single()
        return count

    def _survey_gif(self, shape: frames.GifShape) -> int:
        self._share = _ANIMATION_SHARE if shape.frames > 1 else 1.0
        self._check(shape.width, shape.height)
        self._cut = shape.frames > self._limits.max_pages
        return min(shape.frames, self._limits.max_pages)

    def _check_single(self) -> None:
        with _damage_is_ours(), closing(self._open()) as header:
            self._check(*_stored_size(header))

    def _check(self, width: int, height: int) -> None:
        if width < 1 or height < 1:
            raise UnreadableFile()
        most = int(self._limits.max_pixels * self._share)
        if width * height > most:
            raise TooManyPixels(
                f"The image has {width} x {height} pixels; at most {most} pixels of this type are read. "
                "Send it at a lower resolution."
            )

    def _open(self) -> Image.Image:
        return Image.open(self._path, formats=[self._format])

    @contextmanager
    def _frame(self, number: int) -> Iterator[Image.Image]:
        """The frame, not yet decoded. An animation stays open, as its frames build upon each other."""
        if self._format == "GIF" and self.multipage:
            self._animation = self._animation or self._open()
            self._animation.seek(number - 1)
            yield self._animation
        else:
            with closing(self._open()) as file:
                if number > 1:
                    file.seek(number - 1)
                yield file


@contextmanager
def _damage_is_ours() -> Iterator[None]:
    """Damage as UnreadableFile, and bounded memory: a tile or a strip may claim more than the image does.

    What Pillow only warns about is not worth a line in the log.
    """
    try:
        with warnings.catch_warnings(), memory_ceiling(IMAGE_MEMORY):
            warnings.simplefilter("ignore")
            yield
    except _DAMAGE as error:
        raise UnreadableFile() from error


def _stored_size(frame: Image.Image) -> tuple[int, int]:
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
    return orientation


def _dpi(frame: Image.Image) -> int | None:
    try:
        dpi = round(float(frame.info["dpi"][0]))
    except _DAMAGE:
        return None
    return dpi if 1 < dpi <= 10_000 else None


def _target(stored: tuple[int, int], limits: Limits) -> tuple[int, int]:
    scale = budget_scale(*stored, limits)
    return max(1, round(stored[0] * scale)), max(1, round(stored[1] * scale))


def _rgb(frame: Image.Image, stored: tuple[int, int], target: tuple[int, int]) -> Pixels:
    """The frame as stored, converted and scaled to `target` (width, height)."""
    drafted = frame.draft(None, target) if target != stored else None
    area = drafted[1][2:] if drafted else stored
    frame.load()
    convert = _converter(frame, frame.im.size)
    pixels = np.empty((target[1], target[0], 3), np.uint8)
    rows = max(1, int(_BAND_PIXELS * target[1] / (area[0] * area[1])))
    for top in range(0, target[1], rows):
        bottom = min(top + rows, target[1])
        pixels[top:bottom] = np.asarray(_band(frame, convert, area, target, (top, bottom)))
    return pixels


def _band(
    frame: Image.Image,
    convert: Callable[[Image.Image], Image.Image],
    area: tuple[float, float],
    target: tuple[int, int],
    rows: tuple[int, int],
) -> Image.Image:
    """Rows `rows` of the frame scaled to `target`; `area` is the part of the decoded frame that counts (width, height).

    The strip is cut with the filter's reach to spare on both sides, so that bands join without a seam.
    """
    width, height = frame.im.size
    step = area[1] / target[1]
    top, bottom = rows[0] * step, rows[1] * step
    reach = 0 if area == target else math.ceil(2 * max(1.0, step)) + 1
    first, last = max(0, math.floor(top) - reach), min(height, math.ceil(bottom) + reach)
    strip = convert(frame.crop((0, first, width, last)))
    if area == target:
        return strip
    box = (0.0, top - first, area[0], min(bottom - first, float(last - first)))
    return strip.resize((target[0], rows[1] - rows[0]), Image.Resampling.BICUBIC, box=box)


def _converter(frame: Image.Image, size: tuple[int, int]) -> Callable[[Image.Image], Image.Image]:
    """What turns a strip of this frame into RGB."""
    if not frame.mode.startswith(("I", "F")):
        return _flat
    low, high = _extrema(frame, size)
    low = min(low, 0.0)
    white = _full_scale(high - low, 1.0 if frame.mode == "F" else 255.0)
    inverted = isinstance(frame, TiffImageFile) and frame.tag_v2.get(_PHOTOMETRIC) == _WHITE_IS_ZERO

    def shallow(strip: Image.Image) -> Image.Image:
        grey = np.clip((_samples(strip) - low) * (255.0 / white) + 0.5, 0, 255).astype(np.uint8)
        return Image.fromarray(255 - grey if inverted else grey).convert("RGB")

    return shallow


def _flat(strip: Image.Image) -> Image.Image:
    """RGB over white."""
    if not strip.has_transparency_data:
        return strip.convert("RGB")
    strip = strip.convert("RGBA")
    white = Image.new("RGB", strip.size, "white")
    white.paste(strip, (0, 0), strip)
    return white


def _full_scale(high: float, least: float) -> float:
    """The sample value that is white: the largest of as many bits as the picture uses.

    12-bit scans come in 16-bit samples and say so nowhere; taking 65535 would show them nearly black.
    """
    if high <= least:
        return least
    return float(2.0 ** math.ceil(math.log2(high + 1)) - 1)


def _extrema(frame: Image.Image, size: tuple[int, int]) -> tuple[float, float]:
    """The darkest and brightest sample of the frame."""
    width, height = size
    rows = max(1, _BAND_PIXELS // width)
    low, high = math.inf, -math.inf
    for top in range(0, height, rows):
        band = _samples(frame.crop((0, top, width, min(top + rows, height))))
        low, high = min(low, float(band.min())), max(high, float(band.max()))
    return low, high


def _samples(strip: Image.Image) -> NDArray[np.float64]:
    return np.nan_to_num(np.asarray(strip).astype(np.float64), posinf=0, neginf=0)


def _raster(number: int, scaled: Pixels, stored: tuple[int, int], turn: Orientation, dpi: int | None) -> Raster:
    height, width = scaled.shape[:2]
    return Raster(
        number=number,
        pixels=_upright(scaled, turn),
        to_upload=_to_stored(turn, stored, (stored[0] / width, stored[1] / height)),
        width=stored[0],
        height=stored[1],
        dpi=dpi,
        rotation=turn.turn,
    )


def _upright(pixels: Pixels, turn: Orientation) -> Pixels:
    if turn.flip_x:
        pixels = pixels[:, ::-1]
    if turn.flip_y:
        pixels = pixels[::-1]
    if turn.transpose:
        pixels = pixels.transpose(1, 0, 2)
    return np.ascontiguousarray(pixels)


def _to_stored(turn: Orientation, stored: tuple[int, int], scale: tuple[float, float]) -> Affine:
    """The inverse of `_upright` and of the scaling: transpose back, flip back, stretch by `scale` (x, y)."""
    x = (-scale[0], stored[0]) if turn.flip_x else (scale[0], 0)
    y = (-scale[1], stored[1]) if turn.flip_y else (scale[1], 0)
    if turn.transpose:
        return affine([[0, x[0], x[1]], [y[0], 0, y[1]]])
    return affine([[x[0], 0, x[1]], [0, y[0], y[1]]])
