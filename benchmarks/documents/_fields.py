"""Fields that a manifest gives and an extractor finds, compared by their values.

Where the truth is null, finding nothing is right and finding something is wrong. What a manifest does not name for a
file is not counted for it. Files of the same fields are one document, as a PDF and photos of it are: it counts once,
and as right where it is right in all of its files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.documents import Row, entries
from benchmarks.harness.reading import Finding, found
from benchmarks.harness.scoring import Rules, normalised

READER = "ours"

TEXT = Rules(fold_case=True)
"""Capitals, white space and forms of characters do not count; marks do."""

DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d/%m/%y", "%d-%m-%y", "%d %b %Y", "%d %b %y", "%b %d, %Y", "%Y%m%d")
"""Forms in which manifests give dates. The first that fits is meant."""

Same = Callable[[Any, Any], bool]
"""Whether a truth, not null, and a found value mean the same."""

Tried = tuple[Mapping[str, Any], Finding]
"""A file's entry in the manifest, and what a reader found in it."""


@dataclass(frozen=True, slots=True)
class Measure:
    """`key` of the manifest against `member` of a finding; the truth may be what any of `others` has as well."""

    name: str
    key: str
    member: str
    same: Same
    others: tuple[str, ...] = ()


def rows(data: Path, name: str, extractor: str, measures: Sequence[Measure]) -> Iterator[Row]:
    """A row for each of `measures` that a file of the set `name` has a truth for. The note names what is not right."""
    yield from compared(name, READER, [(entry, found(extractor, entry)) for entry in entries(data, name)], measures)


def compared(name: str, reader: str, tried: Sequence[Tried], measures: Sequence[Measure]) -> Iterator[Row]:
    """The rows of one reader on files that were tried."""
    for measure in measures:
        known = [(entry, finding) for entry, finding in tried if measure.key in entry["fields"]]
        if known:
            yield _row(name, reader, measure, known)


def without(data: Path, name: str, extractor: str, member: str) -> Iterator[Row]:
    """How many files of a set on another subject have nothing for `member`."""
    findings = [found(extractor, entry) for entry in entries(data, name)]
    if findings:
        filled = [str(finding.value[member]["raw"]) for finding in findings if finding.value[member]]
        yield Row(
            name, f"no {member} from {extractor}", READER, len(findings) - len(filled), len(findings), _usual(findings),
            f"found: {', '.join(filled)}" if filled else "",
        )  # fmt: skip


def _row(name: str, reader: str, measure: Measure, known: Sequence[Tried]) -> Row:
    wrong = [entry for entry, finding in known if not _right(measure, entry["fields"], finding)]
    seconds = _usual([finding for _, finding in known])
    note = f"not: {', '.join(entry['path'].name for entry in wrong)}" if wrong else ""
    documents = {_document(entry) for entry, _ in known}
    return Row(
        name, measure.name, reader, len(documents - set(map(_document, wrong))), len(documents), seconds, note
    )  # fmt: skip


def _document(entry: Mapping[str, Any]) -> str:
    """What tells documents apart: their fields, or the file where it has none."""
    return json.dumps(entry["fields"] or str(entry["path"]), sort_keys=True, default=str)


def _usual(findings: Sequence[Finding]) -> float:
    return median(finding.seconds for finding in findings)


def _right(measure: Measure, truth: Mapping[str, Any], finding: Finding) -> bool:
    value = _value(finding, measure.member)
    truths = [one for key in (measure.key, *measure.others) for one in _several(truth.get(key))]
    return (
        any(measure.same(truth, value) for truth in truths)
        if truths and value is not None
        else not truths and not value
    )


def _value(finding: Finding, member: str) -> Any:
    """The value of a member, several joined by spaces where `member` names several; None without the first."""
    first, *more = (finding.value[one] for one in member.split())
    if first is None:
        return None
    return " ".join(f"{one['value']}" for one in (first, *more) if one) if more else first["value"]


def _several(truth: Any) -> list[Any]:
    return truth if isinstance(truth, list) else [] if truth is None else [truth]


# Ways to compare


def texts(truth: Any, value: Any) -> bool:
    """Capitals and white space aside."""
    return normalised(str(truth), TEXT) == normalised(str(value), TEXT)


def letters(truth: Any, value: Any) -> bool:
    """Letters and digits alone."""
    return _bare(truth) == _bare(value)


def amounts(truth: Any, value: Any) -> bool:
    """As decimals; the truth may have a currency."""
    return Decimal(re.sub(r"[^\d.-]", "", str(truth))) == Decimal(str(value))


def dates(truth: Any, value: Any) -> bool:
    """As days; the truth is in one of DATES, or a month as on labels."""
    return value == truth or value in (_iso(str(truth), form) for form in DATES)


def measures(truth: Any, value: Any) -> bool:
    """A number and its unit: 1.0 kg is 1 kg, and 1 L is 1 l."""
    return _measure(str(truth)) == _measure(str(value))


def _measure(text: str) -> tuple[Decimal, str]:
    number, unit = re.findall(r"[\d.]+|[^\W\d].*", text)
    return Decimal(number), unit.casefold()


def _bare(text: Any) -> str:
    return "".join(filter(str.isalnum, normalised(str(text), TEXT)))


def _iso(printed: str, form: str) -> str:
    try:
        return datetime.strptime(printed.title(), form).date().isoformat()
    except ValueError:
        return ""
