"""Extractors find more than text: codes, fields, numbers, each with its evidence.

An extractor is one module here, or one package, found by its name; names with a leading underscore are helpers. It has

- `REQUIRES`: the third-party modules it needs,
- `FOUND`: the `Kind` of what a result has of it, under its own name,
- `build(settings) -> Extractor`: called once in each worker process. What is large is imported there and not at the
  top, since the web process imports this module to load what results have of it.

Findings are frozen dataclasses of the extractor's own, made of `Field`s, quads, numbers, dates and texts. In a result's
`fields` they have the JSON form of `services.document.values`: a member a dataclass field, under the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any, Generic, TypeVar

from config import Settings
from services import plugins
from services.document.findings import Kind
from services.document.model import Document, Quad
from services.ocr.engine import Read
from services.ocr.raster import Raster

SETTING = "OCR_EXTRACTORS"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OnPage(Generic[T]):
    """`look` finds things in one page's pixels. Quads are in those of `raster.pixels`; they are mapped to the upload.

    `Read` reads any picture, such as a part of the page cut out and turned, as Latin text. `raster.pixels` themselves
    cost nothing where the page's text has been read already.
    """

    kind: Kind[tuple[T, ...]]
    look: Callable[[Raster, Read], Sequence[T]]


@dataclass(frozen=True, slots=True)
class OnDocument(Generic[T]):
    """`extract` finds things in all pages together. Quads are in the pixels of the upload, as those of the document.

    `warn` says, in sentences, what a client should know about what was found even if it looks at single values alone.
    """

    kind: Kind[T]
    extract: Callable[[Document], T]
    warn: Callable[[T], Sequence[str]] = lambda found: ()


class Source(StrEnum):
    """What a value was taken from: what is printed, an electronic invoice in the file, or a barcode."""

    PRINT = "print"
    XML = "xml"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Field:
    """A value and its evidence: `raw` is what is printed, `page` counts from 1, `bbox` is where it was read.

    `value` is None where something is printed that is no value. A field that is nowhere is no Field, but None. Of one
    from another `source` than print, `raw`, `page` and `bbox` are those of the print that says it too; where none does,
    `raw` is what the source has, and there is no place. What is printed is kept out of representations, which end up in
    logs.
    """

    value: str | int | float | Decimal | date | None = field(repr=False)
    raw: str = field(repr=False)
    confidence: float
    page: int | None
    bbox: Quad | None
    source: Source = Source.PRINT


@dataclass(frozen=True, slots=True)
class Extractor:
    """One that looks at pixels has `page`, one that needs the text has `document`; it may have both.

    Of one that has only `page` the result has what all pages gave, together. One with `document` finds what pages gave
    in `Page.findings`: by the kind of its own `page`, and by those of the extractors that it `uses`, which are then run
    as well, where the deployment has them on. Results also have what those that it `brings` find. One that `opens` is
    given what the document carries beside its pages; for others that stays where it is.
    """

    page: OnPage[Any] | None = None
    document: OnDocument[Any] | None = None
    uses: tuple[str, ...] = ()
    brings: tuple[str, ...] = ()
    opens: bool = False


def build(package: ModuleType, settings: Settings) -> Mapping[str, Extractor]:
    """The extractors of `package` that OCR_EXTRACTORS has on, by name. Raises BadSetting."""
    return {
        name: plugins.load(package, name).build(settings) for name in plugins.chosen(package, settings.ocr_extractors)
    }


@cache
def kind_of(package: ModuleType, name: str) -> Kind[Any]:
    """What a result has of the extractor `name` of `package`, whether it is on or off. Raises KeyError for no name."""
    if name not in plugins.names(package):
        raise KeyError(name)
    found: Kind[Any] = import_module(f"{package.__name__}.{name}").FOUND
    return found
