"""Extractors at work on a job. One that fails is named in the result's warnings, and costs nothing but its findings."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import partial, singledispatch
from typing import Any, TypeVar

from services.document.json import quad_points
from services.document.model import Document, Findings, Quad
from services.errors import ServiceError
from services.extractors import Extractor, OnDocument, OnPage
from services.ocr.engine import Read
from services.ocr.pipeline import Inspect
from services.ocr.raster import Raster, map_quad

log = logging.getLogger(__name__)

T = TypeVar("T")
Place = Callable[[Quad], Quad]


@dataclass(frozen=True, slots=True)
class Extraction:
    """A result's `fields` by extractor, in JSON form, and what went wrong."""

    fields: Mapping[str, Any] = field(default_factory=dict)
    warnings: Sequence[str] = ()


def needs_text(extractors: Mapping[str, Extractor], asked: Sequence[str]) -> bool:
    """Whether one of those asked for looks at the text."""
    return any(extractors[name].document for name in asked)


def inspector(extractors: Mapping[str, Extractor], asked: Sequence[str]) -> Inspect | None:
    """What looks at each page's pixels for those asked for, and for those that they use; None where nobody does."""
    wanted = {used for name in asked for used in (name, *extractors[name].uses)}
    looks = {name: one.page for name, one in extractors.items() if name in wanted and one.page}
    return partial(_inspected, looks) if looks else None


def extracted(extractors: Mapping[str, Extractor], asked: Sequence[str], document: Document) -> Extraction:
    """What those asked for found in the document, whose pages have been inspected."""
    tried = {name: _outcome(name, extractors[name].document, document) for name in asked}
    warnings = [f"Extractor {name} failed ({reason})." for name, (_, reason) in tried.items() if reason]
    return Extraction({name: found for name, (found, _) in tried.items()}, [*_page_failures(document), *warnings])


def _outcome(name: str, finish: OnDocument | None, document: Document) -> tuple[Any, str]:
    return _tried(name, partial(_finished, finish, document)) if finish else (_all(name, document), "")


def _inspected(looks: Mapping[str, OnPage], raster: Raster, read: Read) -> Findings:
    tried = {name: _tried(name, partial(_looked, look, raster, read)) for name, look in looks.items()}
    return Findings(
        found={name: found for name, (found, _) in tried.items() if found is not None},
        failed={name: reason for name, (_, reason) in tried.items() if reason},
    )


def _looked(look: OnPage, raster: Raster, read: Read) -> list[dict[str, Any]]:
    return [plain(finding, partial(map_quad, raster.to_upload)) for finding in look(raster, read)]


def _finished(finish: OnDocument, document: Document) -> Any:
    return plain(finish(document), lambda quad: quad)


def _all(name: str, document: Document) -> list[Any] | None:
    """What the pages gave; None where the extractor could look at none."""
    looked = [page.findings.found[name] for page in document.pages if name in page.findings.found]
    return [finding for findings in looked for finding in findings] if looked else None


def _tried(name: str, work: Callable[[], T]) -> tuple[T | None, str]:
    """The outcome, or why there is none. What an exception says may quote the document, so only its kind is told."""
    try:
        return work(), ""
    except Exception as error:
        reason = str(error) if isinstance(error, ServiceError) else type(error).__name__
        log.warning("extractor failed", extra={"extractor": name, "error": type(error).__name__, "at": _origin(error)})
        return None, reason.rstrip(".")


def _origin(error: BaseException) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""


def _page_failures(document: Document) -> Iterable[str]:
    """Each extractor's failure once, with the pages that it is about."""
    about: dict[tuple[str, str], list[str]] = {}
    for page in document.pages:
        for failure in page.findings.failed.items():
            about.setdefault(failure, []).append(str(page.number))
    return [
        f"Extractor {name} failed ({reason}) on pages: {', '.join(numbers)}."
        for (name, reason), numbers in about.items()
    ]


@singledispatch
def plain(value: Any, place: Place) -> Any:
    """A finding in JSON form: numbers to four decimals, dates in ISO 8601, decimals as numbers, quads `place`d.

    A dataclass is an object of its fields by their names. Raises TypeError for what has no JSON form.
    """
    if hasattr(value, "__dataclass_fields__"):
        return {member.name: plain(getattr(value, member.name), place) for member in fields(value)}
    raise TypeError(f"{type(value).__name__} has no JSON form")


@plain.register(str)
@plain.register(int)
@plain.register(type(None))
def _same(value: object, place: Place) -> object:
    return value


@plain.register
def _float(value: float, place: Place) -> float:
    return round(value, 4)


@plain.register
def _decimal(value: Decimal, place: Place) -> float:
    return float(value)


@plain.register
def _date(value: date, place: Place) -> str:
    return value.isoformat()


@plain.register
def _choice(value: Enum, place: Place) -> object:
    return plain(value.value, place)


@plain.register
def _quad(value: Quad, place: Place) -> list[list[float]]:
    return quad_points(place(value))


@plain.register(list)
@plain.register(tuple)
def _list(value: Sequence[object], place: Place) -> list[object]:
    return [plain(item, place) for item in value]


@plain.register
def _object(value: Mapping, place: Place) -> dict[str, object]:  # type: ignore[type-arg]  # dispatched at run time
    return {str(name): plain(item, place) for name, item in value.items()}
