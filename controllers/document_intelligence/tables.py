"""Tables as this wire has them."""

from __future__ import annotations

from typing import Any

from controllers.document_intelligence.places import Places
from services.document.model import Cell, Table


def table_view(places: Places, table: Table) -> dict[str, Any]:
    """By Microsoft's reference of DocumentTable."""
    cells = [_cell(places, cell) for cell in table.cells]
    return {
        "rowCount": table.rows,
        "columnCount": table.columns,
        "cells": cells,
        "boundingRegions": places.regions(table.page, [table.bbox]),
        "spans": places.spans(table.page, {line for cell in table.cells for line in cell.lines}),
    }


def _cell(places: Places, cell: Cell) -> dict[str, Any]:
    return {
        "kind": "columnHeader" if cell.head else "content",
        "rowIndex": cell.row,
        "columnIndex": cell.column,
        "rowSpan": cell.row_span,
        "columnSpan": cell.column_span,
        "content": cell.text,
        "boundingRegions": places.regions(cell.page, [cell.bbox]),
        "spans": places.spans(cell.page, cell.lines),
    }
