"""The kinds of pages by their names: every other one to look at while rules are made, the rest held back to check."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.harness.structure import flowing, listed
from benchmarks.harness.structure.sheet import Draw, Sheet

_DRAWS: tuple[Draw, ...] = (
    flowing.one_column,
    flowing.two_columns,
    flowing.three_columns,
    flowing.ragged_narrow,
    flowing.sidebar_left,
    flowing.sidebar_right,
    flowing.pull_quote,
    flowing.quote_in_column,
    listed.table_beside_prose,
    listed.table_in_column,
    listed.index_three,
    listed.contents,
    listed.three_facts,
    flowing.classified,
    listed.addresses_beside,
    listed.labels,
    flowing.margin_notes,
    listed.letter,
    flowing.newspaper,
    flowing.uneven_columns,
    flowing.footnotes,
    flowing.running_heads,
    flowing.figure_across,
    flowing.captions,
    listed.tables_beside,
    listed.invoice,
    listed.form,
    listed.form_in_pairs,
    listed.dialogue,
    listed.minutes,
    listed.verse,
    listed.code,
    listed.nested_lists,
    listed.list_of_sentences,
    flowing.bilingual,
    listed.recipe,
    listed.glossary,
    listed.life,
    listed.questions,
    listed.timetable,
    flowing.magazine_box,
    listed.menu,
    flowing.hyphenated,
    flowing.upward_margin,
    flowing.right_to_left,
    flowing.downward_japanese,
)

KINDS: Mapping[str, Draw] = {draw.__name__.replace("_", " "): draw for draw in _DRAWS}
HELD_BACK = frozenset(list(KINDS)[1::2])


def page(kind: str, seed: int) -> Sheet:
    """The page of this kind and seed, always the same."""
    sheet = Sheet(f"{kind} {seed}")
    KINDS[kind](sheet)
    return sheet
