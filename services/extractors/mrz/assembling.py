"""From an interpreted zone to its fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from services.extractors import Field
from services.extractors.mrz import dates
from services.extractors.mrz.characters import FILLER
from services.extractors.mrz.interpretation import Interpretation, Reading, at, overflow
from services.extractors.mrz.layouts import FieldName, Layout, Span
from services.extractors.mrz.model import Correction, Mrz
from services.extractors.mrz.states import CODES

CHECKS = ("documentNumber", "dateOfBirth", "dateOfExpiry", "optionalData", "composite")
STATES: tuple[FieldName, ...] = ("issuingCountry", "nationality")
DATES: tuple[FieldName, ...] = ("dateOfBirth", "dateOfExpiry")
NAMES: tuple[FieldName, ...] = ("names", "surname", "givenName")
CARDS = ("TD1", "TD2")
FOREVER = ("990101", "991231")
"""Days that cards for the old have for an expiry that never comes; those of 1999 are in no drawer any more."""

WRONG = 0.5
"""The most that is had for the confidence of a field whose check digit is wrong."""

Value = str | date | None


def assembled(way: Interpretation, readings: Sequence[Reading], page: int, today: date) -> Mrz:
    """The zone's fields and what is to be said of them. `readings` are of the same lines, for where they are."""
    fields = dict(_fields(way, readings, page, today))
    return Mrz(
        page=page,
        mrz_type=way.layout.name,
        lines=way.lines,
        quads=tuple(reading.quad for reading in readings),
        fields=fields,
        check_digits={name: way.checks.get(name) for name in CHECKS},
        valid=way.valid and way.layout.known,
        confidence=min(reading.confidence for reading in readings),
        corrections=tuple(_corrections(way)),
        warnings=tuple(_warnings(way, fields, today)),
    )


def _fields(
    way: Interpretation, readings: Sequence[Reading], page: int, today: date
) -> Iterator[tuple[FieldName, Field]]:
    values = _values(way, today)
    for name, span in _spans(way.layout, way.lines).items():
        reading = readings[span.line]
        sure = _sure(reading.confidence, way.checks.get(name))
        place = reading.quad.stretch(span.start / way.layout.length, span.end / way.layout.length)
        yield name, Field(values[name], at(way.lines, span), sure, page, place)


def _sure(confidence: float, right: bool | None) -> float:
    """A check digit that is right leaves one error in ten."""
    if right is None:
        return confidence
    return 1 - (1 - confidence) / 10 if right else min(confidence, WRONG)


def _spans(layout: Layout, lines: Sequence[str]) -> dict[FieldName, Span]:
    """Of every field, with the two parts of the names apart, and without the rest of a long number as optional data."""
    spans = dict(layout.fields)
    if names := spans.pop("names", None):
        first, apart, _ = at(lines, names).partition(2 * FILLER)
        middle = names.start + len(first)
        spans["surname"] = names._replace(end=middle)
        spans["givenName"] = names._replace(start=min(middle + len(apart), names.end))
    if rest := overflow(layout.checks["documentNumber"], lines) if "documentNumber" in layout.checks else "":
        optional = spans["optionalData"]
        spans["optionalData"] = optional._replace(start=optional.start + len(rest))
    return spans


def _values(way: Interpretation, today: date) -> Mapping[FieldName, Value]:
    raw = {name: at(way.lines, span) for name, span in _spans(way.layout, way.lines).items()}
    values: dict[FieldName, Value] = {name: _FORMS.get(name, _plain)(printed) for name, printed in raw.items()}
    values["documentNumber"] = _number(way) if "documentNumber" in raw else None
    permanent = _is_permanent(way.layout, raw.get("dateOfExpiry", ""))
    expires = None if permanent else dates.expiry(raw.get("dateOfExpiry", ""), today)
    if "dateOfExpiry" in raw:
        values["dateOfExpiry"] = expires
    if "dateOfBirth" in raw:
        values["dateOfBirth"] = dates.birth(raw["dateOfBirth"], min(today, expires or today))
    return values


def _is_permanent(layout: Layout, printed: str) -> bool:
    """Whether a document is valid for ever: it has no day, or, as cards for the old have it, one of the year 9999."""
    return not printed.strip(FILLER) or (layout.name in CARDS and printed in FOREVER)


def _number(way: Interpretation) -> str | None:
    """With what stands in the optional data of a number too long for its field."""
    check, number = way.layout.checks["documentNumber"], at(way.lines, way.layout.fields["documentNumber"])
    return _plain(number + overflow(check, way.lines)[:-1])


def _plain(printed: str) -> str | None:
    return printed.strip(FILLER) or None


def _spaced(printed: str) -> str | None:
    return " ".join(printed.replace(FILLER, " ").split()) or None


def _sex(printed: str) -> str:
    """A filler means unspecified, as X does."""
    return printed.replace(FILLER, "X")


_FORMS: Mapping[FieldName, Callable[[str], Value]] = {"surname": _spaced, "givenName": _spaced, "sex": _sex}


def _corrections(way: Interpretation) -> Iterator[Correction]:
    for line, noted in enumerate(way.changes):
        for place, read, corrected in noted:
            yield Correction(_field_at(way, line, place), line + 1, place + 1, read, corrected)


def _field_at(way: Interpretation, line: int, place: int) -> str:
    """The name of the field there, or of the check digit."""
    spans = _spans(way.layout, way.lines).items()
    inside = (name for name, span in spans if span.line == line and span.start <= place < span.end)
    digits = (f"{name} check digit" for name, check in way.layout.checks.items() if check.digit[:2] == (line, place))
    return next(inside, None) or next(digits, "names")


def _warnings(way: Interpretation, fields: Mapping[FieldName, Field], today: date) -> Iterator[str]:
    if not way.layout.icao:
        yield "NOT_ICAO"
    for name in DATES:
        if name == "dateOfExpiry" and name in fields and _is_permanent(way.layout, fields[name].raw):
            yield "NO_EXPIRY"
        elif name in fields and fields[name].value is None:
            yield "DATE_INCOMPLETE" if FILLER in fields[name].raw else "DATE_IMPOSSIBLE"
    expires = fields["dateOfExpiry"].value if "dateOfExpiry" in fields else None
    if isinstance(expires, date) and expires < today:
        yield "EXPIRED"
    if any(fields[name].value not in CODES for name in STATES if name in fields):
        yield "UNKNOWN_STATE"
    if "givenName" in fields and any(_is_full(way, name) for name in NAMES if name in way.layout.fields):
        yield "NAMES_TRUNCATED"


def _is_full(way: Interpretation, name: FieldName) -> bool:
    """Whether a field has a letter in its last place, whatever stands behind it in its line."""
    return not at(way.lines, way.layout.fields[name]).endswith(FILLER)
