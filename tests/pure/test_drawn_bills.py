"""A thousand bills of known truth, by the habits of many countries: none of their amounts is off by a factor unsaid."""

from __future__ import annotations

from collections import Counter

import pytest

from benchmarks.bills import made
from benchmarks.harness.bills.drawing import bill
from benchmarks.harness.bills.habits import habits
from benchmarks.harness.bills.judging import AMOUNTS, SURE, Answer, answers
from benchmarks.harness.bills.layout import document, picture
from benchmarks.harness.confidence import bins

pytestmark = pytest.mark.slow

BILLS, SILENT = 1000, 300
"""Bills that mostly say where they are from, and such as never do."""


@pytest.fixture(scope="module")
def found() -> list[Answer]:
    drawn = [bill(seed) for seed in range(BILLS)]
    return [answer for each in drawn for answer in answers(each, document(each))]


@pytest.fixture(scope="module")
def silent() -> list[Answer]:
    drawn = [bill(seed, silent=True) for seed in range(SILENT)]
    return [answer for each in drawn for answer in answers(each, document(each))]


def share_right(judged: list[Answer], name: str) -> float:
    named = [answer for answer in judged if answer.name == name]
    return sum(answer.right for answer in named) / len(named)


def test_bills_are_drawn_by_the_habits_of_twenty_countries_and_more(found: list[Answer]) -> None:
    drawn = Counter(answer.bill.country for answer in found if answer.name == "total")
    assert len(drawn) >= 20 and drawn.keys() == habits().keys() and drawn.total() == BILLS


def test_no_amount_is_off_by_a_factor_without_saying_so(found: list[Answer], silent: list[Answer]) -> None:
    off = [answer for answer in (*found, *silent) if answer.factor]
    assert [(answer.bill.seed, answer.name, answer.value) for answer in off if not answer.unsure] == []


def test_what_is_sure_is_right_and_few_are_unsure(found: list[Answer]) -> None:
    totals = [answer for answer in found if answer.name == "total"]
    assert [answer.bill.seed for answer in totals if answer.confidence > SURE and not answer.right] == []
    assert sum(answer.confidence <= SURE for answer in totals) <= BILLS / 50


@pytest.mark.parametrize("name", (*AMOUNTS, "currency", "date", "due_date"))
def test_fields_are_right(found: list[Answer], silent: list[Answer], name: str) -> None:
    assert share_right(found, name) > 0.99 and share_right(silent, name) > 0.97


def test_confidence_is_no_promise_that_is_broken(found: list[Answer], silent: list[Answer]) -> None:
    for part in bins([*found, *silent], (0.5, 0.7, 0.8, 0.9, 1.0)):
        assert part.right >= part.confidence - 0.1, part


def test_the_report_tells_fields_factors_countries_and_calibration(silent: list[Answer]) -> None:
    made_of = made({"silent": silent}, {"bills": SILENT})
    text = str(made_of.parts)
    assert "off by a power of ten" in text and "expected calibration error" in text
    assert all(country in text for country in habits()) and made_of.data["bins"]["silent"]


def test_the_same_seed_is_the_same_bill_in_text_and_picture() -> None:
    assert bill(7) == bill(7) and bill(7) != bill(8)
    drawn = bill(7, ("DE",))
    assert (picture(drawn) == picture(drawn)).all() and picture(drawn).min() < 60
