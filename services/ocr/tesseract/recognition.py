"""Single lines through Tesseract's LSTM recogniser, on threads of their own. The only module that imports tesserocr.

Finding lines is the weak part of Tesseract, reading them the strong one, so it only gets lines that PP-OCR's detector
found. Its own segmentation is still asked to look at the line (SINGLE_LINE), because it removes what reaches in from
neighbours; on poor scans that removes letters too. So a line that was read with little confidence is read again whole
(RAW_LINE) and cut a little higher, and the reading that is surer of itself counts. docs/decisions/016 has the figures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate, groupby
from math import exp
from pathlib import Path
from queue import SimpleQueue
from unicodedata import bidirectional

import cv2
import numpy as np
from numpy.typing import NDArray
from tesserocr import OEM, PSM, RIL, PyTessBaseAPI

from services.ocr.engine import Pixels
from services.ocr.lines.characters import Character, Characters, confidence
from services.ocr.lines.crops import Crop, laid, straightened

HEIGHT = 48
"""What Tesseract gets to see of a line: 40 and 64 pixels, and the line's own height, read a little worse."""

MARGIN = 6
"""Pixels added around a line by repeating its edge: without, Tesseract's look at the line loses letters at its edge."""

TALLER = 0.08
"""What the second cut has more above and below, in heights of the line: marks of Indic scripts and Thai reach out."""

SURE = 0.85
"""A line read with less mean confidence is read a second time. Anything from .7 to .9 gains nearly the same."""

BIDI_CONTROLS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Tesseract writes them for displays; logical order needs none."""

ENDING_NON_JOINER = re.compile("\u200c+$")
"""Zero-width non-joiner; Tesseract's Tamil ends every dead consonant with one."""

Grey = NDArray[np.uint8]


def cut(page: Pixels, corners: NDArray[np.float32]) -> Crop:
    """The line with TALLER more above and below, at the page's own resolution, however wide."""
    corners, width, height = laid(corners)
    pixels = straightened(page, _taller(corners), width, height * (1 + 2 * TALLER))
    return Crop(pixels[np.newaxis], pixels.shape[1], corners)


def _taller(corners: NDArray[np.float32]) -> NDArray[np.float32]:
    top_left, top_right, bottom_right, bottom_left = corners
    left, right = (top_left - bottom_left) * TALLER, (top_right - bottom_right) * TALLER
    return np.array([top_left + left, top_right + right, bottom_right - right, bottom_left - left], dtype=np.float32)


class Recogniser:
    """Tesseract with the data of some languages, which lie in one folder, loaded once per thread."""

    cut = staticmethod(cut)

    def __init__(self, files: Sequence[Path], threads: int) -> None:
        self._idle: SimpleQueue[PyTessBaseAPI] = SimpleQueue()
        for _ in range(threads):
            self._idle.put(_loaded(files[0].parent, "+".join(file.stem for file in files)))
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="tesseract")

    def read(self, crops: Sequence[Crop]) -> list[Characters]:
        """The characters of every line that `cut` cut, in the order of `crops`, each line's in logical order."""
        return list(self._pool.map(self._read, crops))

    def _read(self, crop: Crop) -> Characters:
        api = self._idle.get()
        try:
            return _surest(api, cv2.cvtColor(crop.pixels[0], cv2.COLOR_RGB2GRAY))
        finally:
            self._idle.put(api)


def _loaded(data: Path, languages: str) -> PyTessBaseAPI:
    """Tesseract's own remarks about lines that it cannot read are of no use to anybody."""
    quiet = {"debug_file": "/dev/null"}
    return PyTessBaseAPI(path=f"{data}/", lang=languages, oem=OEM.LSTM_ONLY, psm=PSM.SINGLE_LINE, variables=quiet)


def _surest(api: PyTessBaseAPI, taller: Grey) -> Characters:
    extra = round(taller.shape[0] * TALLER / (1 + 2 * TALLER))
    line = _sized(taller[extra : taller.shape[0] - extra])
    framed = cv2.copyMakeBorder(line, MARGIN, MARGIN, MARGIN, MARGIN, cv2.BORDER_REPLICATE)
    first = _recognised(api, np.asarray(framed, dtype=np.uint8), PSM.SINGLE_LINE, MARGIN)
    if confidence(first) >= SURE:
        return first
    return max(first, _recognised(api, _sized(taller), PSM.RAW_LINE, 0), key=confidence)


def _sized(line: Grey) -> Grey:
    height, width = line.shape
    way = cv2.INTER_AREA if height > HEIGHT else cv2.INTER_CUBIC
    size = max(1, round(width * HEIGHT / height)), HEIGHT
    return np.asarray(cv2.resize(line, size, interpolation=way), dtype=np.uint8)


def _recognised(api: PyTessBaseAPI, line: Grey, mode: PSM, margin: int) -> Characters:
    height, width = line.shape
    api.SetPageSegMode(mode)
    api.SetImageBytes(line.tobytes(), width, height, 1, width)
    api.SetSourceResolution(300)
    if not api.Recognize():
        return ()
    text = BIDI_CONTROLS.sub("", api.GetUTF8Text())
    return _tidy(_spaced(text, list(_placed(api, margin, width - 2 * margin))))


def _placed(api: PyTessBaseAPI, margin: int, width: int) -> Iterator[Character]:
    """The symbols, each word's at equal distances in its box: Tesseract's boxes of words are right, its symbols' not.

    Words that run from right to left have their first symbol at the right.
    """
    words = groupby(_symbols(api), key=lambda symbol: symbol[:2])
    for (_, box), members in words:
        symbols = [(text, percent) for *_, text, percent in members]
        left, right = ((edge - margin) / width for edge in (box[0], box[2]))
        start, end = (right, left) if _runs_leftwards(text for text, _ in symbols) else (left, right)
        for place, (text, percent) in enumerate(symbols):
            middle = start + (end - start) * (place + 0.5) / len(symbols)
            yield Character(BIDI_CONTROLS.sub("", text), _probability(percent), min(max(middle, 0.0), 1.0))


def _symbols(api: PyTessBaseAPI) -> Iterator[tuple[int, tuple[int, int, int, int], str, float]]:
    """Number and box of the word, text and percentage of the symbol, in logical order."""
    iterator, number = api.GetIterator(), 0
    while iterator is not None and not iterator.Empty(RIL.SYMBOL):
        number += iterator.IsAtBeginningOf(RIL.WORD)
        yield number, iterator.BoundingBox(RIL.WORD), iterator.GetUTF8Text(RIL.SYMBOL), iterator.Confidence(RIL.SYMBOL)
        if not iterator.Next(RIL.SYMBOL):
            return


def _runs_leftwards(texts: Iterable[str]) -> bool:
    return any(bidirectional(character) in ("R", "AL") for text in texts for character in text)


def _probability(percent: float) -> float:
    """Tesseract makes 100 + 5 ln p of a symbol's probability p (LTRResultIterator::Confidence)."""
    return exp((percent - 100) / 5)


def _spaced(text: str, symbols: Sequence[Character]) -> list[Character]:
    """The symbols with the spaces of the line's text between them: not every word of Tesseract's ends at a space."""
    ends = set(accumulate(map(len, text.split())))
    found: list[Character] = []
    length = 0
    for symbol in symbols:
        if length in ends:
            found.append(Character(" ", symbol.probability, (found[-1].middle + symbol.middle) / 2))
        found.append(symbol)
        length += len(symbol.text)
    return found


def _tidy(characters: Sequence[Character]) -> Characters:
    """Without non-joiners that have nothing to keep apart, and without symbols of which nothing is left."""
    tidied = [_unjoined(character, characters[place + 1 :]) for place, character in enumerate(characters)]
    return tuple(line for line in tidied if line.text)


def _unjoined(one: Character, after: Sequence[Character]) -> Character:
    joined = bool(after) and after[0].text[:1].isalpha()
    return one if joined else Character(ENDING_NON_JOINER.sub("", one.text), one.probability, one.middle)
