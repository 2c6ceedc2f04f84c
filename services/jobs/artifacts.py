"""Files made of a job's result on demand."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from config import Settings
from services.blobs import BlobMissing, BlobStore
from services.document import Document
from services.errors import CapabilityUnavailable, JobExpired, PageOutOfRange, PasswordRequired
from services.exporters import Exporter, Original, _process
from services.jobs.model import Job
from services.jobs.results import Result, load_document

DRAWN_AT_ONCE = 2
"""Processes that may draw at a time; each may take a few hundred megabytes."""

LOCKED = "The PDF is encrypted, and its password was dropped when it had been read. Send it unlocked to have it drawn."


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file for the client. `filename` is the upload's, with another suffix."""

    content: bytes
    media_type: str
    filename: str


@dataclass(frozen=True, slots=True)
class Artifacts:
    """The exporters of this deployment by kind, and the uploads that they may need."""

    settings: Settings
    blobs: BlobStore
    exporters: Mapping[str, Exporter]
    _turns: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(DRAWN_AT_ONCE))

    def write(self, kind: str, job: Job, result: Result, page: int | None = None) -> Artifact:
        """Of one page, or of all; where only one can be drawn, that is the first.

        Raises CapabilityUnavailable for an unknown kind, PageOutOfRange, JobExpired when the upload is gone, and
        PasswordRequired for a PDF whose password left with the end of its job.
        """
        if kind not in self.exporters:
            known = ", ".join(self.exporters)
            raise CapabilityUnavailable(f"Results are not given out as {kind!r} here. Available: {known}.")
        exporter, document = self.exporters[kind], _chosen(load_document(result.pages), page)
        content = exporter.write(document) if exporter.write else self._drawn(kind, job, document)
        return Artifact(content, exporter.media_type, f"{PurePath(job.upload.filename).stem}{exporter.suffix}")

    def _drawn(self, kind: str, job: Job, document: Document) -> bytes:
        try:
            with self._turns, self.blobs.local(job.upload_key) as path:
                original = Original(path, job.upload.media_type, job.options.dpi)
                return _process.run(self.settings, kind, document, original)
        except BlobMissing:
            raise JobExpired() from None
        except PasswordRequired:
            raise PasswordRequired(LOCKED) from None


def _chosen(document: Document, page: int | None) -> Document:
    if page is None:
        return document
    pages = tuple(one for one in document.pages if one.number == page)
    if not pages:
        known = ", ".join(str(one.number) for one in document.pages[:20])
        raise PageOutOfRange(f"Page {page} is not in this result. It has: {known}.")
    return Document(pages)
