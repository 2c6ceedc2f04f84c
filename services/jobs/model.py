"""The values of a job."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Any

from services.access.model import Allowance
from services.jobs.idempotency import Claim
from services.ocr.source import Mode


class Status(StrEnum):
    QUEUED = "queued"
    PROCESSING = "processing"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED = (Status.COMPLETED, Status.FAILED, Status.CANCELLED)


@dataclass(frozen=True, slots=True)
class Options:
    """What the caller asked for. `pages` is a page range as in `1-3,7`; None means all.

    `extract` are names of extractors, sorted. Without `text`, pages are recognised only if one of them needs it.
    With `structure` the result shows what pages are made of: blocks and tables.
    """

    lang: tuple[str, ...]
    tier: str
    dpi: int
    pages: str | None = None
    words: bool = False
    mode: Mode = Mode.OCR
    extract: tuple[str, ...] = ()
    text: bool = True
    structure: bool = False
    password: str | None = field(default=None, repr=False)

    def fingerprint(self, content: str, owner: str, environment: tuple[str, ...]) -> str:
        """The cache key: all that decides the result, and the owner: a hit must not tell of others' files."""
        parts = (owner, content, *environment, repr(asdict(self)))
        return sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Upload:
    """The stored file. `filename` is the client's, for display only; `media_type` was sniffed from the bytes."""

    filename: str
    size: int
    sha256: str
    media_type: str


@dataclass(frozen=True, slots=True)
class FailedPage:
    """Why one page could not be read; `page` counts from 1, `code` is one of `services.errors`."""

    page: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job failed; `code` is one of `services.errors`. `pages` are all of them where none could be read."""

    code: str
    message: str
    retryable: bool = False
    pages: tuple[FailedPage, ...] = ()


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent a job in. `owner` is the tenant, `user` who of it. `client` stands for who is counted by the fair queue.

    `request_id` is that of the request, and goes with the job through queue and worker.
    """

    owner: str
    request_id: str
    client: str = ""
    user: str = ""


@dataclass(frozen=True, slots=True)
class Handling:
    """How a job is treated. One without a `cache_key` is computed for itself.

    Of one that is `in_memory`, upload and result are in the spool only, and its record says nothing of either.
    `document` is whether it has pages rather than one picture.
    """

    cache_key: str = ""
    in_memory: bool = False
    document: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """How a job is shown and told. `callback_url` is told when it ends, and forgotten then.

    `family` is what the family of routes that took the job in wants to know again when it shows it, in JSON form.
    `root` is the path below which its sender has the service; links to the job begin with that.
    """

    family: Mapping[str, Any] = field(default_factory=dict)
    root: str = ""
    callback_url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Times:
    """In seconds since the epoch; None for what has not happened."""

    created_at: float
    expires_at: float
    started_at: float | None = None
    ended_at: float | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """So many pages of so many, `total` being None until they are counted, in so many tries."""

    done: int = 0
    total: int | None = None
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a job ended: with an `error` or without, and whether its result was computed for another one."""

    error: JobError | None = None
    cached: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it was when it was read.

    `allowance` is what its pages are counted towards until it ends, None where they are not.
    `claim` is that of the request that is being answered, `replayed` is whether an earlier one with that made the job.
    """

    id: str
    sender: Sender
    upload: Upload
    options: Options
    times: Times
    handling: Handling = Handling()
    delivery: Delivery = Delivery()
    status: Status = Status.QUEUED
    progress: Progress = Progress()
    outcome: Outcome = Outcome()
    allowance: Allowance | None = None
    claim: Claim | None = None
    replayed: bool = False

    @property
    def ended(self) -> bool:
        return self.status in ENDED

    @property
    def flow(self) -> str:
        """What it waits in line with: its client's pictures, or its client's documents."""
        return f"{self.sender.client}/{'document' if self.handling.document else 'image'}"

    @property
    def upload_key(self) -> str:
        return f"{self.id}/upload"

    @property
    def result_key(self) -> str:
        return f"{self.id}/result"


def new_id() -> str:
    """128 random bits: nobody guesses another's job."""
    return secrets.token_hex(16)
