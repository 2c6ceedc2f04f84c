"""A result as it is stored, cached and sent."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from dataclasses import fields as members_of
from typing import Any

LEVEL = 1
"""Of zlib's: the fastest. Words are most of a result: a page of 50 kB becomes 12 kB in 0.2 ms; level 6 makes 10 kB."""


@dataclass(frozen=True, slots=True)
class Result:
    """A stored result. `pages` are as `document_json` has them, `multipage` decides which of two shapes is sent."""

    pages: list[dict[str, Any]]
    engine: str
    models: list[str]
    multipage: bool
    warnings: list[str]
    fields: dict[str, Any] = field(default_factory=dict)


def without_findings(page: Mapping[str, Any]) -> dict[str, Any]:
    """What of a page is stored in the result."""
    return {name: value for name, value in page.items() if name != "findings"}


def shown(page: Mapping[str, Any], *, words: bool) -> dict[str, Any]:
    """What of a stored page a client gets: words, which are stored wherever they are known, only if asked for."""
    lines = page["lines"] if words else [{k: v for k, v in line.items() if k != "words"} for line in page["lines"]]
    return {**page, "lines": lines}


def dump(result: Result) -> bytes:
    """What is stored. The pages are in JSON form already, so they are not copied as `asdict` would."""
    members = {member.name: getattr(result, member.name) for member in members_of(Result)}
    return zlib.compress(json.dumps(members, ensure_ascii=False).encode(), LEVEL)


def load(stored: bytes) -> Result:
    """The inverse of `dump`."""
    return Result(**json.loads(zlib.decompress(stored)))
