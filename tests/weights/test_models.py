"""The command that fetches the weights."""

from __future__ import annotations

import subprocess
import sys

import pytest

from config import ROOT


@pytest.mark.parametrize(("variable", "status"), [("/dev/null/models", 1), (None, 0)])
def test_the_command(variable: str | None, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Into the default folder, which is filled before the tests run; and into one that cannot be made."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    if variable:
        monkeypatch.setenv("MODEL_DIR", variable)
    done = subprocess.run(
        [sys.executable, "-m", "services.ocr.models"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == status
    assert len(done.stderr.splitlines()) == status
