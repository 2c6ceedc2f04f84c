"""What extractors find survives being stored: dumped, loaded and dumped again it is the same JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import services.extractors
from services.document import values
from services.document.model import Quad
from services.document.values import FormatError
from services.extractors import kind_of
from services.plugins import names

FLOATS = st.floats(-1e6, 1e6)
st.register_type_strategy(float, FLOATS)
st.register_type_strategy(Decimal, st.decimals(-(10**9), 10**9, places=2))
KINDS = [kind_of(services.extractors, name) for name in names(services.extractors)]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_what_extractors_find_can_be_stored(kind: Any) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(st.from_type(kind.form))
    def holds(found: object) -> None:
        stored = json.loads(json.dumps(values.dump(found)))
        loaded = values.load(kind.form, stored)
        assert json.dumps(values.dump(loaded)) == json.dumps(stored)
        assert json.dumps(values.dump(values.rounded(found))) == json.dumps(stored)
        assert values.rounded(loaded) == loaded

    holds()


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Sample:
    colour: Colour
    on: date
    amounts: Mapping[str, Decimal]
    places: tuple[Quad, ...]
    number: int | None
    is_right: bool = True


SAMPLE = Sample(Colour.RED, date(2026, 3, 1), {"net": Decimal("1.10")}, (Quad((1, 2), (3, 2), (3, 4), (1, 4)),), None)
STORED = {
    "colour": "red",
    "on": "2026-03-01",
    "amounts": {"net": 1.1},
    "places": [[[1, 2], [3, 2], [3, 4], [1, 4]]],
    "number": None,
    "is_right": True,
}


def test_the_form_is_what_it_looks_like() -> None:
    assert values.dump(SAMPLE) == STORED
    assert values.load(Sample, STORED) == SAMPLE


def test_a_member_that_is_not_there_has_its_default() -> None:
    assert values.load(Sample, {name: item for name, item in STORED.items() if name != "is_right"}) == SAMPLE


def test_a_member_of_a_later_version_is_passed_over() -> None:
    assert values.load(Sample, {**STORED, "later": {"any": ["thing"]}}) == SAMPLE


@dataclass(frozen=True)
class Short:
    name: str


@dataclass(frozen=True)
class Long:
    name: str
    title: str


def test_a_member_that_tells_one_form_from_another_is_not_passed_over() -> None:
    for value in (Short("a"), Long("a", "b")):
        assert values.load(Short | Long, values.dump(value)) == value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "other",
    [
        {"colour": "green"},
        {"colour": None},
        {"on": "yesterday"},
        {"on": 20260301},
        {"amounts": [1.1]},
        {"amounts": {"net": "1.10"}},
        {"places": [[[1, 2], [3, 2], [3, 4]]]},
        {"number": True},
        {"number": 1.5},
        {"is_right": 1},
    ],
)
def test_what_is_of_another_form_is_refused_and_not_quoted(other: dict[str, Any]) -> None:
    with pytest.raises(FormatError) as error:
        values.load(Sample, STORED | other)
    assert not any(str(item) in str(error.value) for item in other.values() if isinstance(item, str))


def test_what_has_no_json_form_is_no_finding() -> None:
    for work in (values.dump, values.rounded):
        with pytest.raises(TypeError, match="complex has no JSON form"):
            work((1j,))
    with pytest.raises(TypeError, match="has no JSON form"):
        values.load(complex, 1)


@given(st.from_type(Quad))
def test_quads_are_placed_wherever_they_are(quad: Quad) -> None:
    moved = values.placed({"there": [quad], "text": "as it is"}, lambda quad: Quad(*quad.points[::-1]))
    assert moved["there"] == (Quad(*quad.points[::-1]),)
    assert moved["text"] == "as it is"
