"""The guide's commands for a copy of a stopped service bring everything back."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from config import ROOT
from tests.support.stack import running

COMMANDS = re.findall(
    r"^    ((?:mkdir|tar) .*data.*ocr-backup\.tgz.*)$", (ROOT / "docs" / "operating.md").read_text(), re.M
)


def test_a_copy_that_was_put_back_has_all_jobs(tmp_path: Path) -> None:
    copy, back = COMMANDS
    with running(tmp_path / "data") as stack:
        done = stack.finished(stack.submit("kept in a copy"))["job_id"]
        stack.stop()
        subprocess.run(["sh", "-euc", copy], cwd=tmp_path, check=True)
        shutil.rmtree(tmp_path / "data")
        subprocess.run(["sh", "-euc", back], cwd=tmp_path, check=True)
        stack.start()
        assert stack.text_of(done) == "kept in a copy"
