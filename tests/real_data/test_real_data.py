"""Hostile files from the wild, where a collection of them is at hand; they are not ours to ship.

OCR_TEST_DATA names a directory with `dev/hostile.jsonl` (a line per file: `file`, `expect`); by default it is
`../shared/data`.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from config import ROOT, Settings
from tests.support import samples
from tests.support.stack import Stack, running

DATA = Path(os.environ.get("OCR_TEST_DATA", ROOT.parent / "shared" / "data")) / "dev"
MANIFEST = DATA / "hostile.jsonl"
MOST_MB = 1500

pytestmark = pytest.mark.skipif(not MANIFEST.is_file(), reason="no collection of hostile files here (OCR_TEST_DATA)")


@contextmanager
def peak_memory(stack: Stack) -> Iterator[list[float]]:
    """Samples the largest process of the worker, in MB."""
    peak, stop = [0.0], threading.Event()

    def sample() -> None:
        while not stop.wait(0.1):
            sizes = [_rss(process) for process in stack.children("wiring.door")]
            peak[0] = max([peak[0], *sizes])

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield peak
    finally:
        stop.set()
        thread.join()


def _rss(process: Any) -> float:
    try:
        return float(process.memory_info().rss) / 2**20
    except Exception:  # it has ended meanwhile
        return 0.0


def outcome(stack: Stack, http: httpx.Client, path: Path) -> int:
    """The status that a client gets for this file in the end."""
    answer = http.post("/ocr/image", files={"file": (path.name, path.read_bytes())}, data={"dpi": "150"})
    if answer.status_code != 202:
        return answer.status_code
    stack.finished(answer.json()["job_id"], seconds=300)
    return http.get(answer.json()["links"]["result"]).status_code


def test_every_hostile_file_meets_its_expectation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entries = [json.loads(line) for line in MANIFEST.read_text().splitlines()]
    wrong, slowest = [], (0.0, "")
    with (
        running(tmp_path / "data", OCR_ENGINE=Settings().ocr_engine) as stack,
        stack.client() as http,
        peak_memory(stack) as peak,
    ):
        for entry in entries:
            began = time.monotonic()
            status = outcome(stack, http, DATA / entry["file"])
            slowest = max(slowest, (time.monotonic() - began, entry["file"]))
            fine = {"accept": (200,), "4xx": range(400, 500)}.get(entry["expect"].split(":")[0].split(" ")[0], ())
            either = "or 4xx" in entry["expect"]
            if not (status in fine or (either and (status == 200 or 400 <= status < 500))):
                wrong.append((entry["file"], entry["expect"], status))
        good = http.post(
            "/ocr/image", files={"file": ("a.png", samples.text_image(["Still here"]))}, headers={"Prefer": "wait=30"}
        )
        lost = "ocr_units_lost_total 0.0" not in http.get("/metrics").text.splitlines()
    with capsys.disabled():
        print(f"\n{len(entries)} hostile files, peak worker {peak[0]:.0f} MB, slowest {slowest[0]:.1f} s {slowest[1]}")
    assert wrong == []
    assert good.json()["text"] == "Still here"
    assert peak[0] < MOST_MB and not lost
