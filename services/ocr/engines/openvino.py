"""PP-OCRv6 on OpenVINO: PaddleOCR's weights at several times its speed on x86-64 and ARM CPUs, in bounded memory.

A tier is a choice of weights and of the resolution in which lines are looked for. A language is a choice of characters:
text in Latin letters is read without the 16,000 Chinese and Japanese ones. What the tier's recogniser has no characters
for is read by the next larger one: PP-OCRv6_tiny knows no Japanese syllables and lacks letters of Romanian and
Azerbaijani.

`languages` are those whose every letter is in the recogniser's dictionary (of Spanish it lacks the inverted exclamation
mark). Greek and Vietnamese, which PaddleOCR counts among PP-OCRv6's, are not: the accented vowels are missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from config import BadSetting, Settings
from services.ocr import models
from services.ocr.engines import Engine, EngineInfo, ReadOptions
from utils.cpus import available, processes

if TYPE_CHECKING:
    from services.ocr.ppocr.loading import Models
    from services.ocr.ppocr.reader import Plan

REQUIRES = ("openvino", "cv2")

# fmt: off
LATIN = (
    "en", "af", "az", "bs", "ca", "cs", "cy", "da", "de", "es", "et", "eu", "fi", "fr", "ga", "gl", "hr",
    "hu", "id", "is", "it", "ku", "la", "lb", "lt", "lv", "mi", "ms", "mt", "nb", "nl", "nn", "no", "oc",
    "pl", "pt", "qu", "rm", "ro", "sk", "sl", "sq", "sr-Latn", "sv", "sw", "tl", "tr", "uz", "french",
    "german", "rs_latin",
)
# fmt: on
CJK = ("zh", "zh-Hant", "ja", "ch", "chinese_cht", "japan")
LANGUAGES = (*LATIN, *CJK)


@dataclass(frozen=True, slots=True)
class Detection:
    """A detector, and its thresholds as its inference.yml has them, but for `unclip`.

    That is 1.4 there. Lines cut a little wider read better: .915 instead of .912 of F1 on the FUNSD forms and .953
    instead of .952 on the SROIE receipts for PP-OCRv6_small; 1.8 gains on receipts and loses as much on forms.
    """

    model: str
    pixel: float
    box: float
    unclip: float


@dataclass(frozen=True, slots=True)
class Recognition:
    """A recogniser, and the languages among LANGUAGES that it lacks characters of."""

    model: str
    lacks: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Tier:
    """`longest` is the longer side, in pixels, of what the detector sees; the first fitting recogniser reads.

    With `twice` it reads every line twice, and weighs what it read against the words of the request's languages.
    """

    detection: Detection
    recognition: tuple[Recognition, ...]
    longest: int
    twice: bool = False


SMALL = Recognition("PP-OCRv6_small_rec")
TINY = Recognition("PP-OCRv6_tiny_rec", frozenset({"ja", "japan", "ro", "az"}))

SMALL_DETECTION = Detection("PP-OCRv6_small_det", pixel=0.2, box=0.45, unclip=1.6)

TIERS = {
    "fast": Tier(Detection("PP-OCRv6_tiny_det", pixel=0.2, box=0.4, unclip=1.6), (TINY, SMALL), longest=1280),
    "balanced": Tier(SMALL_DETECTION, (SMALL,), longest=1280),
    "accurate": Tier(SMALL_DETECTION, (SMALL,), longest=1280, twice=True),
}

MODELS = (
    "PP-OCRv6_tiny_det",
    "PP-OCRv6_tiny_rec",
    "PP-OCRv6_small_det",
    "PP-OCRv6_small_rec",
    "wordfreq",
)


def describe(settings: Settings) -> EngineInfo:
    """The tiers and languages above, with word boxes. Reads no file but the manifest."""
    return EngineInfo("openvino", models.versions(MODELS), LANGUAGES, tuple(TIERS), words=True)


def check(settings: Settings) -> None:
    """Raises BadSetting where a model file is missing or wrong, or a GPU is asked for."""
    if settings.use_gpu:
        raise BadSetting("USE_GPU=true will not do with OCR_ENGINE=openvino, which reads on the CPU; use paddle")
    models.verify(settings.model_dir, MODELS)


def build(settings: Settings) -> Engine:
    """The engine with the models of the deployment's own tier and language loaded; others load at their first use.

    Raises what `check` raises.
    """
    check(settings)
    import cv2

    from services.ocr.ppocr.loading import Models
    from services.ocr.ppocr.reader import PageReader

    threads = max(1, available() // processes(settings.ocr_workers, settings.worker_max_memory_mb))
    cv2.setNumThreads(threads)
    engine = PageReader(_planner(Models(settings.model_dir, threads)))
    engine.read(np.full((64, 320, 3), 255, dtype=np.uint8), _usual(settings))
    return engine


def _usual(settings: Settings) -> ReadOptions:
    """What requests of this deployment mostly ask for."""
    tier = settings.ocr_tier if settings.ocr_tier in TIERS else "balanced"
    return ReadOptions((settings.ocr_lang,), tier)


def recognition(tier: Tier, languages: Iterable[str]) -> Recognition:
    """The tier's first recogniser that has the characters of all these languages."""
    return next(one for one in tier.recognition if one.lacks.isdisjoint(languages))


def _planner(loaded: Models) -> Callable[[ReadOptions], Plan]:
    from services.ocr.ppocr.detection import Thresholds
    from services.ocr.ppocr.reader import Plan

    def plan(options: ReadOptions) -> Plan:
        tier = TIERS[options.tier]
        found = tier.detection
        detector = loaded.detector(found.model, Thresholds(found.pixel, found.box, found.unclip))
        reading = recognition(tier, options.languages)
        cjk = not set(options.languages).isdisjoint(CJK)
        if tier.twice:
            return Plan(detector, loaded.second_thoughts(reading.model, cjk, options.languages), tier.longest)
        return Plan(detector, loaded.recogniser(reading.model, cjk), tier.longest)

    return plan
