"""From an upload to its result: what one worker process reads documents with."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from services.document.findings import Findings
from services.document.json import read_page
from services.document.model import Document, Enclosed, Page
from services.document.values import rounded
from services.errors import BadInput, Failure, ServiceError, from_code
from services.extractors import Extractor
from services.jobs.extraction import extracted, inspector, needs_text, opens, page_kinds
from services.jobs.model import FailedPage, JobError, Options
from services.jobs.ports import Count
from services.jobs.results import Result
from services.ocr.engine import EngineInfo, ReadOptions
from services.ocr.pipeline import Pipeline, failed_page
from services.ocr.source import Source

log = logging.getLogger(__name__)

HIDDEN_TEXT = "HIDDEN_TEXT"
"""Begins the warning that a PDF has text which cannot be seen on its pages and was left out."""


@dataclass(frozen=True, slots=True)
class DocumentReader:
    """As little to be shared between threads as its pipeline."""

    pipeline: Pipeline
    engine: EngineInfo
    extractors: Mapping[str, Extractor]
    count: Count

    @contextmanager
    def open(self, path: Path, media_type: str, asked: Options) -> Iterator[Reading]:
        """An upload of which no page is rendered yet. Raises BadInput."""
        pages, password, dpi = asked.pages, asked.password, asked.dpi
        with self.pipeline.open(path, media_type, pages=pages, password=password, dpi=dpi) as source:
            yield Reading(self, source, asked)

    def kept(self, page: str) -> Page:
        """A page that was written by `services.document.json`, maybe in another process. Raises FormatError."""
        return read_page(page, page_kinds(self.extractors))


@dataclass(frozen=True, slots=True)
class Reading:
    """An open upload and what is asked of it."""

    reader: DocumentReader
    source: Source
    asked: Options

    @property
    def numbers(self) -> tuple[int, ...]:
        """Of the pages that are asked for, ascending, from 1."""
        return self.source.numbers

    def page(self, number: int, *, final: bool) -> Page:
        """With no more decimals than are stored.

        One bad page of many fails alone; so does a page on which the engine fails in the `final` try. Raises BadInput
        and EngineFailed otherwise.
        """
        try:
            page = self._read(number)
        except Exception as error:
            if not self.source.multipage or not (final or isinstance(error, BadInput)):
                raise
            log.warning("page failed", exc_info=error, extra={"page": number})
            page = failed_page(number, error if isinstance(error, ServiceError) else Failure())
        self.reader.count("ocr_pages", "false" if page.failure else "true")
        return page

    def _read(self, number: int) -> Page:
        asked, extractors = self.asked, self.reader.extractors
        options = ReadOptions(asked.lang, asked.tier, asked.words)
        text = asked.text or needs_text(extractors, asked.extract)
        inspect = inspector(extractors, asked.extract)
        read = self.reader.pipeline.read
        return rounded(read(self.source, number, options, asked.mode, text=text, inspect=inspect))

    def document(self, pages: Iterable[Page]) -> Document:
        """The pages by number, with what the upload carries beside them where an extractor asked for wants it."""
        wanted = opens(self.reader.extractors, self.asked.extract)
        enclosed = self.source.enclosed() if wanted else Enclosed()
        return Document(tuple(sorted(pages, key=lambda page: page.number)), enclosed)

    def result(self, document: Document) -> Result:
        """The document with what extractors find in all of it. The upload may be closed by then."""
        extraction = extracted(self.reader.extractors, self.asked.extract, document)
        losses, warnings = _losses(document.pages), [*_hidden(document.pages), *_warnings(document.pages)]
        return Result(
            pages=tuple(replace(page, findings=Findings()) for page in document.pages),
            engine=self.reader.engine.name,
            models=self.reader.engine.models(self.asked.lang, self.asked.tier),
            multipage=self.source.multipage,
            warnings=(*self.source.warnings, *losses, *warnings, *extraction.warnings),
            fields=extraction.fields,
        )


def _losses(pages: Sequence[Page]) -> list[str]:
    lost = [str(page.number) for page in pages if page.failure]
    return [f"Pages that could not be read: {', '.join(lost)}."] if lost else []


def _hidden(pages: Sequence[Page]) -> list[str]:
    hidden = [str(page.number) for page in pages if page.hidden_text]
    return [f"{HIDDEN_TEXT}: text that nobody sees was left out of pages {', '.join(hidden)}."] if hidden else []


def _warnings(pages: Sequence[Page]) -> list[str]:
    """Each warning of a page once, with the pages that it is about."""
    about: dict[str, list[str]] = {}
    for page in pages:
        about.setdefault(page.warning, []).append(str(page.number))
    return [f"Pages with {warning}: {', '.join(numbers)}." for warning, numbers in about.items() if warning]


def common_failure(pages: Sequence[Page]) -> JobError | None:
    """The first page's error, with those of all, if no page could be read."""
    each = [FailedPage(page.number, page.failure.code, page.failure.message) for page in pages if page.failure]
    if len(each) < len(pages):
        return None
    first = from_code(each[0].code, each[0].message)
    return JobError(first.code, str(first), first.retryable, tuple(each))
