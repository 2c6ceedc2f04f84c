"""Extractors at work on a job. One that fails is named in the result's warnings, and costs nothing but its findings."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from services.document.findings import Fields, Findings, Kind
from services.document.geometry import map_quad
from services.document.model import Document
from services.document.values import placed, rounded
from services.errors import ServiceError
from services.extractors import Extractor, OnDocument, OnPage
from services.ocr.engine import Read
from services.ocr.pipeline import Inspect
from services.ocr.raster import Raster

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Extraction:
    """A result's `fields`, and what went wrong."""

    fields: Fields = Fields()
    warnings: tuple[str, ...] = ()


def page_kinds(extractors: Mapping[str, Extractor]) -> Mapping[str, Kind[Any]]:
    """What pages have of those that look at pixels."""
    return {name: extractor.page.kind for name, extractor in extractors.items() if extractor.page}


def needs_text(extractors: Mapping[str, Extractor], asked: Sequence[str]) -> bool:
    """Whether one of those asked for looks at the text."""
    return any(extractors[name].document for name in asked)


def opens(extractors: Mapping[str, Extractor], asked: Sequence[str]) -> bool:
    """Whether one of those asked for looks at what a document carries beside its pages."""
    return any(extractors[name].opens for name in asked)


def inspector(extractors: Mapping[str, Extractor], asked: Sequence[str]) -> Inspect | None:
    """What looks at each page's pixels for those asked for, and for those that they use; None where nobody does."""
    wanted = {used for name in asked for used in (name, *extractors[name].uses)}
    looks = {name: extractor.page for name, extractor in extractors.items() if name in wanted and extractor.page}
    return partial(_inspected, looks) if looks else None


def extracted(extractors: Mapping[str, Extractor], asked: Sequence[str], document: Document) -> Extraction:
    """What those asked for, and those that they bring, found in the document, whose pages have been inspected."""
    wanted = dict.fromkeys(brought for name in asked for brought in (name, *extractors[name].brings))
    tried = {name: _outcome(name, extractors[name], document) for name in wanted if name in extractors}
    warnings = [f"Extractor {name} failed ({reason})." for name, (_, reason) in tried.items() if reason]
    found = Fields({name: found for name, (found, _) in tried.items()})
    return Extraction(found, (*_page_failures(document), *warnings, *_warnings(extractors, tried)))


def _warnings(extractors: Mapping[str, Extractor], tried: Mapping[str, tuple[object, str]]) -> Iterable[str]:
    for name, (found, _) in tried.items():
        if found is not None and (on_document := extractors[name].document):
            yield from on_document.warn(found)


def _outcome(name: str, extractor: Extractor, document: Document) -> tuple[object, str]:
    if extractor.document:
        return _tried(name, partial(_read, extractor.document, document))
    return (_all(extractor.page.kind, document) if extractor.page else None), ""


def _inspected(looks: Mapping[str, OnPage[Any]], raster: Raster, read: Read) -> Findings:
    tried = {name: _tried(name, partial(_looked, on_page, raster, read)) for name, on_page in looks.items()}
    return Findings(
        found=Fields({name: found for name, (found, _) in tried.items() if found is not None}),
        failed={name: reason for name, (_, reason) in tried.items() if reason},
    )


def _looked(on_page: OnPage[T], raster: Raster, read: Read) -> tuple[T, ...]:
    return placed(tuple(on_page.look(raster, read)), partial(map_quad, raster.to_upload))


def _read(on_document: OnDocument[T], document: Document) -> T:
    return rounded(on_document.extract(document))


def _all(kind: Kind[tuple[T, ...]], document: Document) -> tuple[T, ...] | None:
    """What the pages gave; None where the extractor could look at none."""
    looked = [found for page in document.pages if (found := page.findings.found.of(kind)) is not None]
    return tuple(finding for findings in looked for finding in findings) if looked else None


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
