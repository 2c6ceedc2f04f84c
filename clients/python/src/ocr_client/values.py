"""What the service answers, as frozen values.

Members that this version does not know are ignored; `raw` has the whole answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Point = tuple[float, float]
Raw = Mapping[str, Any]

ENDED = frozenset({"completed", "failed", "cancelled"})


@dataclass(frozen=True)
class Progress:
    """Pages read, of how many; `total` is None until the document was opened."""

    done: int = 0
    total: int | None = None


@dataclass(frozen=True)
class Problem:
    """Why a job or a page failed."""

    code: str
    message: str
    retryable: bool = False


@dataclass(frozen=True)
class Job:
    """A job as it was when the service answered. Times have a zone; durations are seconds."""

    id: str
    status: str
    filename: str | None = None
    progress: Progress = Progress()
    error: Problem | None = None
    created_at: datetime | None = None
    ended_at: datetime | None = None
    expires_at: datetime | None = None
    queue_position: int | None = None
    estimated_time_seconds: float | None = None
    raw: Raw = field(default_factory=dict, repr=False, compare=False)

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    @property
    def successful(self) -> bool:
        return self.status == "completed"


@dataclass(frozen=True)
class Word:
    """`box` has four points, clockwise from the text's own top left, in pixels of the file as it was sent.

    For a PDF, these are pixels at the page's `dpi`.
    """

    text: str
    confidence: float
    box: tuple[Point, ...]


@dataclass(frozen=True)
class Line(Word):
    """`words` is empty unless they were asked for."""

    words: tuple[Word, ...] = ()


@dataclass(frozen=True)
class Block(Word):
    """A part of a page. `kind`: heading, paragraph, list_item, table, caption, header, footer, note or code.

    `lines` are the places of its lines on the page, from 0; `level` is that of a heading or an item.
    """

    kind: str = "paragraph"
    lines: tuple[int, ...] = ()
    level: int | None = None


@dataclass(frozen=True)
class Page:
    """One page; a picture is a document of one. `number` counts from 1, sizes are pixels.

    `blocks` is empty unless `structure` was asked for.
    """

    number: int
    text: str
    lines: tuple[Line, ...]
    width: int
    height: int
    dpi: int | None = None
    rotation: int = 0
    source: str = "ocr"
    error: Problem | None = None
    warning: str | None = None
    blocks: tuple[Block, ...] = ()
    raw: Raw = field(default_factory=dict, repr=False, compare=False)

    @property
    def success(self) -> bool:
        return self.error is None


@dataclass(frozen=True)
class Result:
    """What was read. `text` has a form feed between pages; `fields` is what `extract` found, by extractor."""

    job_id: str
    text: str
    pages: tuple[Page, ...]
    filename: str | None = None
    fields: Raw = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    cached: bool = False
    engine: str | None = None
    model: str | None = None
    lang: tuple[str, ...] = ()
    processing_time_ms: int | None = None
    raw: Raw = field(default_factory=dict, repr=False, compare=False)

    @property
    def lines(self) -> tuple[Line, ...]:
        return tuple(line for page in self.pages for line in page.lines)


@dataclass(frozen=True)
class Zone:
    """The machine-readable zone of a passport or card; None where it says nothing. Dates are ISO 8601."""

    type: str
    valid: bool
    text: str
    surname: str | None = None
    given_name: str | None = None
    document_number: str | None = None
    nationality: str | None = None
    issuing_country: str | None = None
    date_of_birth: str | None = None
    date_of_expiry: str | None = None
    sex: str | None = None
    personal_number: str | None = None
    warnings: tuple[str, ...] = ()
    raw: Raw = field(default_factory=dict, repr=False, compare=False)
