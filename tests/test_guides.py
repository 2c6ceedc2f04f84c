"""What the guides in `docs` say is what happens: what stands in JSON below a call is part of what it answers."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from config import ROOT, Settings
from tests.stack import Stack, running

GUIDES = ("receipts-and-invoices.md", "labels.md")
EXAMPLE = re.compile(r"^    (curl [^\n]*)\n\n```json\n(.*?)```", re.MULTILINE | re.DOTALL)
EXAMPLES = [example for name in GUIDES for example in EXAMPLE.findall((ROOT / "docs" / name).read_text())]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    extractors = "receipt,invoice,product,barcodes"
    with running(
        tmp_path_factory.mktemp("guides") / "data", OCR_ENGINE=Settings().ocr_engine, OCR_EXTRACTORS=extractors
    ) as stack:
        yield stack


def part_of(told: Any, answered: Any) -> bool:
    """Whether all that is told is answered: of objects the members that are named, of lists the first ones."""
    if isinstance(told, dict):
        return isinstance(answered, dict) and all(part_of(told[name], answered.get(name, ...)) for name in told)
    if isinstance(told, list):
        return isinstance(answered, list) and len(told) <= len(answered) and all(map(part_of, told, answered))
    return bool(told == answered)


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed, so the guides' calls are not tried")
@pytest.mark.parametrize(("call", "told"), EXAMPLES)
def test_the_guides_calls_answer_what_they_say(service: Stack, call: str, told: str) -> None:
    here = call.replace("http://127.0.0.1:5000", service.url)
    answer = subprocess.run(["sh", "-c", here], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    assert part_of(json.loads(told), json.loads(answer.stdout)), answer.stdout


def test_the_guides_have_calls() -> None:
    assert len(EXAMPLES) == 3
