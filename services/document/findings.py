"""What extractors found, by their names, with the type that each name stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast, get_origin

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """What the extractor called `name` gives: a value of the type `form`, which `services.document.values` can store.

    One that gives several has a tuple for its form, as in `Kind("barcodes", tuple[Barcode, ...])`.
    """

    name: str
    form: type[T]


@dataclass(frozen=True, slots=True)
class Fields:
    """What was found by each extractor that was asked; None by one that failed."""

    values: Mapping[str, object] = field(default_factory=dict)

    def of(self, kind: Kind[T]) -> T | None:
        """What the extractor of this kind found; None where it was not asked, or failed.

        Raises TypeError where something else than this kind stands under its name.
        """
        found = self.values.get(kind.name)
        if found is not None and not isinstance(found, get_origin(kind.form) or kind.form):
            raise TypeError(f"{kind.name} is no {kind.form}")
        return cast(T | None, found)


@dataclass(frozen=True, slots=True)
class Findings:
    """What extractors found in one page's pixels: quads are in the pixels of the upload.

    `failed` has the reasons of those that failed on this page.
    """

    found: Fields = Fields()
    failed: Mapping[str, str] = field(default_factory=dict)
