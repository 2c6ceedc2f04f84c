"""Tesseract by its command, as Debian packages it (tesseract-ocr, and tesseract-ocr-hin, -ben, ... for languages).

A process a page: that is how the command is used, and loading its model is a few hundredths of a second. One thread
whatever is allowed, because that is its best: a second one waits for the first in a loop. A form took .5 seconds of
processor time with one; with two 4.8 on a busy machine, and 20 and more on one that had no core to spare.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from benchmarks.harness.door import Begin, Loaded, Setup
from benchmarks.harness.environments import Environment
from benchmarks.peers import pixels

ENVIRONMENT = Environment(requirements=("numpy", "pillow"))
VARIANTS = ("lstm",)
SLOW = False

# fmt: off
PACKS = {
    "en": "eng", "fr": "fra", "it": "ita", "es": "spa", "la": "lat", "de": "deu", "nl": "nld", "sr-Latn": "srp_latn",
    "sr": "srp", "be": "bel", "bg": "bul", "el": "ell", "hi": "hin", "mr": "mar", "ne": "nep", "bn": "ben", "ta": "tam",
    "th": "tha", "ko": "kor", "ja": "jpn", "ch": "chi_sim", "zh": "chi_sim", "zh-Hant": "chi_tra",
}
# fmt: on


def languages(variant: str) -> frozenset[str]:
    """Those whose pack is installed; English where the command is missing, so that somebody is told."""
    if not shutil.which("tesseract"):
        return frozenset({"en"})
    listed = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=True).stdout.split()
    return frozenset(language for language, pack in PACKS.items() if pack in listed)


def load(setup: Setup) -> Loaded:
    """Raises where there is no such command."""
    os.environ["OMP_THREAD_LIMIT"] = "1"  # noqa: TID251 - Tesseract takes it from nowhere else
    if not shutil.which("tesseract"):
        raise FileNotFoundError("tesseract is not installed; on Debian: apt install tesseract-ocr")
    told = subprocess.run(["tesseract", "--version"], capture_output=True, text=True, check=True).stdout

    def read(path: Path, language: str, begin: Begin) -> str:
        page = pixels(path)
        height, width = page.shape[:2]
        file = b"P6 %d %d 255\n" % (width, height) + page.tobytes()
        begin()
        command = ["tesseract", "stdin", "stdout", "-l", PACKS[language]]
        done = subprocess.run(command, input=file, capture_output=True, check=True)
        return str(done.stdout, "utf-8")

    return Loaded(read, (), versions=(("tesseract", told.split()[1]),))
