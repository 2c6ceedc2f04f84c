"""Every scanned PDF of a collection, made searchable by the real service and read back by other programs.

OCR_TEST_DATA names the collection; by default it is `../shared/data`. A PDF counts as scanned where pdftotext finds no
text in it; those that the service refuses are no part of it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import httpx
import pymupdf
import pypdf
import pytest

from config import ROOT, Settings
from tests.support import readback
from tests.support.stack import Stack, running

DATA = Path(os.environ.get("OCR_TEST_DATA", ROOT.parent / "shared" / "data")) / "dev"
DPI = 200
SHARE = 0.98
MOST_PAGES = 20

pytestmark = [
    pytest.mark.skipif(not DATA.is_dir(), reason="no collection of documents here (OCR_TEST_DATA)"),
    pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not installed (poppler-utils)"),
]


def scans() -> list[Path]:
    """Of hostile files only those that are meant to be read; others are not for every reader of PDFs."""
    meant = [*DATA.glob("hostile/pdf_scanned__*.pdf"), *DATA.glob("hostile/pdf_textlayer__*.pdf")]
    ordinary = [path for path in DATA.glob("*/*.pdf") if path.parent.name != "hostile"]
    return [path for path in sorted([*meant, *ordinary]) if is_scan(path)]


def is_scan(path: Path) -> bool:
    told = subprocess.run(["pdfinfo", str(path)], capture_output=True, timeout=60)
    pages = [int(line.split()[1]) for line in told.stdout.splitlines() if line.startswith(b"Pages:")]
    return bool(pages) and pages[0] <= MOST_PAGES and not readback.printed(path).strip()


def made(stack: Stack, client: httpx.Client, path: Path) -> tuple[dict[str, object], bytes] | None:
    """The result and the searchable PDF; None for what is refused."""
    answer = client.post(
        "/ocr/pdf", files={"file": (path.name, path.read_bytes())}, data={"words": "true", "dpi": str(DPI)}
    )
    if answer.status_code != 202:
        return None
    job = stack.finished(answer.json()["job_id"], 200)
    if not job["successful"]:
        return None
    pdf = client.get(f"/ocr/job/{job['job_id']}/artifacts/pdf")
    assert pdf.status_code == 200, pdf.text
    return client.get(job["links"]["result"]).json(), pdf.content


def test_words_of_scans_are_found_where_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wanted = near = anywhere = 0
    told = []
    with running(tmp_path / "data", OCR_ENGINE=Settings().ocr_engine) as stack, stack.client() as client:
        for path in scans():
            if (both := made(stack, client, path)) is None:
                continue
            result, content = both
            (out := tmp_path / path.name).write_bytes(content)
            pages: list[dict[str, object]] = result["pages"]  # type: ignore[assignment]
            assert len(pymupdf.open(out)) == len(pypdf.PdfReader(out).pages) == len(pages)
            there = readback.found(out, DPI)
            words = [readback.read_words(page) for page in pages]
            count = sum(map(len, words))
            placed = sum(map(readback.in_place, words, there))
            wanted, near = wanted + count, near + placed
            anywhere += sum(map(readback.at_all, words, there))
            growth = len(content) - path.stat().st_size
            kept = content.startswith(path.read_bytes())
            told.append(f"{path.name}: {placed} of {count}, {growth} bytes more, {'update' if kept else 'rewritten'}")
    with capsys.disabled():
        print("", *told, f"{near} of {wanted} in place, {anywhere} anywhere", sep="\n")
    assert wanted and near >= SHARE * wanted
