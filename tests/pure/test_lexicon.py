"""Words on bills: phrases in the languages of bills, and letters that recognition took for others."""

from __future__ import annotations

import string
from random import Random

import pytest

from services.extractors._commerce.reading.lexicon import concepts, mentions


@pytest.mark.parametrize("printed", ["Expiration", "Expiraton", "Expirattion", "Expiratiom", "EXP1RATION"])
def test_one_letter_may_be_wrong_missing_or_too_many(printed: str) -> None:
    assert concepts(f"{printed} date") & concepts("Expiration date")


def test_a_guessed_letter_is_said() -> None:
    assert all(mention.exact for mention in mentions("Subtotal"))
    assert mentions("Subtotai") and not any(mention.exact for mention in mentions("Subtotai"))


def test_two_letters_are_not_guessed() -> None:
    random = Random(4)
    for _ in range(200):
        first, last = random.sample(range(8), 2)
        word = list("subtotal")
        word[first] = word[last] = random.choice("".join(set(string.ascii_lowercase) - set("subtotal")))
        assert "amounts.subtotal" not in concepts("".join(word)), word


def test_scripts_that_do_not_part_words_are_found_within_them() -> None:
    assert "amounts.total" in concepts("お買上合計金額") and "amounts.total" not in concepts("hotel")
