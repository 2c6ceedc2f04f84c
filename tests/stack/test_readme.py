"""What the README and env.example say is what happens."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from config import ROOT, Settings
from tests.support.stack import Stack, running

README = (ROOT / "README.md").read_text()
CURLS = re.findall(r"^    (curl .*)$", README, re.MULTILINE)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("readme") / "data", OCR_ENGINE=Settings().ocr_engine) as stack:
        yield stack


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed, so the README's calls are not tried")
@pytest.mark.parametrize("command", CURLS)
def test_the_readmes_calls_answer_text(service: Stack, command: str) -> None:
    here = command.replace("http://127.0.0.1:5000", service.url)
    answer = subprocess.run(["sh", "-c", here], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    result = json.loads(answer.stdout)
    assert result.get("text") or result.get("full_text"), answer.stdout


def test_the_readme_has_calls() -> None:
    assert len(CURLS) >= 2


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`?make ([a-z-]+)`?", README))))
def test_the_readmes_targets_exist(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_the_examples_settings_are_the_defaults() -> None:
    lines = [line for line in (ROOT / "env.example").read_text().splitlines() if line and not line.startswith("#")]
    given = dict(line.split("=", 1) for line in lines)
    assert Settings.from_env(given) == Settings()


def test_a_copy_of_the_example_leaves_the_compose_files_defaults_as_they_are() -> None:
    given = dict(re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", (ROOT / "env.example").read_text(), re.MULTILINE))
    defaults = dict(re.findall(r"\$\{([A-Z_]+):-([^}]+)\}", (ROOT / "docker-compose.yml").read_text()))
    assert {name: given[name] or default for name, default in defaults.items()} == defaults
