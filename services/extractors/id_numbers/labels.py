"""Whether what stands beside or above a number calls it by its own name, by another, or not at all.

What is called by another name is no identity number, whatever its check digit says: one in ten numbers has a right one
by chance. Labels are told by their kind, not by a list alone: words before a colon, `... No`, `... ID`, abbreviations,
heads of columns. The nearest one counts, and a name that is only spoken of (`Link your Aadhaar`) is none.
"""

from __future__ import annotations

import re
from enum import Enum

from services.extractors.id_numbers.model import Names
from services.extractors.id_numbers.sheet import APART
from services.extractors.id_numbers.words import (
    ABBREVIATION,
    BETWEEN,
    BRACKETS,
    DO,
    HOLDER,
    LEAD,
    MENTION,
    NO_LABELS,
    NOUN,
    NUMBER_WORD,
    ON_CARDS,
    OWNER,
    RUNS_ON,
    SIGN,
    WORD,
)


class Said(Enum):
    """What a label says of a number."""

    OWN = "own"
    FOREIGN = "foreign"
    NOTHING = "nothing"


LONGEST_CHARACTERS = 80
"""Characters before a number, or of a row above it, that may be its label."""


def beside(text: str, names: Names) -> Said:
    """What the text before a number in its row says. Only what follows the last other number counts."""
    written, _ = _nearest(text)
    mine = _own(written, names.label, names.other)
    if not mine:
        return _by_kind(written, names)
    tail = _tail(written, mine)
    if _calls_otherwise(tail):
        return Said.FOREIGN
    if RUNS_ON.match(tail) or not tail or (_numbered(written, mine) and tail[0].islower()):
        return Said.FOREIGN if _is_means(written, mine) else Said.OWN
    return Said.FOREIGN


def words_before(text: str) -> bool:
    """Whether any words stand before a number, after the last other one in its row."""
    return _has_words(_nearest(text)[0])


def words_in_line(text: str) -> bool:
    """Whether any words stand before a number in its own line."""
    written, close = _nearest(text)
    return close and _has_words(written)


def above(text: str, names: Names) -> Said:
    """What a row above a number says, if it is a label and no text of its own."""
    written = text[-LONGEST_CHARACTERS:]
    if any(is_title(written, name, names.other) for name in (names.label, names.title)):
        return Said.OWN
    if re.search(r"\d", text) and not text.rstrip().endswith(":"):
        return Said.NOTHING
    mine = _own(written, names.label, names.other)
    if not mine:
        return _by_kind(written, names)
    is_other = _calls_otherwise(written[mine.end() :]) or _is_means(written, mine)
    return Said.FOREIGN if is_other else Said.NOTHING


def any_words(text: str, names: Names) -> bool:
    """Whether a row above a number has words that such a card would not print there."""
    is_label = not re.search(r"\d", text) and not ON_CARDS.search(text)
    return is_label and _has_words(names.issuer.sub("", text))


def is_title(text: str, name: re.Pattern[str], other: re.Pattern[str]) -> bool:
    """Whether a text is a label or a title that names a number, rather than a sentence that speaks of it."""
    mine = _own(text, name, other)
    if not mine:
        return False
    tail, before = _tail(text, mine), BETWEEN.split(text[: mine.start()])[-1]
    if (tail and not HOLDER.match(tail)) or _calls_otherwise(tail):
        return False
    return not MENTION.search(before) if _numbered(text, mine) else not OWNER.sub("", before).strip()


def _nearest(text: str) -> tuple[str, bool]:
    """The nearest text before a number in its row, and whether it stands in the number's own line."""
    columns = re.split(f"{APART}+", re.sub(r".*\d", "", BRACKETS.sub("", text[-LONGEST_CHARACTERS:])))
    written = next((column for column in reversed(columns) if column.strip()), "")
    return written, bool(columns[-1].strip())


def _own(text: str, name: re.Pattern[str], other: re.Pattern[str]) -> re.Match[str] | None:
    """The last place where a number is called by its name, if it is not part of the name of another thing."""
    mine = _last(name, text)
    namesake = _last(other, text)
    return None if mine and namesake and namesake.end() >= mine.end() else mine


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    found = None
    for found in pattern.finditer(text):  # noqa: B007 - the last one is wanted
        pass
    return found


def _tail(text: str, mine: re.Match[str]) -> str:
    """What stands between a name, with what leads on from it, and its number."""
    lead = LEAD.match(text, mine.end())
    return text[lead.end() if lead else mine.end() :].strip(" :.#=-(")


def _numbered(text: str, mine: re.Match[str]) -> bool:
    """Whether a name is followed by a word or a sign for a number."""
    lead = LEAD.match(text, mine.end())
    written = mine[0] + (lead[0] if lead else "")
    return bool(NUMBER_WORD.search(written) or SIGN.search(written))


def _is_means(text: str, mine: re.Match[str]) -> bool:
    """Whether what has the number is done to the named or by means of it: `Link your Aadhaar`, `Txn with Aadhaar`."""
    before = BETWEEN.split(text[: mine.start()])[-1]
    done = DO.search(before) or (MENTION.search(before) and NOUN.search(before))
    return bool(done) and not NUMBER_WORD.search(text, mine.end())


def _calls_otherwise(tail: str) -> bool:
    """Whether a nearer label stands between a name and its number."""
    rest = HOLDER.sub("", tail)
    if NOUN.search(rest):
        return True
    return not HOLDER.match(tail) and (bool(NUMBER_WORD.search(rest)) or _abbreviated(rest))


def _by_kind(text: str, names: Names) -> Said:
    foreign = NOUN.search(HOLDER.sub("", text)) or names.other.search(text) or _is_label(text)
    return Said.FOREIGN if foreign else Said.NOTHING


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
