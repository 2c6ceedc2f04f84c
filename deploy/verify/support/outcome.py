"""How a part can end, and what it can measure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Failed(Exception):
    """What was to be shown is not so. The message says what was seen."""


class Skipped(Exception):
    """The part cannot run on this machine. The message says why, and what would change that."""


class Verdict(StrEnum):
    """How a part ended."""

    PASSED = "passed"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One part's end. `reason` is empty if it passed."""

    part: str
    verdict: Verdict
    seconds: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """Something measured: of what (such as `ocr:slim`), what, and the value as text with its unit."""

    subject: str
    name: str
    value: str


def check(holds: bool, otherwise: str) -> None:
    """Raises Failed with the text unless it holds."""
    if not holds:
        raise Failed(otherwise)
