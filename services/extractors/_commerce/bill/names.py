"""Candidates for the name of who issued a document.

Every line that may be a name is one. Where it stands, how large it is, its legal form, what stands below it, the domain
of the document's mail and web addresses and who is to be paid all count; names of buyers don't.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from services.extractors._commerce.bill.addresses import DOMAIN, LABELLED, PHONE, POSTAL, address_score, may_start
from services.extractors._commerce.bill.letterhead import Letterhead, alnum
from services.extractors._commerce.bill.spelling import cleaned, with_continuation
from services.extractors._commerce.reading.dates import readings
from services.extractors._commerce.reading.geometry import Cell, Sheet, lines_below, stacked
from services.extractors._commerce.reading.lexicon import concepts, covered, fold, mentions, starts

PAYEE = 0.6
"""What a label that says who is to be paid adds."""

SIGNED = 0.3
"""What is added for a payee whose seat is printed as well."""

NOT_NAMES = frozenset(
    {"parties.title", "parties.contact", "parties.greeting", "parties.registration", "parties.buyer", "dates.time"}
    | {"numbers.number", "numbers.other_number", "dates.date", "dates.issued", "dates.due", "columns.description"}
    | {"columns.quantity", "columns.amount", "columns.price", "amounts.total", "amounts.method", "parties.payee"}
)

NEVER_FIRST = frozenset({"parties.payee", "parties.contact", "parties.profession"})
"""What a name does not begin with."""


LONG = 150
"""Rows from which on a document is a list."""

PRICE = re.compile(r"\W{0,3}\d[\d.,'  ]*[.,]\d{2}\W{0,3}[A-Z*]?")


@dataclass(frozen=True)
class Name:
    """A candidate: its cells with the parts of them that make up the name, and what speaks for it."""

    parts: tuple[tuple[Cell, str], ...]
    score: float

    @property
    def text(self) -> str:
        return " ".join(text for _, text in self.parts)

    @property
    def last(self) -> Cell:
        return self.parts[-1][0]


def names(page: Letterhead) -> Iterator[Name]:
    for cell in page.sheet.cells:
        yield from _payees(page, cell)
        text = cleaned(cell.text)
        if id(cell) not in page.bought and not _is_listed(page.sheet, cell) and _may_be_name(cell, text):
            parts = with_continuation(page.sheet, cell, text)
            yield _scored(page, parts, 0.0)


def _is_listed(sheet: Sheet, cell: Cell) -> bool:
    """Whether it stands in a long table beside a price: among hundreds of goods some are called like firms."""
    row = sheet.rows[cell.row].cells
    return len(sheet.rows) > LONG and row[-1] is not cell and bool(PRICE.fullmatch(row[-1].text))


def _payees(page: Letterhead, cell: Cell) -> Iterator[Name]:
    """Who is to be paid, or has been, says a label."""
    for mention in mentions(cell.text):
        if mention.concept == "parties.payee":
            text = cleaned(_until_label(cell.text[mention.end :]))
            if len(alnum(text)) > 1 and _may_be_name(replace(cell, text=text), text):
                yield _scored(page, [(cell, text)], PAYEE + SIGNED * (alnum(text) in page.signed))
            elif not text and (
                beside := [other for other in page.sheet.rows[cell.row].cells if other.left > cell.right]
            ):
                yield _scored(page, [(beside[0], cleaned(beside[0].text))], PAYEE)


def _until_label(text: str) -> str:
    """The text up to the next phrase about money, numbers or persons."""
    families = ("amounts", "numbers", "parties")
    ends = [mention.start for mention in mentions(text) if mention.family in families and mention.start > 1]
    return text[: min(ends, default=len(text))].strip(" :.,-")


def _may_be_name(cell: Cell, text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    digits = sum(map(str.isdigit, text))
    if letters < 2 or digits > letters or len(text) > 70 or LABELLED.search(cell.text) or cell.text.endswith(":"):
        return False
    if _is_address(text) and not (starts(text, {"names.title"}) and not digits):  # Dr is a drive, or a doctor
        return False
    if readings(text) or PHONE.search(text) or DOMAIN.fullmatch(fold(text)):
        return False
    return covered(text, NOT_NAMES) < 0.6 and not starts(text, NEVER_FIRST)


def _is_address(text: str) -> bool:
    sure = address_score(text) >= 1.7 or starts(text, {"names.street"}) or bool(POSTAL.search(text))
    return may_start(text) and sure


def _scored(page: Letterhead, parts: Sequence[tuple[Cell, str]], extra: float) -> Name:
    name = Name(tuple(parts), 0.0)
    if brand := _brand(page, name.text):
        name = replace(name, parts=((parts[0][0], brand),))
    first, found = parts[0][0], concepts(name.text)
    early = first.row <= page.first_table
    below = tuple(lines_below(page.sheet, name.last, 3))
    evidence = (
        (0.55 * max(0.0, 1 - first.row / 9), early),
        (0.35, "names.legal" in found),
        (0.12, "names.business" in found),
        (0.3 * min(1.0, max(0.0, first.height / page.height - 1.1)), early),
        (0.35 * page.followed(name.last), True),
        (0.25, any("parties.registration" in concepts(line.text) for line in below)),
        (0.35, any(starts(line.text, {"parties.profession"}) for line in below[:1])),
        (0.6, bool(brand)),
        (0.35, not brand and _near_domain(page, name.text)),
        (0.5, _is_seller(page.sheet, first)),
        (0.2, len(alnum(name.text)) > 4 and page.text.count(alnum(name.text)) > 1),
        (-0.15, first.across > 0.65 and early),
        (-0.3, covered(name.text, NOT_NAMES) > 0.3),
        (-0.3, address_score(name.text) >= 1 and "names.legal" not in found),
        (-0.25, len(alnum(name.text)) < 3),
    )
    return replace(name, score=extra + sum(weight for weight, holds in evidence if holds))


def _brand(page: Letterhead, text: str) -> str:
    """The first words of a text that are the name of a mail or web host of the document."""
    words = text.split()
    heads = [" ".join(words[:count]) for count in range(len(words), 0, -1)]
    brand = next((head for head in heads if alnum(head) in page.domains), "")
    named = {"names.legal", "names.business"} & concepts(text[len(brand) :])
    return text if brand and named else brand.strip(" ,-")


def _near_domain(page: Letterhead, text: str) -> bool:
    name = alnum(text)
    return len(name) > 2 and any(
        host.startswith(name) or (len(host) > 3 and name.startswith(host)) for host in page.domains
    )


def _is_seller(sheet: Sheet, cell: Cell) -> bool:
    """Whether a label of sellers stands above or before it."""
    before = [other for other in sheet.rows[cell.row].cells if other.right <= cell.left + 0.5][-1:]
    above = [
        other for row in sheet.rows[max(0, cell.row - 1) : cell.row] for other in row.cells if stacked(other, cell)
    ]
    return any(covered(other.text, {"parties.seller"}) > 0.7 for other in [*before, *above])
