"""The kinds of numbers: their shapes, their labels, and how much of what speaks for one is needed to believe it."""

from __future__ import annotations

import re

from services.extractors.id_numbers import checks
from services.extractors.id_numbers.model import Evidence, Kind, Names

UNLABELLED = 0.8
"""What the confidence of a number without a label is multiplied by."""


def _by_itself(evidence: Evidence) -> float:
    return 1.0


def _distinctive(evidence: Evidence) -> float:
    if evidence.foreign:
        return 0.0
    if evidence.label or evidence.context:
        return 1.0
    return _alone(evidence)


def _grouped(evidence: Evidence) -> float:
    if evidence.foreign:
        return 0.0
    if evidence.label or (evidence.context and evidence.grouped):
        return 1.0
    return _alone(evidence) if evidence.grouped else 0.0


def _alone(evidence: Evidence) -> float:
    """Of a number that nothing names, on a page that says nothing else."""
    return UNLABELLED if evidence.bare and evidence.valid and not evidence.corrected else 0.0


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


_NUMBERED = r"\W{0,3}(?:card|no|num\w*|nr|id)\b|\s{0,2}[:#=]"
"""What follows a word that names a number, and follows no pan."""


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_AADHAAR = r"a{1,3}dh{1,3}a{1,3}r|आधार(?![\u0900-\u097f])|ஆதார்|ఆధార్|ಆಧಾರ್|ആധാർ|આધાર|আধার|ਆਧਾਰ"

AADHAAR = Names(
    label=_words(_AADHAAR),
    issuer=_words(
        r"uidai|unique *identification(?: *authority(?: *of *india)?)?|gov\w{0,9}\.? *of *india|भारत *सरकार|\bvid\b"
        r"|(?:मेरा|mera) *(?:aadhaa?r|आधार),? *(?:मेरी|meri) *(?:pehchaa?n|पहचान)"
    ),
    title=_words(_AADHAAR),
    other=_words(
        r"(?:jan|udyog|bhu|bhoo?mi|pashu|gau|godhan|krishi|parivar|vidya|swasthya|land|animal|cattle|business)"
        r"[ \-]*a{1,3}dh{1,3}a{1,3}r|(?:जन|भू|भूमि|पशु|गौ|उद्योग|के|इस|जिस)[ \-]*आधार|आधार *(?:पर|से)"
    ),
)
"""Other registers are called Aadhaar too; in Hindi the word is also that for a basis."""

PAN = Names(
    label=_words(rf"permanent *account|(?-i:\bPAN\b)|पैन|(?-i:\b[Pp]an\b)(?={_NUMBERED})|(?-i:^\s*Pan)(?=\s*$)"),
    issuer=_words(r"permanent *account|income *tax|आयकर"),
    title=_words(rf"(?-i:\bPAN\b)|पैन|(?-i:\b[Pp]an\b)(?={_NUMBERED})"),
    other=_words(
        r"\b(?!hav|hold|bear|quot|furnish|mention|includ|giv|provid|exist)[a-z]+ing[ \-]pan\b"
        r"|\b(?:sauce|cake|dosa|tawa|stick|pizza|oil|dust|bed|iron|steel)[ \-]*pan\b"
        r"|\bpan[ \-]*(?:india|asia\w*|masala)"
        rf"|(?-i:\bpan\b)(?!{_NUMBERED})"
    ),
)
"""Pans are also fried in: in small letters it is a label only where a number is said to follow."""

LICENCE = Names(
    label=_words(r"\bd\.?l\.? *n\w{0,5}|(?-i:\bDL\b)|licen[cs]e *n\w{0,5}"),
    issuer=_words(r"driving *licen[cs]e|\bd\.?l\.? *no|motor *vehicle"),
    other=_words(
        r"\b(?!dr\w?v|\w{0,3}iving|(?:motor|vehicles?|learn\w*|valid|new|old|my|your|his|her|their|the|and|or|of|with|under|by"
        r"|bearing|holding|vide|india\w*|union|transport|commercial|permanent|international|holder\w*)\b)"
        r"[^\W\d_]{2,20} +licen[cs]e *n\w{0,5}"
    ),
)
"""Drugs, food, arms and trades are licensed too: what stands before the word says for what it is."""

PASSPORT = Names(
    label=_words(r"pass? ?port *(?:n\w{0,5}|#)|पासपोर्ट"),
    issuer=_words(r"republic *of *india|भारत *गणराज्य"),
    title=_words(r"pass? ?port|पासपोर्ट"),
    other=_words(r"(?:product|battery|plant|pet|animal|vaccin\w*|health)[ \-]*pass? ?port *(?:n\w{0,5}|#)"),
)

UDYAM = Names(label=_words("udyam"), issuer=_words("udyam"))

KINDS = (
    Kind(
        type="UDYAM",
        shape=_shape("U[DO0]YA[MN]~(a{2})~(d{2})~(d{7})"),
        letters="AA000000000",
        names=UDYAM,
        is_valid=checks.udyam,
        belief=_by_itself,
        form=lambda number: f"UDYAM-{number[:2]}-{number[2:4]}-{number[4:]}",
    ),
    Kind(
        type="DRIVING_LICENCE",
        shape=_shape("(a{2})~(d{2})~(d{4})~(d{7})"),
        letters="AA0000000000000",
        names=LICENCE,
        is_valid=checks.licence,
        belief=_distinctive,
        distinct=True,
    ),
    Kind(
        type="PAN",
        shape=_shape("(a{5})(d{4})(a)"),
        letters="AAAAA0000A",
        names=PAN,
        is_valid=checks.pan,
        belief=_distinctive,
        unlike=re.compile(r"[A-Z]{4}[0-9]{5}[A-Z]"),  # a TAN: four letters, five digits, a letter
        distinct=True,
    ),
    Kind(
        type="AADHAAR",
        shape=_shape("(d{4})~(d{4})~(d{4})"),
        letters="000000000000",
        names=AADHAAR,
        is_valid=checks.aadhaar,
        belief=_grouped,
    ),
    Kind(
        type="AADHAAR",
        shape=re.compile(r"(?<![A-Za-z0-9*•])(?:[Xx*•]{4}[ -]{0,2}){2}([0-9]{4})(?![A-Za-z0-9*•])(?![ \-/]\d)"),
        letters="0000",
        names=AADHAAR,
        is_valid=lambda number, today: False,
        belief=_hidden,
        masked=True,
    ),
    Kind(
        type="PASSPORT",
        shape=_shape("(a) ?(d{7})"),
        letters="A0000000",
        names=PASSPORT,
        is_valid=checks.passport,
        belief=_labelled,
    ),
)
