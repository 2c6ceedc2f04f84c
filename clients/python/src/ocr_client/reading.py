"""From the service's JSON to values. A missing member that is not essential has its default."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ocr_client.values import Block, Job, Line, Page, Point, Problem, Progress, Raw, Result, Word, Zone


def job(raw: Raw) -> Job:
    """Raises KeyError for what is not a job."""
    progress = raw.get("progress") or {}
    return Job(
        id=raw["job_id"],
        status=raw.get("state", raw["status"]),
        filename=raw.get("filename"),
        progress=Progress(progress.get("done", 0), progress.get("total")),
        error=_problem(raw.get("error")),
        created_at=_time(raw.get("created_at")),
        ended_at=_time(raw.get("ended_at")),
        expires_at=_time(raw.get("expires_at")),
        queue_position=raw.get("queue_position"),
        estimated_time_seconds=raw.get("estimated_time_seconds"),
        raw=raw,
    )


def result(raw: Raw) -> Result:
    """A picture's result, whose lines are at the top, is a document of one page."""
    pages = tuple(map(page, raw.get("pages", [{"page": 1, **raw}])))
    return Result(
        job_id=raw["job_id"],
        text=raw["full_text"] if "full_text" in raw else raw["text"],
        pages=pages,
        filename=raw.get("filename"),
        fields=raw.get("fields") or {},
        warnings=tuple(raw.get("warnings") or ()),
        cached=bool(raw.get("cached")),
        engine=raw.get("engine"),
        model=raw.get("model"),
        lang=tuple(raw.get("lang") or ()),
        processing_time_ms=raw.get("processing_time_ms"),
        raw=raw,
    )


def page(raw: Raw) -> Page:
    return Page(
        number=raw["page"],
        text=raw.get("text") or "",
        lines=tuple(map(_line, raw.get("lines") or ())),
        width=raw.get("width") or 0,
        height=raw.get("height") or 0,
        dpi=raw.get("dpi"),
        rotation=raw.get("rotation") or 0,
        source=raw.get("source") or "ocr",
        error=_problem(raw.get("error")),
        warning=raw.get("warning"),
        blocks=tuple(map(_block, raw.get("blocks") or ())),
        raw=raw,
    )


def zone(raw: Raw) -> Zone:
    return Zone(
        type=raw["mrzType"],
        valid=raw["validCheckDigits"],
        text=raw["mrzText"],
        surname=raw.get("surname"),
        given_name=raw.get("givenName"),
        document_number=raw.get("passportNumber"),
        nationality=raw.get("nationality"),
        issuing_country=raw.get("issuingCountry"),
        date_of_birth=raw.get("dateOfBirth"),
        date_of_expiry=raw.get("dateOfExpiry"),
        sex=raw.get("sex"),
        personal_number=raw.get("personalNumber"),
        warnings=tuple(raw.get("warnings") or ()),
        raw=raw,
    )


def _line(raw: Raw) -> Line:
    return Line(raw["text"], raw["confidence"], _box(raw), tuple(map(_word, raw.get("words") or ())))


def _block(raw: Raw) -> Block:
    return Block(raw["text"], raw["confidence"], _box(raw), raw["kind"], tuple(raw["lines"]), raw["level"])


def _word(raw: Raw) -> Word:
    return Word(raw["text"], raw["confidence"], _box(raw))


def _box(raw: Raw) -> tuple[Point, ...]:
    return tuple((x, y) for x, y in raw["bbox"])


def _problem(raw: Any) -> Problem | None:
    if not isinstance(raw, Mapping):
        return None
    return Problem(raw.get("code") or "", raw.get("message") or "", bool(raw.get("retryable")))


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
