"""A table between pipes, as GitHub's Markdown has it: one row of heads, no spans."""

from __future__ import annotations

from services.document.model import Table
from services.document.tables import head_rows, texts
from services.exporters._escapes import escaped


def table_in_pipes(table: Table) -> str:
    """Heads of several rows are one, the text of each joined; a cell over several columns stands in the first."""
    rows = texts(table)
    count = max(1, head_rows(table))
    heads = [" ".join(filter(None, column)) for column in zip(*rows[:count], strict=True)]
    lines = [[escaped(text) for text in row] for row in (heads, *rows[count:])]
    lines.insert(1, ["---"] * table.columns)
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
