"""What the parts of a page are told to be, and how they come out as text and as Markdown."""

from __future__ import annotations

from dataclasses import replace

from services.document.geometry import upright
from services.document.model import Block, BlockKind, Cell, Line, Page, Quad, Table
from services.ocr.structure.blocks import blocks_of
from tests.pure.test_exporters import line, page, rect, written

STORY = [
    "The harbour council met on Tuesday to discuss",
    "the new breakwater and its cost to the town,",
    "which has doubled since the spring of the year",
]


def column(texts: list[str], left: float, top: float, height: float = 20, step: float = 24) -> list[Line]:
    return [line(text, left, top + step * row, height) for row, text in enumerate(texts)]


def told(*lines: Line) -> list[tuple[BlockKind, str]]:
    return [(block.kind, block.text) for block in blocks_of(page(*lines))]


def kinds(*lines: Line) -> list[BlockKind]:
    return [kind for kind, _ in told(*lines)]


def test_headings_have_levels_and_every_line_is_in_one_block() -> None:
    lines = [line("Annual report", 50, 100, 44), line("Berths", 50, 180, 30), *column(STORY, 50, 230)]
    blocks = blocks_of(page(*lines))
    assert [(block.kind, block.level) for block in blocks] == [
        (BlockKind.HEADING, 1),
        (BlockKind.HEADING, 2),
        (BlockKind.PARAGRAPH, None),
    ]
    assert [place for block in blocks for place in block.lines] == list(range(len(lines)))
    assert blocks[2].text == " ".join(STORY)
    assert blocks[2].bbox.bounds == (50, 230, 510, 298)


def test_items_have_levels_by_how_far_in_they_begin() -> None:
    lines = column(["1. The long bridge", "2. The old pier"], 50, 100, step=96)
    under = column(["a) its stairs", "b) its lamps"], 90, 124)
    bullets = [line("- of brass", 130, 172)]
    blocks = blocks_of(page(lines[0], *under, *bullets, lines[1]))
    assert [(block.level, block.text) for block in blocks] == [
        (1, "The long bridge"),
        (2, "a) its stairs"),
        (2, "b) its lamps"),
        (3, "of brass"),
        (1, "The old pier"),
    ]
    assert {block.kind for block in blocks} == {BlockKind.LIST_ITEM}
    assert written("markdown", page(lines[0], *under, *bullets, lines[1])).splitlines() == [
        "1. The long bridge",
        "   - a) its stairs",
        "   - b) its lamps",
        "     - of brass",
        "2. The old pier",
    ]


def test_running_heads_and_page_numbers_are_no_text() -> None:
    head, foot = line("Annals of the harbour", 50, 20, 16), line("142", 290, 770, 16)
    assert kinds(head, *column(STORY, 50, 120), foot) == [BlockKind.HEADER, BlockKind.PARAGRAPH, BlockKind.FOOTER]


def test_an_item_at_the_top_is_no_running_head() -> None:
    assert kinds(line("1. The long bridge", 50, 20), *column(STORY, 50, 120)) == [
        BlockKind.LIST_ITEM,
        BlockKind.PARAGRAPH,
    ]


def test_text_that_begins_at_the_top_is_no_running_head() -> None:
    assert kinds(*column(STORY, 50, 20)) == [BlockKind.PARAGRAPH]


def test_captions_are_told_by_their_word_and_number() -> None:
    assert told(*column(STORY, 50, 100), line("Figure 3: The whole harbour", 50, 300))[-1] == (
        BlockKind.CAPTION,
        "Figure 3: The whole harbour",
    )
    assert kinds(line("Figures were checked twice by the clerk", 50, 300)) == [BlockKind.PARAGRAPH]


def test_footnotes_and_margin_notes_are_notes() -> None:
    foot = line("1 As told by the pilot in his letters", 50, 700, 15)
    side = line("by her", 560, 100, 15)
    assert kinds(*column(STORY, 50, 100), side, foot) == [BlockKind.PARAGRAPH, BlockKind.NOTE, BlockKind.NOTE]


def test_a_stamp_that_runs_upwards_is_a_note_and_no_heading() -> None:
    stamp = Line("PAID IN FULL", 0.9, Quad((20, 700), (20, 300), (70, 300), (70, 700)))
    lines = [*column(STORY, 100, 100), stamp]
    assert kinds(*lines) == [BlockKind.PARAGRAPH, BlockKind.NOTE]
    assert "#" not in written("markdown", page(*lines))


def test_code_keeps_its_lines_and_how_far_in_they_are() -> None:
    rows = [("def total(bills):", 50), ("found = 0", 90), ("for bill in bills:", 90), ("found += bill.sum", 130)]
    lines = [line(text, left, 100 + 24 * number) for number, (text, left) in enumerate(rows)]
    text = "def total(bills):\n    found = 0\n    for bill in bills:\n        found += bill.sum"
    assert told(*lines) == [(BlockKind.CODE, text)]
    assert written("markdown", page(*lines)) == f"```\n{text}\n```\n"


def test_lines_of_verse_and_of_addresses_stay() -> None:
    verse = ["Under the silver sea", "We walked along the shore", "And never saw the day"]
    assert told(*column(verse, 50, 100)) == [(BlockKind.PARAGRAPH, "\n".join(verse))]


def test_a_word_parted_at_the_end_of_a_short_line_is_whole_again() -> None:
    rows = ["We liked the extraor-", "dinary silence of the long market hall there."]
    assert told(*column(rows, 50, 100)) == [(BlockKind.PARAGRAPH, " ".join(rows).replace("- ", ""))]


def test_tables_are_blocks_with_their_lines() -> None:
    lines = [*column(STORY, 50, 100), line("Rope", 50, 300), line("4.10", 300, 300)]
    box = upright((50, 300, 340, 320))
    cells = (Cell(0, 0, rect(50, 300, 40), 1, "Rope", (3,)), Cell(0, 1, rect(300, 300, 40), 1, "4.10", (4,)))
    found: Page = replace(page(*lines), tables=(Table(1, 1, 2, box, cells),))
    assert blocks_of(found)[1:] == (Block(BlockKind.TABLE, (3, 4), box, "Rope\t4.10", 0.9),)


def test_an_empty_page_has_no_blocks() -> None:
    assert blocks_of(page()) == ()
