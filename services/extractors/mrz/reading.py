"""The zones of a page: found without reading, read alone, and read again where a check digit is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import cv2
import numpy as np

from services.document.geometry import IDENTITY, map_line
from services.document.model import Line
from services.extractors.mrz.assembling import assembled
from services.extractors.mrz.characters import FILLER
from services.extractors.mrz.fitting import may_end_earlier
from services.extractors.mrz.interpretation import Interpretation, Reading, at, interpret
from services.extractors.mrz.model import Mrz
from services.extractors.mrz.rows import Row, stacks, upside_down
from services.extractors.mrz.zone import Bar, Crop, bar_of, cut, places, surroundings
from services.extractors.mrz.zone import upside_down as turned_over
from services.ocr.engine import Pixels, Read

SURE = 0.9
"""Confidence from which a zone whose check digits are all right is not read again."""

READABLE = 0.75
"""Mean confidence below which a picture is read upside down as well."""

TELLING = 3
"""Fillers in a row that tell of a zone."""

WIDTH = 900
"""Pixels to which the part of a page is brought where a zone may be, 20 to 30 a character."""

HEIGHTS = (32, 24)
"""Of a line, in pixels, when it is read on its own: once enlarged, once sharpened."""

LARGEST = 6.0
"""The most that a picture is enlarged for reading."""


@dataclass(frozen=True, slots=True, eq=False)
class Zone:
    """Rows of a page and what they say. `readings` are of the same lines as `way.lines`."""

    way: Interpretation
    readings: tuple[Reading, ...]

    @property
    def sure(self) -> bool:
        """Whether reading it again could hardly change it."""
        checked = self.way.valid and not self.way.edits and min(reading.confidence for reading in self.readings) >= SURE
        names = self.way.layout.fields.get("names")
        return checked and not (names and may_end_earlier(at(self.way.lines, names)))


def read(pixels: Pixels, read: Read, page: int = 1, today: date | None = None) -> tuple[Mrz, ...]:
    """The zones of a page, from the surest on. `pixels` are height x width x 3, RGB, in any of four orientations.

    Only the part of the page is read where a zone is likeliest; where none is found there, all of it, which `read` is
    then given as it is; and other parts where that tells of a zone. `today` decides centuries and what is expired; it
    is the system's day where it is not given. Raises what `read` raises.
    """
    bars = places(pixels)
    found = _first(pixels, read, bars[:1]) or _anywhere(pixels, read, bars[1:])
    return _results((_closer(pixels, read, zone) for zone in found), page, today)


def from_lines(lines: Sequence[Line], page: int = 1, today: date | None = None) -> tuple[Mrz, ...]:
    """The zones among lines that have been read, in pixels of their page. For `today` see `read`."""
    return _results(_zones(lines), page, today)


def _results(zones: Iterable[Zone], page: int, today: date | None) -> tuple[Mrz, ...]:
    ranked = sorted(zones, key=lambda zone: -zone.way.merit)
    return tuple(assembled(zone.way, zone.readings, page, today or date.today()) for zone in ranked)


def _zones(lines: Sequence[Line]) -> list[Zone]:
    """The best reading of each row."""
    found = [(zone, rows) for rows in stacks(lines) if (zone := _zone(rows))]
    kept: list[tuple[Zone, tuple[Row, ...]]] = []
    for zone, rows in sorted(found, key=lambda pair: -pair[0].way.merit):
        if all(row is not other for row in rows for _, others in kept for other in others):
            kept.append((zone, rows))
    return [zone for zone, _ in kept]


def _zone(rows: Sequence[Row]) -> Zone | None:
    readings = tuple(row.reading for row in rows)
    way = interpret([[reading] for reading in readings])
    return Zone(way, readings) if way else None


def _first(pixels: Pixels, read: Read, bars: Iterable[Bar]) -> list[Zone]:
    """The zones at the first place that has any."""
    return next(filter(None, (_at(pixels, read, bar) for bar in bars)), [])


def _at(pixels: Pixels, read: Read, bar: Bar) -> list[Zone]:
    """The zones in a bar, which may lie upside down."""
    margin = 0.05 * bar.length
    crop = cut(pixels, bar, min(LARGEST, WIDTH / bar.length), (margin, margin / 4))
    return _either_way(crop, read(crop.pixels), read)


def _either_way(crop: Crop, lines: Sequence[Line], read: Read) -> list[Zone]:
    """The zones among the lines of a crop, which is read again upside down where that may help."""
    zones = _zones([map_line(crop.to_page, line) for line in lines])
    if zones or not (upside_down(lines) or _unreadable(lines)):
        return zones
    crop = turned_over(crop)
    return _zones([map_line(crop.to_page, line) for line in read(crop.pixels)])


def _unreadable(lines: Sequence[Line]) -> bool:
    return bool(lines) and sum(line.confidence for line in lines) / len(lines) < READABLE


def _anywhere(pixels: Pixels, read: Read, bars: Sequence[Bar]) -> list[Zone]:
    """The zones among all lines of a page; or around a line that looks like a part of one, or in one of the bars."""
    lines, page = read(pixels), Crop(pixels, IDENTITY)
    if zones := _either_way(page, lines, read):
        return zones
    traces = [surroundings(bar) for bar in _traces(lines)]
    return _first(pixels, read, [*traces, *bars]) if traces else []


def _traces(lines: Sequence[Line]) -> list[Bar]:
    """Rows that look like a part of a zone, at most two, the longest first."""
    rows = {rows[0] for rows in stacks(lines) if rows[0].text.count(FILLER) >= TELLING}
    return [bar_of(row.reading.quad) for row in sorted(rows, key=lambda row: -len(row.text))[:2]]


def _closer(pixels: Pixels, read: Read, zone: Zone) -> Zone:
    """The zone, each line read on its own in several sizes, where it is not sure already."""
    if zone.sure:
        return zone
    again = [_strip_readings(pixels, read, reading) for reading in zone.readings]
    way = interpret([[first, *more] for first, more in zip(zone.readings, again, strict=True)])
    return Zone(way, zone.readings) if way and _keeps_rules(way) >= _keeps_rules(zone.way) else zone


def _keeps_rules(way: Interpretation) -> float:
    """Merit without the support of readings, of which there are more when a line is read again."""
    return way.merit - way.support


def _strip_readings(pixels: Pixels, read: Read, reading: Reading) -> list[Reading]:
    bar = bar_of(reading.quad)
    margin = (bar.height, 0.25 * bar.height)
    plain, small = (cut(pixels, bar, min(LARGEST, height / bar.height), margin).pixels for height in HEIGHTS)
    texts = (_middle_row(read(strip), len(strip) / 2) for strip in (plain, _sharpened(small)))
    return [Reading(row.text, row.reading.confidence, reading.quad) for row in texts if row]


def _middle_row(lines: Sequence[Line], middle: float) -> Row | None:
    """The nearest to the middle of a strip, in pixels from its top: the margin may show a part of its neighbours."""
    return min((rows[0] for rows in stacks(lines)), key=lambda row: abs(row.middle - middle), default=None)


def _sharpened(pixels: Pixels) -> Pixels:
    """With its contrast stretched to the full range and its edges raised."""
    low, high = np.percentile(pixels, (1, 99))
    stretched = np.clip((pixels - low) * (255 / max(1.0, high - low)), 0, 255).astype(np.float32)
    soft = cv2.GaussianBlur(stretched, (0, 0), 2)
    return np.asarray(np.clip(1.6 * stretched - 0.6 * soft, 0, 255), dtype=np.uint8)
