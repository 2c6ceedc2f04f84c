"""The option `pages`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.errors import BadInput, PageOutOfRange, TooManyPages
from services.ocr.pages import parse, resolve

NUMBERS = st.lists(st.tuples(st.integers(1, 60), st.integers(0, 9)), min_size=1, max_size=20)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1", (1,)),
        ("1-3,7", (1, 2, 3, 7)),
        ("7,1-3", (1, 2, 3, 7)),
        ("2-4,3-6,4", (2, 3, 4, 5, 6)),
        ("1-9,3", (1, 2, 3, 4, 5, 6, 7, 8, 9)),
        (" 1 - 2 , 4 ", (1, 2, 4)),
        ("007", (7,)),
    ],
)
def test_ranges_give_ascending_unique_numbers(text: str, numbers: tuple[int, ...]) -> None:
    assert resolve(parse(text), 10) == numbers


@given(NUMBERS)
def test_any_list_of_ranges_means_the_union_of_its_parts(parts: list[tuple[int, int]]) -> None:
    text = ",".join(f"{first}-{first + more}" for first, more in parts)
    union = {number for first, more in parts for number in range(first, first + more + 1)}
    assert resolve(parse(text), 100) == tuple(sorted(union))
    assert parse(text).total == len(union)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "''"),
        ("1,,2", "''"),
        ("1-", "'1-'"),
        ("-3", "'-3'"),
        ("1,two,3", "'two'"),
        ("1;2", "'1;2'"),
        ("0", "'0'"),
        ("3-1", "'3-1'"),
        ("1-1000001", "'1-1000001'"),
        ("99999999999999999999", "'99999999999999999999'"),
        ("1.5", "'1.5'"),
        ("٣", "'٣'"),
    ],
)
def test_a_wrong_part_is_named(text: str, wrong: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse(text)
    assert wrong in str(caught.value)


def test_a_very_long_list_is_refused_before_it_is_read() -> None:
    with pytest.raises(BadInput, match="1000 characters"):
        parse("1," * 501)


def test_without_ranges_all_pages_are_asked_for() -> None:
    assert resolve(None, 3) == (1, 2, 3)


@pytest.mark.parametrize(("text", "missing"), [("4", 4), ("2-9", 4), ("1-3,5-6,9", 5)])
def test_the_first_missing_page_is_named_with_the_number_there_are(text: str, missing: int) -> None:
    with pytest.raises(PageOutOfRange, match=f"Page {missing} does not exist: the document has 3 pages"):
        resolve(parse(text), 3)


def test_the_limit_counts_the_pages_asked_for_and_not_those_there_are() -> None:
    assert resolve(parse("990-1000"), 1000, limit=11) == tuple(range(990, 1001))
    with pytest.raises(TooManyPages, match=r"1000 pages .* at most 11 "):
        resolve(None, 1000, limit=11)


def test_a_huge_range_is_refused_without_being_expanded() -> None:
    with pytest.raises(TooManyPages, match="999999999"):
        resolve(None, 999_999_999, limit=100)
    with pytest.raises(PageOutOfRange):
        resolve(parse(",".join(["1-1000000"] * 90)), 10, limit=100)
