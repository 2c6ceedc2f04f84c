"""How large a picture's pixels are, and whether they are square: what its header says, where that makes sense."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from PIL import Image

ROUNDING, STRANGEST = 1.02, 3.0
"""Up to which ratio of the two resolutions pixels count as square, and beyond which nobody means it.

A fax has 204 dots an inch by 98, 196 or 391 lines."""

_X, _Y = 282, 283
"""XResolution and YResolution of TIFF and EXIF."""


@dataclass(frozen=True, slots=True)
class Density:
    """`dpi` across, in dots per inch, None where that is unknown; `aspect` is a pixel's height over its width."""

    dpi: int | None = None
    aspect: float = 1.0


def density(frame: Image.Image) -> Density:
    """That of an open picture."""
    if frame.format == "PCX" and len(set(frame.info.get("dpi", ()))) != 1:
        return Density()  # many programs wrote the size of their screen there
    return Density(_dpi(frame), next((_aspect(pair) for pair in _pairs(frame)), 1.0))


def _dpi(frame: Image.Image) -> int | None:
    across = _numbers(frame.info.get("dpi"))
    return round(across[0]) if across and 1.5 <= across[0] <= 10_000 else None


def _aspect(pair: Sequence[float]) -> float:
    ratio = pair[0] / pair[1]
    return ratio if ROUNDING < max(ratio, 1 / ratio) <= STRANGEST else 1.0


def _pairs(frame: Image.Image) -> Iterator[Sequence[float]]:
    """Resolutions across and down, in whatever unit, the most telling first."""
    told: list[Any] = [frame.info.get(name) for name in ("aspect", "jfif_density", "dpi", "resolution")]
    if frame.info.get("pixel_aspect_ratio"):  # of HEIF: width and height, not dots
        told.insert(0, tuple(frame.info["pixel_aspect_ratio"])[::-1])
    if "jfif_density" not in frame.info and frame.format in ("JPEG", "MPO", "WEBP", "HEIF", "AVIF"):
        exif = frame.getexif()
        told.insert(0, (exif.get(_X), exif.get(_Y)))
    yield from filter(None, map(_numbers, told))


def _numbers(pair: Any) -> tuple[float, float] | None:
    """Two numbers above 0, or nothing."""
    try:
        across, down = (float(one) for one in pair)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return (across, down) if min(across, down) > 0 and isfinite(across) and isfinite(down) else None
