"""The electronic invoices among a document's files: by metadata, by the standards' names, then by the root element."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.document.markup import Element, NotRead, parse, root_name
from services.document.model import Attachment, Enclosed
from services.extractors._einvoice import cii, ubl
from services.extractors._einvoice.metadata import Metadata, metadata
from services.extractors._einvoice.model import Bill, Syntax
from services.extractors._einvoice.order import CII, UBL, disorder

NAMES = frozenset({"factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "order-x.xml"})
"""What the standards call the file, in small letters."""

UNKNOWN = "its root is that of no invoice known here"

MOST_INVOICES = 8
"""Invoices that are read of one document."""

MOST_TURNS = 8
"""Of repeated elements, how many are looked at."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the formats, told by namespace and name of the root. An `old` one is held to no sequence."""

    syntax: Syntax
    read: Callable[[Element, int], Bill]
    sequences: Mapping[str, Sequence[str]]
    order: bool = False
    old: bool = False


_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_UNCEFACT = "urn:un:unece:uncefact:data:"
_ZUGFERD_1 = Kind(Syntax.CII, lambda root, turn: cii.read(cii.modernised(root), turn), {}, old=True)
KINDS: Mapping[tuple[str, str], Kind] = {
    (f"{_UNCEFACT}standard:CrossIndustryInvoice:100", "CrossIndustryInvoice"): Kind(Syntax.CII, cii.read, CII),
    ("urn:ferd:CrossIndustryDocument:invoice:1p0", "CrossIndustryDocument"): _ZUGFERD_1,
    (f"{_UNCEFACT}standard:CBFBUY:5", "Invoice"): _ZUGFERD_1,  # its release candidate
    (f"{_UNCEFACT}SCRDMCCBDACIOMessageStructure:100", "SCRDMCCBDACIOMessageStructure"): Kind(
        Syntax.CII, cii.read, CII, order=True
    ),
    (f"{_UBL}Invoice-2", "Invoice"): Kind(Syntax.UBL, ubl.read, UBL),
    (f"{_UBL}CreditNote-2", "CreditNote"): Kind(Syntax.UBL, ubl.read, UBL),
}

ROOTS = frozenset(name for _, name in KINDS)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An invoice in a file. `file` is the name of the attachment, empty for the upload itself.

    `disorder` are sentences about elements that stand where the schema does not have them. `ambiguous` names what it
    says in several ways, in the terms of `differing`, since elements are there twice that may be there once.
    """

    file: str
    kind: Kind
    bill: Bill
    disorder: tuple[str, ...]
    ambiguous: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that should be an invoice, and why it is not read."""

    file: str
    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    """Invoices with the one that the document means first, and what could not be read."""

    candidates: tuple[Candidate, ...]
    unread: tuple[Unread, ...]
    metadata: Metadata

    @property
    def is_certain(self) -> bool:
        """Whether the first is called the invoice, by metadata or by its name, or there is no other."""
        first = self.candidates[0]
        named = first.file.lower() in NAMES or first.file == self.metadata.file
        return named or len(self.candidates) == 1


def found(enclosed: Enclosed) -> Found:
    """What there is, best first. An order comes after all invoices."""
    told = metadata(enclosed.metadata)
    read = [one for file in _by_name(enclosed.files, told)[:MOST_INVOICES] if (one := _read(file, told)) is not None]
    candidates = [file for file in read if isinstance(file, Candidate)]
    candidates.sort(key=lambda candidate: candidate.kind.order)
    unread = [file for file in read if isinstance(file, Unread)]
    if candidates:  # metadata names other files too
        unread = [file for file in unread if file.reason != UNKNOWN]
    return Found(tuple(candidates), tuple(unread), told)


def _by_name(files: Sequence[Attachment], told: Metadata) -> list[Attachment]:
    """Files that may be invoices, those that are called so first."""
    possible = [file for file in files if _is_named(file, told) or file.flaw or _has_root(file)]
    return sorted(possible, key=lambda file: (file.name != told.file, file.name.lower() not in NAMES))


def _is_named(file: Attachment, told: Metadata) -> bool:
    return not file.name or file.name.lower() in NAMES or file.name == told.file


def _has_root(file: Attachment) -> bool:
    return file.content is not None and root_name(file.content[:4096]) in (*ROOTS, "")


def _read(file: Attachment, told: Metadata) -> Candidate | Unread | None:
    """None for what is XML, but no invoice, and was not called one."""
    if file.content is None:
        return Unread(file.name, file.flaw) if file.flaw or _is_named(file, told) else None
    try:
        root = parse(file.content)
    except NotRead as reason:
        return Unread(file.name, str(reason))
    kind = KINDS.get((root.space, root.name))
    if kind is None:
        return Unread(file.name, UNKNOWN) if _is_named(file, told) else None
    bill = kind.read(root, 0)
    return Candidate(file.name, kind, bill, tuple(disorder(root, kind.sequences)), _ambiguous(root, kind, bill))


def _ambiguous(root: Element, kind: Kind, bill: Bill) -> tuple[str, ...]:
    """What depends on which of repeated elements counts."""
    others = (kind.read(root, turn) for turn in range(1, min(bill.repeated, MOST_TURNS)))
    return tuple(dict.fromkeys(name for other in others for name in differing(bill, other)))


def differing(one: Bill, other: Bill) -> Iterator[str]:
    """The names of what two invoices say differently."""
    for name in ("kind", "number", "issued", "due_date", "currency", "seller", "buyer", "ibans", "taxes", "lines"):
        if getattr(one, name) != getattr(other, name):
            yield name
    for name in type(one.totals).__dataclass_fields__:
        if (getattr(one.totals, name) or 0) != (getattr(other.totals, name) or 0):
            yield f"totals.{name}"
