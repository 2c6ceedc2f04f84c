"""Between HTTP and the services: validated values in, values with a status out. No `flask.request`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Reply:
    """A controller's answer: a JSON-ready body, its status and headers. Without a body the answer is empty."""

    body: Mapping[str, object] | None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Download:
    """An answer that is a file; `filename` is what the client may save it as."""

    content: bytes
    media_type: str
    filename: str


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer that goes on as long as there is something to say."""

    chunks: Iterator[bytes]
    media_type: str
