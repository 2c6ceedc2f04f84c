"""Whether an electronic invoice is what its standard asks for, as far as that needs no lists of codes."""

from __future__ import annotations

from dataclasses import replace

from services.extractors._einvoice.arithmetic import Sum, sums
from services.extractors._einvoice.attached import Candidate, Found
from services.extractors._einvoice.metadata import Metadata
from services.extractors._einvoice.presence import absences
from services.extractors._einvoice.profiles import EN16931, Profile, profile_of

NAMED = {"factur-x.xml": "factur-x", "zugferd-invoice.xml": "zugferd", "xrechnung.xml": "xrechnung"}
MOST_ERRORS = 50


def profile(candidate: Candidate, told: Metadata) -> Profile:
    """By its guideline; where that is the norm alone, the file's name and the metadata tell the standard."""
    found = profile_of(candidate.bill.guideline, order=candidate.kind.order, old=candidate.kind.old)
    if candidate.kind.order or candidate.bill.guideline != EN16931:
        return found
    own = told if told.file == candidate.file else Metadata()
    standard = own.standard or NAMED.get(candidate.file.lower()) or found.standard
    return replace(found, standard=standard, version=own.version.replace("p", ".") or found.version)


def errors(candidate: Candidate, own: Profile) -> tuple[str, ...]:
    """Values of no type, elements out of order, what is missing and what does not add up."""
    wrong = [str(check) for check in sums(candidate.bill, own) if not check.holds]
    return (*candidate.bill.flaws, *candidate.disorder, *absences(candidate.bill, own), *wrong)[:MOST_ERRORS]


def unheld(candidate: Candidate, own: Profile) -> list[Sum]:
    """The sums that do not hold."""
    return [check for check in sums(candidate.bill, own) if not check.holds]


def unread(found: Found) -> tuple[str, ...]:
    """Why files that should be invoices are none."""
    return tuple(f"{check.file or 'the file'} was not read: {check.reason}" for check in found.unread)
