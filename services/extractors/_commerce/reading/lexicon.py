"""What the words on a document label: a file a language in `words/`, all of them looked for at once.

A concept is a table and a key of those files, such as `amounts.total` or `columns.price`. Documents mix languages, and
nobody tells us theirs, so nothing here asks for it.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent / "words"

TOKEN = re.compile(r"[^\W_]+")
LOOKALIKES = str.maketrans("0158", "olsb")
"""Digits that are read for letters."""

HANGUL = ("\uac00", "\ud7a3")
"""Syllables, which would fall apart into letters."""

STROKED = str.maketrans("łøıæœ", "loiao")
"""Letters that are no others with an accent by Unicode's tables, and are typed as these. Not the đ, which is money."""

EXACT = "kinds."
"""What a document calls itself has to be read without a fault: names of shops are like it (Reliance, `relance`)."""

SHORTEST_FUZZY = 5
"""Words shorter than this must be read without a fault to be known. A file may say `shortest_fuzzy` for its own."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A phrase of a concept in a text. `exact` is false where a letter had to be guessed.

    `languages` are the names of the files that have it; none for scripts that do not part words.
    """

    concept: str
    start: int
    end: int
    exact: bool = True
    languages: frozenset[str] = frozenset()

    @property
    def mark(self) -> str:
        """What stands before decimals where its languages are spoken.

        Empty where that differs, as between Spain and Mexico, or in English, which bills of all countries use.
        """
        marks = {_lexicon().marks.get(language, "") for language in self.languages}
        return min(marks) if len(marks) == 1 else ""

    @property
    def family(self) -> str:
        return self.concept.partition(".")[0]


@dataclass(frozen=True)
class _Lexicon:
    phrases: Mapping[str, Sequence[tuple[tuple[str, ...], str]]]
    """By the first word, all phrases that start with it, and what they label."""
    within: Sequence[tuple[str, str]]
    """Phrases of scripts that do not part words."""
    languages: Mapping[tuple[str, ...], frozenset[str]]
    """By the words of a phrase."""
    marks: Mapping[str, str]
    """What stands before decimals where a language is spoken, if that is the same everywhere."""
    vocabulary: frozenset[str]
    months: Mapping[str, int]
    near: Mapping[str, Sequence[str]]
    """Words in which a letter may be guessed, by themselves and by what is left of them without one letter."""


@lru_cache(maxsize=8192)
def fold(text: str) -> str:
    """The text without case, accents and compatibility forms, character for character, so that places stay the same.

    Digits of all scripts become those of ASCII.
    """
    return "".join(map(_folded, text))


def ascii_digits(text: str) -> str:
    """The text with digits of all scripts as those of ASCII, character for character."""
    return "".join(_folded(character) if character.isdecimal() else character for character in text)


@lru_cache(maxsize=4096)
def _folded(character: str) -> str:
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    parts = unicodedata.normalize("NFKD", character)
    sign = len(parts) > 1 and (parts[0] == "(" or unicodedata.category(character) == "Sc")
    whole = HANGUL[0] <= character <= HANGUL[1] or sign
    return character if whole else parts.casefold()[:1].translate(STROKED)


def months() -> Mapping[str, int]:
    """Folded names and short names of months in all languages, and their numbers."""
    return _lexicon().months


@lru_cache(maxsize=8192)
def mentions(text: str) -> tuple[Mention, ...]:
    """All phrases in a text, in the order of their starts. One inside a longer one of its own family is left out."""
    folded = fold(text)
    tokens = tuple(_tokens(folded))
    found = {*_spaced(tokens), *_unspaced(folded)}
    kept = [mention for mention in found if not any(_hides(other, mention) for other in found)]
    return tuple(sorted(kept, key=lambda mention: (mention.start, -mention.end, mention.concept)))


@lru_cache(maxsize=8192)
def concepts(text: str) -> frozenset[str]:
    """The concepts that a text mentions."""
    return frozenset(mention.concept for mention in mentions(text))


def says_total(text: str) -> bool:
    """Whether one of its words alone means a total, be it a part of a longer phrase: `Total payable`."""
    return any("amounts.total" in concepts(word) for word in TOKEN.findall(text))


def starts(text: str, wanted: Collection[str]) -> bool:
    """Whether a text begins with a phrase of one of these concepts, whatever signs stand before it."""
    first = TOKEN.search(text)
    return first is not None and any(
        mention.start <= first.start() and mention.concept in wanted for mention in mentions(text)
    )


def covered(text: str, wanted: Collection[str]) -> float:
    """The share of a text's letters and digits that belong to phrases of these concepts."""
    places = {at for mention in mentions(text) if mention.concept in wanted for at in range(mention.start, mention.end)}
    letters = [at for at, character in enumerate(text) if character.isalnum()]
    return sum(at in places for at in letters) / max(len(letters), 1)


def _hides(longer: Mention, shorter: Mention) -> bool:
    return (
        longer.family == shorter.family
        and longer.start <= shorter.start
        and shorter.end <= longer.end
        and longer.end - longer.start > shorter.end - shorter.start
    )


# Finding


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    start: int
    end: int
    exact: bool


def _tokens(folded: str) -> Iterator[_Token]:
    for match in TOKEN.finditer(folded):
        yield from _known(match.group(), match.start())


def _known(word: str, start: int) -> Iterator[_Token]:
    """The word as the lexicon spells it, parted where two known words were read as one."""
    vocabulary = _lexicon().vocabulary
    cut = next((at for at in range(1, len(word) - 2) if _parts(word[:at], word[at:])), 0)
    if word in vocabulary or not cut:
        spelt = _spelt(word)
        yield _Token(spelt, start, start + len(word), spelt == word)
        return
    yield _Token(word[:cut], start, start + cut, True)
    yield _Token(word[cut:], start + cut, start + len(word), True)


def _parts(head: str, tail: str) -> bool:
    """Whether a word is a known one after another, or after a number."""
    vocabulary = _lexicon().vocabulary
    return tail in vocabulary and (head.isdigit() or (len(head) > 2 and head in vocabulary))


def _spaced(tokens: Sequence[_Token]) -> Iterator[Mention]:
    phrases = _lexicon().phrases
    for place, first in enumerate(tokens):
        for words, concept in phrases.get(first.word, ()):
            run = tokens[place : place + len(words)]
            if tuple(token.word for token in run) == words:
                exact, languages = all(token.exact for token in run), _lexicon().languages[words]
                yield Mention(concept, first.start, run[-1].end, exact, languages)


def _unspaced(folded: str) -> Iterator[Mention]:
    """Phrases of scripts that do not part words, wherever they stand; a text in ASCII has none."""
    for phrase, concept in () if folded.isascii() else _lexicon().within:
        start = folded.find(phrase)
        if start >= 0:
            yield Mention(concept, start, start + len(phrase))


@lru_cache(maxsize=8192)
def _spelt(word: str) -> str:
    """The only known word that differs by one letter, or else the word itself."""
    lexicon = _lexicon()
    digits = sum(map(str.isdigit, word))
    if word in lexicon.vocabulary or len(word) < 3 or digits > 2 or len(word) - digits < 2:
        return word
    letters = word.translate(LOOKALIKES)
    if letters in lexicon.vocabulary or len(word) < SHORTEST_FUZZY:
        return letters if letters in lexicon.vocabulary else word
    alike = {known for variant in _variants(letters) for known in lexicon.near.get(variant, ())}
    near = [known for known in alike if _one_apart(letters, known)]
    return near[0] if len(near) == 1 else word


def without_digits(word: str) -> str:
    """The word with letters for the digits that look like them, where that makes a known one, as of `Leve1`."""
    letters = "".join(map(_letter, word)) if any(map(str.isdigit, word)) and any(map(str.isalpha, word)) else word
    return letters if fold(letters) in _lexicon().vocabulary else word


def _letter(character: str) -> str:
    return character.translate(LOOKALIKES)


def _one_apart(one: str, other: str) -> bool:
    """Whether one insertion, deletion or replacement makes one word of the other."""
    short, long = sorted((one, other), key=len)
    same = next((at for at, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    rest = short[same + 1 :] if len(short) == len(long) else short[same:]
    return rest == long[same + 1 :]


# Loading


@cache
def _lexicon() -> _Lexicon:
    phrases: defaultdict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    within: list[tuple[str, str]] = []
    numbers: dict[str, int] = {}
    fuzzy: set[str] = set()
    languages: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    marks: dict[str, str] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        numbers |= _months(table.pop("months", ()))
        marks[path.stem] = table.pop("mark", "")
        shortest = table.pop("shortest_fuzzy", SHORTEST_FUZZY)
        if table.pop("within", False):
            within += [(fold(phrase), concept) for phrase, concept in _phrases(table)]
            continue
        for phrase, concept in _phrases(table):
            words = tuple(TOKEN.findall(fold(phrase)))
            phrases[words[0]].append((words, concept))
            languages[words].add(path.stem)
            if not concept.startswith(EXACT):
                fuzzy |= {word for word in words if len(word) >= shortest}
    vocabulary = frozenset(word for entries in phrases.values() for words, _ in entries for word in words)
    spoken = {words: frozenset(found) for words, found in languages.items()}
    return _Lexicon(phrases, within, spoken, marks, vocabulary | numbers.keys(), numbers, _near(fuzzy))


def _phrases(table: Mapping[str, Mapping[str, Sequence[str]]]) -> Iterator[tuple[str, str]]:
    for family, entries in table.items():
        for concept, phrases in entries.items():
            yield from ((phrase, f"{family}.{concept}") for phrase in phrases)


def _months(names: Sequence[str]) -> dict[str, int]:
    return {fold(name): number for number, entry in enumerate(names, 1) for name in entry.split()}


def _near(words: Collection[str]) -> Mapping[str, Sequence[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for word in words:
        for variant in _variants(word):
            found[variant].append(word)
    return found


def _variants(word: str) -> set[str]:
    """The word, and without each of its letters: words that are one letter apart have one of these in common."""
    return {word, *(word[:place] + word[place + 1 :] for place in range(len(word)))}
