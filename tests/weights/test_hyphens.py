"""Hyphens at the ends of lines, by the lists of words that come with the models."""

from __future__ import annotations

from itertools import pairwise

import pytest

from config import Settings
from services.ocr.hyphens import Hyphens
from tests.pure.test_id_numbers import page

OWN = {
    "en": """well-known long-range twenty-four mother-in-law self-evident part-time old-fashioned decision-making
        short-term high-quality three-year user-friendly check-in so-called year-old law-abiding good-looking
        cross-country anti-war state-owned half-hour ex-wife one-sided left-handed man-made two-thirds sun-dried
        pre-war open-ended full-scale real-time third-party data-driven low-cost far-reaching middle-aged
        second-hand first-class deep-sea""",
    "fr": """peut-être celui-ci est-il grand-mère au-dessus c'est-à-dire rendez-vous demi-heure vingt-deux là-bas
        après-midi quelques-uns porte-monnaie franco-allemand avant-garde petit-fils sud-ouest lui-même""",
    "pt": "segunda-feira guarda-chuva bem-vindo norte-americano pós-guerra recém-nascido meio-dia",
}
"""Words that have a hyphen wherever they stand."""

PARTED = {
    "en": """extraor-dinary pa-tience repu-tation for-get to-gether car-pet man-age in-adequate over-come under-stand
        some-thing there-fore news-paper house-hold main-tain out-standing pro-gramme con-sider real-ly per-form
        mis-take data-base work-shop key-board foot-ball in-to can-not air-port light-house every-where""",
    "fr": "extraor-dinaire pa-tience tou-jours main-tenant par-tout long-temps gou-vernement beau-coup",
    "pt": "extraordi-nário pa-ciência sem-pre governa-mental trabalha-dor im-portante",
}

AROUND = {
    "en": "the keeper of the light spoke of the storm and of what was lost that year",
    "fr": "le gardien du phare parlait de la tempête et de ce qui fut perdu cette année",
    "pt": "o guarda do farol falou da tempestade e do que se perdeu naquele ano",
}


@pytest.fixture(scope="module")
def hyphens() -> Hyphens:
    return Hyphens(Settings.from_env().model_dir)


def stays(hyphens: Hyphens, language: str, word: str) -> bool:
    end, begin = word.rsplit("-", 1)
    lines = hyphens.marked(page(AROUND[language], f"{end}-", begin), (language,))
    return any(line.keeps_hyphen for line, _ in pairwise(lines))


@pytest.mark.parametrize("language", OWN)
def test_words_keep_their_own_hyphens_and_parted_ones_are_whole(hyphens: Hyphens, language: str) -> None:
    assert [word for word in OWN[language].split() if not stays(hyphens, language, word)] == []
    assert [word for word in PARTED[language].split() if stays(hyphens, language, word)] == []


def test_a_page_in_german_keeps_to_joining_though_english_was_asked_for(hyphens: Hyphens) -> None:
    texts = ("Der Wärter des Leuchtturms sprach vom Sturm", "und was in jenem Jahr an Lampen-", "haltern verloren ging")
    lines = page(*texts)
    for languages in (("en",), ("de",), ("en", "de")):
        assert not any(line.keeps_hyphen for line in hyphens.marked(lines, languages))
