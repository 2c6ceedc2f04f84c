"""Chrome's own viewer finds what was read in our searchable PDFs, and marks it where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from benchmarks.consumers import chrome
from benchmarks.consumers.pages import SHEETS, SIDE, written
from config import Settings


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    made = written(tmp_path_factory.mktemp("artifacts"), Settings())
    return {sheet: path for sheet, kind, path in made if kind == "pdf"}


@pytest.mark.parametrize("sheet", SHEETS)
def test_chrome_marks_a_line_over_its_ink(browser: Browser, files: dict[str, Path], sheet: str) -> None:
    """Within two points, and at its ends within two characters: blanks may be marked, too."""
    line = SHEETS[sheet].lines[-1]
    left, top, right, bottom = line.quad.bounds
    x_slack, y_slack = (24, 2) if right - left > bottom - top else (2, 24)
    mark = chrome.marked(browser, files[sheet], line.text)
    assert mark
    found = [share * SIDE for share in mark]
    assert found[0::2] == pytest.approx([left, right], abs=x_slack)
    assert found[1::2] == pytest.approx([top, bottom], abs=y_slack)


def test_chrome_marks_nothing_where_a_word_is_not(browser: Browser, files: dict[str, Path]) -> None:
    assert chrome.marked(browser, files["upright"], "Balance")
    assert not chrome.marked(browser, files["upright"], "overdue", patience=3)
