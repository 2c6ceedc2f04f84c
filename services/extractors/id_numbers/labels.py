"""Whether what stands beside or above a number calls it by its own name, by another, or not at all.

What is called by another name is no identity number, whatever its check digit says: one in ten numbers has a right one
by chance. Labels are told by their kind, not by a list alone: words before a colon, `... No`, `... ID`, abbreviations.
"""

from __future__ import annotations

import re
from enum import Enum

from services.extractors.id_numbers.sheet import APART


class Said(Enum):
    """What a label says of a number."""

    OWN = "own"
    FOREIGN = "foreign"
    NOTHING = "nothing"


LONGEST_CHARACTERS = 80
"""Characters before a number, or of a row above it, that may be its label."""

_IN = r"[\w\u0900-\u0dff]"
"""What words are of: vowel signs of India's scripts are no letters to `\\w`, and `\\b` parts words at them."""

NUMBER_WORD = re.compile(
    rf"(?<!{_IN})(?:no|nos|nr|num|number|id|code|ref|reference|key|संख्या|नंबर|क्रमांक)(?!{_IN})", re.IGNORECASE
)

WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[\u0900-\u0dff])|(?<!\S)[A-Z](?=\s)")
"""Two letters, of scripts of India with the vowel signs between them, or a capital by itself, as in `K Number`."""

NOUN = re.compile(
    r"\b(?:order|phone|mobile|tel|telephone|contact|helpline|toll|fax|ref|reference|invoice|bill|challan|receipt|voucher"
    r"|account|acct|a/c|bank|branch|cif|loan|policy|folio|demat|deposit|cheque|txn|transaction|payment|upi|utr|rrn|arn"
    r"|urn|crn|consumer|customer|client|subscriber|member|employee|student|roll|seat|admit|candidate|patient|hospital"
    r"|application|registration|enrol\w*|acknowledg\w*|token|ticket|booking|pnr|docket|consignment|shipment|parcel"
    r"|track\w*|awb|waybill|batch|lot|serial|meter|connection|imei|imsi|sim|vid|virtual|universal|uan|pran|pran?|pf|epf"
    r"|ppo|esi\w*|pension|provident|insurance|health|abha|ayushman|ration|voter|epic|e-?shram|shramik|labou?r|job|msme"
    r"|gst\w*|tan|tin|cin|din|llpin|ckyc|kin|vehicle|chassis|engine|file|case|complaint|request|survey|plot|property)\b",
    re.IGNORECASE,
)
"""What else has a number of its own."""

ABBREVIATION = re.compile(r"\b[A-Z]{2,6}\b")
_SHORT = "OF TO IN ON BY MR MRS MS DR SMT SHRI SRI INDIA MALE FEMALE DOB YOB GOVT DATE NAME"
NO_LABELS = frozenset(_SHORT.split())
"""Short words in capitals that are none."""

HOLDER = re.compile(r"\b(?:of|for)(?: the| an?)? [^\W\d_]+", re.IGNORECASE)
"""Whose a number is, as in `PAN of the employee`."""


def beside(text: str, own: re.Pattern[str], *, any_word: bool) -> Said:
    """What the text before a number in its row says. Only what follows the last other number counts.

    `any_word` says that whatever words stand before it in its own line are its label.
    """
    columns = re.split(f"{APART}+", re.sub(r".*\d", "", text[-LONGEST_CHARACTERS:]))
    written = next((column for column in reversed(columns) if column.strip()), "")
    close = bool(columns and columns[-1].strip())
    return _said(written, own, any_word=any_word and close)


def above(text: str, own: re.Pattern[str]) -> Said:
    """What a row above a number says, if it is a label and no text of its own."""
    return Said.NOTHING if re.search(r"\d", text) and not own.search(text) else _said(text[-LONGEST_CHARACTERS:], own)


def _said(text: str, own: re.Pattern[str], *, any_word: bool = False) -> Said:
    mine = list(own.finditer(text))
    rest = text[mine[-1].end() :] if mine else text
    if NOUN.search(HOLDER.sub("", rest)) or (not mine and (_is_label(text) or (any_word and _has_words(text)))):
        return Said.FOREIGN
    return Said.OWN if mine else Said.NOTHING


def _is_label(text: str) -> bool:
    """By its kind: words before a colon, words with `No`, an abbreviation by itself or among other words."""
    bare = text.strip().rstrip(" -.")
    if not _has_words(bare):
        return False
    return bare.endswith((":", "=", "#")) or bool(NUMBER_WORD.search(bare)) or _abbreviated(bare)


def _has_words(text: str) -> bool:
    """Whether there is a word beside those that only say that a number follows."""
    return bool(WORD.search(NUMBER_WORD.sub("", text)))


def _abbreviated(text: str) -> bool:
    found = [word for word in ABBREVIATION.findall(text) if word not in NO_LABELS]
    return bool(found) and (text.strip() in found or not text.isupper())
