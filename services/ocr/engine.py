"""What an engine is to all that reads with it: pages as pixels, its options, what it offers, and the lines it gives.

Nothing here or above knows which library is underneath. `services.ocr.engines` has the engines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from services.document.model import Line

Pixels = NDArray[np.uint8]
"""A page image: height x width x 3, RGB, C-contiguous."""

Read = Callable[[Pixels], Sequence[Line]]
"""An engine with its options chosen: the lines of an image, with quads in its pixels."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One way in which an engine reads pages: any of `languages`, alone or together.

    `models` name its weights and their version. `languages` gives for each what is needed beside them.
    """

    models: tuple[str, ...]
    languages: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """What an engine offers in this deployment.

    `readers` are its ways to read by `tier`, the best for a language first. `installable` are languages that it could
    read, with what an operator does for it, as an English clause. `words` says whether it gives word boxes.
    """

    name: str
    readers: Mapping[str, tuple[Reader, ...]]
    words: bool
    installable: Mapping[str, str] = field(default_factory=dict)

    @property
    def tiers(self) -> tuple[str, ...]:
        """The accepted values of `tier`."""
        return tuple(self.readers)

    @property
    def languages(self) -> tuple[str, ...]:
        """The accepted values of `lang`."""
        return tuple(
            dict.fromkeys(name for readers in self.readers.values() for reader in readers for name in reader.languages)
        )

    def models(self, languages: Iterable[str], tier: str) -> tuple[str, ...]:
        """Names and versions of what reads these languages: part of the cache key, so that other weights read anew.

        Empty where nothing reads them together.
        """
        wanted = tuple(languages)
        place = first(self.readers.get(tier, ()), wanted)
        if place is None:
            return ()
        reader = self.readers[tier][place]
        return tuple(
            dict.fromkeys([*reader.models, *(name for language in wanted for name in reader.languages[language])])
        )

    def together(self, tier: str) -> tuple[tuple[str, ...], ...]:
        """The sets of languages of which one request may name several, none of them part of another."""
        sets = [reader.languages.keys() for reader in self.readers[tier]]
        return tuple(tuple(languages) for place, languages in enumerate(sets) if not _in_another(place, sets))


def _in_another(place: int, sets: Sequence[Set[str]]) -> bool:
    return any(sets[place] < other or (sets[place] == other and at < place) for at, other in enumerate(sets))


def first(readers: Iterable[Reader], languages: Iterable[str]) -> int | None:
    """The place of the first reader of all these languages."""
    wanted = set(languages)
    return next((place for place, reader in enumerate(readers) if wanted <= reader.languages.keys()), None)


def uniform(models: tuple[str, ...], languages: Iterable[str], *tiers: str) -> Mapping[str, tuple[Reader, ...]]:
    """The readers of an engine that reads all its languages with the same weights, in every tier."""
    return dict.fromkeys(tiers, (Reader(models, dict.fromkeys(languages, ())),))


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How one page is to be read. `languages` and `tier` are among those of the engine's `EngineInfo`.

    `whole` asks for lines at their full width even where others are narrowed to save time: those that are sought for
    their codes would be looked at twice.
    """

    languages: tuple[str, ...] = ("en",)
    tier: str = "balanced"
    words: bool = False
    whole: bool = False


class Engine(Protocol):
    """Reads text from page images. Not to be shared between threads unless the engine says otherwise."""

    def read(self, pixels: Pixels, options: ReadOptions) -> Sequence[Line]:
        """The text lines of one image, in no particular order, with quads in pixels of `pixels`.

        An image without text gives an empty sequence. Raises `services.errors.EngineFailed`.
        """
        ...
