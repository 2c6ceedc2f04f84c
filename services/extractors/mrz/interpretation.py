"""From the readings of some lines to the format, and the text in it, that they are most likely of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from services.document.model import Quad
from services.extractors.mrz.characters import FILLER, PAIRS, TO_DIGIT, TO_LETTER, check_digit
from services.extractors.mrz.fitting import Change, changes, fitted, settled, state, without_stray_letters
from services.extractors.mrz.layouts import LAYOUTS, Check, Layout, Span
from services.extractors.mrz.states import CODES

MOST_WAYS = 400
"""Combinations of lines that are tried for one format."""

MOST_VIOLATIONS = 2
"""Characters outside their alphabets in a zone that is still taken for one."""

FEWEST_FILLERS = 3
"""In a zone of which hardly a check digit is right."""


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """One line as it was read once, normalised."""

    text: str
    confidence: float
    quad: Quad


@dataclass(frozen=True, slots=True, repr=False)
class Interpretation:
    """Lines as one format has them. `edits` are fillers put in or left out.

    `merit` is for comparison: how well the lines keep the format's rules, and the `support` that the readings give.
    """

    layout: Layout
    lines: tuple[str, ...]
    changes: tuple[tuple[Change, ...], ...]
    checks: Mapping[str, bool]
    violations: int
    edits: int
    support: float
    merit: float

    @property
    def valid(self) -> bool:
        """All check digits are right, all characters in their alphabets."""
        return all(self.checks.values()) and not self.violations


def interpret(alternatives: Sequence[Sequence[Reading]]) -> Interpretation | None:
    """The best of all formats. `alternatives` has for each line, from the top, what it was read as.

    None where the lines are of no format.
    """
    found = (way for layout in LAYOUTS if len(layout.masks) == len(alternatives) for way in _ways(layout, alternatives))
    best = max((way for way in found if _is_zone(way)), key=lambda way: way.merit, default=None)
    return best and mended(best)


def _is_zone(way: Interpretation) -> bool:
    """Whether this is a zone at all, rather than other text that happens to be as long."""
    right = sum(way.checks.values())
    if way.violations > MOST_VIOLATIONS or not re.match(way.layout.prefix, way.lines[0]):
        return False
    return right >= 2 or ("".join(way.lines).count(FILLER) >= FEWEST_FILLERS and way.violations == 0)


def _ways(layout: Layout, alternatives: Sequence[Sequence[Reading]]) -> Iterator[Interpretation]:
    lines = [list(_lines(layout, place, readings)) for place, readings in enumerate(alternatives)]
    for chosen in islice(product(*lines), MOST_WAYS):
        yield _interpretation(layout, chosen)


@dataclass(frozen=True, slots=True)
class _Line:
    """One way to have a line. `support` is the share of its characters, weighed by confidence, that readings have."""

    text: str
    changes: tuple[Change, ...]
    violations: int
    edits: int
    support: float


def _lines(layout: Layout, place: int, readings: Sequence[Reading]) -> Iterator[_Line]:
    """The ways to have the line at `place`, those of the readings and what most of them have at every place."""
    ways = [(text, edits, reading) for reading in readings for text, edits in fitted(reading.text, layout.length)]
    votes = _votes([(text, reading.confidence) for text, edits, reading in ways if edits == 0])
    texts: dict[str, int] = {}
    for text, edits, _ in ways:
        texts[text] = min(edits, texts.get(text, edits))
    if len(votes) == layout.length:
        texts.setdefault("".join(max(vote, key=vote.__getitem__) for vote in votes), 0)
    for text, edits in texts.items():
        yield _line(layout, place, text, edits, _support(text, votes))


def _votes(texts: Sequence[tuple[str, float]]) -> list[Counter[str]]:
    """For every place the weight of each character that was read there."""
    votes: list[Counter[str]] = [Counter() for _ in texts[0][0]] if texts else []
    for text, weight in texts:
        for vote, character in zip(votes, text, strict=True):
            vote[character] += weight  # type: ignore[assignment]
    return votes


def _support(text: str, votes: Sequence[Counter[str]]) -> float:
    shares = [vote[character] / (vote.total() or 1) for vote, character in zip(votes, text, strict=False)]
    return sum(shares) / len(text) if shares else 0.0


def _line(layout: Layout, place: int, text: str, edits: int, support: float) -> _Line:
    """Within its alphabets, its States' codes known ones where they can be, its names ended where they end."""
    line = settled(text, layout.masks[place])
    result = line.text
    for name, span in layout.fields.items():
        if span.line == place:
            part = _REFINED.get(name, _same)(result[span.start : span.end], result)
            result = result[: span.start] + part + result[span.end :]
    return _Line(result, changes(text, result), line.violations, edits, support)


def _same(part: str, line: str) -> str:
    return part


def _type(code: str, line: str) -> str:
    """No State's types end in K; it is a filler. Digits stand in those of licences (D1) and of American cards (C1)."""
    if code[1] == "K":
        return code[0] + FILLER
    digits = code[0] == "D" or (line[2:5] == "USA" and code[0] == "C")
    return code[0] + (TO_DIGIT if digits else TO_LETTER).get(code[1], code[1])


def _state(code: str, line: str) -> str:
    return state(code, CODES)


def _names(names: str, line: str) -> str:
    return without_stray_letters(names)


_REFINED: Mapping[str, Callable[[str, str], str]] = {
    "documentType": _type,
    "issuingCountry": _state,
    "nationality": _state,
    "names": _names,
    "surname": _names,
    "givenName": _names,
}
"""What is made of a field's part of a line, given the line."""


def _interpretation(layout: Layout, lines: Sequence[_Line]) -> Interpretation:
    texts = tuple(line.text for line in lines)
    checks = {name: is_right(check, texts) for name, check in layout.checks.items()}
    right, violations = sum(checks.values()), sum(line.violations for line in lines)
    edits, support = sum(line.edits for line in lines), sum(line.support for line in lines)
    doubts = violations + sum(len(line.changes) for line in lines) / 4 + edits / 2
    merit = 4 * right - 2 * (len(checks) - right) - 2 * doubts + support + layout.rank
    noted = tuple(line.changes for line in lines)
    return Interpretation(layout, texts, noted, checks, violations, edits, support, merit)


def at(lines: Sequence[str], span: Span) -> str:
    """What stands there."""
    return lines[span.line][span.start : span.end]


def is_right(check: Check, lines: Sequence[str]) -> bool:
    """Whether a check digit is right. A field that is empty may have a filler for one, or a nought."""
    digit, covered = at(lines, check.digit), "".join(at(lines, span) for span in check.covers)
    if not covered.strip(FILLER) and digit == FILLER:
        return check.empty
    if rest := overflow(check, lines):
        return rest[-1] in (check_digit(covered + rest[:-1]), check_digit(covered + FILLER + rest[:-1]))
    return digit == check_digit(covered)


def overflow(check: Check, lines: Sequence[str]) -> str:
    """What of a number too long for its field stands in the optional data, with its check digit (parts 5 and 6).

    Nothing where the number is not too long, which a filler in place of its check digit says. States disagree on
    whether the check digit counts that filler, so either is right.
    """
    if not check.more or at(lines, check.digit) != FILLER or FILLER in at(lines, check.covers[0]):
        return ""
    return at(lines, check.more).split(FILLER)[0]


def mended(way: Interpretation) -> Interpretation:
    """With one character of a number changed, where this and nothing else makes all check digits right.

    Only a letter and a digit that look alike are changed for one another. Where another check digit, of a field that
    the change does not touch, is wrong as well, the zone is taken to be printed so.
    """
    if all(way.checks.values()) or way.violations:
        return way
    found = [other for other in _neighbours(way) if all(other.checks.values())]
    return found[0] if len(found) == 1 else way


def _neighbours(way: Interpretation) -> Iterator[Interpretation]:
    for name in ("documentNumber", "optionalData"):
        span = way.layout.fields.get(name)
        if span is None or way.checks.get(name, True):
            continue
        for place in range(span.start, span.end):
            other = PAIRS.get(way.lines[span.line][place])
            if other:
                yield _with(way, span.line, place, other)


def _with(way: Interpretation, line: int, place: int, character: str) -> Interpretation:
    old = way.lines[line]
    new = old[:place] + character + old[place + 1 :]
    lines = (*way.lines[:line], new, *way.lines[line + 1 :])
    noted = tuple(
        sorted((*notes, *changes(old, new))) if number == line else notes for number, notes in enumerate(way.changes)
    )
    checks = {name: is_right(check, lines) for name, check in way.layout.checks.items()}
    return replace(way, lines=lines, changes=tuple(map(tuple, noted)), checks=checks)
