"""What is read column by column and what row by row, where shape alone does not tell."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from services.document.model import Line
from tests.pure.test_text import column, line, text_of, turned

NARROW = ["Children from the", "primary school did", "paint the long wall", "with gulls and one", "tall lighthouse."]
LEVEL = ["Local bakers sold", "more of the buns", "than in any year", "although the flour", "was dear to buy."]
STORY = [
    "The harbour council met on Tuesday to",
    "discuss the new breakwater and its cost",
    "to the town, which has doubled since the",
    "spring. Fishermen said that the entrance",
    "would silt up within five years unless",
    "the channel is dredged every autumn.",
]


def both(*columns: Sequence[str]) -> str:
    return "\n".join(text for part in columns for text in part)


def unspaced(lines: list[Line]) -> str:
    return text_of(lines).replace("\n\n", "\n")


def test_narrow_columns_whose_lines_are_level_are_columns() -> None:
    assert text_of(column(NARROW, 50, 50) + column(LEVEL, 280, 50)) == both(NARROW, LEVEL)


def test_a_table_in_one_of_two_columns_does_not_join_them() -> None:
    above, below = LEVEL[:3], LEVEL[3:] + NARROW[1:3]
    cells = [
        line(text, x, y)
        for y, row in ((170, "Buoy 1931"), (200, "Mid 8.0"))
        for text, x in zip(row.split(), (560, 700), strict=True)
    ]
    right = column(above, 520, 53) + cells + column(below, 520, 233)
    assert unspaced(column(STORY + STORY, 50, 50) + right) == both(STORY, STORY, above, ["Buoy 1931", "Mid 8.0"], below)


def test_a_column_of_short_lines_beside_running_text_is_read_by_itself() -> None:
    side = ["CONTACT", "12 Quay Lane", "Falmouth", "SKILLS", "Hull design", "Stability"]
    aside = [line(text, 20, 57 + 37 * row) for row, text in enumerate(side)]
    assert unspaced(aside + column(["Profile", *STORY, "Experience", *STORY], 260, 50)) == both(
        side, ["Profile", *STORY, "Experience", *STORY]
    )


def test_an_index_is_read_column_by_column() -> None:
    left = ["anchor 14", "anode, zinc 55", "ballast 23", "beam 9", "buoy 88"]
    right = ["deck, teak 29", "draught 7", "ebb 91", "fender 17", "flood 92"]
    assert text_of(column(left, 50, 50) + column(right, 330, 50)) == both(left, right)


def test_wrapped_cells_of_a_table_stay_in_their_rows() -> None:
    tasks = ["Check the pump and", "its seals", "Paint the hull", "Replace the old", "rigging"]
    notes = ["Every spring before", "launch", "Two coats of white", "Only if the survey", "asks for it"]
    rows = [f"{task} {note}" for task, note in zip(tasks, notes, strict=True)]
    assert text_of(column(tasks, 50, 50) + column(notes, 300, 50)) == "\n".join(rows)


def test_terms_stay_beside_what_explains_them() -> None:
    terms = ["Ballast", "Bilge", "Bowline", "Buoy", "Cleat"]
    explained = [line(text, 300, 50 + 30 * row) for row, text in enumerate(STORY[:5] + STORY[:5])]
    beside = [line(term, 50, 50 + 60 * row) for row, term in enumerate(terms)]
    text = text_of(beside + explained)
    assert all(f"{term} {STORY[2 * row % 5]}" in text for row, term in enumerate(terms))


def test_names_with_amounts_are_no_index() -> None:
    names, more = ["Ada 12", "Zoe 3", "Bob 7", "Yan 1", "Cyn 9"], ["Max 4", "Dov 6", "Leo 2", "Eli 8", "Kai 5"]
    rows = [f"{name} {other}" for name, other in zip(names, more, strict=True)]
    assert text_of(column(names, 50, 50) + column(more, 330, 50)) == "\n".join(rows)


@pytest.mark.parametrize("degrees", [-3, -2, 2, 3])
def test_a_leaning_table_of_short_cells_keeps_its_rows(degrees: float) -> None:
    """Boxes around a few characters say little about how the page leans: their sides were found level."""
    words = [["Name", "Mon", "Tue", "Wed", "Thu"], *([name, *"4729"] for name in ("Ada", "Bob", "Cyn", "Dov", "Eli"))]
    placed = [
        (word, 50 + 160 * place, 50 + 45 * row) for row, cells in enumerate(words) for place, word in enumerate(cells)
    ]
    leaning = [
        _upright(found, text, x)
        for (text, x, _), found in zip(placed, turned([line(*cell) for cell in placed], degrees), strict=True)
    ]
    assert unspaced(leaning) == "\n".join(" ".join(cells) for cells in words)


def _upright(leaning: Line, text: str, _: float) -> Line:
    left, top, _, bottom = leaning.quad.bounds
    return line(text, left, (top + bottom) / 2 - 10)
