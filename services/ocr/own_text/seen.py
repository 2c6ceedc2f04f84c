"""What of a page's own text can be seen on it.

Text may be there and not be seen for many reasons: it is not drawn, or quite transparent, in the colour of what is
behind it, cut away by a clip, too small, under a shape or picture that was drawn later. One look tells all: letters are
seen where the page looks different without its text. Where it does not, nobody who looks at the page reads them, and
what nobody sees must not be given out as the page's text: it is what was blacked out, or written for machines.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from services.document.model import Bounds, Point
from services.document.rows import Frame
from services.ocr.own_text.drawing import Drawing, WordBox
from services.ocr.own_text.stretches import Row, Stretch

SMALLEST = 1.0
"""Type, in points, that nobody can read."""

FAINT = 16
"""The step, of 255, by which text has to differ from what is behind it. Light grey on white has 40, a watermark 20."""

ZONE = 0.28, 0.8
"""Shares of a line's height between which every letter has ink, and the lines above and below have none."""

ENDS = 0.15
"""The share of a character's width, at either end, that neighbours may reach into."""

CELL = 0.8
"""The width, in heights of a line, in which a word has ink. Two letters at least."""

LEGIBLE = 2.0
"""Pixels of type below which a picture does not tell whether it is there."""

STEP, STEPS, DARK = 12, 3, 200
"""A rule is seen in so many rows of pixels, of which every so manyth is looked at, darker than this."""

Boxes = NDArray[np.float64]
"""N x 4: left, top, right, bottom."""

Levels = Mapping[tuple[int, int], bool]


@dataclass(frozen=True, slots=True)
class Looks:
    """A page at `scale` pixels a point: grey, and where it would look different without its text."""

    grey: NDArray[np.uint8]
    changed: NDArray[np.bool_]
    scale: float


def looks_of(
    drawing: Drawing, scale: float, rows: Iterable[Row], pictures: Sequence[Bounds], *, colours: bool
) -> Looks:
    """In grey it takes half as long; what differs there surely does in `colours`, which tell the rest.

    Pictures, which take longest to draw, are left out of the second drawing where none is near the text.
    """
    shown = drawing.pixels(scale, colours=colours)
    steps = drawing.changed(shown, scale, pictures=_meet(rows, pictures))
    if not colours:
        return Looks(shown, np.asarray(steps > FAINT), scale)
    most = np.maximum(np.maximum(steps[..., 0], steps[..., 1]), steps[..., 2])
    return Looks(cv2.cvtColor(shown, cv2.COLOR_RGB2GRAY), np.asarray(most > FAINT), scale)


def _meet(rows: Iterable[Row], pictures: Sequence[Bounds]) -> bool:
    quads = [row.quad(row.parts).bounds for row in rows if row.parts] if pictures else []
    return any(_overlap(one, other) for one in quads for other in pictures)


def _overlap(one: Bounds, other: Bounds) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def has_upright_rules(looks: Looks) -> bool:
    """Whether anything dark that is no text goes down the page: some of its rows tell."""
    rows = (looks.grey[::STEP] < DARK) & ~looks.changed[::STEP]
    return bool((rows.sum(axis=0) >= STEPS).any())


class Eye:
    """Counts the pixels in boxes, given in points of the page, that something marks."""

    def __init__(self, marked: NDArray[np.bool_], scale: float) -> None:
        self._sums = cv2.integral(marked.view(np.uint8))
        self._scale = scale

    def counts(self, boxes: Boxes) -> NDArray[np.int64]:
        """For every box; what lies outside the page counts nothing."""
        height, width = self._sums.shape[0] - 1, self._sums.shape[1] - 1
        low = np.floor(np.nan_to_num(boxes[:, :2]) * self._scale)
        high = np.maximum(np.ceil(np.nan_to_num(boxes[:, 2:]) * self._scale), low + 1)
        left, right = (np.clip(side, 0, width).astype(np.int64) for side in (low[:, 0], high[:, 0]))
        top, bottom = (np.clip(side, 0, height).astype(np.int64) for side in (low[:, 1], high[:, 1]))
        sums = self._sums
        return np.asarray(sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left], np.int64)


def eye_of(looks: Looks, rows: Iterable[Row]) -> Eye:
    """For what text changes, which includes what is seen through letters."""
    marked = looks.changed
    for row in rows:
        for part in row.parts:
            if part.clipping:
                marked = _with_hole(marked, looks, row.quad((part,)).bounds)
    return Eye(marked, looks.scale)


def _with_hole(marked: NDArray[np.bool_], looks: Looks, bounds: Bounds) -> NDArray[np.bool_]:
    left, top, right, bottom = (max(0, int(side * looks.scale)) for side in bounds)
    window = looks.grey[top : bottom + 1, left : right + 1]
    if window.size and int(window.max()) - int(window.min()) > FAINT:
        marked = marked.copy()
        marked[top : bottom + 1, left : right + 1] = True
    return marked


def are_drawn(rows: Iterable[Row]) -> bool:
    """Whether all of the text is there to be seen, by what the file says."""
    return all(part.drawn and part.size >= SMALLEST for row in rows for part in row.parts if part.text.strip())


def is_plain(words: Sequence[WordBox], level: Levels, looks: Looks, eye: Eye) -> bool:
    """Whether all of the text is seen, as far as words tell: then nothing has to be looked at closer.

    `level` says by block and line whether it runs level; words of others are looked at as a whole.
    """
    wordy = [word for word in words if any(map(str.isalnum, word[4]))]
    if not wordy:
        return True
    boxes = np.array([word[:4] for word in wordy], np.float64)
    cells = _cells(boxes, np.array([level.get(word[5:7], False) for word in wordy]))
    legible = (cells[:, 3] - cells[:, 1]) * looks.scale >= LEGIBLE
    return bool((eye.counts(cells)[legible] > 0).all())


def _cells(boxes: Boxes, level: NDArray[np.bool_]) -> Boxes:
    """Words that run level cut into pieces in which there has to be ink."""
    width, height = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    counts = np.where(level, np.clip(width / np.maximum(CELL * height, 0.1), 1, 100), 1).astype(int)
    of = np.repeat(np.arange(len(boxes)), counts)
    nth = np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts, counts)
    step = width / counts
    left = boxes[of, 0] + nth * step[of]
    trim = np.where(level, 1.0, 0.0)[of] * height[of]
    top, bottom = boxes[of, 1] + ZONE[0] * trim, boxes[of, 3] - (1 - ZONE[1]) * trim
    return np.stack([left, top, left + step[of], bottom], axis=1)


# Closer


@dataclass(frozen=True, slots=True)
class Sight:
    """Rows of characters, those that are seen and those that are not; a row may have parts in both."""

    seen: tuple[Row, ...]
    unseen: tuple[Row, ...]


def parted(rows: Sequence[Row], eye: Eye, scale: float) -> Sight:
    """Rows of single characters by whether they can be seen."""
    inked = iter((eye.counts(_boxes(rows)) > 0).tolist())
    seen: list[Row] = []
    unseen: list[Row] = []
    for row in rows:
        flags = _settled(row.parts, [_is_seen(part, next(inked), scale) for part in row.parts])
        for to, wanted in ((seen, True), (unseen, False)):
            parts = tuple(part for part, flag in zip(row.parts, flags, strict=True) if flag is wanted)
            if any(not part.text.isspace() for part in parts):
                to.append(replace(row, parts=parts))
    return Sight(tuple(seen), tuple(unseen))


def _boxes(rows: Sequence[Row]) -> Boxes:
    """Upright, where a letter surely has ink, of all parts of the rows one after the other."""
    sides = np.array([part[1:5] for row in rows for part in row.parts], np.float64).reshape(-1, 4)
    of = np.repeat(np.arange(len(rows)), [len(row.parts) for row in rows])
    width, height = sides[:, 1] - sides[:, 0], sides[:, 3] - sides[:, 2]
    us = np.stack([sides[:, 0] + ENDS * width, sides[:, 1] - ENDS * width])
    vs = np.stack([sides[:, 2] + ZONE[0] * height, sides[:, 2] + ZONE[1] * height])
    (ax, ay), (cx, cy) = (np.array([way(row.frame) for row in rows]).reshape(-1, 2)[of].T for way in (_along, _across))
    x, y = us[[0, 1, 0, 1]] * ax + vs[[0, 0, 1, 1]] * cx, us[[0, 1, 0, 1]] * ay + vs[[0, 0, 1, 1]] * cy
    return np.stack([x.min(0), y.min(0), x.max(0), y.max(0)], axis=1)


def _along(frame: Frame) -> Point:
    return frame.along


def _across(frame: Frame) -> Point:
    return frame.across


def _is_seen(part: Stretch, inked: bool, scale: float) -> bool | None:
    """None for what has to follow its neighbours."""
    if not part.drawn or part.size < SMALLEST:
        return False
    if part.size * scale < LEGIBLE:
        return True
    return inked if part.text.isalnum() and part.end > part.start else None


def _settled(parts: Sequence[Stretch], flags: Sequence[bool | None]) -> list[bool]:
    """Signs follow the letter before them, else the one behind; one letter beside one that is seen is not hidden."""
    known = next((flag for flag in flags if flag is not None), True)
    if None not in flags and len(set(flags)) == 1:
        return [known] * len(flags)
    around = [None, *flags, None]
    even = list(flags)
    for place, (before, flag, after) in enumerate(zip(around, flags, around[2:], strict=False)):
        if flag is False and parts[place].drawn and before is not False and after is not False and (before or after):
            even[place] = True
    return list(_followed(even, known))


def _followed(flags: Iterable[bool | None], last: bool) -> Iterator[bool]:
    for flag in flags:
        last = last if flag is None else flag
        yield last
