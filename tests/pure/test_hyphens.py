"""Hyphens at the ends of lines, told by a small list of words that is drawn here."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path

import msgpack
import pytest

from services.document.json import dump_page, load_page
from services.document.model import Page
from services.document.paragraphs import rows_of
from services.ocr import lexicon
from services.ocr.hyphens import Hyphens, unmarked
from services.ocr.structure.joining import joined
from tests.pure.test_id_numbers import page

WORDS = {
    "well": -3.0, "known": -3.6, "long": -3.2, "range": -4.1, "pre": -4.6, "and": -1.6, "the": -1.3,
    "was": -2.1, "of": -1.6, "for": -2.0, "get": -2.8, "forget": -4.0, "extraordinary": -4.6,
    "sailors": -5.4, "lighthouse": -5.3, "storm": -4.4, "its": -2.6, "light": -3.7, "house": -3.4,
    "wellknown": -6.8,
}  # fmt: skip
"""The logarithms, to base ten, of how often each is written."""

EMPTY_STEPS = 800
"""Hundredths of a decade that the list has: what it lacks is rarer than 10^-8."""


@pytest.fixture(scope="module")
def hyphens(tmp_path_factory: pytest.TempPathFactory) -> Hyphens:
    folder = tmp_path_factory.mktemp("models")
    (folder / lexicon.MODEL).mkdir()
    steps: list[list[str]] = [[] for _ in range(EMPTY_STEPS)]
    for word, frequency in WORDS.items():
        steps[round(-100 * frequency)].append(word)
    steps.append(["rarest"])
    for language in ("en", "de"):
        with gzip.open(folder / lexicon.MODEL / f"{language}.msgpack.gz", "wb") as file:
            file.write(msgpack.packb([{"format": "cB", "version": 1}, *steps]))
    return Hyphens(folder)


def kept(hyphens: Hyphens, *texts: str, languages: tuple[str, ...] = ("en",)) -> list[str]:
    return [line.text for line in hyphens.marked(page("the storm was known", *texts), languages) if line.keeps_hyphen]


@pytest.mark.parametrize(
    ("end", "begin", "stays"),
    [
        ("well", "known", True),
        ("long", "range", True),
        ("the pre", "and", True),
        ("extraor", "dinary storm", False),
        ("for", "get", False),
        ("light", "house", False),
        ("sai", "lors", False),
    ],
)
@pytest.mark.parametrize("sign", ["-", "\N{HYPHEN}"])
def test_a_hyphen_stays_where_the_joined_word_is_far_rarer_than_its_parts(
    hyphens: Hyphens, end: str, begin: str, stays: bool, sign: str
) -> None:
    assert kept(hyphens, end + sign, begin) == ([end + sign] if stays else [])


@pytest.mark.parametrize(
    "texts",
    [
        ("well-", "Known"),
        ("well -", "known"),
        ("well-",),
        ("well\N{SOFT HYPHEN}", "known"),
        ("well-", "1 known"),
        ("well", "known"),
    ],
)
def test_other_ends_of_lines_are_not_marked(hyphens: Hyphens, texts: tuple[str, ...]) -> None:
    assert kept(hyphens, *texts) == []


@pytest.mark.parametrize("languages", [("de",), ("fr",), ("hi",), ("en", "de"), ()])
def test_where_no_list_may_decide_all_is_as_it_was(hyphens: Hyphens, languages: tuple[str, ...]) -> None:
    """German writes new words in one, the French list is not there, and Hindi has none."""
    assert kept(hyphens, "well-", "known", languages=languages) == []


def test_a_page_in_another_language_than_was_asked_for_is_as_it_was(hyphens: Hyphens) -> None:
    lines = page("Der Hafenmeister sprach vom Sturm jenes Jahres", "und vom well-", "known Leuchtturm seiner Laterne")
    assert not any(line.keeps_hyphen for line in hyphens.marked(lines, ("en",)))


def test_no_list_is_read_for_a_page_without_such_lines(hyphens: Hyphens, tmp_path: Path) -> None:
    """Reading one takes most of a second."""
    lists = tmp_path / lexicon.MODEL
    lists.mkdir()
    (lists / "en.msgpack.gz").write_bytes(b"no list")
    lines = page("the storm was well known", "and its light was long")
    assert Hyphens(tmp_path).marked(lines, ("en",)) == unmarked(lines, ("en",)) == tuple(lines)
    with pytest.raises(gzip.BadGzipFile):
        Hyphens(tmp_path).marked(page("well-", "known"), ("en",))


def test_markdown_keeps_what_is_marked_and_joins_the_rest(hyphens: Hyphens) -> None:
    texts = [
        "the extraor-",
        "dinary storm was well-",
        "known for its long-",
        "range light of pre-",
        "and post-war lighthouse",
    ]
    justified = [replace(line, quad=line.quad.stretch(0, 40 / len(line.text))) for line in page(*texts)]
    assert joined(rows_of(hyphens.marked(justified, ("en",)))) == (
        "the extraordinary storm was well-known for its long-range light of pre- and post-war lighthouse"
    )


def test_a_kept_page_says_so_and_an_older_one_does_not(hyphens: Hyphens) -> None:
    lines = hyphens.marked(page("the storm was well-", "known"), ("en",))
    stored = dump_page(Page(1, 100, 100, lines))
    assert [line.get("keeps_hyphen") for line in stored["lines"]] == [True, None]
    assert load_page(stored).lines == lines
    del stored["lines"][0]["keeps_hyphen"]
    assert load_page(stored).lines == unmarked(page("the storm was well-", "known"), ())
