"""The fields of a card: by their labels, or by where they stand on cards that print none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import takewhile

from services.document.model import Line, Quad
from services.extractors import Field
from services.extractors.id_card.model import IdCard
from services.extractors.id_numbers.sheet import Sheet

MOST_LINES = 40
"""Lines, in reading order, among which the next of a column is looked for."""

LABELLED, PLACED = 0.95, 0.8
"""What the confidence of a line is multiplied by: with a label, and by its place alone."""

MOST_ROWS, APART = 6, 3.0
"""Lines of an address at most, and how far below another a line may stand, in line heights."""

_END = r"(?: {0,3}\([^)]{0,20}\))? *[:.\-]* *"


def _label(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[\s/|]){pattern}{_END}", re.IGNORECASE)


FATHER = _label(
    r"(?:(?:father|husband|guardian)(?:\W{0,2}s? *name|(?= *:))|(?:s|d|w|c) */ *o\b|s */ *d */ *w *(?:of)?"
    r"|son */ *daughter */ *wife(?: *of)?|पिता का नाम(?: */? *father\W{0,2}s? *name)?)"
)
NAME = _label(r"(?:नाम */? *)?(?:(?:full|holder\W{0,2}s?) )?name\b(?: of (?:the )?holder)?(?! of\b)")
BIRTH = _label(r"(?:(?:जन्म[^:/]{0,12}/? *)?(?:d\.? ?o\.? ?b\b\.?|date of birth|year of birth|yob\b)|जन्म[^:0-9]{0,12})")
VALID = _label(r"(?:valid(?:ity)?(?: *(?:till|up *to|until|to|thru|through))?|(?:date of )?expiry(?: date)?)")
ADDRESS = _label(r"(?:(?:permanent|present) )?(?:address|पता)(?: */? *address)?")
GENDER = re.compile(r"\b(?:(fe)?male|transgender|third gender)\b|महिला|पुरुष|\b(?:sex|gender)\b\W{0,3}([MFT])\b", re.I)

LABELS = (FATHER, NAME, BIRTH, VALID, ADDRESS, _label("blood|(?:date of )?issue|doi\\b|pin\\b"))
DATE = re.compile(r"(?<!\d)(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})(?!\d)")
YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
PIN = re.compile(r"(?<!\d)\d{3} ?\d{3}(?!\d)")
PERSON = re.compile(r"[^\W\d_][^\d_:/@#*(),]{2,60}")
PRINTED = re.compile(
    r"govern|govt|india|income|department|permanent|account|card|licen[cs]e|union|unique|authority|aadhaar|signature"
    r"|भारत|सरकार|आयकर|विभाग|male\b",
    re.IGNORECASE,
)
"""What cards of all holders say."""

Reads = Callable[[str], str | date | None]


def card(page: Sheet, kind: str) -> IdCard:
    """The fields of a card of this kind."""
    lines = page.lines
    born = _labelled(page, BIRTH, _birth) or _alone(page)
    father = _labelled(page, FATHER, _person)
    name = _labelled(page, NAME, _person, but=FATHER)
    if not name and born:
        name, father = _by_place(page, kind, born, father)
    return IdCard(
        kind,
        name=name,
        father_name=father,
        birth_date=born,
        gender=next((found for line in lines if (found := _gender(page, line))), None),
        address=_address(page),
        valid_until=_labelled(page, VALID, _day),
    )


def _labelled(page: Sheet, label: re.Pattern[str], reads: Reads, but: re.Pattern[str] | None = None) -> Field | None:
    """The first value behind a label, or in the line below it where nothing stands behind it."""
    for place, line in enumerate(page.lines):
        match = label.search(line.text)
        if not match or (but and but.search(line.text)):
            continue
        rest = line.text[match.end() :].strip()
        below = next(_below(page, place), None) if not rest else None
        source, text = (below, below.text) if below else (line, rest)
        if (value := reads(text)) is not None:
            return _field(page, source, value, text, LABELLED)
    return None


def _by_place(page: Sheet, kind: str, born: Field, father: Field | None) -> tuple[Field | None, Field | None]:
    """Above the birth stands the name on Aadhaar cards; on PAN cards the father's, and the name above that."""
    above = [line for line in _above(page, born) if _person(line.text) and not _is_printed(line.text)]
    persons = [_field(page, line, _person(line.text), line.text, PLACED) for line in above[:2]]
    if kind == "PAN" and not father and len(persons) == 2:
        return persons[1], persons[0]
    return (persons[0] if persons and kind == "AADHAAR" else None), father


def _is_printed(text: str) -> bool:
    return bool(PRINTED.search(text)) or any(label.search(text) for label in LABELS)


def _alone(page: Sheet) -> Field | None:
    """A date that stands in a line by itself, as the birth does on older PAN cards."""
    found = (line for line in page.lines if DATE.fullmatch(line.text.strip()))
    return next((_field(page, line, value, line.text, PLACED) for line in found if (value := _day(line.text))), None)


def _gender(page: Sheet, line: Line) -> Field | None:
    match = GENDER.search(line.text)
    if not match:
        return None
    sign = (match[2] or "").upper() or {"f": "F", "म": "F", "प": "M", "m": "M"}.get(match[0][0].lower(), "X")
    return _field(page, line, "X" if sign == "T" else sign, match[0], LABELLED)


def _address(page: Sheet) -> Field | None:
    """What stands behind the label and below it, up to the postal code, another label or a gap."""
    for place, line in enumerate(page.lines):
        if match := ADDRESS.search(line.text):
            first = line.text[match.end() :].strip(" ,")
            rest = [] if PIN.search(first) else list(_address_rows(page, place))
            texts = [first, *(row.text.strip(" ,") for row in rest)]
            written = ", ".join(text for text in texts if text)
            if len(written) > 5:
                return _field(page, [line, *rest][-1] if not first else line, written, written, LABELLED)
    return None


def _address_rows(page: Sheet, place: int) -> Iterator[Line]:
    for row in list(takewhile(_continues, _below(page, place)))[:MOST_ROWS]:
        yield row
        if PIN.search(row.text):
            return


def _continues(line: Line) -> bool:
    return not any(label.search(line.text) for label in LABELS) and not re.fullmatch(r"[\dXx* -]{8,}", line.text)


def _below(page: Sheet, place: int) -> Iterator[Line]:
    """Lines below the one at a place, in its column, one after the other, up to a gap."""
    last = page.lines[place].quad
    for other in page.lines[place + 1 : place + MOST_LINES]:
        if _is_below(last, other.quad):
            yield other
            last = other.quad


def _is_below(one: Quad, other: Quad) -> bool:
    left, top, right, bottom = one.bounds
    other_left, other_top, other_right, _ = other.bounds
    height = bottom - top
    near = (top + bottom) / 2 < other_top + height / 2 and other_top - bottom < APART * height
    return near and other_left < right + 2 * height and left < other_right


def _above(page: Sheet, field: Field) -> Sequence[Line]:
    """Lines above a field, the nearest first."""
    top = field.bbox.bounds[1] if field.bbox else 0.0
    found = [line for line in page.lines if line.quad.bounds[1] < top - 1]
    return sorted(found, key=lambda line: -line.quad.bounds[1])


def _person(text: str) -> str | None:
    """A name as it is written, without what stands behind it in brackets or after a comma."""
    match = PERSON.match(text.strip(" :.-/"))
    name = " ".join(match[0].split()).strip(" .,-") if match else ""
    return name if sum(map(str.isalpha, name)) >= 3 else None


def _birth(text: str) -> str | date | None:
    """A day, or a year alone."""
    year = None if DATE.search(text) else YEAR.search(text)
    return _day(text) or (year[1] if year else None)


def _day(text: str) -> date | None:
    match = DATE.search(text)
    try:
        return date(int(match[3]), int(match[2]), int(match[1])) if match else None
    except ValueError:
        return None


def _field(page: Sheet, line: Line, value: str | date | None, raw: str, trust: float) -> Field:
    return Field(value, raw.strip(), round(line.confidence * trust, 4), page.number, line.quad)
