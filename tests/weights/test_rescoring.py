"""Second thoughts about lines: likelihoods, words, and the choice between readings."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from itertools import groupby, product
from math import exp, inf, log
from pathlib import Path

import msgpack
import numpy as np
import pytest

from config import Settings
from services.ocr.lexicon import MODEL, Lexicon, listed, load
from services.ocr.lines.characters import text
from services.ocr.ppocr.likelihood import LEAST_LIKELIHOOD, Lattice, Reading, log_likelihoods, places
from services.ocr.ppocr.rescoring import Literacy, reconsidered

ALPHABET = ("", *"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<-/@._:,", " ")
CLASSES = {character: index for index, character in enumerate(ALPHABET)}


def lattice(probabilities: np.ndarray) -> Lattice:
    """All classes kept, best first. `probabilities` is steps x classes."""
    classes = np.argsort(-probabilities, axis=1).astype(np.int32)
    kept = np.take_along_axis(probabilities, classes, axis=1).astype(np.float32)
    return Lattice(classes, kept, float(len(probabilities)))


def look(line: str, *others: tuple[int, str, float]) -> Lattice:
    """A line seen clearly, but for `others`: at a place another character was seen, with this probability.

    A place between two characters is the first one's plus a half. "" leaves the character out.
    """
    rows = np.full((2 * len(line) + 1, len(ALPHABET)), 1e-6)
    for step, character in enumerate(("", *(character for letter in line for character in (letter, "")))):
        rows[step, CLASSES[character]] = 1.0
    for place, character, probability in others:
        step = round(2 * place + 1)
        rows[step] *= 1 - probability
        rows[step, CLASSES[character]] += probability
    return lattice(rows / rows.sum(axis=1, keepdims=True))


@pytest.fixture(scope="module")
def english() -> Lexicon:
    return load(listed(["en"], Settings.from_env().model_dir / MODEL))


def read(*looks: Lattice, lexicon: Lexicon | None) -> str:
    return text(reconsidered(looks, Literacy(ALPHABET, CLASSES, lexicon)))


def paths(probabilities: np.ndarray) -> dict[Reading, list[tuple[float, tuple[int, ...]]]]:
    """Every way through the steps, by the reading that it makes."""
    found: dict[Reading, list[tuple[float, tuple[int, ...]]]] = {}
    steps, classes = probabilities.shape
    for path in product(range(classes), repeat=steps):
        reading = tuple(index for index, _ in groupby(path) if index)
        chance = float(np.prod([probabilities[step, index] for step, index in enumerate(path)]))
        found.setdefault(reading, []).append((chance, path))
    return found


@pytest.mark.parametrize(("steps", "classes"), [(1, 3), (2, 4), (4, 3), (5, 3), (6, 2)])
def test_likelihoods_and_places_are_those_of_all_alignments(steps: int, classes: int) -> None:
    probabilities = np.random.default_rng(steps).dirichlet(np.ones(classes), steps)
    seen, expected = lattice(probabilities), paths(probabilities)
    likelihoods = log_likelihoods(seen, list(expected))
    assert np.exp(likelihoods) == pytest.approx([sum(chance for chance, _ in found) for found in expected.values()])
    for reading, found in expected.items():
        drawn = [0] * steps
        for index, (first, end) in zip(reading, places(seen, reading), strict=True):
            drawn[first:end] = [index] * (end - first)
        assert tuple(drawn) == max(found)[1]


def test_a_reading_that_has_no_room_is_next_to_impossible() -> None:
    seen = lattice(np.full((2, 3), 1 / 3))
    assert log_likelihoods(seen, [(1, 1), ()])[0] < log(LEAST_LIKELIHOOD) / 2
    assert len(places(seen, (1, 1, 1))) == 3


def test_classes_that_were_not_kept_count_like_the_last_that_was() -> None:
    seen = Lattice(np.array([[1, 0]], dtype=np.int32), np.array([[0.9, 0.05]], dtype=np.float32), 1.0)
    assert np.exp(log_likelihoods(seen, [(1,), (7,)])) == pytest.approx([0.9, 0.05])


def test_a_lexicon_has_the_words_of_its_languages(tmp_path: Path) -> None:
    for language, words in {"en": [["the"], ["pain"]], "fr": [[], [], ["pain", "été"]]}.items():
        data = msgpack.packb([{"format": "cB", "version": 1}, *words])
        (tmp_path / f"{language}.msgpack.gz").write_bytes(gzip.compress(data))
    found = listed(["en", "french", "xx", "fr"], tmp_path)
    assert [path.name for path in found] == ["en.msgpack.gz", "fr.msgpack.gz"]
    lexicon = load(found)
    shares = [exp(share) for share in lexicon.log_frequencies(["The", "pain", "ÉTÉ", "thee"])]
    assert shares == pytest.approx([1, 10**-0.01, 10**-0.02, float("nan")], nan_ok=True)
    assert lexicon.unknown == pytest.approx(log(10**-0.02) - log(10))


def test_a_file_that_is_no_list_of_words_is_refused(tmp_path: Path) -> None:
    (tmp_path / "en.msgpack.gz").write_bytes(gzip.compress(msgpack.packb([{"format": "csv"}])))
    with pytest.raises(ValueError, match="en.msgpack.gz"):
        load(listed(["en"], tmp_path))


def test_the_surer_look_decides() -> None:
    unsure, sure = look("lot 4S", (5, "5", 0.45)), look("lot 45", (5, "S", 0.001))
    assert read(unsure, sure, lexicon=None) == read(sure, unsure, lexicon=None) == "lot 45"


@pytest.mark.parametrize("lost", ["Total... 5", "Total ... 5"])
def test_a_look_that_loses_marks_does_not_decide(lost: str) -> None:
    line = "Total ..... 5"
    assert read(look(line, (8, "", 0.4)), look(lost), lexicon=None) == line


def test_machine_readable_lines_are_as_they_were_first() -> None:
    assert read(look("IDCZE998<<", (3, "2", 0.4)), look("IDC2E998<<"), lexicon=None) == "IDCZE998<<"


@pytest.mark.parametrize(
    ("line", "others", "expected"),
    [
        ("two coples left", [(7, "i", 0.1)], "two copies left"),
        ("CONFLDENTIALITY", [(4, "I", 0.1)], "CONFIDENTIALITY"),
        ("recommenoatioms", [(8, "d", 0.05), (13, "n", 0.2)], "recommendations"),
        ("made forthe use", [(7.5, " ", 0.2)], "made for the use"),
        ("adjus tment", [(5, "", 0.2)], "adjustment"),
        ("Authorizzed", [(7, "", 0.3)], "Authorized"),
        ("signa ure: departent", [(16.5, "m", 0.2)], "signa ure: department"),
    ],
)
def test_a_word_that_was_nearly_seen_is_read(
    english: Lexicon, line: str, others: Sequence[tuple[int, str, float]], expected: str
) -> None:
    assert read(look(line, *others), look(line, *others), lexicon=english) == expected


@pytest.mark.parametrize(
    ("line", "others"),
    [
        ("two coples left", []),
        ("two coples left", [(7, "i", 0.0005)]),
        ("Lorillard", [(2, "w", 0.3)]),
        ("copies", [(3, "l", 0.4)]),
        ("c0pies", [(1, "o", 0.4)]),
        ("coples2", [(3, "i", 0.4)]),
        ("A1234567", [(1, "I", 0.4)]),
        ("P<UTOERLKSSON<<ANNA", [(6, "I", 0.4)]),
        ("coples@example.org", [(3, "i", 0.4)]),
        ("total 1.00", [(8, "l", 0.4)]),
        ("mm hg", [(2, "", 0.3)]),
        ("photograph y", [(10, "", 0.3)]),
    ],
)
def test_what_was_not_seen_what_is_known_and_codes_stay(
    english: Lexicon, line: str, others: Sequence[tuple[int, str, float]]
) -> None:
    assert read(look(line, *others), look(line, *others), lexicon=english) == line


@pytest.mark.parametrize(
    ("line", "seen", "expected"),
    [
        ("2026-03-1417:42", [(9.5, 0.1)], "2026-03-14 17:42"),
        ("12:3014:4516:00", [(4.5, 0.05), (9.5, 0.3)], "12:30 14:45 16:00"),
        ("12.503.20", [(4.5, 0.2), (6.5, 0.2)], "12.50 3.20"),
        ("Total 1011", [(7.5, 0.04)], "Total 10 11"),
    ],
)
def test_a_space_between_numbers_that_was_faintly_seen_is_read(
    english: Lexicon, line: str, seen: Sequence[tuple[float, float]], expected: str
) -> None:
    others = [(place, " ", probability) for place, probability in seen]
    assert read(look(line, *others), lexicon=english) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "place", "probability"),
    [
        ("2026-03-1417:42", 9.5, 0.005),
        ("2026-03-14", 4.5, 0.3),
        ("VE0514", 3.5, 0.3),
        ("L898902C36UTO7408122F1204159<<<10", 24.5, 0.3),
    ],
)
def test_numbers_codes_and_machine_readable_lines_get_no_spaces(
    english: Lexicon, line: str, place: float, probability: float
) -> None:
    assert read(look(line, (place, " ", probability)), lexicon=english) == line  # type: ignore[arg-type]


def test_two_words_of_one_line_are_corrected(english: Lexicon) -> None:
    line = "feceral coples"
    seen = look(line, (2, "d", 0.1), (11, "i", 0.1))
    assert read(seen, seen, lexicon=english) == "federal copies"


def test_a_corrected_letter_counts_with_its_own_probability_where_it_stands(english: Lexicon) -> None:
    seen = look("coples", (3, "i", 0.1))
    characters = reconsidered([seen, seen], Literacy(ALPHABET, CLASSES, english))
    assert [character.text for character in characters] == list("copies")
    assert [round(character.probability, 2) for character in characters] == [1, 1, 1, 0.1, 1, 1]
    middles = [character.middle for character in characters]
    assert middles == pytest.approx([(2 * place + 1.5) / 13 for place in range(6)])


def test_an_empty_line_stays_empty(english: Lexicon) -> None:
    assert read(look(""), look(""), lexicon=english) == "" and -inf < english.unknown < 0
