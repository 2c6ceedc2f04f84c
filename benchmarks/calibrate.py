"""Ranges for 8-bit recognition, from text lines that this module draws: `python -m benchmarks.calibrate`.

Writes `services/ocr/ppocr/calibration.json`. Run it when a recogniser is added to the manifest or changes. The same
weights, PyMuPDF and OpenCV give the same file. Nothing of the benchmark's data is looked at.

The lines are Latin, Chinese and Japanese, in serif, sans-serif and monospaced type, at sizes and resolutions of scans,
with the blur, noise, tilt, fading and JPEG blocks of scanners and phones.

Some channels of a convolution's input are a hundred times as large as others, which one range for all of them would
round to nothing. So each is divided by a scale of its own, the root of its largest input over its largest weight, and
the weights are multiplied by it (SmoothQuant, Xiao et al. 2023, equation 4, alpha one half). Of the scaled inputs the
range is kept that rounds to 256 levels with the least squared error.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import openvino as ov
import openvino.opset13 as ops
import pymupdf
from numpy.typing import NDArray

from config import Settings
from services.ocr.engine import Pixels
from services.ocr.lines.crops import Crop
from services.ocr.ppocr import alphabet, crops
from services.ocr.ppocr.graph import RECOGNITION, with_bytes
from services.ocr.ppocr.loading import WEIGHTS, dictionary
from services.ocr.ppocr.quantisation import CALIBRATION, Calibration, Range, convolutions

MODELS = ("PP-OCRv6_small_rec", "PP-OCRv6_tiny_rec")
LINES = 300
PER_LINE = 40
"""Places along a line of which a convolution's input is kept, all channels of it."""

LARGEST = 0.9999
"""The quantile of a channel's inputs that counts as its largest."""

SYLLABLES = (
    "ing",
    "er",
    "an",
    "tion",
    "the",
    "re",
    "st",
    "ent",
    "con",
    "pro",
    "ma",
    "ter",
    "de",
    "or",
    "un",
    "is",
    "na",
)
MARKS = ("$", "#", "@", "&", "%", ":", "-", "*", "(", ")", "/", "[", "]", "+", "=", "No.", "Tel:", "€")
FAMILIES = ("serif", "sans-serif", "monospace")

_mupdf: Any = pymupdf  # it says that it is typed, but most of its functions are not

Values = NDArray[np.float32]


def main() -> int:
    """Writes the file; progress goes to stderr."""
    folder = Settings.from_env().model_dir
    found: dict[str, dict[str, Calibration]] = {}
    for name in MODELS:
        path = folder / name / WEIGHTS
        lines = list(drawn(alphabet.of_dictionary(dictionary(path)), LINES, seed=7))
        print(f"{name}: {len(lines)} lines", file=sys.stderr)
        found[name] = calibrated(path, lines)
    CALIBRATION.write_text(_json(found), encoding="ascii")
    return 0


def _json(found: Mapping[str, Mapping[str, Calibration]]) -> str:
    """A line per convolution, numbers with four digits."""
    models = (_object(model, (_row(*item) for item in known.items())) for model, known in found.items())
    return "{" + ",\n".join(models) + "}\n"


def _object(name: str, rows: Iterable[str]) -> str:
    return f'"{name}": ' + "{\n" + ",\n".join(rows) + "\n}"


def _row(name: str, one: Calibration) -> str:
    return f'"{name}": [{_numbers(one.range)}, {_numbers(one.scales)}]'


def _numbers(values: Iterable[float]) -> str:
    return f"[{', '.join(f'{value:.4g}' for value in values)}]"


def calibrated(path: Path, lines: Sequence[Pixels]) -> dict[str, Calibration]:
    """By convolution. `lines` are 1 x 48 x width x 3."""
    model = ov.Core().read_model(path)
    nodes = list(convolutions(model))
    samples = _samples(model, nodes, lines)
    return {
        node.get_friendly_name(): _calibrated(inputs, np.asarray(node.input_value(1).get_node().get_data()))
        for node, inputs in zip(nodes, samples, strict=True)
    }


def _samples(model: ov.Model, nodes: Sequence[ov.Node], lines: Sequence[Pixels]) -> list[Values]:
    """What each convolution got, channels x places."""
    probe = ov.Model([ops.result(node.input_value(0)) for node in nodes], model.get_parameters(), "probe")
    config = {"INFERENCE_PRECISION_HINT": "f32"}
    request = ov.Core().compile_model(with_bytes(probe, RECOGNITION), "CPU", config).create_infer_request()
    kept: list[list[NDArray[np.float16]]] = [[] for _ in nodes]
    chance = np.random.default_rng(7)
    for line in lines:
        request.infer({0: line})
        for place, sample in enumerate(kept):
            values = request.get_output_tensor(place).data[0]
            values = values.reshape(len(values), -1)
            sample.append(values[:, chance.integers(0, values.shape[1], PER_LINE)].astype(np.float16))
    return [np.concatenate(sample, axis=1).astype(np.float32) for sample in kept]


def _calibrated(inputs: Values, weights: Values) -> Calibration:
    """`inputs` are channels x places, `weights` as a convolution has them."""
    largest = np.maximum(np.quantile(np.abs(inputs), LARGEST, axis=1), 1e-3)
    scales = np.sqrt(largest / np.maximum(np.abs(weights).max(axis=(0, 2, 3)), 1e-5))
    scales /= np.exp(np.log(scales).mean())
    scales = np.clip(scales, *np.quantile(scales, (0.02, 0.98)))
    return Calibration(least_error(inputs / scales[:, np.newaxis]), tuple(scales.tolist()))


def least_error(values: Values) -> Range:
    """The range through nought, of 256 levels, that changes the values least, by the sum of squares."""
    low, high = min(0.0, float(values.min())), max(1e-6, float(values.max()))
    shares = np.linspace(0.1, 1.0, 46)
    # What a GELU lets through below nought is most of its values, and never far from it: not to be cut off.
    tried = [(low if low > -high / 8 else low * share, high * share) for share in shares]
    some = values.ravel()[:: max(1, values.size // 400_000)]
    return min(tried, key=lambda ends: _error(some, *ends))


def _error(values: Values, low: float, high: float) -> float:
    step = (high - low) / 255
    rounded = np.round((np.clip(values, low, high) - low) / step) * step + low
    return float(np.square(rounded - values).sum())


def drawn(characters: Sequence[str], count: int, seed: int) -> Iterator[Pixels]:
    """Lines as the recogniser gets them, 1 x 48 x width x 3, with text from `characters`."""
    return (crop.pixels for _, crop in _worn_lines(characters, count, seed))


def lines_of(characters: Sequence[str], count: int, seed: int) -> Iterator[tuple[str, Pixels]]:
    """The same lines, 48 x width x 3, each with its text."""
    return ((text, crop.pixels[0, :, : crop.filled]) for text, crop in _worn_lines(characters, count, seed))


def _worn_lines(characters: Sequence[str], count: int, seed: int) -> Iterator[tuple[str, Crop]]:
    chance = random.Random(seed)
    noise = np.random.default_rng(seed)
    while count:
        text = _text(chance, characters)
        ink = _ink(text, chance)
        if ink is not None:
            yield text, _filled(_worn(ink, chance, noise))
            count -= 1


def _text(chance: random.Random, characters: Sequence[str]) -> str:
    han = [character for character in characters if "\u4e00" <= character <= "\u9fff"]
    kana = [character for character in characters if "\u3041" <= character <= "\u30ff"]
    accented = [character for character in characters if character.isalpha() and "\x80" <= character <= "\u024f"]
    kind = chance.random()
    if kind < 0.72 or not han:
        return " ".join(_word(chance, accented) for _ in range(chance.choice((1, 1, 2, 2, 3, 4, 5, 6, 8, 10))))
    letters = han if kind < 0.92 or not kana else kana
    return "".join(chance.choice(letters) for _ in range(chance.randint(2, 24)))


def _word(chance: random.Random, accented: Sequence[str]) -> str:
    letters = "".join(chance.choices(SYLLABLES, k=chance.randint(1, 4)))
    if accented and chance.random() < 0.1:
        letters += chance.choice(accented)
    forms = (
        letters.lower(),
        letters.title(),
        letters.upper(),
        str(chance.randint(0, 10 ** chance.randint(1, 9))),
        f"{chance.randint(0, 9999):,}.{chance.randint(0, 99):02d}",
        f"{chance.randint(1, 31):02d}/{chance.randint(1, 12):02d}/{chance.randint(1950, 2030)}",
        chance.choice(MARKS),
    )
    return chance.choices(forms, weights=(30, 20, 25, 9, 7, 4, 5))[0]


def _ink(text: str, chance: random.Random) -> Pixels | None:
    """The text in black on white with a margin, height x width; None where no font has its characters."""
    style = {
        "font-family": chance.choice(FAMILIES),
        "font-size": f"{chance.choice((6, 7, 8, 9, 10, 12, 16, 24))}px",
        "font-weight": chance.choice(("normal", "normal", "bold")),
        "font-style": chance.choice(("normal",) * 4 + ("italic",)),
        "white-space": "nowrap",
    }
    css = ";".join(f"{name}:{value}" for name, value in style.items())
    with _mupdf.open() as document:
        page = document.new_page(width=2400, height=60)
        page.insert_htmlbox((10, 10, 2390, 50), f'<p style="{css}">{escape(text)}</p>')
        pixmap = page.get_pixmap(dpi=chance.choice((100, 130, 150, 200, 300)), colorspace=_mupdf.csGRAY)
        drawing = np.frombuffer(pixmap.samples, np.uint8).reshape(pixmap.height, pixmap.width)
    rows, columns = np.nonzero(drawing < 200)
    if not len(rows):
        return None
    margin = max(1, int((np.ptp(rows) + 1) * chance.uniform(0.1, 0.35)))
    top, left = max(0, rows.min() - margin), max(0, columns.min() - margin)
    return drawing[top : rows.max() + margin + 1, left : columns.max() + margin + 1].copy()


def _worn(ink: Pixels, chance: random.Random, noise: np.random.Generator) -> Pixels:
    """As scanners and phones would show it."""
    paper, pen = chance.uniform(170, 255), chance.uniform(0, 110)
    seen: Any = pen + (paper - pen) * ink.astype(np.float32) / 255
    if chance.random() < 0.5:
        seen = cv2.GaussianBlur(seen, (0, 0), chance.uniform(0.4, 1.3))
    if chance.random() < 0.4:
        small = cv2.resize(seen, None, fx=(share := chance.uniform(0.4, 0.8)), fy=share, interpolation=cv2.INTER_AREA)
        seen = cv2.resize(small, ink.shape[::-1])
    if chance.random() < 0.4:
        tilt = cv2.getRotationMatrix2D((ink.shape[1] / 2, ink.shape[0] / 2), chance.uniform(-1, 1), 1)
        seen = cv2.warpAffine(seen, tilt, ink.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    seen = seen + noise.normal(0, chance.choice((0, 2, 6, 14)), ink.shape)
    if chance.random() < 0.25:
        seen = np.where(seen > (paper + pen) / 2, 255, 0)
    seen = np.clip(seen, 0, 255).astype(np.uint8)
    if chance.random() < 0.5:
        _, jpeg = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, chance.randint(25, 80)])
        seen = cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE)
    return np.asarray(seen, dtype=np.uint8)


def _filled(line: Pixels) -> Crop:
    height, width = line.shape
    page = np.repeat(line[..., np.newaxis], 3, axis=2)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    return crops.crop(page, corners)


if __name__ == "__main__":
    sys.exit(main())
