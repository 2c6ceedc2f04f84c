"""The text layer of a page, as it is handed on: nothing here needs what it takes to read and judge one."""

from __future__ import annotations

from dataclasses import dataclass

from services.document.model import Line
from services.ocr.tables.picture import Picture


@dataclass(frozen=True, slots=True)
class TextLayer:
    """The layer of one page. `flaw` says in a few words why it should not be used; it is empty where it is sound.

    `hidden` says that the page has text that nobody sees and that is left out here. Lines are in no particular order
    and, like `width` and `height`, in pixels of the displayed page at `dpi`. `picture` is the page as it was
    seen when the layer was judged, where it was.
    """

    lines: tuple[Line, ...]
    flaw: str
    hidden: bool
    width: int
    height: int
    dpi: int
    rotation: int
    picture: Picture | None = None
