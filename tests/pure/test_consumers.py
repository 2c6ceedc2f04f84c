"""Artifacts as the benchmark of consumers writes them, its verdicts, and the consumers that are here."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from benchmarks.consumers import packages
from benchmarks.consumers.__main__ import NO, REVERSED, YES, judged
from benchmarks.consumers.pages import ARTIFACTS, SHEETS, written
from benchmarks.consumers.programs import CONSUMERS
from config import Settings


def test_a_verdict_tells_what_is_there_from_what_is_not() -> None:
    assert judged(["one two", "three"], "one  two\nthree") == judged(["a|b"], "a\\|b") == YES
    assert judged(["שלום"], "םולש") == REVERSED
    assert judged(["one", "two"], "one") == judged(["one two"], "two one") == NO


def test_every_artifact_of_every_page_is_read_by_the_packages_that_are_here(tmp_path: Path) -> None:
    """PDFium, lxml and pypdf are; the others are asked by the command."""
    seen = set()
    here = {"pdf": ("PDFium", "pypdf"), "hocr": ("by its classes (lxml)",), "alto": ("by kraken's way (lxml)",)}
    for sheet, kind, path in written(tmp_path, Settings()):
        seen.add((sheet, kind))
        for name in here.get(kind, ()):
            assert judged(SHEETS[sheet].texts, packages.READERS[name](path)) == YES, (sheet, name)
        if kind == "pdf":
            assert all(packages.search(path, text) for text in SHEETS[sheet].texts)
            assert not packages.search(path, "never written")
    assert seen == {(sheet, kind) for sheet in SHEETS for kind in ARTIFACTS}
    assert {one.kind for one in CONSUMERS} == set(ARTIFACTS)


@pytest.mark.skipif(not shutil.which("gs"), reason="Ghostscript is not installed (apt install ghostscript)")
@pytest.mark.parametrize("options", [(), ("-dPDFA=2",)])
def test_text_survives_ghostscript(tmp_path: Path, options: tuple[str, ...]) -> None:
    out = tmp_path / "rewritten.pdf"
    for sheet, kind, path in written(tmp_path, Settings()):
        if kind == "pdf":
            device = ("gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", *options, f"-sOutputFile={out}")
            subprocess.run([*device, str(path)], check=True, timeout=120)
            assert judged(SHEETS[sheet].texts, packages.READERS["PDFium"](out)) == YES, sheet
