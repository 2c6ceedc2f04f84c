"""The answer from an electronic invoice and the print beside it: values of the one, evidence of both, contradictions.

Where they differ, the electronic invoice is answered, since it is the original of a hybrid invoice; the confidence
falls, and what print says is named beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from decimal import Decimal
from typing import Any, ClassVar, Protocol, TypeVar

from services.document.model import Document
from services.extractors import Field
from services.extractors._commerce.bill.items import LineItem
from services.extractors._commerce.reading.evidence import Check, Rule
from services.extractors._einvoice import checking
from services.extractors._einvoice.attached import Candidate, Found, differing, found
from services.extractors._einvoice.comparing import compared
from services.extractors._einvoice.described import Difference, EInvoice, Other
from services.extractors._einvoice.fields import (
    AGAINST,
    ALONE,
    WRONG,
    amounts_of,
    field,
    items_of,
    parts_of,
    rates_of,
    reduced,
    values_of,
)
from services.extractors._einvoice.kinds import is_credit
from services.extractors._einvoice.parts import lines_unlike, rates_unlike
from services.extractors._einvoice.printed import Print, Value

LOCATED = frozenset({"address", "payment_method", "payment_terms", "discount", "rounding", "withheld", "document_kind"})
"""Fields that print puts in too many ways to say that it says otherwise."""

AMOUNTS = frozenset({"subtotal", "tax", "total", "amount_due", "amount_paid", "discount", "rounding", "withheld"})
ITEMS_HOLD = (Rule.ITEMS_MAKE_SUBTOTAL, Rule.ITEMS_MAKE_TOTAL)


class Printed(Protocol):
    """An invoice as it was read from print: a frozen dataclass.

    Its other members are fields, under the names by which `values_of` has what an electronic invoice says.
    """

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def document_kind(self) -> Field | None: ...

    @property
    def tax_rates(self) -> tuple[Field, ...]: ...

    @property
    def line_items(self) -> tuple[LineItem, ...]: ...

    @property
    def validation(self) -> tuple[Check, ...]: ...

    @property
    def e_invoice(self) -> EInvoice | None: ...


T = TypeVar("T", bound=Printed)


def answer(document: Document, printed: T) -> T:
    """The printed invoice with what the electronic one says; as it is where the document carries none."""
    files = found(document.enclosed)
    if not files.candidates:
        return replace(printed, e_invoice=_unread(files)) if files.unread else printed
    page = Print(document)
    tried = [_Held(candidate, files, printed, page) for candidate in files.candidates]
    best = tried[_best(tried, files)]
    return replace(
        printed,
        tax_rates=best.rates() or printed.tax_rates,
        line_items=best.items() or printed.line_items,
        validation=tuple(best.checks()),
        e_invoice=best.described(),
        **best.fields(),
    )


def _unread(files: Found) -> EInvoice:
    name = files.unread[0].file or None
    return EInvoice(name, None, None, None, None, False, checking.unread(files), None, (), ())


def _best(tried: Sequence[_Held], files: Found) -> int:
    """The first, unless nothing but the order of files speaks for it: then the one that print speaks for."""
    if files.is_certain:
        return 0
    rank = [(held.candidate.kind.order, len(held.differences)) for held in tried]
    return rank.index(min(rank))


class _Held:
    """One electronic invoice held against the print."""

    def __init__(self, candidate: Candidate, files: Found, printed: Printed, page: Print) -> None:
        self.candidate, self._files, self._printed, self._page = candidate, files, printed, page
        bill = candidate.bill
        self._profile = checking.profile(candidate, files.metadata)
        self._falsified = bool(checking.unheld(candidate, self._profile))
        self._others = tuple(_others(candidate, files))
        self._values = values_of(bill)
        read = {name: field for name, field in _fields(printed).items() if name not in LOCATED}
        self._compared = compared(self._values, read, page, amounts_of(bill), parts_of(bill))
        sure = any(check.holds for check in printed.validation if check.rule in ITEMS_HOLD)
        self._lines = lines_unlike(bill.lines, printed.line_items, page, sure=sure)
        self._rates = rates_unlike(bill.taxes, printed.tax_rates, page)
        self.differences = tuple(self._differences())

    def fields(self) -> dict[str, Field]:
        """All that has a field of its own."""
        doubted = set(reduced(self._doubted()))
        wrong = AMOUNTS if self._falsified else frozenset()
        return {
            one.name: field(one, AGAINST if one.name in doubted else WRONG if one.name in wrong else 1)
            for one in self._compared
        }

    def rates(self) -> tuple[Field, ...]:
        return rates_of(self.candidate.bill, AGAINST if self._rates or "taxes" in self._doubted() else ALONE)

    def items(self) -> tuple[LineItem, ...]:
        trust = AGAINST if "lines" in self._doubted() else WRONG if self._falsified else ALONE
        return items_of(self.candidate.bill, self._page, trust, {line.number for line in self._lines})

    def described(self) -> EInvoice:
        own = self._profile
        compared = any(one.agrees is not None and one.name not in LOCATED for one in self._compared)
        wrong = checking.errors(self.candidate, own)
        errors = (*wrong, *checking.unread(self._files), *_contradictions(self._others))
        return EInvoice(
            file=self.candidate.file or None,
            standard=own.standard,
            syntax=self.candidate.kind.syntax.value,
            profile=own.name,
            version=own.version,
            valid=not errors,
            errors=errors,
            agrees_with_print=not self.differences if compared or self.differences else None,
            differences=self.differences,
            others=self._others,
        )

    def checks(self) -> Iterator[Check]:
        """What the electronic invoice adds up to, what print says of it, and what print adds up to."""
        yield from _own_checks(self._values)
        for one in self._compared:
            if one.print is not None and one.agrees is not None and one.name not in LOCATED:
                yield Check(f"xml {one.name} = print {one.name}", one.xml, one.print, one.agrees)
        for difference in self._of_parts():
            name, xml, read = difference.field, difference.xml, difference.print
            yield Check(f"xml {name} = print {name}", "" if xml is None else xml, "" if read is None else read, False)
        yield from (replace(check, rule=f"print: {check.rule}") for check in self._printed.validation)

    def _doubted(self) -> tuple[str, ...]:
        """What it says in several ways, or another one otherwise, in the terms of `differing`."""
        return (*self.candidate.ambiguous, *(name for other in self._others for name in other.differs))

    def _differences(self) -> Iterator[Difference]:
        for one in self._compared:
            if one.agrees is False:
                yield Difference(one.name, one.xml, one.print)
        own, read = self._values.get("document_kind"), self._printed.document_kind
        if own and read and read.value and is_credit(str(own)) != is_credit(str(read.value)):
            yield Difference("document_kind", own, str(read.value))
        yield from self._of_parts()

    def _of_parts(self) -> Iterator[Difference]:
        yield from (Difference("tax_rates", rate.xml, rate.print) for rate in self._rates)
        yield from (Difference(f"line_items.{line.number}.amount", line.xml, line.print) for line in self._lines)


def _fields(printed: Printed) -> dict[str, Field]:
    """The members that are single fields, by their names."""
    members = {member.name: getattr(printed, member.name) for member in fields(printed)}
    return {name: member for name, member in members.items() if isinstance(member, Field)}


def _others(own: Candidate, files: Found) -> Iterator[Other]:
    """Orders are no other invoices."""
    for candidate in files.candidates:
        if candidate is not own and candidate.kind.order == own.kind.order:
            yield Other(candidate.file, candidate.kind.syntax.value, tuple(differing(own.bill, candidate.bill)))


def _contradictions(others: Sequence[Other]) -> Iterator[str]:
    for other in others:
        if other.differs:
            yield f"{other.file or 'another file'} is another invoice, and differs: {', '.join(other.differs)}"


def _own_checks(values: Mapping[str, Value]) -> Iterator[Check]:
    nothing = Decimal(0)
    number = {name: value for name, value in values.items() if isinstance(value, Decimal)}
    if "subtotal" in number and "total" in number:
        left = number["subtotal"] + number.get("tax", nothing)
        yield Check(Rule.SUBTOTAL_AND_TAX, left, number["total"], left == number["total"])
    if "total" in number and "amount_due" in number:
        left = number["total"] - number.get("amount_paid", nothing) + number.get("rounding", nothing)
        left -= number.get("withheld", nothing)
        yield Check(Rule.DUE_OF_TOTAL, left, number["amount_due"], left == number["amount_due"])
    issued, due = values.get("date"), values.get("due_date")
    if issued and due:
        yield Check(Rule.DUE_AFTER_ISSUE, issued, due, str(issued) <= str(due))
