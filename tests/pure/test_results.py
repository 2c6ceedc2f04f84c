"""Results as they are stored."""

from __future__ import annotations

import json
from random import Random

from services.document.json import dump_page
from services.document.model import Line, Page, Quad, Word
from services.jobs import results
from services.jobs.results import Result


def dense_page(rows: int, words: int) -> Page:
    """Random words, which shrink less than a language's."""
    random = Random(5)

    def quad() -> Quad:
        left, top = random.uniform(0, 2400), random.uniform(0, 3400)
        return Quad((left, top), (left + 90, top), (left + 90, top + 40), (left, top + 40))

    def word() -> Word:
        return Word("".join(random.choices("abcdefghijklmnop", k=6)), random.uniform(0.9, 1), quad())

    lines = []
    for _ in range(rows):
        there = tuple(word() for _ in range(words))
        lines.append(Line(" ".join(one.text for one in there), 0.95, quad(), there))
    return Page(1, 2480, 3508, tuple(lines))


def test_a_dense_page_is_stored_in_a_third_of_its_json() -> None:
    page = dump_page(dense_page(50, 8))
    result = Result([page], "null", ["null@1"], False, ["a warning"], {"mrz": []})
    stored = results.dump(result)
    assert results.load(stored) == result
    assert 3 * len(stored) < len(json.dumps(page))
