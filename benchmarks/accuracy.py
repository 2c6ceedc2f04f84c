"""How well an engine reads: one row per engine, tier and set, as a Markdown table.

The sets are those of a directory with `dev/<set>.jsonl` (OCR_TEST_DATA, or else ../shared/data), a JSON object per file
with `file`, `language` and `text`. Files are read one after the other through the pipeline, without the service.

- Forms and receipts have no reading order: F1 of the bag of words, pooled over the files of a set (`score`), and its
  mean over files (`per file`: the median for error rates). Upper and lower case are the same. Words are runs of letters
  and digits: FUNSD's truth is split at punctuation, SROIE's is not consistently, and so both sides are split.
- Pages and languages: character error rate, errors over characters of the set. Scene text ignores case; Chinese and
  Japanese are compared without spaces; pages that say so are compared as bags of words, in a row of their own.

CPU seconds are those of this process, all threads together, decoding included: on a shared machine they say more than
the clock.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from statistics import fmean, median

import numpy as np

from config import ROOT, Settings
from services.errors import ServiceError
from services.ocr import engines
from services.ocr.engines import EngineInfo, ReadOptions
from services.ocr.pipeline import Pipeline
from services.ocr.raster import Limits
from services.ocr.source import HEAD_BYTES, sniff
from services.plugins import load

SETS = ("forms_funsd", "receipts_sroie", "pages", "languages")
BAG_SETS = ("forms_funsd", "receipts_sroie")
CJK = ("ch", "zh", "ja")
QUOTES = str.maketrans(dict.fromkeys("‘’‚‛`´′", "'") | dict.fromkeys("“”„‟″", '"'))


@dataclass(frozen=True, slots=True)
class Sample:
    """One file of a set. `group` is the row that it counts in."""

    path: Path
    language: str
    text: str
    group: str
    bag: bool
    fold_case: bool


@dataclass(frozen=True, slots=True)
class Score:
    """Of one file, to be summed over a set: words in common of all words, both sides; or errors of letters."""

    part: float
    whole: float
    seconds: float


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table. Exit status 2 where there is no test data."""
    options = _parser().parse_args(arguments)
    if not (options.data / "dev").is_dir():
        print(f"no test data in {options.data}; name a directory in OCR_TEST_DATA", file=sys.stderr)
        return 2
    settings = replace(Settings.from_env(), ocr_workers=options.workers)
    print("| engine | tier | set | n | measure | score | per file | CPU s |\n|---|---|---|---|---|---|---|---|")
    for name in options.engines:
        module = load(engines, name)
        info, pipeline = module.describe(settings), Pipeline(module.build(settings), Limits.of(settings))
        for tier in info.tiers if options.tiers is None else options.tiers:
            for row in _rows(pipeline, info, tier, options):
                print(f"| {name} | {tier} | {row} |", flush=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accuracy", description="How well an engine reads.")
    data = os.environ.get("OCR_TEST_DATA", ROOT.parent / "shared" / "data")  # noqa: TID251 - a benchmark's own variable
    parser.add_argument("--engines", nargs="+", default=["openvino"])
    parser.add_argument("--tiers", nargs="+", help="all of the engine's where not given")
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS)
    parser.add_argument("--data", type=Path, default=Path(data))
    parser.add_argument("--files", type=int, help="only the first so many files of each set")
    parser.add_argument("--workers", type=int, default=1, help="processes that share the cores: 1 takes them all")
    return parser


def _rows(pipeline: Pipeline, info: EngineInfo, tier: str, options: argparse.Namespace) -> Iterator[str]:
    for name in options.sets:
        samples = sorted(_samples(options.data / "dev", name)[: options.files], key=lambda sample: sample.group)
        for group, members in groupby(samples, key=lambda sample: sample.group):
            yield _row(group, list(members), pipeline, info, tier)


def _samples(folder: Path, name: str) -> list[Sample]:
    entries = map(json.loads, (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines())
    return [_sample(folder, name, entry) for entry in entries if entry.get("text")]


def _sample(folder: Path, name: str, entry: dict[str, str]) -> Sample:
    bag = name in BAG_SETS or "bag of words" in entry.get("notes", "")
    group = f"{name} {entry['language']}" if name == "languages" else f"{name} columns" if bag else name
    return Sample(
        path=folder / entry["file"],
        language=entry["language"],
        text=entry["text"],
        group=name if name in BAG_SETS else group,
        bag=bag,
        fold_case=bag or "scene" in entry.get("kind", ""),
    )


def _row(group: str, samples: Sequence[Sample], pipeline: Pipeline, info: EngineInfo, tier: str) -> str:
    language = "en" if samples[0].language == "mul" else samples[0].language
    if language not in info.languages:
        return f"{group} | {len(samples)} | not read | | | "
    scores = [_score(sample, pipeline, ReadOptions((language,), tier)) for sample in samples]
    pooled = sum(score.part for score in scores) / sum(score.whole for score in scores)
    single = [score.part / max(score.whole, 1) for score in scores]
    middle, measure = (fmean(single), "F1") if samples[0].bag else (median(single), "CER")
    seconds = fmean(score.seconds for score in scores)
    return f"{group} | {len(scores)} | {measure} | {pooled:.4f} | {middle:.4f} | {seconds:.3f}"


def _score(sample: Sample, pipeline: Pipeline, options: ReadOptions) -> Score:
    start = _cpu_seconds()
    found = _read(sample.path, pipeline, options)
    seconds = _cpu_seconds() - start
    truth, found = (_normalised(text, sample) for text in (sample.text, found))
    if sample.bag:
        one, other = Counter(_words(truth)), Counter(_words(found))
        return Score(2.0 * (one & other).total(), one.total() + other.total(), seconds)
    return Score(distance(truth, found), len(truth), seconds)


def _read(path: Path, pipeline: Pipeline, options: ReadOptions) -> str:
    """All pages' text; empty where the file cannot be read."""
    try:
        with path.open("rb") as stream:
            media_type = sniff(stream.read(HEAD_BYTES))
        with pipeline.open(path, media_type, pages=None, password=None, dpi=300) as source:
            return "\n".join(pipeline.read(source, number, options).text for number in source.numbers)
    except ServiceError as error:
        print(f"{path.name}: {error}", file=sys.stderr)
        return ""


def _cpu_seconds() -> float:
    times = os.times()
    return times.user + times.system


def _normalised(text: str, sample: Sample) -> str:
    """NFKC, quotes straightened, white space collapsed; without it for Chinese and Japanese."""
    text = unicodedata.normalize("NFKC", text.translate(QUOTES)).translate(QUOTES)
    text = ("" if sample.language in CJK else " ").join(text.split())
    return text.casefold() if sample.fold_case else text


def _words(text: str) -> Iterable[str]:
    return re.findall(r"[^\W_]+", text)


def distance(one: str, other: str) -> int:
    """Levenshtein's: the fewest insertions, deletions and replacements that make one of the other.

    A row at a time; `minimum.accumulate` of cost minus place carries insertions along the row.
    """
    places = np.arange(len(other) + 1)
    letters = np.array([ord(letter) for letter in other], dtype=np.int64)
    row = places
    for letter in one:
        changed = row[:-1] + (letters != ord(letter))
        below = np.concatenate(([row[0] + 1], np.minimum(changed, row[1:] + 1)))
        row = np.minimum.accumulate(below - places) + places
    return int(row[-1])


if __name__ == "__main__":
    sys.exit(main())
