"""A result as it is stored and cached."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.document import values
from services.document.findings import Fields, Kind
from services.document.json import dump_page, load_fields, load_page
from services.document.model import Page
from services.document.values import FormatError

LEVEL = 1
"""Of zlib's: the fastest. Words are most of a result: a page of 50 kB becomes 12 kB in 0.2 ms; level 6 makes 10 kB."""


@dataclass(frozen=True, slots=True)
class Result:
    """What was read and found. `pages` are without findings, `multipage` decides which of two shapes is sent."""

    pages: tuple[Page, ...]
    engine: str
    models: tuple[str, ...]
    multipage: bool
    warnings: tuple[str, ...]
    fields: Fields = Fields()


def dump(result: Result) -> bytes:
    """What is stored."""
    members = {
        "pages": [dump_page(page) for page in result.pages],
        "engine": result.engine,
        "models": result.models,
        "multipage": result.multipage,
        "warnings": result.warnings,
        "fields": values.dump(result.fields.values),
    }
    return zlib.compress(json.dumps(members, ensure_ascii=False).encode(), LEVEL)


def load(stored: bytes, kind_of: Callable[[str], Kind[Any]]) -> Result:
    """The inverse of `dump`. `kind_of` gives what an extractor finds by its name, and raises KeyError for no name.

    Raises FormatError for what is no result of this version.
    """
    try:
        members = json.loads(zlib.decompress(stored))
        return Result(
            pages=tuple(map(load_page, members["pages"])),
            engine=members["engine"],
            models=tuple(members["models"]),
            multipage=members["multipage"],
            warnings=tuple(members["warnings"]),
            fields=load_fields(members["fields"], kind_of),
        )
    except FormatError:
        raise
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise FormatError(f"no result: {type(error).__name__}") from None
