"""The calls in the guides of docs/ are run one after the other, and answered as the guides say.

A fenced `sh` block with curl is a call, the `json` block behind it is what the answer has among other things; "..."
stands for anything. `$JOB` in a call is the id of the job that an earlier call was answered with.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from config import ROOT, Settings
from tests.stack import Stack, running

BLOCK = re.compile(r"^```sh\n(curl .*?)\n```\n(?:[^`]*?^```json\n(.*?)\n```)?", re.MULTILINE | re.DOTALL)
GUIDES = {path.name: BLOCK.findall(path.read_text()) for path in sorted((ROOT / "docs").glob("*.md"))}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("guides") / "data", OCR_ENGINE=Settings().ocr_engine) as stack:
        yield stack


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed, so the guides' calls are not tried")
@pytest.mark.parametrize("guide", [name for name, calls in GUIDES.items() if calls])
def test_the_guides_calls_are_answered_as_they_say(service: Stack, guide: str) -> None:
    job = ""
    for command, expected in GUIDES[guide]:
        answer = called(service, command, job)
        assert has(answer, json.loads(expected or "{}")), f"{command}\n{json.dumps(answer)[:3000]}"
        job = (answer.get("data") or answer).get("job_id", job)


def called(service: Stack, command: str, job: str) -> Any:
    """The JSON that a call of a guide is answered with."""
    here = command.replace("http://127.0.0.1:5000", service.url)
    done = subprocess.run(
        ["sh", "-euc", f"JOB='{job}'\n{here} --fail-with-body"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return json.loads(done.stdout)


def has(answer: Any, expected: Any) -> bool:
    """Whether the answer has at least the members that are expected."""
    if isinstance(expected, Mapping):
        return all(name in answer and has(answer[name], value) for name, value in expected.items())
    if isinstance(expected, list):
        return len(answer) == len(expected) and all(map(has, answer, expected))
    return bool(expected == "..." or answer == expected)


def test_the_guides_have_calls() -> None:
    assert all(any(expected for _, expected in GUIDES[name]) for name in ("predict.md", "pos.md"))
