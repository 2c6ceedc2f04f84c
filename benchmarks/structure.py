"""`make bench-structure`: order and structure of drawn pages of known truth, into docs/benchmarks/structure.md.

Each page is read twice: by its own text, and rendered and recognised as a scan would be.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from benchmarks.harness import report
from benchmarks.harness.environments import FOLDER
from benchmarks.harness.report import Report, Table
from benchmarks.harness.structure import judging, readers
from benchmarks.harness.structure.judging import Count
from benchmarks.harness.structure.kinds import HELD_BACK, KINDS, page
from benchmarks.harness.structure.readers import Answer
from benchmarks.harness.structure.sheet import Truth

PAGES = FOLDER / "structure"

HOW = """Pages of {kinds} kinds are drawn from seeds, {seeds} of each, so their truth is known: which line follows
which, what is a heading, an item of a list, a paragraph. Half of the kinds were looked at while rules were made; those
called `held back` were not. A joint is a pair of lines that follow each other, in prose as in the rows of a
table; what may as well stand before as behind, such as a sidebar, counts by its own lines alone. Joints are
looked for in the text, everything else in the Markdown. `own` is the text of the PDF, `seen` the same page
rendered at 150 dpi and recognised. The pages are clean print in few types: much easier than scans."""

Judge = Callable[[Truth, str], Count]
IN_MARKDOWN: Mapping[str, Judge] = {
    "headings": judging.headings,
    "items": judging.items,
    "paragraphs": judging.paragraphs,
    "hyphens": judging.hyphens,
}


@dataclass(frozen=True, slots=True)
class Judged:
    """What of one page is right, in one reader's answer."""

    reader: str
    kind: str
    counts: Mapping[str, Count]


def main() -> None:
    """Draws, reads, judges and writes the report."""
    options = _options()
    chosen = [name for name in KINDS if not options.kinds or name in options.kinds]
    found = list(_judged(chosen, options.seeds, options.peers))
    report.write(made(found, options.seeds), options.out)


def made(found: Sequence[Judged], seeds: int) -> Report:
    """Sums by reader, and joints by kind."""
    names = list(dict.fromkeys(one.reader for one in found))
    how = HOW.format(kinds=len({one.kind for one in found}), seeds=seeds)
    parts: list[str | Table] = [how, "## All kinds", _sums(found, names)]
    parts += ["## Joints by kind", _kinds(found, names)]
    data = {"pages": [asdict(one) for one in found]}
    return Report("structure", "Order and structure of drawn pages", parts, data)


def _judged(kinds: Sequence[str], seeds: int, peers: bool) -> Iterator[Judged]:
    read = {**readers.ours(), **(readers.peers() if peers else {})}
    PAGES.mkdir(parents=True, exist_ok=True)
    for kind in kinds:
        for seed in range(1, seeds + 1):
            sheet = page(kind, seed)
            path = PAGES / f"{kind} {seed}.pdf"
            path.write_bytes(sheet.document.tobytes())
            for name, reader in read.items():
                if sheet.truth.scanned or not name.endswith("seen"):
                    yield Judged(name, kind, _counts(sheet.truth, reader(path, _language(kind))))


def _language(kind: str) -> str:
    return "ja" if "japanese" in kind else "de" if kind == "bilingual" else "en"


def _counts(truth: Truth, answer: Answer) -> dict[str, Count]:
    found = {"joints": judging.joints(truth, answer.text)}
    return found | {name: judge(truth, answer.markdown) for name, judge in IN_MARKDOWN.items() if answer.markdown}


# Tables


def _sums(found: Sequence[Judged], names: Sequence[str]) -> Table:
    rows = []
    for name in names:
        own = [one for one in found if one.reader == name]
        held = [one for one in own if one.kind in HELD_BACK]
        looked = [one for one in own if one.kind not in HELD_BACK]
        cells = [_share(_sum(some, "joints")) for some in (own, looked, held)]
        rows.append((name, *cells, *(_told(_sum(own, measure)) for measure in IN_MARKDOWN)))
    return Table(("reader", "joints", "looked at", "held back", *IN_MARKDOWN), rows)


def _kinds(found: Sequence[Judged], names: Sequence[str]) -> Table:
    rows = []
    for kind in dict.fromkeys(one.kind for one in found):
        own = [[one for one in found if (one.reader, one.kind) == (name, kind)] for name in names]
        rows.append((f"{kind} *" if kind in HELD_BACK else kind, *(_share(_sum(some, "joints")) for some in own)))
    return Table(("kind (* held back)", *names), rows)


def _sum(some: Sequence[Judged], measure: str) -> Count:
    return sum((one.counts[measure] for one in some if measure in one.counts), Count(0, 0))


def _share(count: Count) -> str:
    return f"{count.right / count.of:.3f}" if count.of else "—"


def _told(count: Count) -> str:
    extra = f", {count.extra} more" if count.extra else ""
    return f"{count.right} of {count.of}{extra}" if count.of else "—"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.structure")
    parser.add_argument("--seeds", type=int, default=2, help="pages of each kind")
    parser.add_argument("--kinds", nargs="*", choices=KINDS, metavar="KIND", help="only these")
    parser.add_argument("--peers", action="store_true", help="other software beside ours")
    report.add_options(parser)
    return parser.parse_args()


if __name__ == "__main__":
    main()
