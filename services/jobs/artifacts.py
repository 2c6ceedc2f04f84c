"""Files made of a job's result on demand."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from config import Settings
from services.blobs import BlobMissing, BlobStore
from services.document.model import SIGNED, Document
from services.document.tables import alone, joined, tables_of
from services.errors import (
    BadInput,
    CapabilityUnavailable,
    JobExpired,
    PageOutOfRange,
    PasswordRequired,
    ServiceError,
    TableNotFound,
)
from services.exporters import About, Exporter, Original, Write, _process
from services.exporters._found import with_tables
from services.jobs.model import Job
from services.jobs.results import Result
from services.ocr.source import Kind, kind_of

DRAWN_AT_ONCE = 2
"""Processes that may draw at a time; each may take a few hundred megabytes."""

LOCKED = "The PDF is encrypted, and its password was dropped when it had been read. Send it unlocked to have it drawn."

OF_TEXT = ("json", "text")
"""What can be made of a document whose text has no places."""

JSON = "json"
"""The format of tables that says that there are none."""

DRAWN_INTO = "pdf"
"""The artifact that adds to the upload."""

SPARED = "signed: the PDF is signed, so no text is added to it. `hocr` and `alto` have the text beside the file."

NAMELESS = "document"
"""The name of a file whose upload had none."""


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file for the client. `filename` is the upload's, with another suffix; `saved` as in `Exporter`."""

    content: bytes
    media_type: str
    filename: str
    saved: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked of an artifact: one page alone, with `layout` as it stands on the page.

    `spares_signed` refuses to add text to a PDF that is signed. Of tables one `format`, the `table` of one number among
    those that are asked for, from 1, and with `join` those that go on over pages as one.
    """

    page: int | None = None
    layout: bool = False
    spares_signed: bool = False
    format: str | None = None
    table: int | None = None
    join: bool = False

    @property
    def tables(self) -> bool:
        """Whether this can be asked of tables only."""
        return self.format is not None or self.table is not None or self.join


ALL = Wanted()


@dataclass(frozen=True, slots=True)
class Artifacts:
    """The exporters of this deployment by kind, and the uploads that they may need."""

    settings: Settings
    blobs: BlobStore
    exporters: Mapping[str, Exporter]
    _turns: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(DRAWN_AT_ONCE))

    def write(self, kind: str, job: Job, result: Result, asked: Wanted = ALL) -> Artifact:
        """Of one page, or of all; where only one can be drawn, that is the first.

        Raises CapabilityUnavailable for an unknown kind, BadInput for one that keeps no layout, and for one that needs
        places on a page where the upload is XML; PageOutOfRange, TableNotFound,
        JobExpired when the upload is gone, and PasswordRequired for a PDF whose password left with the end of its job.
        """
        if asked.spares_signed and kind == DRAWN_INTO and any(one.startswith(SIGNED) for one in result.warnings):
            raise BadInput(SPARED)
        if kind_of(job.upload.media_type) is Kind.XML and (kind not in OF_TEXT or asked.layout):
            raise BadInput(f"An XML file has no page to draw. Its artifacts, without `layout`: {', '.join(OF_TEXT)}.")
        if kind not in self.exporters:
            known = ", ".join(self.exporters)
            raise CapabilityUnavailable(f"Results are not given out as {kind!r} here. Available: {known}.")
        exporter, document = self.exporters[kind], _chosen(Document(result.pages), asked.page)
        if asked.tables or exporter.forms:
            exporter, document = self._form(kind, asked), _tables(document, asked)
        write = self._spread(kind) if asked.layout else exporter.write
        content = write(document, _about(job, result)) if write else self._drawn(kind, job, document)
        filename = f"{PurePath(job.upload.filename).stem or NAMELESS}{exporter.suffix}"
        return Artifact(content, exporter.media_type, filename, exporter.saved)

    def _form(self, kind: str, asked: Wanted) -> Exporter:
        """The exporter of tables in the wanted format."""
        exporter = self.exporters[kind]
        if not exporter.forms:
            able = ", ".join(name for name, one in self.exporters.items() if one.forms)
            raise BadInput(f"format, table and join: {kind!r} gives no tables. Leave them out, or ask for {able}.")
        if asked.format is None:
            return exporter
        if asked.format not in exporter.forms:
            raise BadInput(f"format: {asked.format!r} is not known. Available: {', '.join(exporter.forms)}.")
        return exporter.forms[asked.format]

    def _spread(self, kind: str) -> Write:
        if spread := self.exporters[kind].spread:
            return spread
        able = ", ".join(name for name, exporter in self.exporters.items() if exporter.spread)
        raise BadInput(f"layout: {kind!r} has no layout to keep. Leave it out, or ask for {able}.")

    def _drawn(self, kind: str, job: Job, document: Document) -> bytes:
        try:
            with self._turns, self.blobs.local(job.upload_key) as path:
                original = Original(path, job.upload.media_type, job.options.dpi)
                with _unless_gone(path):
                    return _process.run(self.settings, kind, document, original)
        except BlobMissing:
            raise JobExpired() from None
        except PasswordRequired:
            raise PasswordRequired(LOCKED) from None


@contextmanager
def _unless_gone(path: Path) -> Iterator[None]:
    """Whatever a file fails with that is not there any more, it was deleted meanwhile. Raises JobExpired."""
    try:
        yield
    except ServiceError:
        if not path.exists():
            raise JobExpired() from None
        raise


def _about(job: Job, result: Result) -> About:
    return About(
        filename=job.upload.filename,
        media_type=job.upload.media_type,
        languages=job.options.lang,
        engine=result.engine,
        models=result.models,
        fields=result.fields,
        warnings=result.warnings,
    )


def _tables(document: Document, asked: Wanted) -> Document:
    """With its tables as they are wanted. Raises TableNotFound."""
    found = with_tables(document)
    whole = joined(found) if asked.join else found
    if asked.table is None:
        chosen = whole if asked.format == JSON or any(tables_of(whole)) else None
    else:
        chosen = alone(whole, asked.table)
    if chosen is None:
        raise TableNotFound(_count_of(sum(1 for _ in tables_of(whole))))
    return chosen


def _count_of(count: int) -> str:
    if not count:
        return "No table was found there."
    return f"No such table: {count} {'was' if count == 1 else 'were'} found there, numbered from 1."


def _chosen(document: Document, page: int | None) -> Document:
    if page is None:
        return document
    pages = tuple(candidate for candidate in document.pages if candidate.number == page)
    if not pages:
        known = ", ".join(str(page.number) for page in document.pages[:20])
        raise PageOutOfRange(f"Page {page} is not in this result. It has: {known}.")
    return Document(pages)
