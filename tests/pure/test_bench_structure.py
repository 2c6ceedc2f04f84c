"""What `make bench-structure` rests on: pages that are drawn alike each time, and what of an answer counts."""

from __future__ import annotations

import pytest

from benchmarks import structure
from benchmarks.harness.structure import judging
from benchmarks.harness.structure.judging import Count
from benchmarks.harness.structure.kinds import HELD_BACK, KINDS, page
from benchmarks.harness.structure.sheet import HEIGHT, WIDTH, Truth, length, wrapped

LINES = ["The harbour master measured the long", "stone bridge before the storms began.", "An old pilot sold the map."]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn_within_its_page(kind: str) -> None:
    sheet = page(kind, 1)
    boxes = [block[:4] for block in sheet.page.get_text("blocks")]
    assert boxes
    assert all(x0 >= 0 and y0 >= 0 and x1 <= WIDTH and y1 <= HEIGHT for x0, y0, x1, y1 in boxes)


def test_a_page_is_drawn_alike_for_the_same_seed_alone() -> None:
    assert page("life", 1).truth == page("life", 1).truth != page("life", 2).truth


def test_half_of_at_least_forty_kinds_are_held_back() -> None:
    assert len(KINDS) >= 40
    assert abs(2 * len(HELD_BACK) - len(KINDS)) <= 1


def test_joints_are_those_of_lines_that_follow_each_other() -> None:
    truth = Truth([LINES])
    assert judging.joints(truth, "\n".join(LINES)) == Count(2, 2)
    assert judging.joints(truth, " ".join([LINES[1], LINES[0], LINES[2]])) == Count(0, 2)
    assert judging.joints(truth, "\n".join(LINES).replace("measured", "meazured").replace("long", "1ong")) == Count(
        2, 2
    )


def test_lines_of_two_chains_may_come_in_any_order() -> None:
    truth = Truth([LINES[:2], LINES[2:]])
    assert judging.joints(truth, "\n".join([LINES[2], *LINES[:2]])) == Count(1, 1)


def test_cells_of_digits_are_no_joints_by_chance() -> None:
    truth = Truth([["North", "8", "9", "South", "3", "4"]])
    assert judging.joints(truth, "North 8 9\nSouth 3 4").right == 5
    assert judging.joints(truth, "North 3 4\nSouth 8 9").right == 0


def test_of_markdown_headings_items_paragraphs_and_hyphens_count() -> None:
    truth = Truth(
        headings=[("What was decided", 2)],
        items=["The long stone bridge", "Two rows of lime trees"],
        hyphens=["extraordinary", "well-known"],
        paragraphs=[" ".join(LINES)],
    )
    text = "## What was decided\n\n# Draft\n\n- The long stone bridge\n- Others\n\n" + "\n".join(LINES) + " well-known"
    assert judging.headings(truth, text) == Count(1, 1, 1)
    assert judging.items(truth, text) == Count(1, 2, 1)
    assert judging.paragraphs(truth, text) == Count(0, 1)
    assert judging.paragraphs(truth, " ".join(LINES)) == Count(1, 1)
    assert judging.hyphens(truth, text) == Count(1, 2)


def test_lines_are_no_wider_than_they_may_be() -> None:
    rows = wrapped(" ".join(LINES), 120, 10, "helv")
    assert " ".join(rows) == " ".join(LINES)
    assert all(length(row, 10, "helv") <= 120 for row in rows)


def test_a_report_has_what_was_right_of_every_kind() -> None:
    counts = {"joints": Count(3, 4), "items": Count(1, 2, 5)}
    made = structure.made([structure.Judged("own", kind, counts) for kind in ("life", "form")], 1)
    sums, kinds = (part for part in made.parts if not isinstance(part, str))
    assert sums.rows == [("own", "0.750", "0.750", "0.750", "—", "2 of 4, 10 more", "—", "—")]
    assert kinds.rows == [("life *", "0.750"), ("form", "0.750")]
