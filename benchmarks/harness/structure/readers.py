"""Who reads the drawn pages: ours, and other software where it is installed or can be."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path

from config import Settings
from services.document.model import Document
from services.exporters import About, markdown
from services.ocr import engines
from services.ocr.engine import ReadOptions
from services.ocr.hyphens import Hyphens
from services.ocr.pipeline import Pipeline
from services.ocr.raster import Limits
from services.ocr.source import PDF, Mode
from services.plugins import load

DPI = 150


@dataclass(frozen=True, slots=True)
class Answer:
    """What was read on a page; no Markdown from what gives none."""

    text: str
    markdown: str = ""


Reader = Callable[[Path, str], Answer]
"""Takes a PDF of one page and its language."""


def ours() -> Mapping[str, Reader]:
    """By the page's own text, and as a scan."""
    return {"own": partial(_read, Mode.TEXT), "seen": partial(_read, Mode.OCR)}


def peers() -> Mapping[str, Reader]:
    """Those that are here."""
    found: dict[str, Reader] = {}
    if shutil.which("pdftotext"):
        found["pdftotext"] = _pdftotext
    return found


def _read(mode: Mode, path: Path, language: str) -> Answer:
    options = ReadOptions((language,), Settings().ocr_tier)
    with _pipeline().open(path, PDF, pages=None, password=None, dpi=DPI) as source:
        pages = tuple(_pipeline().read(source, number, options, mode) for number in source.numbers)
    write = markdown.build(Settings()).write
    assert write
    return Answer(Document(pages).text, write(Document(pages), About(path.name, PDF, (language,))).decode())


@cache
def _pipeline() -> Pipeline:
    settings = replace(Settings.from_env(), ocr_workers=1)
    engine = load(engines, settings.ocr_engine).build(settings)
    return Pipeline(engine, Limits.of(settings), mark=Hyphens(settings.model_dir).marked)


def _pdftotext(path: Path, language: str) -> Answer:
    done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True)
    return Answer(done.stdout.decode())
