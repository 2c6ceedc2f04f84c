"""Whoever follows a link in a text of this repository gets somewhere."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from config import ROOT

LINK = re.compile(r"\]\((?![a-z]+:)([^)#\s]*)(?:#([^)\s]+))?\)")
TEXTS = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True).stdout.split()


@pytest.mark.parametrize("text", TEXTS or [str(path.relative_to(ROOT)) for path in ROOT.glob("docs/**/*.md")])
def test_relative_links_lead_to_files_and_headings(text: str) -> None:
    here = ROOT / text
    assert [target for target in linked(here) if not leads_somewhere(here, *target)] == []


def test_links_are_found() -> None:
    assert ("docs/errors.md", "") in linked(ROOT / "README.md")


@pytest.mark.parametrize("guide", sorted((ROOT / "docs").glob("*.md")), ids=lambda path: path.name)
def test_every_guide_is_linked(guide: Path) -> None:
    others = (ROOT / text for text in TEXTS if ROOT / text != guide)
    assert not TEXTS or any((other.parent / path).resolve() == guide for other in others for path, _ in linked(other))


def linked(path: Path) -> list[tuple[str, str]]:
    """Paths, empty for the same file, and headings, empty for none."""
    return LINK.findall(re.sub(r"```.*?```", "", path.read_text(), flags=re.DOTALL))


def leads_somewhere(here: Path, path: str, heading: str) -> bool:
    target = here.parent / path if path else here
    return target.exists() and (not heading or heading in headings(target))


def headings(path: Path) -> set[str]:
    """As GitHub names them in addresses."""
    titles = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
