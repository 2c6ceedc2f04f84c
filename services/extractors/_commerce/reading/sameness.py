"""Whether two texts are one number, one tax number or one name, written in two places in two ways.

A part of a text is not the text: `7` is no `17`, `2026` no `2026-17`, and `Muster` no `Mustermann`. The answer is None
where nothing can be said, so that neither agreement nor contradiction is made of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

SHORTEST_NUMBER = 3
"""Letters and digits of the end of a number from which on it can stand for the whole."""

SHORTEST_NAME = 6
"""Letters of a part of a name from which on it can stand for the whole."""

LONGEST_NAME = 120
"""Characters of a name that are compared."""

SHORTEST_TAX_NUMBER = 7

LIKE = 0.85
"""How much of two names is the same if they are one, read with a slip."""

LEGAL_FORMS = frozenset({
    "ab", "ag", "as", "asa", "aps", "bv", "co", "company", "corp", "cv", "doo", "dba", "eg", "ek", "eirl", "ev",
    "gbr", "gmbh", "inc", "kft", "kg", "kgaa", "lda", "llc", "llp", "limited", "ltd", "ltda", "mbh", "nv", "oe",
    "og", "ohg", "oy", "oyj", "plc", "pty", "pvt", "private", "sa", "sarl", "sas", "sasu", "sca", "scs", "se",
    "sl", "slu", "snc", "spa", "spj", "sro", "srl", "ug", "und", "and", "et", "y", "e", "u", "i",
})  # fmt: skip
"""Words that a name goes by with or without."""

TOKEN = re.compile(r"\d+|[^\W\d_]+")
VAT_WORDS = re.compile(r"(?:mwst|tva|iva|vat|ust)$")


def same_number(one: object, other: object) -> bool | None:
    """Numbers of documents, of which one may be without its series: `2026A/17` of `FS 2026A/17`.

    Marks and blanks between, case, and zeros before a group of digits do not count. A last group of one or two signs
    alone neither is the number nor contradicts it.
    """
    first, second = _tokens(str(one)), _tokens(str(other))
    short, long = sorted((first, second), key=lambda tokens: sum(map(len, tokens)))
    if not short or first == second or bare(str(one)) == bare(str(other)):
        return bool(short) or None
    ends = any("".join(long[start:]) == "".join(short) for start in range(1, len(long)))
    if ends and sum(map(len, short)) < SHORTEST_NUMBER:
        return None
    return ends


def same_tax_number(one: object, other: object) -> bool:
    """Tax numbers, of which one may lack the country before it or the word for the tax behind it."""
    first, second = (VAT_WORDS.sub("", bare(str(text))) for text in (one, other))
    short, long = sorted((first, second), key=len)
    if first == second:
        return bool(first)
    prefix = long.removesuffix(short) if len(short) >= SHORTEST_TAX_NUMBER else ""
    return bool(re.fullmatch("[a-z]{2}|che", prefix)) and long == prefix + short


def same_name(one: object, other: object) -> bool | None:
    """Names of firms and people: the same words, some of them left out, or all of them with a slip of reading.

    None for names in two scripts, and for a part that is too short to be more than a word that many names have.
    """
    first, second = (_words(str(text)[:LONGEST_NAME]) for text in (one, other))
    if not first or not second or _scripts(first).isdisjoint(_scripts(second)):
        return None
    short, long = sorted((first, second), key=lambda words: sum(map(len, words)))
    if set(short) <= set(long):
        return len("".join(short)) >= SHORTEST_NAME or short == long or None
    return _is_like("".join(first), "".join(second))


def _is_like(one: str, other: str) -> bool:
    """By the ratio, which takes long and is asked last: the two before it are never less."""
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return all(share() >= LIKE for share in (matcher.real_quick_ratio, matcher.quick_ratio, matcher.ratio))


def bare(text: str) -> str:
    """Letters and digits alone, in small letters and without accents."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", text.casefold())))


def _tokens(text: str) -> list[str]:
    """Runs of digits and of letters."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return [token.lstrip("0") or "0" if token.isdigit() else token for token in TOKEN.findall(plain)]


@lru_cache(maxsize=1024)
def _words(text: str) -> Sequence[str]:
    """All but legal forms; those too where there is nothing else. `S.A.` is one word, as `SA` is."""
    plain = unicodedata.normalize("NFKD", text.casefold()).replace(".", "")
    words = ["".join(filter(str.isalnum, word)) for word in re.split(r"[\W_]+", plain)]
    said = [word for word in words if word]
    return [word for word in said if word not in LEGAL_FORMS] or said


def _scripts(words: Sequence[str]) -> set[str]:
    """The first words of Unicode's names of the letters, such as LATIN; digits are of every script."""
    signs = {sign for word in words for sign in word}
    return {unicodedata.name(sign, "?").split()[0] for sign in signs if sign.isalpha()} or {"LATIN"}
