"""From a decoded picture to RGB of 8 bits at the size that is read, in bands, so that no second picture is held."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageChops

from services.ocr.engine import Pixels
from services.ocr.pictures.samples import black_and_white

BAND_PIXELS = 4_000_000

Size = tuple[int, int]
"""Width and height in pixels."""

Mask = NDArray[np.bool_]
Convert = Callable[[Image.Image], Image.Image]

WHITE, GREY, BLACK = 255, 128, 0
_OPAQUE, _CLEAR = 128, 64
"""From which alpha on something is seen, and below which nothing is."""

_LIGHT, _DARK = 192, 128
_HALO = 3
"""Pixels from dark ones within which light ones are the blur of their edges, made for a white ground."""

_FEW = 0.1
"""The share of edges up to which a ground may hide them."""


def rgb(frame: Image.Image, stored: Size, target: Size) -> Pixels:
    """The frame as stored, converted and scaled to `target`. Over what it is drawn where it is transparent, see
    `ground`.
    """
    drafted = frame.draft(None, target) if target != stored else None
    area = drafted[1][2:] if drafted else stored
    frame.load()
    convert = _converter(frame, frame.im.size)
    pixels = np.empty((target[1], target[0], 3), np.uint8)
    rows = max(1, int(BAND_PIXELS * target[1] / (area[0] * area[1])))
    for top in range(0, target[1], rows):
        bottom = min(top + rows, target[1])
        pixels[top:bottom] = np.asarray(_band(frame, convert, area, target, (top, bottom)))
    return pixels


def in_srgb(pixels: Pixels, profile: bytes | None) -> Pixels:
    """What the numbers of an ICC profile's RGB look like in sRGB. As they are where there is none, or not for RGB."""
    if not profile:
        return pixels
    from PIL import ImageCms  # a library that the web process, which only sniffs, does without

    try:
        theirs = ImageCms.ImageCmsProfile(BytesIO(profile))
        if theirs.profile.xcolor_space.strip() != "RGB":
            return pixels
        ours = ImageCms.createProfile("sRGB")
        changed = ImageCms.profileToProfile(Image.fromarray(pixels), theirs, ours)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return pixels
    return pixels if changed is None else np.asarray(changed)


def _band(
    frame: Image.Image, convert: Convert, area: tuple[float, float], target: Size, rows: tuple[int, int]
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


def _converter(frame: Image.Image, size: Size) -> Convert:
    """What turns a strip of this frame into RGB."""
    if frame.mode.startswith(("I", "F")):
        return _shallow(frame, size)
    if frame.mode == "CMYK" and frame.format in ("JPEG", "MPO") and "adobe" not in frame.info:
        return lambda strip: ImageChops.invert(strip).convert("RGB")  # Pillow takes every one for Adobe's negatives
    if not frame.has_transparency_data:
        return lambda strip: strip.convert("RGB")
    level = ground(frame.crop((0, first, size[0], last)) for first, last in _strips(size))
    return lambda strip: _over(level, strip)


def _over(level: int, strip: Image.Image) -> Image.Image:
    strip = strip.convert("RGBA")
    whole = Image.new("RGB", strip.size, (level,) * 3)
    whole.paste(strip, (0, 0), strip)
    return whole


def ground(strips: Iterator[Image.Image]) -> int:
    """The grey on which a partly transparent picture is drawn: white, as on paper, unless that hides what is there.

    Light shapes that border on nothing are seen on black, and on grey where there are dark ones, too.
    """
    light = dark = 0
    for strip in strips:
        tones = np.asarray(strip.convert("RGBA").convert("LA"))
        seen, edge = tones[..., 1] >= _OPAQUE, _widened(tones[..., 1] < _CLEAR, 2)
        is_dark = seen & (tones[..., 0] < _DARK)
        light += int((seen & (tones[..., 0] >= _LIGHT) & edge & ~_widened(is_dark, _HALO)).sum())
        dark += int((is_dark & edge).sum())
    if light <= _FEW * (light + dark):
        return WHITE
    return BLACK if dark <= _FEW * (light + dark) else GREY


def _widened(mask: Mask, reach: int) -> Mask:
    """With all pixels up to `reach` rows and columns away."""
    for axis in (0, 1):
        wide = mask.copy()
        for step in range(1, reach + 1):
            there, here = np.moveaxis(wide, axis, 0), np.moveaxis(mask, axis, 0)
            there[step:] |= here[:-step]
            there[:-step] |= here[step:]
        mask = wide
    return mask


def _shallow(frame: Image.Image, size: Size) -> Convert:
    """Of samples of more than 8 bits."""
    low, high = math.inf, -math.inf
    for first, last in _strips(size):
        band = _samples(frame.crop((0, first, size[0], last)))
        low, high = min(low, float(band.min())), max(high, float(band.max()))
    black, white = black_and_white(low, high, floating=frame.mode == "F")

    def shallow(strip: Image.Image) -> Image.Image:
        grey = np.clip((_samples(strip) - black) * (255.0 / (white - black)) + 0.5, 0, 255).astype(np.uint8)
        return Image.fromarray(grey).convert("RGB")

    return shallow


def _samples(strip: Image.Image) -> NDArray[np.float64]:
    return np.nan_to_num(np.asarray(strip).astype(np.float64), posinf=0, neginf=0)


def _strips(size: Size) -> Iterator[tuple[int, int]]:
    """First and last row of each."""
    rows = max(1, BAND_PIXELS // size[0])
    for top in range(0, size[1], rows):
        yield top, min(top + rows, size[1])
