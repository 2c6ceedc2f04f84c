"""Lines on their head on a page that is not: a stamp, a label's other side, the far half of a card that folds.

What is read upside down is doubtful: of 883 lines of scanned forms and receipts, read upright with .9 and more, nine in
ten came out with less than SURE when they were turned, and half with less than .7. Upright, one line in forty is as
doubtful, so few are looked at twice.
"""

from __future__ import annotations

from collections.abc import Sequence

from services.ocr.lines.characters import Characters, confidence
from services.ocr.lines.crops import Crop, half_turned
from services.ocr.lines.recogniser import Recogniser

SURE = 0.85
"""The confidence below which a line may be on its head."""

CLEAR, GAIN = 0.9, 0.1
"""How confident of a line its other side has to be at least, and by how much more."""

FEW = 4
"""Signs that look the same from both sides, such as 8 and SOS, are short: shorter lines are not looked at twice."""

Reading = tuple[Crop, Characters]
"""A line as it lies, and what it says."""


def read_either_way(recogniser: Recogniser, crops: Sequence[Crop]) -> list[Reading]:
    """The lines in the order of `crops`, each turned by 180 degrees where it makes sense only so.

    Where most of a page does, the rest of it is looked at from the other side too, and the surer reading counts.
    """
    lines = list(zip(crops, recogniser.read(crops), strict=True))
    doubtful = [place for place, (_, seen) in enumerate(lines) if len(seen) >= FEW and confidence(seen) < SURE]
    turned = {place: new for place, new in _other_side(recogniser, lines, doubtful) if _is_clear(new, lines[place])}
    if sum(len(seen) for _, seen in turned.values()) > sum(len(seen) for _, seen in lines) / 2:
        rest = [place for place in range(len(lines)) if place not in turned]
        turned |= {place: new for place, new in _other_side(recogniser, lines, rest) if _is_surer(new, lines[place])}
    return [turned.get(place, line) for place, line in enumerate(lines)]


def _other_side(recogniser: Recogniser, lines: Sequence[Reading], places: Sequence[int]) -> list[tuple[int, Reading]]:
    if not places:
        return []
    crops = [half_turned(lines[place][0]) for place in places]
    return list(zip(places, zip(crops, recogniser.read(crops), strict=True), strict=True))


def _is_clear(new: Reading, old: Reading) -> bool:
    return len(new[1]) >= FEW and confidence(new[1]) >= max(CLEAR, confidence(old[1]) + GAIN)


def _is_surer(new: Reading, old: Reading) -> bool:
    return confidence(new[1]) > confidence(old[1])
