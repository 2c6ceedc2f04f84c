"""Chrome's PDF viewer, asked to find text in our files: the browser itself, without a window.

What it is to find stands in the address (`#:~:text=`), and the viewer marks it as it marks what is typed into its find
bar, which no program can type into without a screen. Pages are empty paper, so that colour is a mark.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SIDE = 800
"""Pixels of the square window, which shows a page whole."""

PATIENCE, PAUSE = 60.0, 0.25
"""Seconds until what is not marked counts as not found, and between two looks."""

WHITE, COLOURED = 250, 24
"""From where a level is paper, and how far the channels of a mark are apart: all but marks is grey."""

Box = tuple[float, float, float, float]
"""Left, top, right, bottom, as shares of the page's sides."""


def installed() -> str | None:
    """The browser's path."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser that runs."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=installed(), args=root)
        try:
            yield running
        finally:
            running.close()


def marked(browser: Browser, path: Path, text: str, patience: float = PATIENCE) -> Box | None:
    """Where the viewer marks this text on the first page of a PDF, one box around all of it. None where it does not."""
    page = browser.new_page(viewport={"width": SIDE, "height": SIDE})
    try:
        page.goto(f"{path.as_uri()}#toolbar=0&navpanes=0&view=Fit:~:text={quote(text, safe='')}")
        ends = time.monotonic() + patience
        while (found := _mark(page.screenshot())) is None and time.monotonic() < ends:
            time.sleep(PAUSE)
        return found
    finally:
        page.close()


def _mark(screenshot: bytes) -> Box | None:
    pixels = np.asarray(Image.open(BytesIO(screenshot)).convert("RGB")).astype(int)
    paper = _bounds(pixels.min(axis=2) >= WHITE)
    mark = _bounds(pixels.max(axis=2) - pixels.min(axis=2) >= COLOURED)
    if not paper or not mark:
        return None
    left, top, right, bottom = paper
    width, height = right - left, bottom - top
    return (mark[0] - left) / width, (mark[1] - top) / height, (mark[2] - left) / width, (mark[3] - top) / height


def _bounds(mask: NDArray[np.bool_]) -> tuple[int, int, int, int] | None:
    if not mask.any():
        return None
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
