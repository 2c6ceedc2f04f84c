"""Symbols in a picture: as it is, then through variants of it until one reads, then bars by themselves.

What corrects its own errors is believed at once, and so is what has a check digit, if the untouched picture gives it.
Anything else two different variants have to agree on: short codes without a check are found in print and in the lines
of tables, but hardly ever the same one twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from services.document.model import Quad
from services.extractors.barcodes.codes import barcode
from services.extractors.barcodes.extent import around, grown, stack
from services.extractors.barcodes.model import Barcode
from services.extractors.barcodes.regions import Floats, Region, regions, rows, straightened
from services.extractors.barcodes.sequences import parts
from services.extractors.barcodes.stacked import row_of_stack
from services.extractors.barcodes.symbols import Symbol, symbol
from services.extractors.barcodes.templates import match
from services.extractors.barcodes.variants import ENHANCED, MOST_PIXELS, STRAIGHT, Grey, Variant, made, same
from services.ocr.engine import Pixels

Formats = zxingcpp.BarcodeFormat
ANY, LINEAR = zxingcpp.BarcodeFormats(Formats.All), zxingcpp.BarcodeFormats(Formats.AllLinear)

CORRECTING = frozenset(
    ["QRCode", "QRCodeModel1", "QRCodeModel2", "RMQRCode", "DataMatrix", "Aztec", "AztecCode", "MaxiCode"]
    + ["PDF417", "CompactPDF417", "MicroPDF417"]
)
"""Symbologies with Reed-Solomon codes."""

CHECKING = frozenset(["EAN13", "EAN8", "UPCA", "UPCE", "ISBN", "Code128", "Code93"])
"""Bars with a check digit that every symbol has."""

CERTAIN, CHECKED, AGREED, FITTED = 1.0, 0.99, 0.95, 0.9
"""Confidence in what corrects itself; what has a check digit; what variants agree on; what was read by its looks."""

MATRIX = zxingcpp.BarcodeFormats(Formats.AllMatrix)

ROWS_LIKE = "Code128"
"""As what rows of Codablock F are read."""

SHORTEST_ITF = 6
"""Digits. Any two bars of this symbology begin it, so that fewer are found in other symbols and in print."""

STACKED = 0.6
"""What is looked at around some of the bars of a symbol with several rows of them, of their length."""

STACKS = frozenset(["DataBarStk", "DataBarStkOmni", "DataBarExpStk"])
"""Bars in several rows, whose place zxing-cpp knows as a whole."""

BARS = frozenset(one.name for one in zxingcpp.barcode_formats_list(LINEAR)) - STACKS

NEXT = 0.3
"""What may be between rows of one stack, of their height."""

MARGIN = 0.3
"""What is cut out around a symbol to read it again, of its size."""

MOST_UNSURE = 8
"""Readings of one picture that are read again."""

PLAIN = Variant("as it is", 1, same)
AGAIN = (
    Variant("large", 2, same),
    Variant("larger", 3, same),
    Variant("small", 0.7, same),
    Variant("global", 1, same, zxingcpp.Binarizer.GlobalHistogram),
)


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A symbol as one or more variants gave it. `corners` are 4 x 2, from its own top left, in pixels of the page.

    `straight` says that they are variants of its bars alone, turned upright.
    """

    symbol: Symbol
    corners: Floats
    variants: frozenset[str]
    straight: bool = False

    @property
    def kind(self) -> str:
        return self.symbol.kind

    @property
    def believed(self) -> bool:
        """See the head of this module."""
        plain = self.kind in CHECKING and PLAIN.name in self.variants
        return self.kind in CORRECTING or plain or len(self.variants) > 1

    @property
    def confidence(self) -> float:
        if self.kind in CORRECTING:
            return CERTAIN
        if FITS in self.variants:
            return FITTED
        return CHECKED if self.kind in CHECKING and PLAIN.name in self.variants else AGREED

    @property
    def rank(self) -> tuple[bool, bool, float, int]:
        """Which of two readings of the same place counts: the higher one."""
        return self.kind in CORRECTING, self.straight, self.confidence, len(self.variants)


FITS = "templates"


def find(pixels: Pixels, page: int) -> list[Barcode]:
    """All symbols of a page, from top to bottom, with quads in its pixels."""
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    found = _whole(grey, _plainly(grey) or _enhanced(grey))
    found = _without_rows(_apart([*found, *_bars(grey, found)]))
    ordered = sorted(found, key=lambda reading: (reading.corners[:, 1].min(), reading.corners[:, 0].min()))
    belonging = parts([reading.symbol for reading in ordered])
    return [
        barcode(reading.symbol, quad(reading.corners), page, reading.confidence, part)
        for reading, part in zip(ordered, belonging, strict=True)
    ]


def _without_rows(readings: Sequence[Reading]) -> list[Reading]:
    """Without what are rows of a stacked symbology that is not read."""
    codes = [(reading.symbol.text, reading.corners) for reading in readings if reading.kind == ROWS_LIKE]
    return [
        reading
        for reading in readings
        if reading.kind != ROWS_LIKE or not row_of_stack(reading.symbol.text, reading.corners, codes)
    ]


def _whole(grey: Grey, readings: Iterable[Reading]) -> list[Reading]:
    """With the box of all of a symbol; of bars, zxing-cpp gives only the rows in which it read them."""
    return _apart(replace(reading, corners=_extent(grey, reading)) for reading in readings)


def _extent(grey: Grey, reading: Reading) -> Floats:
    if reading.kind in STACKS:
        return stack(grey, reading.corners)
    return grown(grey, reading.corners) if reading.kind in BARS else reading.corners


def _plainly(grey: Grey) -> list[Reading]:
    """What the picture shows as it is; where one is not believed, its surroundings are read again."""
    readings = list(_read(grey, PLAIN, most=grey.size))
    sure = [reading for reading in readings if reading.believed]
    unsure = [reading for reading in readings if not reading.believed][:MOST_UNSURE]
    return _apart([*sure, *(again for reading in unsure for again in _again(grey, reading))])


def _again(grey: Grey, reading: Reading) -> list[Reading]:
    """The reading, if another variant of its surroundings gives the same and none gives something else."""
    (left, top), (right, bottom) = reading.corners.min(axis=0), reading.corners.max(axis=0)
    margin = MARGIN * max(right - left, bottom - top) + 10
    x, y = max(0, int(left - margin)), max(0, int(top - margin))
    part = np.ascontiguousarray(grey[y : int(bottom + margin) + 1, x : int(right + margin) + 1])
    others = [_moved(reading, x, y) for variant in AGAIN for reading in _read(part, variant)]
    return [one for one in _merged([reading, *others]) if one.believed]


def _enhanced(grey: Grey) -> list[Reading]:
    """What variants of the whole picture show, up to the first that makes something believed."""
    readings: list[Reading] = []
    for variant in ENHANCED:
        readings = _merged([*readings, *_read(grey, variant)])
        if believed := _apart(reading for reading in readings if reading.believed):
            return believed
    return []


def _bars(grey: Grey, found: Sequence[Reading]) -> Iterator[Reading]:
    """Bars, each region turned upright and read by itself; by its looks where nothing else was read from it.

    Bars that were read already are read again: a row that crosses them askew may leave them early, and what it crossed
    may pass for a shorter symbol, as the first half of an EAN-13 does for a UPC-E.
    """
    for region in regions(grey):
        here = [reading for reading in found if _covers(reading, region)]
        if not any(reading.kind in CORRECTING for reading in here):
            straight = _whole(grey, _straight(grey, region)) or _stacked(grey, region)
            yield from straight or ([] if here else _whole(grey, _fitted(grey, region)))


def _straight(grey: Grey, region: Region) -> list[Reading]:
    picture, back = straightened(grey, region)
    readings: list[Reading] = []
    for variant in STRAIGHT:
        more = [_mapped(reading, back) for reading in _read(picture, variant, LINEAR)]
        readings = _merged([*readings, *more])
    return [replace(reading, straight=True) for reading in readings if len(reading.variants) > 1]


def _stacked(grey: Grey, region: Region) -> list[Reading]:
    """Symbols of several rows of bars, whose rows zxing-cpp finds only where they are nearly level."""
    picture, back = straightened(grey, region, around=STACKED)
    readings = (_mapped(reading, back) for reading in _read(picture, PLAIN, MATRIX))
    return [reading for reading in readings if reading.kind in CORRECTING]


def _fitted(grey: Grey, region: Region) -> list[Reading]:
    found = match(rows(grey, region))
    if found is None:
        return []
    picture, back = straightened(grey, region)
    top, bottom = (0, len(picture)) if found.first < found.last else (len(picture), 0)
    corners = np.array([[found.first, top], [found.last, top], [found.last, bottom], [found.first, bottom]])
    seen = Symbol("EAN13", found.digits, found.digits.encode(), "text")
    return [_mapped(Reading(seen, corners, frozenset([FITS])), back)]


def _read(
    grey: Grey, variant: Variant, formats: zxingcpp.BarcodeFormats = ANY, most: int = MOST_PIXELS
) -> Iterator[Reading]:
    """What one variant gives, in pixels of `grey`."""
    picture, scale = made(variant, grey, most)
    for found in zxingcpp.read_barcodes(
        picture,
        formats=formats,
        binarizer=variant.binarizer,
        text_mode=zxingcpp.TextMode.Plain,
        ean_add_on_symbol=zxingcpp.EanAddOnSymbol.Read,
    ):
        if found.format != Formats.ITF or len(found.text) >= SHORTEST_ITF:
            yield Reading(symbol(found), corners_of(found.position) / scale, frozenset([variant.name]))


def corners_of(position: zxingcpp.Position) -> Floats:
    points = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return np.array([(point.x, point.y) for point in points], dtype=float)


def _moved(reading: Reading, x: int, y: int) -> Reading:
    return replace(reading, corners=reading.corners + (x, y))


def _mapped(reading: Reading, back: NDArray[np.floating]) -> Reading:
    return replace(reading, corners=reading.corners @ back[:, :2].T + back[:, 2])


def _merged(readings: Iterable[Reading]) -> list[Reading]:
    """Readings of the same text at the same place as one, with all their variants.

    Its place is that of the first, unless a straight one tells better.
    """
    merged: list[Reading] = []
    for reading in readings:
        twin = next((at for at, other in enumerate(merged) if _same(reading, other)), None)
        if twin is None:
            merged.append(reading)
        else:
            other = merged[twin]
            place = reading if reading.straight and not other.straight else other
            both = replace(place.symbol, add_on=other.symbol.add_on or reading.symbol.add_on)
            corners = place.corners if place.kind not in STACKS else around(np.vstack([other.corners, reading.corners]))
            merged[twin] = replace(place, symbol=both, corners=corners, variants=other.variants | reading.variants)
    return merged


def _same(one: Reading, other: Reading) -> bool:
    if (one.kind, one.symbol.data) != (other.kind, other.symbol.data):
        return False
    return _overlap(one, other) or (one.kind in STACKS and _close(one.corners, other.corners))


def _close(one: Floats, other: Floats) -> bool:
    """Whether they may be rows of one stack: with the bounds of each moved out by a part of its own size."""
    bounds = [(part.min(axis=0), part.max(axis=0)) for part in (one, other)]
    margin = NEXT * min(float((high - low).min()) for low, high in bounds) + 5
    (low, high), (other_low, other_high) = bounds
    return bool((low - margin <= other_high).all() and (other_low - margin <= high).all())


def _apart(readings: Iterable[Reading]) -> list[Reading]:
    """One reading for each place, the highest in rank; none where two texts have the same."""
    merged = _merged(readings)
    return [
        reading for reading in merged if not any(_beaten(reading, other) for other in merged if other is not reading)
    ]


def _beaten(one: Reading, other: Reading) -> bool:
    return _overlap(one, other) and one.rank <= other.rank


def _overlap(one: Reading, other: Reading) -> bool:
    """Whether the middle of one lies in the bounds of the other. A reading may be a line without height."""
    return _inside(one.corners.mean(axis=0), other.corners) or _inside(other.corners.mean(axis=0), one.corners)


def _covers(reading: Reading, region: Region) -> bool:
    turn = np.array([[np.cos(region.angle), np.sin(region.angle)], [-np.sin(region.angle), np.cos(region.angle)]])
    across, along = turn @ reading.corners.mean(axis=0)
    middle = turn.T @ np.array([(region.left + region.right) / 2, (region.top + region.bottom) / 2])
    inside = region.left <= across <= region.right and region.top <= along <= region.bottom
    return bool(inside) or _inside(middle, reading.corners)


def _inside(point: Floats, corners: Floats) -> bool:
    low, high = corners.min(axis=0) - 5, corners.max(axis=0) + 5
    return bool((point >= low).all() and (point <= high).all())


def quad(corners: Floats) -> Quad:
    return Quad(*((float(x), float(y)) for x, y in corners))
