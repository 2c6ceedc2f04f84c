"""PP-OCRv6 on OpenVINO: PaddleOCR's weights on CPUs, in a fraction of its processor time and in bounded memory.

A tier is a choice of weights and of the resolution in which lines are looked for. A language is a choice of characters:
text in Latin letters is read without the 16,000 Chinese and Japanese ones. What the tier's recogniser has no characters
for is read by the next larger one: PP-OCRv6_tiny knows no Japanese syllables and lacks letters of Romanian and
Azerbaijani.

PP-OCR reads the languages whose every letter is in the recogniser's dictionary (of Spanish it lacks the inverted
exclamation mark). Greek and Vietnamese, which PaddleOCR counts among PP-OCRv6's, are not: the accented vowels are
missing. The lines of all other languages, and of lists that no PP-OCR recogniser covers, are read by Tesseract, as far
as this machine has its data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from config import BadSetting, Settings
from services.ocr import models
from services.ocr.engine import Engine, EngineInfo, Reader, ReadOptions, first
from services.ocr.tesseract import data
from utils.cpus import multiplies_integers, threads_each
from utils.memory import give_back_freed

if TYPE_CHECKING:
    from services.ocr.lines.recogniser import Recogniser
    from services.ocr.ppocr.loading import Models
    from services.ocr.ppocr.reader import Plan
    from services.ocr.tesseract.loading import Load

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

    What is read is weighed against the words of the request's languages. Every line is looked at in `widths`, shares of
    its own width, or once with `narrows`, as narrow as its characters allow, and with `integers` in 8 bits where the
    processor is faster in them.
    """

    detection: Detection
    recognition: tuple[Recognition, ...]
    longest: int
    widths: tuple[float, ...] = (1.0,)
    integers: bool = True
    narrows: bool = True


SMALL = Recognition("PP-OCRv6_small_rec")
TINY = Recognition("PP-OCRv6_tiny_rec", frozenset({"ja", "japan", "ro", "az"}))

SMALL_DETECTION = Detection("PP-OCRv6_small_det", pixel=0.2, box=0.45, unclip=1.6)

TIERS = {
    "fast": Tier(Detection("PP-OCRv6_tiny_det", pixel=0.2, box=0.4, unclip=1.6), (TINY, SMALL), longest=1280),
    "balanced": Tier(SMALL_DETECTION, (SMALL,), longest=1280),
    "accurate": Tier(SMALL_DETECTION, (SMALL,), longest=1280, widths=(1.0, 0.9), integers=False, narrows=False),
}

WORDS = "wordfreq"
"""The manifest's name of the word lists."""

MODELS = (
    "PP-OCRv6_tiny_det",
    "PP-OCRv6_tiny_rec",
    "PP-OCRv6_small_det",
    "PP-OCRv6_small_rec",
    WORDS,
)


@dataclass(frozen=True, slots=True)
class Loaders:
    """What gives this process its models, each loaded once."""

    ppocr: Models
    tesseract: Load


@dataclass(frozen=True, slots=True)
class Way:
    """One way to read lines: what it reads, and how it is loaded for some languages of it and other options."""

    reader: Reader
    load: Callable[[Loaders, ReadOptions], Recogniser]


def ways(settings: Settings, tier: Tier) -> tuple[Way, ...]:
    """Those of a tier, the best for a language first: PP-OCR where it has the letters, own packs, then Tesseract."""
    detection = models.versions([tier.detection.model])
    shipped = (_ppocr(detection, recogniser, tier) for recogniser in tier.recognition)
    added = (_pack(detection, model) for model in packs(settings))
    return (*shipped, *added, *_tesseract(settings, detection))


def packs(settings: Settings) -> tuple[models.Model, ...]:
    """The recognisers in ONNX that this deployment has added, such as PP-OCRv5's language packs. Raises BadSetting."""
    return tuple(
        model
        for model in models.own(settings.model_dir).values()
        if model.task == "recognition" and model.format == "onnx"
    )


def _ppocr(detection: tuple[str, ...], recognition: Recognition, tier: Tier) -> Way:
    def load(loaders: Loaders, options: ReadOptions) -> Recogniser:
        cjk = not set(options.languages).isdisjoint(CJK)
        return loaders.ppocr.rescoring(
            recognition.model,
            options.languages,
            cjk=cjk,
            integers=tier.integers,
            widths=tier.widths,
            narrows=tier.narrows and not options.whole,
        )

    read = dict.fromkeys((name for name in LANGUAGES if name not in recognition.lacks), ())
    return Way(Reader((*detection, *models.versions([recognition.model, WORDS])), read), load)


def _pack(detection: tuple[str, ...], model: models.Model) -> Way:
    def load(loaders: Loaders, options: ReadOptions) -> Recogniser:
        return loaders.ppocr.recogniser(model.name, cjk=True)

    return Way(Reader((*detection, model.version), dict.fromkeys(model.languages, ())), load)


def _tesseract(settings: Settings, detection: tuple[str, ...]) -> Iterator[Way]:
    files = data.installed(settings)

    def load(loaders: Loaders, options: ReadOptions) -> Recogniser:
        return loaders.tesseract(tuple(dict.fromkeys(files[name] for name in options.languages)))

    if files:
        yield Way(Reader(detection, {name: (data.version(path),) for name, path in files.items()}), load)


def describe(settings: Settings) -> EngineInfo:
    """The tiers above with word boxes, and what own packs and Tesseract add. Reads the manifests and Tesseract's data.

    Raises BadSetting where the deployment's own manifest will not do.
    """
    readers = {name: tuple(way.reader for way in ways(settings, tier)) for name, tier in TIERS.items()}
    there = {name for each in readers.values() for reader in each for name in reader.languages}
    installable = {name: data.advice(name) for name in data.CODES if name not in there}
    return EngineInfo("openvino", readers, words=True, installable=installable)


def check(settings: Settings) -> None:
    """Raises BadSetting where a model file is missing or wrong, or a GPU is asked for."""
    if settings.use_gpu:
        raise BadSetting("USE_GPU=true will not do with OCR_ENGINE=openvino, which reads on the CPU; use paddle")
    names = (*MODELS, *(model.name for model in packs(settings)))
    models.verify(settings.model_dir, names, models.known(settings.model_dir))
    data.check(settings)


def build(settings: Settings) -> Engine:
    """The engine with the models of the deployment's own tier and language loaded; others load at their first use.

    Raises what `check` raises.
    """
    check(settings)
    import cv2

    from services.ocr.ppocr.graph import Arithmetic
    from services.ocr.ppocr.loading import Models
    from services.ocr.ppocr.reader import PageReader
    from services.ocr.tesseract.loading import loader

    give_back_freed()
    threads = threads_each(settings.ocr_workers, settings.worker_max_memory_mb)
    cv2.setNumThreads(threads)
    exact = settings.ocr_precision == "float32"
    loaded = Models(settings.model_dir, Arithmetic(threads, exact), integers=not exact and multiplies_integers())
    engine = PageReader(_planner(settings, Loaders(loaded, loader(threads))))
    engine.read(np.full((64, 320, 3), 255, dtype=np.uint8), _usual(settings))
    return engine


def _usual(settings: Settings) -> ReadOptions:
    """What requests of this deployment mostly ask for. Raises BadSetting."""
    if settings.ocr_tier not in TIERS:
        raise BadSetting(f"OCR_TIER: there is no {settings.ocr_tier!r}; choose from {', '.join(TIERS)}")
    return ReadOptions((settings.ocr_lang,), settings.ocr_tier)


def _planner(settings: Settings, loaders: Loaders) -> Callable[[ReadOptions], Plan]:
    from services.ocr.ppocr.detection import Thresholds
    from services.ocr.ppocr.reader import Plan

    offered = {name: ways(settings, tier) for name, tier in TIERS.items()}

    def plan(options: ReadOptions) -> Plan:
        tier, choice = TIERS[options.tier], offered[options.tier]
        place = first((way.reader for way in choice), options.languages)
        if place is None:
            raise LookupError(f"no recogniser on this machine reads {options.languages}")
        found = tier.detection
        detector = loaders.ppocr.detector(found.model, Thresholds(found.pixel, found.box, found.unclip))
        return Plan(detector, choice[place].load(loaders, options), tier.longest)

    return plan
