"""The answer from an electronic invoice and the print beside it: values of the one, evidence of both, contradictions.

Where they differ, the electronic invoice is answered, since it is the original of a hybrid invoice; the confidence
falls, and what print says is named beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from services.document.model import Document
from services.extractors import Field
from services.extractors._commerce.bill.items import LineItem
from services.extractors._commerce.reading.evidence import Check, Rule
from services.extractors._einvoice import checking
from services.extractors._einvoice.attached import Candidate, Found, differing, found
from services.extractors._einvoice.comparing import compared
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
from services.extractors._einvoice.printed import Print, Value

LOCATED = frozenset({"address", "payment_method", "payment_terms", "discount", "rounding", "withheld", "document_kind"})
"""Fields that print puts in too many ways to say that it says otherwise."""

AMOUNTS = frozenset({"subtotal", "tax", "total", "amount_due", "amount_paid", "discount", "rounding", "withheld"})
ITEMS_HOLD = (Rule.ITEMS_MAKE_SUBTOTAL, Rule.ITEMS_MAKE_TOTAL)


@dataclass(frozen=True, slots=True)
class Difference:
    """What one field is in the electronic invoice and on the page."""

    field: str
    xml: Value | None
    print: Value | None


@dataclass(frozen=True, slots=True)
class Other:
    """A further invoice in the document; `differs` names what it says otherwise, in the terms of EN 16931."""

    file: str
    syntax: str
    differs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EInvoice:
    """The electronic invoice that was answered from.

    `file` is None where it was the upload itself, `syntax` and what follows where it could not be read. `errors` are
    rules that it breaks, each with its number in front; it is `valid` without any. `agrees_with_print` is None where
    nothing printed could be compared.
    """

    file: str | None
    standard: str | None
    syntax: str | None
    profile: str | None
    version: str | None
    valid: bool
    errors: tuple[str, ...]
    agrees_with_print: bool | None
    differences: tuple[Difference, ...]
    others: tuple[Other, ...]


Fields = Mapping[str, Any]
"""The members of an invoice as it was read from print."""


def answer(document: Document, printed: Fields) -> dict[str, Any]:
    """What of a printed invoice's members is to be replaced; nothing where the document carries no electronic one."""
    files = found(document.enclosed)
    if not files.candidates:
        return {"e_invoice": _unread(files)} if files.unread else {}
    page = Print(document)
    tried = [_Held(candidate, files, printed, page) for candidate in files.candidates]
    return tried[_best(tried, files)].answer()


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

    def __init__(self, candidate: Candidate, files: Found, printed: Fields, page: Print) -> None:
        self.candidate, self._files, self._printed, self._page = candidate, files, printed, page
        self._profile = checking.profile(candidate, files.metadata)
        self._values = values_of(candidate.bill)
        read: dict[str, Field | None] = {name: printed.get(name) for name in self._values if name not in LOCATED}
        self._compared = compared(self._values, read, page, amounts_of(candidate.bill), parts_of(candidate.bill))
        self.differences = [*self._of_fields(), *self._of_kind(), *self._of_items()]

    def answer(self) -> dict[str, Any]:
        others = tuple(self._others())
        wrong = checking.errors(self.candidate, self._profile)
        errors = (*wrong, *checking.unread(self._files), *_contradictions(others))
        doubted = {name for other in others for name in reduced(other.differs)}
        falsified = bool(checking.unheld(self.candidate, self._profile))
        members: dict[str, Any] = {
            comparison.name: field(
                comparison,
                AGAINST if comparison.name in doubted else WRONG if falsified and comparison.name in AMOUNTS else 1,
            )
            for comparison in self._compared
        }
        bill = self.candidate.bill
        trust = AGAINST if any("lines" in other.differs for other in others) else WRONG if falsified else ALONE
        return members | {
            "tax_rates": rates_of(bill) or self._printed["tax_rates"],
            "line_items": items_of(bill, self._page, trust) or self._printed["line_items"],
            "validation": tuple(self._checks()),
            "e_invoice": self._described(errors, others),
        }

    def _described(self, errors: tuple[str, ...], others: tuple[Other, ...]) -> EInvoice:
        compared = [
            comparison.agrees
            for comparison in self._compared
            if comparison.agrees is not None and comparison.name not in LOCATED
        ]
        agrees = not self.differences if compared or self.differences else None
        return EInvoice(
            file=self.candidate.file or None,
            standard=self._profile.standard,
            syntax=self.candidate.kind.syntax.value,
            profile=self._profile.name,
            version=self._profile.version,
            valid=not errors,
            errors=errors,
            agrees_with_print=agrees,
            differences=tuple(self.differences),
            others=others,
        )

    def _others(self) -> Iterator[Other]:
        """Orders are no other invoices."""
        for candidate in self._files.candidates:
            if candidate is not self.candidate and candidate.kind.order == self.candidate.kind.order:
                yield Other(
                    candidate.file, candidate.kind.syntax.value, tuple(differing(self.candidate.bill, candidate.bill))
                )

    def _of_fields(self) -> Iterator[Difference]:
        yield from (
            Difference(comparison.name, comparison.xml, comparison.print)
            for comparison in self._compared
            if comparison.agrees is False
        )

    def _of_kind(self) -> Iterator[Difference]:
        """An invoice that is printed as a credit note, or the other way round."""
        own, read = self._values.get("document_kind"), self._printed.get("document_kind")
        if own and read and read.value and is_credit(str(own)) != is_credit(str(read.value)):
            yield Difference("document_kind", own, read.value)

    def _of_items(self) -> Iterator[Difference]:
        """Only where the printed items are as many, and add up, is one that differs no misreading."""
        printed: Sequence[LineItem] = self._printed["line_items"]
        own = [line.amount for line in self.candidate.bill.lines if line.counted]
        sure = any(comparison.holds for comparison in self._printed["validation"] if comparison.rule in ITEMS_HOLD)
        if sure and len(printed) == len(own):
            for number, (item, amount) in enumerate(zip(printed, own, strict=True)):
                read = item.amount.value
                if amount is not None and isinstance(read, Decimal) and abs(read) != abs(amount):
                    yield Difference(f"line_items.{number}.amount", amount, read)

    def _checks(self) -> Iterator[Check]:
        """What the electronic invoice adds up to, what print says of it, and what print adds up to."""
        yield from _own_checks(self._values)
        for comparison in self._compared:
            if comparison.print is not None and comparison.agrees is not None and comparison.name not in LOCATED:
                yield Check(
                    f"xml {comparison.name} = print {comparison.name}",
                    comparison.xml,
                    comparison.print,
                    comparison.agrees,
                )
        yield from (replace(comparison, rule=f"print: {comparison.rule}") for comparison in self._printed["validation"])


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
