"""Lines that read like parts of an address, and what stands around addresses."""

from __future__ import annotations

import re
from itertools import zip_longest

from services.extractors._commerce.reading.amounts import amounts
from services.extractors._commerce.reading.dates import readings
from services.extractors._commerce.reading.geometry import Cell, Row, Sheet, gap_above, lines_below, right_of
from services.extractors._commerce.reading.lexicon import concepts, covered, fold, mentions, starts, without_digits

LINES = 7
"""The most lines of an address."""

POSTAL = re.compile(
    r"(?<![\d-])\d{5,6}(?!\d|-\d{3,})|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b"
    r"|\b\d{4} ?[A-Z]{2}\b|〒?\d{3}-\d{4}(?!\d)|\b\d{4}-\d{3}\b"
)
HOUSE = re.compile(r"\W*\d+[A-Za-z]?\W+(?:\d+[A-Za-z]{2}\W+)?[A-Za-z]{3,}")
HOUSE_LAST = re.compile(r"[^\d,:]{4,30}\s\d{1,4}\s?[a-zA-Z]?[.,]?")
STREET = re.compile(
    r"\w{3,}(?:stras{1,2}e|str\.?|weg|platz|allee|gasse|straat|laan|plein|gatan|vagen|gade|vej|veien)\s*\d"
)
"""A street whose name is one word with what it is, before its number; folded."""

PHONE = re.compile(r"(?:\+|\(?\b0|\(\d{3}\)|\b\d{3}[-. ]\d{3}[-. ]\d{4})[\d\s()./-]{5,}")
REGISTERED = re.compile(r"[\[({]?\s?(?=[^\s]*\d)[A-Z]{0,3}\d[\d\s./-]{2,}[\s-]?[A-Z]{0,2}\s?[\])}]?")
IN_BRACKETS = re.compile(r"\s*[\[({](?:[^\])}]*\d{3}[^\])}]*|co[^\])}]*no[^\])}]*)[\])}]?\s*$", re.IGNORECASE)
DOMAIN = re.compile(
    r"(?:@|www\.|https?://(?:www\.)?|(?<![\w@.]))([a-z0-9][a-z0-9-]{2,})\.(?:[a-z]{2,3}\.)?(?:[a-z]{2,4})\b"
)
LABELLED = re.compile(r"^[^\d,]{2,25}\s?[:：]")

ENDS_ADDRESS = frozenset(
    {"parties.contact", "parties.title", "parties.buyer", "parties.registration", "dates.date", "dates.issued"}
    | {"dates.time", "numbers.number", "parties.greeting", "dates.due", "parties.seller"}
)


def address_score(text: str) -> float:
    """How much a line reads like part of an address: streets, places, postal codes, a house number in front."""
    found = {mention.concept for mention in mentions(text) if mention.end - mention.start > 1}
    evidence = (
        (1.0, "names.street" in found),
        (1.0, "names.place" in found),
        (1.0, bool(STREET.search(fold(text)))),
        (1.0, bool(POSTAL.search(text))),
        (0.7, bool(HOUSE.match(text))),
        (0.3, "," in text),
    )
    return sum(weight for weight, holds in evidence if holds)


def address_cells(sheet: Sheet, name: Cell) -> list[tuple[Cell, str]]:
    found: list[tuple[Cell, str]] = []
    beside = right_of(sheet, name)
    follow = [*(cell for cell in beside[:1] if address_score(cell.text) >= 1), *lines_below(sheet, name, LINES + 3)]
    for cell, below in zip_longest(follow, follow[1:]):
        text = _address_text(cell)
        if found and (len(found) == LINES or gap_above(found[-1][0], cell) > 1.6 or _is_over(sheet, cell, text)):
            break
        if found or _is_above_postal(text, below) or (may_start(text) and not _ends(cell, text)):
            found.append((cell, text))
        if found and _ends_with_country(text):
            break
    return found


def _is_over(sheet: Sheet, cell: Cell, text: str) -> bool:
    """Whether an address has ended before this line: what costs something is no part of one."""
    return _ends(cell, text) or (_is_priced(sheet.rows[cell.row]) and address_score(text) < 1)


def _is_above_postal(text: str, below: Cell | None) -> bool:
    """Whether a line ends in the number of a house and one with a postal code follows."""
    return bool(HOUSE_LAST.fullmatch(text) and below and POSTAL.search(below.text))


def _is_priced(row: Row) -> bool:
    """Whether a row has an amount, so that it is no part of an address."""
    return any(amount.is_money for amount in amounts(row.text))


def may_start(text: str) -> bool:
    """Whether an address may start with a line: a street, a postal code or a house number; a town is too little."""
    found = POSTAL.search(text) or HOUSE.match(text) or STREET.search(fold(text))
    return address_score(text) >= 1 and ("names.street" in concepts(text) or bool(found))


def _ends_with_country(text: str) -> bool:
    last = [mention for mention in mentions(text) if mention.concept == "names.country"]
    return bool(last) and not text[last[-1].end :].strip(" .")


def _address_text(cell: Cell) -> str:
    """The line without a label in front."""
    label = next((mention for mention in mentions(cell.text) if mention.concept == "parties.address"), None)
    start = label.end if label and not cell.text[: label.start].strip() else 0
    return cell.text[start:].strip(" :")


def _ends(cell: Cell, text: str) -> bool:
    """Whether a line is something else than a part of an address."""
    if not text or PHONE.match(text) or REGISTERED.fullmatch(text) or IN_BRACKETS.fullmatch(text):
        return True
    if starts(text, ENDS_ADDRESS) or LABELLED.search(text) or DOMAIN.search(fold(text)):
        return True
    strange = bool(readings(text)) or any(amount.places == 2 or amount.currency for amount in amounts(text))
    return strange or covered(text, ENDS_ADDRESS) > 0.6


def mended(text: str) -> str:
    """An address without what is commonly misread in one: a space lost behind a postal code, 1 for l, O for 0."""
    text = re.sub(r"(?<![\w/-])(\d{4,6})(?=[^\W\d_]{4})", r"\1 ", text)
    text = re.sub(r"(?<!\w)(?=O*\d)[\dO]{5,6}(?!\w)", lambda match: match.group().replace("O", "0"), text)
    text = re.sub(r"\w+", lambda match: without_digits(match.group()), text)
    return re.sub(r"\.{2,}", ".", text)
