"""Where a name begins and ends: without numbers in brackets, cut after its legal form, going on in the next line."""

from __future__ import annotations

import re

from services.extractors._commerce.bill.addresses import IN_BRACKETS
from services.extractors._commerce.reading.geometry import Cell, Sheet, lines_below
from services.extractors._commerce.reading.lexicon import concepts, mentions, starts

OPEN_END = re.compile(r"[&,/+(-]\s*$|\b(?:and|und|et|dan|e|y|of|the|de|van)\s*$", re.IGNORECASE)


def cleaned(text: str) -> str:
    """A line without a registration number in brackets, and cut after its legal form."""
    text = IN_BRACKETS.sub("", text.strip(" *-_~:|#<>=,").lstrip("."))
    for mention in mentions(text):
        rest = text[mention.end :]
        if (
            mention.concept == "names.legal"
            and mention.start > 2
            and len(rest.strip(" .,)")) > 3
            and not _goes_on(rest)
        ):
            return text[: mention.end + (1 if rest.startswith(".") else 0)].strip()
    return text.strip()


def _goes_on(rest: str) -> bool:
    """Whether a name goes on after what could be its legal form, as in `& Co. KG` or `Co. (M) Bhd`."""
    return any(mention.concept in ("names.legal", "names.business") for mention in mentions(rest))


def with_continuation(sheet: Sheet, cell: Cell, text: str) -> list[tuple[Cell, str]]:
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
