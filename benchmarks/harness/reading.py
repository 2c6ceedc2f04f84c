"""Documents as a worker reads them, for those who score what is found in them.

The text of a file is kept in `.bench/documents`, so that scorers which share a set read it once. It is read anew when
the file, the models, the resolution or anything in `services/ocr` changes; extractors always run.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from time import perf_counter
from typing import Any

from benchmarks.harness.data import READ_AS, media_type
from benchmarks.harness.environments import FOLDER
from config import ROOT, Settings
from services import extractors
from services.document import values
from services.document.json import dump_page, load_page
from services.document.model import Document
from services.document.values import rounded
from services.extractors import Extractor
from services.jobs.extraction import extracted, inspector
from services.ocr import engines
from services.ocr.engine import Engine, EngineInfo, ReadOptions
from services.ocr.pipeline import Pipeline
from services.ocr.raster import Limits
from services.ocr.source import Source
from services.plugins import load

KEPT = FOLDER / "documents"


@dataclass(frozen=True, slots=True)
class Finding:
    """An extractor's share of a result's `fields`, in JSON form, and the seconds it took, the text aside."""

    value: Any
    seconds: float


def found(name: str, entry: Mapping[str, Any]) -> Finding:
    """What the extractor `name` finds in the file of a manifest's entry, as `extract=name` would.

    Raises services.errors.BadInput for a file that cannot be opened, RuntimeError where the extractor fails.
    """
    chosen = _extractors(name)
    inspected, looked = _inspected(name, entry)
    pages = _together(document(entry), inspected) if chosen[name].document else inspected
    began = perf_counter()
    extraction = extracted(chosen, [name], pages)
    if extraction.warnings:
        raise RuntimeError(f"{entry['file']}: {' '.join(extraction.warnings)}")
    return Finding(values.dump(extraction.fields.values[name]), looked + perf_counter() - began)


def document(entry: Mapping[str, Any]) -> Document:
    """The text of an entry's file, in its `language` where the engine has it, as English where not.

    Raises services.errors.BadInput for a file that cannot be opened.
    """
    options = ReadOptions((language(entry),), _settings().ocr_tier)
    kept = KEPT / f"{_key(entry, options)}.json"
    if not kept.is_file():
        pipeline = Pipeline(_engine(), Limits.of(_settings()))
        with _opened(entry, pipeline) as source:
            pages = [dump_page(pipeline.read(source, number, options)) for number in source.numbers]
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(pages))
    return Document(tuple(map(load_page, json.loads(kept.read_text()))))


def language(entry: Mapping[str, Any]) -> str:
    """The language in which a file is read."""
    name = READ_AS.get(entry["language"], entry["language"])
    return name if name in _info().languages else "en"


def _inspected(name: str, entry: Mapping[str, Any]) -> tuple[Document, float]:
    """The pages with what was found in their pixels, without text, and the seconds that looking at them took."""
    look = inspector(_extractors(name), [name])
    if look is None:
        return Document(()), 0.0
    spent: dict[str, list[float]] = defaultdict(list)
    pipeline = Pipeline(_engine(), Limits.of(_settings()), lambda stage, seconds: spent[stage].append(seconds))
    options = ReadOptions(tier=_settings().ocr_tier)
    with _opened(entry, pipeline) as source:
        pages = [rounded(pipeline.read(source, n, options, text=False, inspect=look)) for n in source.numbers]
    return Document(tuple(pages)), sum(spent["extract"])


def _together(text: Document, inspected: Document) -> Document:
    findings = {page.number: page.findings for page in inspected.pages}
    return Document(tuple(replace(page, findings=findings.get(page.number, page.findings)) for page in text.pages))


@contextmanager
def _opened(entry: Mapping[str, Any], pipeline: Pipeline) -> Iterator[Source]:
    path, dpi = entry["path"], _settings().default_dpi
    with pipeline.open(path, media_type(path), pages=None, password=None, dpi=dpi) as source:
        yield source


def _key(entry: Mapping[str, Any], options: ReadOptions) -> str:
    file = hashlib.sha256(entry["path"].read_bytes()).hexdigest()
    models = _info().models(options.languages, options.tier)
    told = (file, options, models, _settings().default_dpi, Limits.of(_settings()), _code())
    return hashlib.sha256(repr(told).encode()).hexdigest()


@cache
def _code() -> str:
    """A hash of what reads text."""
    files = sorted(file for file in (ROOT / "services" / "ocr").rglob("*") if file.suffix in {".py", ".toml", ".json"})
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


@cache
def _settings() -> Settings:
    return replace(Settings.from_env(), ocr_workers=1)


@cache
def _info() -> EngineInfo:
    info: EngineInfo = load(engines, _settings().ocr_engine).describe(_settings())
    return info


@cache
def _engine() -> Engine:
    engine: Engine = load(engines, _settings().ocr_engine).build(_settings())
    return engine


@cache
def _extractors(name: str) -> Mapping[str, Extractor]:
    one: Extractor = load(extractors, name).build(_settings())
    return {name: one} | {used: load(extractors, used).build(_settings()) for used in one.uses}
