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


THIRD = [
    "The old theatre was",
    "restored last year and",
    "now shows plays in",
    "three languages on",
    "every second day.",
]


def test_three_narrow_columns_whose_lines_are_level_are_columns() -> None:
    lines = column(NARROW, 50, 50) + column(LEVEL, 280, 50) + column(THIRD, 510, 50)
    assert text_of(lines) == both(NARROW, LEVEL, THIRD)


def test_short_texts_side_by_side_are_read_one_after_the_other() -> None:
    facts = [["Open", *NARROW[:3]], ["Closed", *LEVEL[:3]], ["Moved", *THIRD[:3]]]
    lines = [each for place, some in enumerate(facts) for each in column(some, 50 + 230 * place, 50)]
    assert text_of(lines) == both(*facts)


def test_addresses_side_by_side_are_read_one_after_the_other() -> None:
    sender = ["Seller", "Ada Brook", "12 Quay Lane", "Falmouth 21"]
    receiver = ["Buyer", "Mia North", "7 Mill Road", "Durham 14"]
    assert text_of(column(sender, 50, 50) + column(receiver, 400, 50)) == both(sender, receiver)


def test_references_beside_an_address_stand_by_themselves() -> None:
    address, told = (
        ["Gus Hart", "51 Orchard Row", "Stirling 99"],
        ["Our ref: HB 2291", "Telephone: 01326 5512", "3 May 2024"],
    )
    assert text_of(column(address, 50, 50) + column(told, 450, 54)) == both(address, told)


def test_labels_and_what_is_filled_in_stay_in_rows() -> None:
    labels, values = ["Surname", "Street", "Town", "Born"], ["Thorn", "14 Weir Close", "Kendal", "7 June 1981"]
    rows = [f"{label} {value}" for label, value in zip(labels, values, strict=True)]
    assert text_of(column(labels, 50, 50) + column(values, 300, 50)) == "\n".join(rows)


def test_addresses_over_a_table_do_not_take_its_cells_along() -> None:
    sender, receiver = ["Ada Brook", "12 Quay Lane", "Falmouth 21"], ["Mia North", "7 Mill Road", "Durham 14"]
    goods, amounts = ["Rope", "Lamp oil", "Tar"], ["4.10", "12.50", "3.00"]
    rows = [f"{good} {amount}" for good, amount in zip(goods, amounts, strict=True)]
    lines = column(sender, 50, 50) + column(receiver, 400, 50) + column(goods, 50, 300) + column(amounts, 400, 300)
    assert unspaced(lines) == both(sender, receiver, rows)


def test_notes_in_small_type_beside_a_text_are_read_by_themselves() -> None:
    notes = [
        line(text, 20, 52 + 22 * row, height=15)
        for row, text in enumerate(["seen from", "the east side", "by her niece"])
    ]
    assert unspaced(notes + column(STORY, 260, 50)) == both(["seen from", "the east side", "by her niece"], STORY)


def test_columns_end_over_a_picture_as_wide_as_both() -> None:
    lines = (
        column(STORY, 50, 50) + column(STORY[::-1], 620, 50) + column(STORY, 50, 600) + column(STORY[::-1], 620, 600)
    )
    assert unspaced(lines) == both(STORY, STORY[::-1], STORY, STORY[::-1])


def test_columns_with_a_picture_and_its_caption_each_go_on_below_it() -> None:
    below = [["Figure 1: The pier", *STORY], ["Figure 2: The quay", *STORY[::-1]]]
    lines = (
        column(STORY, 50, 50) + column(STORY[::-1], 620, 50) + column(below[0], 50, 600) + column(below[1], 620, 600)
    )
    assert unspaced(lines) == both(STORY, below[0], STORY[::-1], below[1])


def test_a_quotation_across_two_columns_does_not_part_a_sentence() -> None:
    lines = (
        column(STORY[:3], 50, 50)
        + column(STORY[:3], 620, 50)
        + column(STORY[3:], 50, 250)
        + column(STORY[3:], 620, 250)
    )
    quote = line("Nobody asked the river what it thought of the whole new bridge", 300, 180)
    assert unspaced([*lines, quote]) == both(STORY, STORY, [quote.text])


def test_columns_of_a_script_without_capitals_are_columns() -> None:
    right = ["הנמל הישן היה סגור", "בגלל הסערות שבאו מן", "ומפני שלא היה כסף", "והדייגים חיכו עד האביב"]
    left = ["המועצה החליטה לבנות מזח", "אבל התושבים לא הסכימו", "כי הם אהבו אותו", "ולכן כתבו מכתב ארוך"]
    assert text_of(column(left, 50, 50) + column(right, 400, 50)) == both(right, left)


def test_addresses_of_mail_below_names_are_no_running_text() -> None:
    seller = ["Sammy Maystone", "sammy@shop.example", "Taylor Riddel", "taylor@shop.example", "Item one"]
    told = ["INVOICE no", "March the first", "Net thirty days", "March the last", "Amount due"]
    rows = [f"{one} {other}" for one, other in zip(seller, told, strict=True)]
    assert text_of(column(seller, 50, 50) + column(told, 450, 50)) == "\n".join(rows)


def test_labels_of_a_form_are_no_column_beside_what_is_filled_in() -> None:
    labels = ["Request:", "Date:", "Begun by:", "Country:", "Work:", "Notes:"]
    values = ["to mend the long sea wall,", "where it is low and", "where boats may land,", "as the town asked."]
    left = [line(text, 50, 50 + 37 * row) for row, text in enumerate(labels)]
    found = text_of(left + column(values, 300, 53)).replace("\n", " ")
    assert "Request: to mend the long sea wall," in found
