"""From a page to what can be seen of its own text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.ocr.own_text.bidi import has_leftwards, logical
from services.ocr.own_text.dingbats import signed
from services.ocr.own_text.doubles import are_doubled, once
from services.ocr.own_text.drawing import Drawing
from services.ocr.own_text.levels import levelled, touch
from services.ocr.own_text.scans import are_recognised, covered
from services.ocr.own_text.seen import Eye, Looks, Sight, are_drawn, eye_of, is_plain, looks_of, parted
from services.ocr.own_text.spacing import are_spaced, joined
from services.ocr.own_text.stacked import are_stacked, columns
from services.ocr.own_text.stretches import Row, rows_of
from services.ocr.own_text.under import uncovered

MOST_CHARACTERS = 100_000
"""More than any printed page has; beyond it a layer is not looked at, which bounds the memory that it may take."""

LOOKED, MOST_LOOKED = 100, 2000
"""The resolution at which a text layer is held against the page's picture, and the most pixels on its longer side."""

NO_TEXT = "no text layer"
NOT_SEEN = "a text layer that cannot be seen"
NOT_MEANT = "a text layer that is not meant to be seen"


@dataclass(frozen=True, slots=True)
class OwnText:
    """The rows of a page that can be seen, in points; `hidden` says that there are others.

    `earlier` are rows that are not seen either, but somebody's recognition of what the page shows.
    `flaw` says why the rows, if any, are not what the page shows. `pictures` is the share of the page that they cover.
    """

    rows: tuple[Row, ...] = ()
    earlier: tuple[Row, ...] = ()
    hidden: bool = False
    flaw: str = ""
    pictures: float = 0.0
    looks: Looks | None = None


def read(drawing: Drawing, *, words: bool) -> OwnText:
    """The text that is seen; with `words`, and wherever it takes a closer look, its rows consist of characters.

    An earlier recognition of a scan is given with its flaw, since it says what the scan shows.
    """
    blocks = _blocks(drawing, words) if drawing.count() <= MOST_CHARACTERS else []
    rows = [row for row in rows_of(blocks, whole=True) if row.text.strip()]
    if not rows:
        return OwnText(flaw=NO_TEXT)
    pictures = drawing.pictures()
    share = covered(pictures, drawing.width, drawing.height)
    if are_drawn(rows) and not _is_odd(rows):
        looks = looks_of(drawing, _scale(drawing), rows, pictures, colours=False)
        if is_plain(drawing.words(), _level(blocks), looks, eye_of(looks, rows)):
            plain = rows_of(blocks) if words else rows
            return OwnText(tuple(signed(plain)), pictures=share, looks=looks)
    looks = looks_of(drawing, _scale(drawing), rows, pictures, colours=True)
    return _looked_at(drawing, share, looks, eye_of(looks, rows))


def _blocks(drawing: Drawing, words: bool) -> Sequence[Mapping[str, Any]]:
    return drawing.characters() if words else drawing.spans()


def _is_odd(rows: Sequence[Row]) -> bool:
    """Whether some rows are not what they should be and have to be put right by character."""
    return has_leftwards(rows) or are_stacked(rows) or are_spaced(rows) or are_doubled(rows) or touch(rows)


def _mended(rows: Sequence[Row]) -> tuple[Row, ...]:
    return tuple(logical(joined(levelled(columns(signed(rows))))))


def _looked_at(drawing: Drawing, pictures: float, looks: Looks, eye: Eye) -> OwnText:
    rows = once(rows_of(drawing.characters()))
    sight = uncovered(parted(rows, eye, looks.scale), drawing)
    if sight.unseen and are_recognised(sight.unseen, pictures, looks):
        flaw = NOT_MEANT if _is_undrawn(sight) else ""
        return OwnText(_mended(sight.seen), _mended(sight.unseen), False, flaw, pictures, looks)
    flaw = "" if sight.seen else NOT_SEEN
    return OwnText(_mended(sight.seen), (), bool(sight.unseen), flaw, pictures, looks)


def _is_undrawn(sight: Sight) -> bool:
    parts = [part.drawn for row in sight.unseen for part in row.parts]
    return sum(parts) * 2 < len(parts)


def _scale(drawing: Drawing) -> float:
    """Pixels a point."""
    return min(LOOKED / 72, MOST_LOOKED / max(drawing.width, drawing.height))


def _level(blocks: Sequence[Mapping[str, Any]]) -> dict[tuple[int, int], bool]:
    """By the numbers of block and line, whether it runs level."""
    lines = ((number, nth, line) for number, block in enumerate(blocks) for nth, line in enumerate(block["lines"]))
    return {(number, nth): abs(line["dir"][1]) < 0.1 for number, nth, line in lines}
