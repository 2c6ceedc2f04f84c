"""What the guides in `docs` say is what happens: what stands in JSON below a call is part of what it answers.

The calls of a guide are made one after the other. `$JOB` is the id of the job that an earlier one was answered with,
`$KEY` is any key, as this service asks for none, and "..." in JSON stands for anything.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config import ROOT, Settings
from tests.support.stack import Stack, running

CALL = re.compile(r"^    (curl [^\n]*)\n(?:\n```json\n(.*?)```)?", re.MULTILINE | re.DOTALL)
CALLS = {path.name: CALL.findall(path.read_text()) for path in sorted((ROOT / "docs").glob("*.md"))}
ANYTHING = "..."
VARYING = ("confidence", "processingTime", "contrast", "blur")
"""Members that no two runs or machines have quite alike; that they are there is enough."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("guides") / "data", OCR_ENGINE=Settings().ocr_engine) as stack:
        yield stack


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed, so the guides' calls are not tried")
@pytest.mark.parametrize("guide", [name for name, calls in CALLS.items() if calls])
def test_the_guides_calls_answer_what_they_say(service: Stack, guide: str, tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    job = ""
    for command, told in CALLS[guide]:
        answer = answered(service, command, job, tmp_path)
        assert part_of(json.loads(told or "{}"), answer), f"{command}\n{json.dumps(answer)}"
        job = (answer.get("data") or answer).get("job_id", job)


def answered(service: Stack, command: str, job: str, folder: Path) -> Any:
    """The JSON that a call is answered with; nothing where it goes to a file."""
    here = command.replace("http://127.0.0.1:5000", service.url)
    script = f"JOB='{job}' KEY='none is asked for'\n{here} --silent --fail-with-body"
    done = subprocess.run(["sh", "-euc", script], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return json.loads(done.stdout or "{}")


def part_of(told: Any, answer: Any) -> bool:
    """Whether all that is told is answered: of objects the members that are named, of lists the first ones."""
    if isinstance(told, dict):
        there = isinstance(answer, dict) and told.keys() <= answer.keys()
        return there and all(name in VARYING or part_of(told[name], answer[name]) for name in told)
    if isinstance(told, list):
        return isinstance(answer, list) and len(told) <= len(answer) and all(map(part_of, told, answer))
    return told in (ANYTHING, answer)


def test_the_guides_have_calls() -> None:
    guides = (
        *("scan-mrz.md", "predict.md", "pos.md", "outputs.md", "events.md", "api.md", "getting-started.md"),
        *("id-numbers.md", "barcodes.md", "receipts-and-invoices.md", "labels.md", "quality.md", "e-invoices.md"),
    )
    assert all(any(told for _, told in CALLS[name]) for name in guides)
