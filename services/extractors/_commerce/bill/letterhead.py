"""What a whole document tells of its parties, asked again and again while names are compared."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from services.extractors._commerce.bill.addresses import DOMAIN, PHONE, REGISTERED, address_score
from services.extractors._commerce.reading.amounts import amounts
from services.extractors._commerce.reading.geometry import Cell, Sheet, lines_below, right_of
from services.extractors._commerce.reading.lexicon import Mention, concepts, covered, fold, mentions, starts

MAIL_HOSTS = frozenset(
    ("gmail", "yahoo", "hotmail", "outlook", "icloud", "aol", "gmx", "live", "msn", "web", "orange")
    + ("facebook", "instagram", "www", "twitter")
)
"""Hosts whose names are nobody's in particular."""


@dataclass(frozen=True)
class Letterhead:
    """A document as its parties see it: who is a buyer, what stands above addresses, which hosts are named."""

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
            id(cell) for label in self.sheet.cells if buyer_label(label) for cell in _block(self.sheet, label)
        )

    @cached_property
    def signed(self) -> frozenset[str]:
        """Lines above an address or a registration, as in the foot of a letter; letters and digits only."""
        return frozenset(alnum(cell.text) for cell in self.sheet.cells if self.followed(cell) > 0.5)

    def followed(self, cell: Cell) -> float:
        """Whether an address or a registration follows a cell, soon or late; looked for once."""
        if id(cell) not in self._followed:
            self._followed[id(cell)] = followed(self.sheet, cell)
        return self._followed[id(cell)]

    @cached_property
    def _followed(self) -> dict[int, float]:
        return {}

    @cached_property
    def text(self) -> str:
        return alnum(self.sheet.text)

    @cached_property
    def first_table(self) -> int:
        """The first row that looks like the head of a table or has two amounts with decimals."""
        for row in self.sheet.rows:
            heads = {name for name in concepts(row.text) if name.startswith("columns.")}
            if len(heads) > 2 or sum(amount.places == 2 for amount in amounts(row.text)) > 1:
                return row.cells[0].row
        return len(self.sheet.rows)


def alnum(text: str) -> str:
    """Letters and digits alone, folded: what two spellings of a name have in common."""
    return "".join(filter(str.isalnum, fold(unicodedata.normalize("NFKC", text))))


def followed(sheet: Sheet, cell: Cell) -> float:
    """Whether an address or a registration follows within three lines, soon or late."""
    for distance, below in enumerate(lines_below(sheet, cell, 3)):
        registered = bool(REGISTERED.fullmatch(below.text.strip())) or starts(below.text, {"parties.registration"})
        if address_score(below.text) >= 1 or registered or PHONE.search(below.text):
            return 1 - 0.3 * distance
        if DOMAIN.search(fold(below.text)):
            return 0.5
    beside = right_of(sheet, cell)
    return 0.8 if beside and address_score(beside[0].text) >= 1 else 0.0


# Buyers


def buyer_label(cell: Cell) -> Mention | None:
    """The phrase at the start of a line that says that a buyer follows."""
    label = next((mention for mention in mentions(cell.text) if mention.concept == "parties.buyer"), None)
    if label is None or any(map(str.isalnum, cell.text[: label.start])):
        return None
    alone = _is_short(cell, label) or cell.text[label.end : label.end + 2].strip().startswith((":", "："))
    return label if alone else None


def _is_short(cell: Cell, label: Mention) -> bool:
    return covered(cell.text, {"parties.buyer"}) > 0.7 and label.end - label.start > 1


def _block(sheet: Sheet, label: Cell) -> Iterator[Cell]:
    """The label, what stands beside it and the lines below, down to a gap."""
    yield label
    beside = [cell for cell in sheet.rows[label.row].cells if cell.left >= label.right - 0.5]
    yield from beside[:1]
    for cell in (label, *beside[:1]):
        yield from lines_below(sheet, cell, 5)
