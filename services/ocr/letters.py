"""Whether characters make a text that somebody may have written.

Fonts in PDFs may map their glyphs to no character, to characters of nobody's (private use) or to wrong letters, most
often by a fixed distance, so that `The` becomes `7KH`. Which language it should be need not be known: in all that are
written in Latin letters between a third and a half of them are vowels, words keep to one script, and symbols do not
stand inside words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import islice

NOBODYS = frozenset({"Cc", "Cn", "Co", "Cs"})
"""General categories of control, unassigned, private and surrogate characters."""

VOWELS = frozenset("aeiouyæœøıəα")
LEADERS = frozenset(".,:…·•-–—_=*|/~")

FEWEST_VOWELS = 0.2
MOST_VOWELS = 0.75

ODD = 0.3
"""The share of odd words from which a text is garbled. Word lists, codes and names in real documents stay below .1."""

FEWEST_WORDS = 4
FEWEST_LETTERS = 40
"""Below these numbers a share says nothing."""

_COMMON = """
er en in an on re es te de nd or ar ti at al st nt le la ra ri se el co ta ne is li ch ma io to ed ro me ge ie he th
ca da un di ou qu ve si sc ll tt ea it ng us as ur om il ec em am pa ni no ha ei ij oo aa um ia os do ad ac po tr sk
ko ka ja ho ol ss ic mo pe ee so et be of fo ce sa tu va wa we id ut ow ke ki ov wi lo
"""
PAIRS = frozenset(_COMMON.split())
"""Pairs of letters that are common in European languages, accents aside."""

FEWEST_PAIRS, MOST_PAIRS = 20, 500
COMMON = 0.35
"""The share of pairs in words that are common in any text. English, German, French, Polish, Czech, Turkish, Vietnamese,
Finnish and Hungarian samples came to .5 and more, pangrams to .47, text moved along the alphabet to .29 at most."""

SYMBOLS = 0.25
"""The share of punctuation and symbols from which a text is garbled; in real ones it came to .1 at most."""

SHORT = 0.6
"""The share of letters in words of one letter from which a text has spaces between its letters."""

MIXABLE = frozenset(
    {"CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "BOPOMOFO", "FULLWIDTH", "HALFWIDTH"}
)
"""Scripts, by the first word of their characters' names, that stand together and are written without spaces."""

JOINTS = frozenset("'’‘`´-‐‑–—./\\@&:;,·•|+_()[]")
"""What may stand between the letters of a word, an address or words that a space was forgotten between."""


def unmapped(text: str) -> int:
    """How many characters stand for nothing: U+FFFD, and those of nobody's."""
    return sum(c == "\ufffd" or (unicodedata.category(c) in NOBODYS and not c.isspace()) for c in text)


def is_garbled(text: str) -> bool:
    """Whether the letters cannot be right. Short texts, numbers and codes are given the benefit of the doubt."""
    words = [core for token in text.split() if len(core := _core(token)) > 2 and not _has_digit(core)]
    odd = sum(map(_is_odd, words))
    few = len(words) < FEWEST_WORDS
    nonsense = _lacks_vowels(words) or _lacks_pairs(words)
    return (not few and odd > ODD * len(words)) or nonsense or _is_spaced(text) or _is_symbols(text)


def _core(token: str) -> str:
    """Without the punctuation around it."""
    inner = [place for place, c in enumerate(token) if unicodedata.category(c)[0] in "LMN"]
    return token[inner[0] : inner[-1] + 1] if inner else ""


def _has_digit(word: str) -> bool:
    return any(c.isdigit() for c in word)


def _is_odd(word: str) -> bool:
    """Two scripts in one word, a symbol inside, or capitals here and there."""
    capitals = sum(one.islower() and other.isupper() for one, other in zip(word, word[1:], strict=False))
    return len(_scripts(word)) > 1 or any(map(_is_foreign, word)) or capitals > 2


def _is_foreign(character: str) -> bool:
    return character not in JOINTS and unicodedata.category(character)[0] in "PS"


def _scripts(word: Iterable[str]) -> set[str]:
    return {_script(c) for c in word if c.isalpha()}


def is_cjk(text: str) -> bool:
    """Whether it is of scripts that stand together and are written without spaces, or of none."""
    return _scripts(text) == {"CJK"}


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    name = unicodedata.name(letter, "NONE ").split(" ", 1)[0]
    return "CJK" if name in MIXABLE else name


def _lacks_vowels(words: Iterable[str]) -> bool:
    """Whether Latin letters have far fewer vowels, or far more, than any language."""
    letters = [_base(c) for word in words for c in word.casefold() if _is_latin(c)]
    share = sum(letter in VOWELS for letter in letters) / max(1, len(letters))
    return len(letters) >= FEWEST_LETTERS and not FEWEST_VOWELS <= share <= MOST_VOWELS


def _lacks_pairs(words: Iterable[str]) -> bool:
    """Whether Latin letters follow each other as in no language."""
    latin = ("".join(map(_base, word)) for word in map(str.casefold, words) if all(map(_is_latin, word)))
    following = (one + other for word in latin for one, other in zip(word, word[1:], strict=False))
    pairs = list(islice(following, MOST_PAIRS))
    return len(pairs) >= FEWEST_PAIRS and sum(pair in PAIRS for pair in pairs) < COMMON * len(pairs)


@lru_cache(maxsize=4096)
def _is_latin(character: str) -> bool:
    return character.isalpha() and unicodedata.name(character, "").startswith("LATIN")


@lru_cache(maxsize=4096)
def _base(letter: str) -> str:
    """Without its accents."""
    return unicodedata.normalize("NFD", letter)[0]


def _is_symbols(text: str) -> bool:
    """Whether much of it is punctuation and symbols; leaders and rules of dots or dashes do not count."""
    signs = [unicodedata.category(c)[0] in "PS" for c in text if not c.isspace() and c not in LEADERS]
    return len(signs) >= FEWEST_LETTERS and sum(signs) > SYMBOLS * len(signs)


def _is_spaced(text: str) -> bool:
    tokens = [token for token in text.split() if token.isalpha() and _scripts(token) != {"CJK"}]
    letters = sum(map(len, tokens))
    return letters >= FEWEST_LETTERS and sum(len(token) == 1 for token in tokens) > SHORT * letters
