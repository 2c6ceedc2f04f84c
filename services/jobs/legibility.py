"""Whether there is anything in a result, and if not, why."""

from __future__ import annotations

from typing import Any

from services.document import values
from services.document.findings import Kind
from services.errors import LowQuality, NothingRead
from services.extractors import quality
from services.extractors.quality import PageQuality
from services.jobs.results import Result

QUALITY = quality.FOUND.name
"""The extractor that measures pictures; where it is off, nobody can say what is wrong with one."""

SURE = 0.75
"""Mean confidence by character below which a page is hardly read: text that is legible has .82 and more, what is read
upside down, and is nonsense therefore, up to .76 (see `services.ocr.upright`)."""

LEAST_CHARACTERS = 10
"""Characters that a page has at least which is no failure."""


def check_read(result: Result, *others: Kind[Any]) -> None:
    """Raises LowQuality where hardly any text was read and a measure says why, NothingRead where there is none at all.

    A finding of one of the `others` is as good as text.
    """
    if any(result.fields.of(kind) for kind in others):
        return
    lines = [line for page in result.pages for line in page.lines]
    read = sum(len(line.text) for line in lines)
    if read >= LEAST_CHARACTERS and sum(len(line.text) * line.confidence for line in lines) >= SURE * read:
        return
    if flawed := next((measured for measured in result.fields.of(quality.FOUND) or () if measured.flaw), None):
        raise _low_quality(flawed)
    if not lines:
        raise NothingRead()


def _low_quality(measured: PageQuality) -> LowQuality:
    error = LowQuality(f"{measured.reason} {measured.suggestion}")
    error.members = {"quality": values.dump(measured)}
    return error
