"""PaddleOCR: the PP-OCRv5 mobile models on Paddle Inference, with oneDNN on the CPU. The only module to import paddle*.

`languages` are those that PP-OCRv5's one recogniser was trained on (Simplified and Traditional Chinese, English,
Japanese, all in the same 18,383 characters), by their ISO 639-1 or BCP 47 code and by PaddleOCR's own names. The same
weights serve all of them, so the choice changes nothing but what is refused.

Where PaddleOCR's defaults would hurt, and what stands here instead:

- Naming some models downloads the rest, so all are named and the rest switched off; no hub is asked.
- Importing paddle replaces the handlers of SIGTERM and of the fatal signals by its own, which end the process; they are
  put back.
- paddlex and paddle make folders under HOME when they are imported; they get a temporary HOME for that long.
- Paddle needs a library that minimal systems lack, though it carries a substitute; it is put in place.
- paddlex refuses to run without a distribution called opencv-contrib-python; the headless build answers for it.
"""

from __future__ import annotations

import ctypes
import logging
import os
import re
import signal
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.metadata import Distribution, DistributionFinder, distributions
from importlib.util import find_spec
from itertools import pairwise
from math import dist
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from config import BadSetting, Settings
from services.document.model import Line, Point, Quad, Word
from services.errors import EngineFailed
from services.ocr import models
from services.ocr.engine import Engine, EngineInfo, Pixels, ReadOptions, uniform
from utils.cpus import threads_each

REQUIRES = ("paddleocr", "paddle", "cv2")

DETECTION = "PP-OCRv5_mobile_det"
RECOGNITION = "PP-OCRv5_mobile_rec"
MODELS = (DETECTION, RECOGNITION)
LANGUAGES = ("en", "zh", "zh-Hant", "ja", "ch", "chinese_cht", "japan")

DETECTION_SIDE = 1280
"""Longest side, in pixels, of what the detector sees. On scanned forms and receipts 960, 1280 and 1600 read equally
well (within .03 of F1, in no clear order) and 1600 costs 70 MB more; 1280 leaves small print more pixels than 960."""

MAX_PIXELS = 20_000_000
MAX_SIDE = 32_000
"""What is larger is shrunk before it is read. Lines are cut out of that copy, and 20 megapixels are A4 at 450 dpi; the
detector keeps its corners in 16 bits, hence the side."""

BATCH = 1
"""Lines recognised at once. More gain no time that could be told from noise, cost some 75 MB each, and are padded to
the longest of them, so that what a line reads as would depend on its neighbours."""

ONEDNN_SHAPES = 10
"""Input shapes that oneDNN keeps compiled. Each line has a width of its own, so a cache of 50 is no faster, only 600 MB
larger."""

GNU_OPENMP = "libgomp.so.1"
OPENCV = "opencv-contrib-python"
FATAL = (signal.SIGTERM, signal.SIGABRT, signal.SIGSEGV, signal.SIGILL, signal.SIGFPE, signal.SIGBUS)


class Pipeline(Protocol):
    """What is used of paddleocr.PaddleOCR."""

    def predict(self, input: Pixels, *, return_word_box: bool) -> Sequence[Mapping[str, Any]]:
        """One mapping per image: `rec_texts`, `rec_scores`, `rec_polys`, and with word boxes `text_word[_region]`."""
        ...


def describe(settings: Settings) -> EngineInfo:
    """One tier of two models, word boxes, and the languages above. Reads no file but the manifest."""
    return EngineInfo("paddle", uniform(models.versions(MODELS), LANGUAGES, "balanced"), words=True)


def check(settings: Settings) -> None:
    """Raises BadSetting where a model file is missing or wrong."""
    models.verify(settings.model_dir, MODELS)


def build(settings: Settings) -> Engine:
    """The loaded engine, warmed by one read. Call it in the main thread: signal handlers can only be put back there.

    Raises BadSetting where a model file is missing or wrong, or a GPU is asked for and cannot be used.
    """
    check(settings)
    with tempfile.TemporaryDirectory(prefix="paddle-") as home, _imported(Path(home)):
        _check_gpu(settings)
        engine = PaddleEngine(_pipeline(settings))
        engine.read(np.full((64, 320, 3), 255, dtype=np.uint8), ReadOptions())
    return engine


@contextmanager
def _imported(home: Path) -> Iterator[None]:
    """Surroundings in which paddle can be imported and loaded without leaving traces."""
    variables = {
        "HOME": str(home),
        "PADDLE_PDX_CACHE_HOME": str(home / "paddlex"),
        "PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK": "True",
    }
    with _environment(variables), _headless_opencv(), warnings.catch_warnings(action="ignore"):
        _provide_openmp()
        import paddle
        import paddleocr  # noqa: F401

        for name in ("paddlex", "paddleocr"):
            _quiet(logging.getLogger(name))
        yield
        paddle.disable_signal_handler()
    _restore_signal_handlers()


def _provide_openmp() -> None:
    """Paddle's libraries ask for GNU's OpenMP, which a minimal system lacks, and carry Intel's, which serves as both.

    The loader takes a second name for a file that it has loaded, if it finds that name where it looks: beside oneDNN,
    the one library that looks in its own directory. Raises BadSetting where the name cannot be written there.
    """
    with suppress(OSError):
        ctypes.CDLL(GNU_OPENMP)
        return
    spec = find_spec("paddle")
    libraries = Path(spec.origin or "").parent / "libs" if spec else Path()
    try:
        with suppress(FileExistsError):
            (libraries / GNU_OPENMP).symlink_to("libiomp5.so")
        ctypes.CDLL(str(libraries / "libdnnl.so.3"), mode=ctypes.RTLD_GLOBAL)
    except OSError as error:
        raise BadSetting(f"the engine paddle needs {GNU_OPENMP}; install it (on Debian: libgomp1)") from error


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Variables for libraries that take them from nowhere else."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


class _HeadlessOpenCV(DistributionFinder):
    """Finds, for whoever asks for opencv-contrib-python, the distribution of its headless build."""

    def find_distributions(self, context: DistributionFinder.Context | None = None) -> Iterable[Distribution]:
        wanted = context is not None and context.name == OPENCV
        return distributions(name=f"{OPENCV}-headless") if wanted else ()

    def find_spec(self, *_: object) -> None:
        """No module: this finder only knows a distribution."""


@contextmanager
def _headless_opencv() -> Iterator[None]:
    finder = _HeadlessOpenCV()
    sys.meta_path.append(finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


def _quiet(logger: logging.Logger) -> None:
    """Warnings and worse, through the service's own handlers rather than a coloured stream."""
    logger.handlers.clear()
    logger.propagate = True
    logger.setLevel(logging.WARNING)


def _restore_signal_handlers() -> None:
    if threading.current_thread() is not threading.main_thread():
        return
    for number in FATAL:
        if (handler := signal.getsignal(number)) is not None:
            signal.signal(number, handler)


def _check_gpu(settings: Settings) -> None:
    import paddle

    if settings.use_gpu and not (paddle.device.is_compiled_with_cuda() and paddle.device.cuda.device_count()):
        raise BadSetting("USE_GPU=true needs an NVIDIA GPU and the package paddlepaddle-gpu; provide both or unset it")


def _pipeline(settings: Settings) -> Pipeline:
    import cv2
    from paddleocr import PaddleOCR

    threads = threads_each(settings.ocr_workers, settings.worker_max_memory_mb)
    cv2.setNumThreads(threads)
    pipeline: Pipeline = PaddleOCR(
        text_detection_model_name=DETECTION,
        text_detection_model_dir=str(settings.model_dir / DETECTION),
        text_recognition_model_name=RECOGNITION,
        text_recognition_model_dir=str(settings.model_dir / RECOGNITION),
        text_recognition_batch_size=BATCH,
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
        text_det_limit_type="max",
        text_det_limit_side_len=DETECTION_SIDE,
        device="gpu:0" if settings.use_gpu else "cpu",
        enable_mkldnn=True,
        mkldnn_cache_capacity=ONEDNN_SHAPES,
        cpu_threads=threads,
    )
    return pipeline


class PaddleEngine:
    """One PaddleOCR pipeline. Threads may share it: a lock lets them read one after the other.

    Unlocked, two threads would hand each other's text out (PaddleOCR#18268) or crash oneDNN.
    """

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline
        self._lock = threading.Lock()

    def read(self, pixels: Pixels, options: ReadOptions) -> Sequence[Line]:
        """The lines of one image. Vertical lines are read downwards, so their top left is the upper right corner.

        Words are split at white space; their boxes come from where the recogniser saw their characters.
        """
        image, scale = _fit(pixels)
        with self._lock:
            result = self._predict(image, options.words)
        regions = result["text_word_region"] if options.words else [()] * len(result["rec_texts"])
        groups = result["text_word"] if options.words else regions
        found = zip(result["rec_texts"], result["rec_scores"], result["rec_polys"], groups, regions, strict=True)
        return [_line(*parts, scale) for parts in found if parts[0].strip()]

    def _predict(self, image: Pixels, words: bool) -> Mapping[str, Any]:
        try:
            return self._pipeline.predict(image, return_word_box=words)[0]
        except Exception as error:
            raise EngineFailed from error


def _fit(pixels: Pixels) -> tuple[Pixels, tuple[float, float]]:
    """The image as BGR and small enough, and the factors by which its x and y grow back."""
    import cv2

    height, width = pixels.shape[:2]
    shrink = min(1.0, (MAX_PIXELS / (height * width)) ** 0.5, MAX_SIDE / max(height, width))
    size = max(1, round(width * shrink)), max(1, round(height * shrink))
    image = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA) if shrink < 1 else pixels
    return np.ascontiguousarray(image[..., ::-1], dtype=np.uint8), (width / size[0], height / size[1])


def _line(text: str, score: float, corners: Any, groups: Any, regions: Any, scale: tuple[float, float]) -> Line:
    """`corners` run clockwise from the upper left one; what stands upright is read downwards from the upper right."""
    a, b, c, d = [(float(x) * scale[0], float(y) * scale[1]) for x, y in corners]
    quad = Quad(b, c, d, a) if _stands(a, b, c, d) else Quad(a, b, c, d)
    edges = _edges(groups, _spans(regions, corners)) if len(groups) else []
    return Line(text, float(score), quad, tuple(_words(text, float(score), quad, edges)))


def _stands(top_left: Point, top_right: Point, bottom_right: Point, bottom_left: Point) -> bool:
    """PaddleOCR's rule for turning a crop before it is read: one and a half times as high as wide."""
    width = max(dist(top_left, top_right), dist(bottom_left, bottom_right))
    return max(dist(top_left, bottom_left), dist(top_right, bottom_right)) >= 1.5 * width


def _spans(regions: Any, corners: Any) -> list[tuple[float, float]]:
    """Where each group of characters begins and ends, as fractions of the line.

    PaddleOCR lays the groups along x from the first corner to the second, or along y from the first to the third where
    the line's upright rectangle is more than one and a half times as high as wide.
    """
    across, down = np.ptp(np.asarray(corners, dtype=float), axis=0)
    axis, last = (1, 2) if down > 1.5 * across else (0, 1)
    origin = float(corners[0][axis])
    length = float(corners[last][axis]) - origin or 1.0
    ends = [[(float(point[axis]) - origin) / length for point in region] for region in regions]
    return [(min(end), max(end)) for end in ends]


def _edges(groups: Sequence[str], spans: Sequence[tuple[float, float]]) -> list[float]:
    """Where the characters part, as fractions of the line: one more than there are characters.

    Groups part half-way between the last character of one and the first of the next; characters share their group.
    """
    inner = [(left + right) / 2 for (_, left), (right, _) in pairwise(spans)]
    edges = [0.0]
    for group, end in zip(groups, [*inner, 1.0], strict=True):
        edges += np.linspace(edges[-1], end, len(group) + 1)[1:].tolist()
    return edges


def _words(text: str, score: float, quad: Quad, edges: Sequence[float]) -> Iterator[Word]:
    for match in re.finditer(r"\S+", text) if len(edges) == len(text) + 1 else ():
        yield Word(match[0], score, quad.stretch(edges[match.start()], edges[match.end()]))
