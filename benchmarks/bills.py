"""`make bench-bills`: how well drawn bills of some countries are understood, into docs/benchmarks/bills.md.

Their truth is known, so this says how often a total is off by a factor, and what confidences are worth. The bills are
far cleaner than real ones: for those see `make bench-documents`.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from PIL import Image

from benchmarks.harness import reading, report
from benchmarks.harness.bills.drawing import bill
from benchmarks.harness.bills.habits import habits
from benchmarks.harness.bills.judging import EDGES, SURE, Answer, answers
from benchmarks.harness.bills.layout import document, picture
from benchmarks.harness.confidence import Bin, bins, calibration_error
from benchmarks.harness.environments import FOLDER
from benchmarks.harness.report import Panel, Report, Series, Table

PICTURES = FOLDER / "bills"

HOW = """Bills are drawn from a seed: country, shop, goods, prices, taxes, discounts, rounding, payment, suggested tips
and cash discounts, with the words and marks of the country. Most say where they are from, by a place, a tax number or a
telephone's prefix; those called `silent` never do. Their text goes to the extractors as it is, slightly turned;
`pictures` are rendered and read by the engine. `missed` is printed and was not answered, `invented` the other way."""

CALIBRATED = """Of values with a confidence of .9, nine in ten ought to be right; clean text is easier than that. A
confidence of .5 or less says that the value may well be another, and `low_confidence` says which."""

LATIN = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "CH", "CL", "AR", "MX", "CO", "BR", "ID", "KW", "ZA")
"""Countries whose words and signs the type of the pictures has."""


def main() -> None:
    """Draws, reads, judges and writes the report."""
    options = _options()
    found = {
        "bills": list(_of_text(options.bills, silent=False)),
        "silent bills": list(_of_text(options.bills, silent=True)),
        "pictures": list(_of_pictures(options.pictures)),
    }
    report.write(made(found, {"bills": options.bills, "pictures": options.pictures}), options.out)


def made(found: Mapping[str, Sequence[Answer]], counts: Mapping[str, int]) -> Report:
    """Fields, amounts off by a factor, totals by country, and the calibration."""
    parts: list[str | Table] = [HOW]
    for name, judged in found.items():
        parts += [f"## {name.capitalize()}", _fields(judged), _factors(judged), _calibration(bins(judged, EDGES))]
    parts += [CALIBRATED, "## Totals by country", _countries(found)]
    data = {name: [asdict(part) for part in bins(judged, EDGES)] for name, judged in found.items()}
    return Report("bills", "Bills of known truth", parts, {"counts": counts, "bins": data}, [_panel(found)])


# Reading


def _of_text(number: int, *, silent: bool) -> Iterator[Answer]:
    for seed in range(number):
        drawn = bill(seed, silent=silent)
        yield from answers(drawn, document(drawn))


def _of_pictures(number: int) -> Iterator[Answer]:
    """From bills of countries whose words can be drawn, read by the engine as any upload is."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    for seed in range(number):
        drawn = bill(seed, LATIN)
        path = PICTURES / f"{seed}.png"
        Image.fromarray(picture(drawn)).save(path)
        yield from answers(drawn, reading.document({"path": path, "language": habits()[drawn.country].read}))


# Tables


def _fields(judged: Sequence[Answer]) -> Table:
    by_name: defaultdict[str, list[Answer]] = defaultdict(list)
    for answer in judged:
        by_name[answer.name].append(answer)
    rows = [(name, *map(str, _counts(some))) for name, some in by_name.items()]
    return Table(("field", "found", "right", "wrong", "missed", "invented"), rows)


def _counts(some: Sequence[Answer]) -> tuple[int, int, int, int, int]:
    found = [answer for answer in some if answer.found]
    right = sum(answer.right for answer in found)
    invented = sum(answer.truth is None for answer in found)
    return len(found), right, len(found) - right - invented, len(some) - len(found), invented


def _factors(judged: Sequence[Answer]) -> str:
    off = [answer for answer in judged if answer.factor]
    unsure = sum(answer.unsure for answer in off)
    return (
        f"Amounts off by a power of ten: {len(off)}; with a confidence of {SURE} or less and both readings: {unsure}."
    )


def _countries(found: Mapping[str, Sequence[Answer]]) -> Table:
    rows = []
    for country in sorted(habits()):
        cells = [list(_totals(judged, country)) for judged in found.values()]
        rows.append((country, *(f"{sum(answer.right for answer in cell)} of {len(cell)}" for cell in cells)))
    return Table(("country", *found), rows)


def _totals(judged: Sequence[Answer], country: str) -> Iterator[Answer]:
    yield from (answer for answer in judged if answer.name == "total" and answer.bill.country == country)


def _calibration(parts: Sequence[Bin]) -> Table:
    rows = [
        (f"{part.low:g} to {part.high:g}", str(part.n), f"{part.confidence:.3f}", f"{part.right:.3f}") for part in parts
    ]
    total = ("expected calibration error", str(sum(part.n for part in parts)), "", f"{calibration_error(parts):.3f}")
    return Table(("confidence", "n", "mean", "right"), [*rows, total])


def _panel(found: Mapping[str, Sequence[Answer]]) -> Panel:
    series = [_series(name, bins(judged, EDGES)) for name, judged in found.items()]
    return Panel("Confidence and rightness", "mean confidence", "share that is right", series)


def _series(name: str, parts: Sequence[Bin]) -> Series:
    return Series(name, [part.confidence for part in parts], [part.right for part in parts])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.bills")
    parser.add_argument("--bills", type=int, default=1000, help="bills whose text is read, and as many silent ones")
    parser.add_argument("--pictures", type=int, default=40, help="bills that are rendered and read by the engine")
    report.add_options(parser)
    return parser.parse_args()


if __name__ == "__main__":
    main()
