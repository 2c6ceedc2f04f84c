"""Whether confidences mean something: of the words read with .9, nine in ten ought to be right.

A word or line of ours is compared with the truth at its place: the boxes of the truth that it shares most of its area
with, or they with it. It is right if all of its runs of letters and digits are among theirs. Where the truth has
nothing it is not judged, because handwriting and stamps are mostly left out of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import fmean
from typing import NamedTuple, Protocol

from benchmarks.harness.data import Sample, media_type
from benchmarks.harness.scoring import normalised, words
from config import Settings
from services.document.model import Line, Quad, Word
from services.errors import ServiceError
from services.ocr import engines
from services.ocr.engine import ReadOptions
from services.ocr.pipeline import Pipeline
from services.ocr.raster import Limits
from services.plugins import load

EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 1.0)
"""Where bins begin and end. Most confidences are close to 1, and so are most edges."""

SHARED = 0.5
"""Of the smaller box's area, above which two boxes are at the same place."""

Bounds = tuple[float, float, float, float]


class Trusted(Protocol):
    """Whatever was found with a confidence and turned out to be right, or not."""

    @property
    def confidence(self) -> float:
        """From 0 to 1."""

    @property
    def right(self) -> bool:
        """Whether it is the truth."""


class Judged(NamedTuple):
    """One word or line."""

    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """Those found with a confidence above `low`, up to `high`: number, mean confidence, and share of right ones."""

    low: float
    high: float
    n: int
    confidence: float
    right: float


def observed(engine: str, tier: str, samples: Sequence[Sample], settings: Settings) -> dict[str, list[Judged]]:
    """All `words` and `lines` of these files that can be judged, read by one of our engines in this process."""
    settings = replace(settings, ocr_engine=engine, ocr_tier=tier, ocr_workers=1)
    pipeline = Pipeline(load(engines, engine).build(settings), Limits.of(settings))
    found: dict[str, list[Judged]] = {"words": [], "lines": []}
    for sample in samples:
        lines = list(_lines(pipeline, sample, ReadOptions((sample.language,), tier, words=True)))
        found["lines"] += judged(lines, sample)
        found["words"] += judged([word for line in lines for word in line.words], sample)
    return found


def _lines(pipeline: Pipeline, sample: Sample, options: ReadOptions) -> Iterator[Line]:
    try:
        with pipeline.open(sample.path, media_type(sample.path), pages="1", password=None, dpi=300) as source:
            for number in source.numbers:
                yield from pipeline.read(source, number, options).lines
    except ServiceError:
        return


def judged(found: Iterable[Word | Line], sample: Sample) -> Iterator[Judged]:
    """Of those at whose place the truth has something to say."""
    for judgement in found:
        place = "\n".join(text for text, box in sample.boxes if _together(box, judgement.quad))
        truth, tokens = (words(normalised(text, sample.rules)) for text in (place, judgement.text))
        if truth and tokens:
            yield Judged(judgement.confidence, set(tokens) <= set(truth))


def _together(box: Bounds, quad: Quad) -> bool:
    left, top, right, bottom = quad.bounds
    width = min(box[2], right) - max(box[0], left)
    height = min(box[3], bottom) - max(box[1], top)
    smaller = min((box[2] - box[0]) * (box[3] - box[1]), (right - left) * (bottom - top))
    return width > 0 and height > 0 and width * height > SHARED * smaller


def bins(found: Sequence[Trusted], edges: Sequence[float] = EDGES) -> list[Bin]:
    """The bins between edges that are not empty."""
    made = []
    for low, high in pairwise(edges):
        inside = [trusted for trusted in found if low < trusted.confidence <= high]
        if inside:
            mean = fmean(trusted.confidence for trusted in inside)
            made.append(Bin(low, high, len(inside), mean, fmean(trusted.right for trusted in inside)))
    return made


def calibration_error(found: Sequence[Bin]) -> float:
    """The expected calibration error: how far confidence and share right lie apart, weighed by how many there are."""
    return sum(judgement.n * abs(judgement.confidence - judgement.right) for judgement in found) / (
        sum(judgement.n for judgement in found) or 1
    )
