"""Client of the OCR service: `Client`, `AsyncClient`, the values that they answer and the errors that they raise."""

from ocr_client.aio import AsyncClient
from ocr_client.client import Client
from ocr_client.errors import (
    BadInput,
    JobCancelled,
    JobExpired,
    NotAllowed,
    NotFinished,
    OcrError,
    PasswordRequired,
    ServiceError,
    ServiceFailed,
    StillAccepting,
    TimedOut,
    TooManyRequests,
    UnknownJob,
    Unreachable,
)
from ocr_client.uploads import Options
from ocr_client.values import Block, Job, Line, Page, Problem, Progress, Result, Word, Zone
from ocr_client.version import VERSION as __version__

__all__ = [
    "AsyncClient",
    "BadInput",
    "Block",
    "Client",
    "Job",
    "JobCancelled",
    "JobExpired",
    "Line",
    "NotAllowed",
    "NotFinished",
    "OcrError",
    "Options",
    "Page",
    "PasswordRequired",
    "Problem",
    "Progress",
    "Result",
    "ServiceError",
    "ServiceFailed",
    "TimedOut",
    "StillAccepting",
    "TooManyRequests",
    "UnknownJob",
    "Unreachable",
    "Word",
    "Zone",
    "__version__",
]
