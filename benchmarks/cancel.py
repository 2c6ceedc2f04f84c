"""How soon a worker is free when the long document that it reads is cancelled.

One worker process reads a PDF of many pages; a picture waits behind it. The document is cancelled at ever another
moment of a page, and what counts is when the worker begins with the picture, by the clock of the job records.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from statistics import median

import httpx
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from benchmarks.harness import drawn, report
from benchmarks.harness.report import Panel, Report, Series, Table, progress
from config import Settings
from services.redis import keys
from tests.support.stack import JOB_SECONDS, Stack, running

TARGET = 1.0
"""Seconds in which a worker is to be free."""

MOMENTS = 7
"""Cancelling waits for so many tenths of a second in turn, from none on, after a page was read."""

LARGEST = 200 << 20
"""Bytes of the document."""

HOW = """A PDF of {pages} drawn pages is read by a worker with one process, on the default engine and tier. After its
first, second or third page, and up to 0.6 s later, a picture is uploaded and the document cancelled. What is measured
is the time from the moment at which the answer to the cancelling was there until the picture was begun; less than
nothing is a worker that was faster than the answer."""


@dataclass(frozen=True, slots=True)
class Freed:
    """`seconds` until the worker began with the picture; `replaced` where its process had to be ended for that."""

    seconds: float
    replaced: bool


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the report."""
    report.stoppable()
    options = _parser().parse_args(arguments)
    env = {"OCR_ENGINE": Settings().ocr_engine, "OCR_WORKERS": "1", "MAX_CONTENT_LENGTH": str(LARGEST)}
    document = pdf(options.pages)
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as name,
        running(Path(name) / "data", **env) as stack,
        stack.client() as http,
    ):
        report.write(_report(options, list(_cancelled(stack, http, document, options.times))), options.out)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cancel", description="How soon a worker is free.")
    report.add_options(parser)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--times", type=int, default=15)
    return parser


def pdf(pages: int) -> bytes:
    """Of so many drawn pages, each as a picture."""
    first, *rest = (Image.fromarray(drawn.page(seed)[0]) for seed in range(pages))
    out = BytesIO()
    first.save(out, "PDF", save_all=True, append_images=rest, resolution=150)
    return out.getvalue()


def _cancelled(stack: Stack, http: httpx.Client, document: bytes, times: int) -> Iterator[Freed]:
    for turn in range(times):
        progress(f"{turn + 1} of {times}")
        job_id = _submitted(http, "/ocr/pdf", document)
        _wait_for_pages(http, job_id, 1 + turn % 3)
        time.sleep(turn % MOMENTS / 10)
        before, waiting = _pids(stack), _submitted(http, "/ocr/image", _picture())
        http.post(f"/ocr/job/{job_id}/cancel").raise_for_status()
        answered = time.time()
        stack.finished(waiting)
        with stack.redis() as records:
            began = float(str(records.hget(keys.JOB + waiting, "started_at")))
        yield Freed(began - answered, _pids(stack) != before)


def _submitted(http: httpx.Client, path: str, content: bytes) -> str:
    answer = http.post(path, files={"file": ("file", content)})
    answer.raise_for_status()
    return str(answer.json()["job_id"])


def _picture() -> bytes:
    """A small one that was never sent before."""
    unlike, out = PngInfo(), BytesIO()
    unlike.add_text("id", str(uuid.uuid4()))
    Image.new("RGB", (200, 60), "white").save(out, "PNG", pnginfo=unlike)
    return out.getvalue()


def _wait_for_pages(http: httpx.Client, job_id: str, count: int) -> None:
    deadline = time.monotonic() + JOB_SECONDS
    while http.get(f"/ocr/job/{job_id}").json()["progress"]["done"] < count:
        if time.monotonic() > deadline:
            raise TimeoutError("no page was read in time")
        time.sleep(0.02)


def _pids(stack: Stack) -> list[int]:
    """Of the processes that read."""
    return [process.pid for process in stack.children("wiring.door")[1:]]


def _report(options: argparse.Namespace, freed: Sequence[Freed]) -> Report:
    seconds = sorted(freeing.seconds for freeing in freed)
    replaced, late = sum(freeing.replaced for freeing in freed), sum(second > TARGET for second in seconds)
    row = (str(len(freed)), f"{median(seconds):.2f}", f"{seconds[-1]:.2f}", str(replaced))
    verdict = f"Within {TARGET:.0f} s: {len(freed) - late} of {len(freed)}."
    return Report(
        name="cancel",
        title="Cancelling a long document",
        parts=[
            Table(("cancelled", "free after, s (median)", "at most", "processes replaced"), [row]),
            verdict,
            HOW.format(pages=options.pages),
        ],
        data={"pages": options.pages, "seconds": [freeing.seconds for freeing in freed], "replaced": replaced},
        panels=[_panel(seconds)],
    )


def _panel(seconds: Sequence[float]) -> Panel:
    shares = [(place + 1) / len(seconds) for place in range(len(seconds))]
    return Panel(
        "worker free again", "seconds", "share of cancels", [Series("worker", list(seconds), shares)], legend=False
    )


if __name__ == "__main__":
    sys.exit(main())
