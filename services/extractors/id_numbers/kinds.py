"""The kinds of numbers: their shapes, their labels, and how much of what speaks for one is needed to believe it."""

from __future__ import annotations

import re

from services.extractors.id_numbers import checks
from services.extractors.id_numbers.model import Evidence, Kind

UNLABELLED = 0.8
"""What the confidence of a number without a label is multiplied by."""


def _by_itself(evidence: Evidence) -> float:
    return 1.0


def _distinctive(evidence: Evidence) -> float:
    if evidence.label or evidence.context:
        return 1.0
    return UNLABELLED if evidence.valid and not evidence.corrected else 0.0


def _unless_foreign(evidence: Evidence) -> float:
    return 0.0 if evidence.foreign else _distinctive(evidence)


def _grouped(evidence: Evidence) -> float:
    if evidence.foreign:
        return 0.0
    if evidence.label or (evidence.context and evidence.grouped):
        return 1.0
    return UNLABELLED if evidence.valid and evidence.grouped and not evidence.corrected else 0.0


def _labelled(evidence: Evidence) -> float:
    if evidence.foreign:
        return 0.0
    return 1.0 if evidence.label else UNLABELLED * (evidence.context and evidence.valid)


def _hidden(evidence: Evidence) -> float:
    return 1.0 if not evidence.foreign and (evidence.label or evidence.context) else 0.0


_GAP = r"[ \-./]{0,3}\n?[ \-./]{0,2}"
"""Between the parts of a number: the spacings in use, or the end of a row."""


def _shape(pattern: str) -> re.Pattern[str]:
    """A pattern in which `a` is a letter, `d` a digit, or what looks like them, and `~` a gap. What it finds is no part
    of a longer number, which may go on behind a hyphen, slash or space."""
    parts = {"a": "[A-Za-z0-9]", "d": "[0-9OoQDIlLZSsB]", "~": _GAP}
    written = "".join(parts.get(sign, sign) for sign in pattern)
    return re.compile(rf"(?<![A-Za-z0-9<])(?<!\d[ \-/]){written}(?![A-Za-z0-9<])(?![ \-/]\d)")


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_AADHAAR = _words(r"a{1,3}dh{1,3}a{1,3}r|आधार")
_AADHAAR_CONTEXT = _words(
    r"a{1,3}dh{1,3}a{1,3}r|आधार|uidai|unique *identification|gov\w{0,9}\.? *of *india|भारत *सरकार|\bvid\b"
)

KINDS = (
    Kind(
        type="UDYAM",
        shape=_shape("U[DO0]YA[MN]~(a{2})~(d{2})~(d{7})"),
        letters="AA000000000",
        label=_words("udyam"),
        context=_words("udyam"),
        is_valid=checks.udyam,
        belief=_by_itself,
        form=lambda number: f"UDYAM-{number[:2]}-{number[2:4]}-{number[4:]}",
    ),
    Kind(
        type="DRIVING_LICENCE",
        shape=_shape("(a{2})~(d{2})~(d{4})~(d{7})"),
        letters="AA0000000000000",
        label=_words(r"\bd\.?l\.? *n|licen[cs]e *n"),
        context=_words(r"driving *licen[cs]e|\bd\.?l\.? *no|motor *vehicle"),
        is_valid=checks.licence,
        belief=_distinctive,
        distinct=True,
    ),
    Kind(
        type="PAN",
        shape=_shape("(a{5})(d{4})(a)"),
        letters="AAAAA0000A",
        label=_words(r"permanent *account|\bpan\b"),
        context=_words(r"permanent *account|income *tax|\bpan\b"),
        is_valid=checks.pan,
        belief=_unless_foreign,
        unlike=re.compile(r"[A-Z]{4}[0-9]{5}[A-Z]"),  # a TAN: four letters, five digits, a letter
        distinct=True,
    ),
    Kind(
        type="AADHAAR",
        shape=_shape("(d{4})~(d{4})~(d{4})"),
        letters="000000000000",
        label=_AADHAAR,
        context=_AADHAAR_CONTEXT,
        is_valid=checks.aadhaar,
        belief=_grouped,
    ),
    Kind(
        type="AADHAAR",
        shape=re.compile(r"(?<![A-Za-z0-9*•])(?:[Xx*•]{4}[ -]{0,2}){2}([0-9]{4})(?![A-Za-z0-9*•])(?![ \-/]\d)"),
        letters="0000",
        label=_AADHAAR,
        context=_AADHAAR_CONTEXT,
        is_valid=lambda number, today: False,
        belief=_hidden,
        masked=True,
    ),
    Kind(
        type="PASSPORT",
        shape=_shape("(a) ?(d{7})"),
        letters="A0000000",
        label=_words(r"pass? ?port *(n|#)|पासपोर्ट"),
        context=_words(r"pass? ?port|पासपोर्ट|republic *of *india"),
        is_valid=checks.passport,
        belief=_labelled,
    ),
)
