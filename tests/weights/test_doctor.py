"""What an operator reads who asks why it does not start."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from config import ROOT, Settings
from services.operations.doctor import findings


def faults(settings: Settings) -> list[str]:
    return [finding.text for finding in findings(settings) if not finding.fine]


def test_a_sound_installation_has_no_faults() -> None:
    assert faults(Settings()) == []


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    assert any("make models" in text for text in faults(Settings(model_dir=tmp_path)))
    assert any("REDIS_URL" in text for text in faults(Settings(redis_url="redis://127.0.0.1:1/0")))
    assert any("OCR_WORKERS" in text for text in faults(Settings(ocr_workers=10_000)))
    assert any("lower MAX_STREAMS" in text for text in faults(Settings(max_streams=2**31)))
    assert any("tarot does not exist" in text for text in faults(Settings(blob_store="tarot")))


def test_it_says_what_can_be_read_and_how_to_read_more(tmp_path: Path) -> None:
    (tmp_path / "ben.traineddata").touch()
    said = [finding.text for finding in findings(Settings(tessdata_prefix=tmp_path))]
    assert any(text.startswith("can be read: en, ") and "bn" in text for text in said)
    assert any("could be read: " in text and "hi" in text and "tesseract-ocr-" in text for text in said)


def test_a_wrong_setting_is_a_finding_and_not_a_traceback() -> None:
    env = {"PORT": "many", "PATH": "/usr/bin:/bin"}
    answer = subprocess.run(
        [sys.executable, "-m", "services.operations.doctor"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert answer.stdout.startswith("FAIL PORT='many'") and answer.stderr == ""
