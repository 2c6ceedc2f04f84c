"""What the routes of this wire call."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass, replace
from typing import Any, BinaryIO

from controllers import Download, Reply
from controllers.document_intelligence import API_VERSION, FAMILY, PREFIX
from controllers.document_intelligence.body import copied, decoded
from controllers.document_intelligence.errors import error_view
from controllers.document_intelligence.fields import MODELS
from controllers.document_intelligence.result import Asked, analyze_result
from controllers.document_intelligence.spans import UNITS
from controllers.options import OptionRules
from controllers.views import time_text
from services.document import values
from services.errors import BadInput, CapabilityUnavailable, ServiceError, UnknownJob, UnknownModel
from services.extractors import barcodes
from services.jobs.artifacts import Artifacts
from services.jobs.caller import Caller
from services.jobs.jobs import Jobs
from services.jobs.model import Job, Status
from services.jobs.results import Result
from services.outbound.remote import Fetched

STATUS = {
    Status.QUEUED: "notStarted",
    Status.PROCESSING: "running",
    Status.COMPLETED: "succeeded",
    Status.FAILED: "failed",
    Status.CANCELLED: "failed",
}
POLL_AFTER = 1
"""Seconds after which a client is told to ask again."""

HELD_SECONDS = 1.0
"""For which an answer is held back while an analysis runs."""

PDF, MARKDOWN = "pdf", "markdown"
FEATURES: Mapping[str, tuple[str, ...]] = {"barcodes": (barcodes.FOUND.name,), "ocrHighResolution": ()}
"""What is looked for, by add-on. Every page is read at a high resolution here."""

LANGUAGES = {"zh-hant": "chinese_cht", "zh-tw": "chinese_cht", "zh-hk": "chinese_cht"}
"""Locales that are told apart by more than their language."""

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Wanted:
    """The query of an analysis, by Microsoft's names; lists are separated by commas."""

    pages: str = ""
    locale: str = ""
    unit: str = "textElements"
    features: tuple[str, ...] = ()
    format: str = "text"
    output: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Body:
    """Of a request: its bytes as they come, what they are said to be, and a file to keep the document in."""

    stream: BinaryIO
    media_type: str
    file: BinaryIO


@dataclass(frozen=True, slots=True)
class AnalysesApi:
    """A document has at most `most` bytes. Without `fetched` none is taken by its address."""

    jobs: Jobs
    rules: OptionRules
    artifacts: Artifacts
    most: int
    fetched: Fetched | None = None

    def analyze(self, model: str, wanted: Wanted, body: Body, caller: Caller) -> Reply:
        """202 with where to ask, below this service's own address. Raises UnknownModel, BadInput and what jobs do."""
        if model not in MODELS:
            raise UnknownModel(f"There is no model {model!r} here. There are {', '.join(MODELS)}.")
        options = self.rules.options(self._options(model, wanted))
        caller = replace(caller, family=asdict(Asked(FAMILY, model, wanted.unit, wanted.format)))
        with self._document(body) as (stream, name):
            job = self.jobs.submit(stream, name, options, caller)
        where = f"{job.delivery.root}{PREFIX}/documentModels/{model}/analyzeResults/{job.id}?api-version={API_VERSION}"
        return Reply(None, 202, {"Operation-Location": where, "Retry-After": str(POLL_AFTER)})

    def operation(self, model: str, job_id: str, owner: str) -> Reply:
        """How an analysis stands, with its result or error once it has ended."""
        job = self._job(model, job_id, owner, HELD_SECONDS)
        view = {"status": STATUS[job.status], **_times(job)}
        if not job.ended:
            return Reply(view, headers={"Retry-After": str(POLL_AFTER)})
        try:
            result = self.jobs.result(job)
        except ServiceError as error:
            return Reply({**view, "status": "failed", "error": error_view(400, error.code, str(error))})
        asked, inches = values.load(Asked, job.delivery.family), job.upload.media_type == "application/pdf"
        content = self._markdown(job, result) if asked.format == MARKDOWN else None
        return Reply({**view, "analyzeResult": analyze_result(result, asked, content, inches=inches)})

    def pdf(self, model: str, job_id: str, owner: str) -> Download:
        """The document with its text in it. Raises BadInput while there is none."""
        job = self._job(model, job_id, owner, HELD_SECONDS)
        if not job.ended:
            raise BadInput("The analysis has not ended. Ask for its PDF once its status is `succeeded`.")
        made = self.artifacts.write(PDF, job, self.jobs.result(job))
        return Download(made.content, made.media_type, made.filename, made.saved)

    def delete(self, model: str, job_id: str, owner: str) -> Reply:
        """204 when nothing is left of it."""
        self.jobs.delete(self._job(model, job_id, owner, 0).id, owner)
        return Reply(None, 204)

    def _options(self, model: str, wanted: Wanted) -> dict[str, Any]:
        return {
            "lang": _languages(wanted.locale),
            "pages": wanted.pages.replace(" ", "") or None,
            "words": self.rules.engine.words,
            "mode": "auto",
            "extract": (*MODELS[model], *_added(wanted)),
        }

    def _markdown(self, job: Job, result: Result) -> str:
        return self.artifacts.write(MARKDOWN, job, result).content.decode()

    def _document(self, body: Body) -> AbstractContextManager[tuple[BinaryIO, str]]:
        address = None
        if body.media_type == JSON:
            address = decoded(body.stream, body.file, self.most)
        else:
            copied(body.stream, body.file, self.most)
        if address is None:
            return nullcontext((body.file, ""))
        if self.fetched is None:
            raise CapabilityUnavailable("urlSource: this deployment fetches no files. Send the document itself.")
        return self.fetched(address)

    def _job(self, model: str, job_id: str, owner: str, seconds: float) -> Job:
        """Raises UnknownJob, also for a job of another family or model, and JobExpired."""
        job = self.jobs.wait(job_id, owner, seconds)
        family = job.delivery.family
        if (family.get("name"), family.get("model")) != (FAMILY, model):
            raise UnknownJob()
        return job


def _languages(locale: str) -> list[str] | None:
    """Ours of a locale as BCP 47 has it; None lets the deployment's own apply."""
    if not locale:
        return None
    found = next((name for prefix, name in LANGUAGES.items() if locale.lower().startswith(prefix)), None)
    return [found or locale.split("-")[0].lower()]


def _added(wanted: Wanted) -> Iterator[str]:
    """Raises CapabilityUnavailable for an unknown add-on, format, output or unit."""
    _offered("stringIndexType", [wanted.unit], UNITS)
    _offered("outputContentFormat", [wanted.format], ("text", MARKDOWN))
    _offered("output", wanted.output, (PDF,))
    _offered("features", wanted.features, FEATURES)
    return (name for feature in wanted.features for name in FEATURES[feature])


def _offered(option: str, given: Iterable[str], offered: Iterable[str]) -> None:
    known = tuple(offered)
    if unknown := [value for value in given if value not in known]:
        raise CapabilityUnavailable(f"{option}: {unknown[0]!r} is not available here. Available: {', '.join(known)}.")


def _times(job: Job) -> dict[str, str | None]:
    latest = job.times.ended_at or job.times.started_at or job.times.created_at
    return {"createdDateTime": time_text(job.times.created_at), "lastUpdatedDateTime": time_text(latest)}
