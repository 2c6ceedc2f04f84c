"""Who issued a document: name and address.

Every line that may be a name is a candidate. Where it stands, how large it is, its legal form, what stands below it,
the domain of the document's mail and web addresses and who is to be paid all count; names of buyers don't.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import median

from services.extractors import Field
from services.extractors._commerce.bill.addresses import (
    DOMAIN,
    IN_BRACKETS,
    LABELLED,
    PHONE,
    POSTAL,
    REGISTERED,
    address_cells,
    address_score,
    may_start,
    mended,
)
from services.extractors._commerce.reading.amounts import amounts
from services.extractors._commerce.reading.dates import readings
from services.extractors._commerce.reading.evidence import joined
from services.extractors._commerce.reading.geometry import Cell, Sheet, lines_below, right_of, stacked, with_whole_lines
from services.extractors._commerce.reading.lexicon import Mention, concepts, covered, fold, mentions, starts

LEAST = 0.55
"""A name with less evidence is not reported."""

PAYEE = 0.6
"""What a label that says who is to be paid adds."""

SIGNED = 0.3
"""What is added for a payee whose seat is printed as well."""

MAIL_HOSTS = frozenset(
    ("gmail", "yahoo", "hotmail", "outlook", "icloud", "aol", "gmx", "live", "msn", "web", "orange")
    + ("facebook", "instagram", "www", "twitter")
)
"""Hosts whose names are nobody's in particular."""

OPEN_END = re.compile(r"[&,/+(-]\s*$|\b(?:and|und|et|dan|e|y|of|the|de|van)\s*$", re.IGNORECASE)
NOT_NAMES = frozenset(
    {"parties.title", "parties.contact", "parties.greeting", "parties.registration", "parties.buyer", "dates.time"}
    | {"numbers.number", "numbers.other_number", "dates.date", "dates.issued", "dates.due", "columns.description"}
    | {"columns.quantity", "columns.amount", "columns.price", "amounts.total", "amounts.method", "parties.payee"}
)


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


@dataclass(frozen=True)
class _Page:
    """What is asked again and again while names are compared."""

    sheet: Sheet

    @cached_property
    def height(self) -> float:
        return median(cell.height for cell in self.sheet.cells)

    @cached_property
    def domains(self) -> frozenset[str]:
        """Names of mail and web hosts, letters and digits only, without those of mail providers."""
        found = DOMAIN.findall(fold(self.sheet.text))
        return frozenset(alnum(name) for name in found if name not in MAIL_HOSTS)

    @cached_property
    def bought(self) -> frozenset[int]:
        """The ids of cells that belong to a buyer."""
        return frozenset(
            id(cell) for label in self.sheet.cells if _is_buyer(label) for cell in _block(self.sheet, label)
        )

    @cached_property
    def signed(self) -> frozenset[str]:
        """Lines above an address or a registration, as in the foot of a letter; letters and digits only."""
        return frozenset(alnum(cell.text) for cell in self.sheet.cells if _followed(self.sheet, cell) > 0.5)

    @cached_property
    def text(self) -> str:
        return alnum(self.sheet.text)

    @cached_property
    def first_table(self) -> int:
        """The first row that looks like the head of a table or has two amounts with decimals."""
        for row in self.sheet.rows:
            heads = {name for name in concepts(row.text) if name.startswith("columns.")}
            if len(heads) > 2 or sum(one.places == 2 for one in amounts(row.text)) > 1:
                return row.cells[0].row
        return len(self.sheet.rows)


def alnum(text: str) -> str:
    """Letters and digits alone, folded: what two spellings of a name have in common."""
    return "".join(filter(str.isalnum, fold(unicodedata.normalize("NFKC", text))))


def issuer(sheet: Sheet) -> Name | None:
    """The best candidate; None where nothing on the page looks like the issuer's name."""
    page = _Page(with_whole_lines(sheet))
    best = max(_names(page), key=lambda one: one.score, default=None)
    return best if best and best.score >= LEAST else None


def vendor(name: Name | None) -> Field | None:
    """The name as a field."""
    if name is None:
        return None
    return joined(_tidy(name.text), list(name.parts), 0.45 + 0.4 * min(name.score, 1.3))


def address(sheet: Sheet, name: Name | None) -> Field | None:
    """The lines below or beside the name, wherever it is printed, that read like an address."""
    if name is None:
        return None
    page = _Page(with_whole_lines(sheet))
    cells = next((cells for cell in _places(page, name) if (cells := address_cells(page.sheet, cell))), None)
    if not cells:
        return None
    sure = any(POSTAL.search(text) for _, text in cells) and len(cells) > 1
    return joined(mended(" ".join(text for _, text in cells)), cells, 0.92 if sure else 0.8)


def _places(page: _Page, name: Name) -> Iterator[Cell]:
    """The lines that are the name, or start with it, as under a logo; those of buyers left out."""
    yield name.last
    called = alnum(name.text)
    yield from (one for one in page.sheet.cells if alnum(one.text).startswith(called) and id(one) not in page.bought)


# Names


def _names(page: _Page) -> Iterator[Name]:
    for cell in page.sheet.cells:
        yield from _payees(page, cell)
        text = cleaned(cell.text)
        if id(cell) not in page.bought and _may_be_name(cell, text):
            parts = _with_continuation(page.sheet, cell, text)
            yield _scored(page, parts, 0.0)


def cleaned(text: str) -> str:
    """A line without a registration number in brackets, and cut after its legal form."""
    text = IN_BRACKETS.sub("", text.strip(" *-_~:|#<>=,").lstrip("."))
    for one in mentions(text):
        rest = text[one.end :]
        if one.concept == "names.legal" and one.start > 2 and len(rest.strip(" .,)")) > 3 and not _goes_on(rest):
            return text[: one.end + (1 if rest.startswith(".") else 0)].strip()
    return text.strip()


def _goes_on(rest: str) -> bool:
    """Whether a name goes on after what could be its legal form, as in `& Co. KG` or `Co. (M) Bhd`."""
    return any(one.concept in ("names.legal", "names.business") for one in mentions(rest))


def _may_be_name(cell: Cell, text: str) -> bool:
    letters = sum(map(str.isalpha, text))
    digits = sum(map(str.isdigit, text))
    if letters < 2 or digits > letters or len(text) > 70 or LABELLED.search(cell.text) or cell.text.endswith(":"):
        return False
    if may_start(text) and (address_score(text) >= 1.7 or starts(text, {"names.street"}) or POSTAL.search(text)):
        return False
    if readings(text) or PHONE.search(text) or DOMAIN.fullmatch(fold(text)):
        return False
    return covered(text, NOT_NAMES) < 0.6 and not starts(text, {"parties.payee", "parties.contact"})


def _scored(page: _Page, parts: Sequence[tuple[Cell, str]], extra: float) -> Name:
    name = Name(tuple(parts), 0.0)
    if brand := _brand(page, name.text):
        name = replace(name, parts=((parts[0][0], brand),))
    first, found = parts[0][0], concepts(name.text)
    early = first.row <= page.first_table
    evidence = (
        (0.55 * max(0.0, 1 - first.row / 9), early),
        (0.35, "names.legal" in found),
        (0.12, "names.business" in found),
        (0.3 * min(1.0, max(0.0, first.height / page.height - 1.1)), early),
        (0.35 * _followed(page.sheet, name.last), True),
        (0.25, any("parties.registration" in concepts(below.text) for below in lines_below(page.sheet, name.last, 3))),
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


def _brand(page: _Page, text: str) -> str:
    """The first words of a text that are the name of a mail or web host of the document."""
    words = text.split()
    heads = [" ".join(words[:count]) for count in range(len(words), 0, -1)]
    brand = next((head for head in heads if alnum(head) in page.domains), "")
    named = {"names.legal", "names.business"} & concepts(text[len(brand) :])
    return text if brand and named else brand.strip(" ,-")


def _near_domain(page: _Page, text: str) -> bool:
    name = alnum(text)
    return len(name) > 2 and any(
        host.startswith(name) or (len(host) > 3 and name.startswith(host)) for host in page.domains
    )


def _followed(sheet: Sheet, cell: Cell) -> float:
    """Whether an address or a registration follows within three lines, soon or late."""
    for distance, below in enumerate(lines_below(sheet, cell, 3)):
        registered = bool(REGISTERED.fullmatch(below.text.strip())) or starts(below.text, {"parties.registration"})
        if address_score(below.text) >= 1 or registered or PHONE.search(below.text):
            return 1 - 0.3 * distance
        if DOMAIN.search(fold(below.text)):
            return 0.5
    beside = right_of(sheet, cell)
    return 0.8 if beside and address_score(beside[0].text) >= 1 else 0.0


def _is_seller(sheet: Sheet, cell: Cell) -> bool:
    """Whether a label of sellers stands above or before it."""
    before = [other for other in sheet.rows[cell.row].cells if other.right <= cell.left + 0.5][-1:]
    above = [
        other for row in sheet.rows[max(0, cell.row - 1) : cell.row] for other in row.cells if stacked(other, cell)
    ]
    return any(covered(other.text, {"parties.seller"}) > 0.7 for other in [*before, *above])


def _with_continuation(sheet: Sheet, cell: Cell, text: str) -> list[tuple[Cell, str]]:
    """The name with the lines below that belong to it: after an open bracket or `&`, or a legal form alone."""
    parts = [(cell, text)]
    for below in lines_below(sheet, cell, 2):
        whole = " ".join(part for _, part in parts)
        if not (_is_open(whole) or _is_tail(whole, below)) or not 0.65 < below.height / cell.height < 1.5:
            break
        parts.append((below, cleaned(below.text)))
    return parts


def _is_open(text: str) -> bool:
    return bool(OPEN_END.search(text)) or text.count("(") > text.count(")")


def _is_tail(text: str, below: Cell) -> bool:
    """Whether the line below starts with a legal form, or a word for a business, that the name lacks."""
    if "names.legal" in concepts(text):
        return False
    tail = cleaned(below.text)
    if starts(tail, {"parties.registration"}):
        return False
    legal = "names.legal" in concepts(tail) or _is_open(tail)
    return starts(tail, {"names.legal"}) or (legal and starts(tail, {"names.business"}))


def _payees(page: _Page, cell: Cell) -> Iterator[Name]:
    """Who is to be paid, or has been, says a label."""
    for one in mentions(cell.text):
        if one.concept == "parties.payee":
            text = cleaned(_until_label(cell.text[one.end :]))
            if len(alnum(text)) > 1 and _may_be_name(replace(cell, text=text), text):
                yield _scored(page, [(cell, text)], PAYEE + SIGNED * (alnum(text) in page.signed))
            elif not text and (
                beside := [other for other in page.sheet.rows[cell.row].cells if other.left > cell.right]
            ):
                yield _scored(page, [(beside[0], cleaned(beside[0].text))], PAYEE)


def _until_label(text: str) -> str:
    """The text up to the next phrase about money, numbers or persons."""
    families = ("amounts", "numbers", "parties")
    ends = [one.start for one in mentions(text) if one.family in families and one.start > 1]
    return text[: min(ends, default=len(text))].strip(" :.,-")


# Buyers


def _is_buyer(cell: Cell) -> bool:
    label = next((one for one in mentions(cell.text) if one.concept == "parties.buyer"), None)
    if label is None or any(map(str.isalnum, cell.text[: label.start])):
        return False
    return _is_short(cell, label) or cell.text[label.end : label.end + 2].strip().startswith((":", "："))


def _is_short(cell: Cell, label: Mention) -> bool:
    return covered(cell.text, {"parties.buyer"}) > 0.7 and label.end - label.start > 1


def _block(sheet: Sheet, label: Cell) -> Iterator[Cell]:
    """The label, what stands beside it and the lines below, down to a gap."""
    yield label
    beside = [cell for cell in sheet.rows[label.row].cells if cell.left >= label.right - 0.5]
    yield from beside[:1]
    for cell in (label, *beside[:1]):
        yield from lines_below(sheet, cell, 5)


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip(" ,;:-–*")
