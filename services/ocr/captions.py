"""Captions of figures and tables, told by the word and number that they begin with."""

from __future__ import annotations

import re

_FIGURE = (
    "abb|abbildung|bild|chart|diagram|exhibit|fig|figur|figura|figure|foto|illustration|map|photo|plate|рис|рисунок"
)
_TABLE = "tab|tabel|tabela|tabell|tabella|tabelle|tabla|table|tableau|табл|таблица"
_NUMBER = r"(?:\.?\s*\d+(?:[.:\d\s-]|$)|\.?\s+(?:[ivxlc]+|[a-z])[.:])"
_CAPTION = re.compile(rf"(?:{_FIGURE}|{_TABLE}|[図表图]){_NUMBER}", re.IGNORECASE)


def is_caption(text: str) -> bool:
    """Whether a line begins as captions do in any of several languages: `Figure 3: ...`, `Abb. 2`, `表 1`."""
    return bool(_CAPTION.match(text))
