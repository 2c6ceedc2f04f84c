"""How characters are counted by their ink, from text lines that this project draws: `python -m benchmarks.pitch`.

Prints the weights of `services.ocr.ppocr.narrowing`, fitted on every second line of Latin letters, and how far the
estimate is off on the others. Nothing of the benchmark's data is looked at; the same PyMuPDF and OpenCV print the same.
"""

from __future__ import annotations

import sys

import numpy as np

from benchmarks.calibrate import lines_of
from config import Settings
from services.ocr.ppocr import alphabet
from services.ocr.ppocr.loading import WEIGHTS, dictionary
from services.ocr.ppocr.narrowing import counts

MODEL = "PP-OCRv6_small_rec"
LINES, SEED = 1500, 11
RIDGE = 1e-4
"""Of the mean square, added to all: the counts of a line go together."""

UNITS = np.array([1.0, 1.0, 20.0, 20.0])
"""What counts are divided by meanwhile, so that pixels weigh no more than strokes."""


def main() -> int:
    """Draws, fits and prints."""
    characters = alphabet.of_dictionary(dictionary(Settings.from_env().model_dir / MODEL / WEIGHTS))
    drawn = [pair for pair in lines_of(characters, LINES, SEED) if max(pair[0]) < alphabet.FIRST_CJK]
    lengths = np.array([len(text) for text, _ in drawn], dtype=float)
    shares = np.array([counts(line) for _, line in drawn]) / lengths[:, np.newaxis]
    weights = fitted(shares[::2] / UNITS) / UNITS
    errors = np.log(np.maximum(shares[1::2] @ weights, 1 / lengths[1::2]))
    print(f"{len(drawn)} lines; weights {np.round(weights, 4).tolist()}")
    print(f"on the others: median {np.exp(np.median(errors)):.3f} of the truth, deviation {errors.std():.3f}")
    return 0


def fitted(shares: np.ndarray) -> np.ndarray:
    """The weights that make one of each row, counts over the number of characters, by least squares."""
    square = shares.T @ shares
    square += RIDGE * np.trace(square) / len(square) * np.eye(len(square))
    return np.asarray(np.linalg.solve(square, shares.sum(axis=0)))


if __name__ == "__main__":
    sys.exit(main())
