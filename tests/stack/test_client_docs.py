"""What the READMEs and docs/clients.md say of the client is done as it stands; and the package can be installed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config import ROOT, Settings
from tests.support.stack import Stack, document, running

PACKAGE = ROOT / "clients" / "python"
README = (PACKAGE / "README.md").read_text()
GUIDE = (ROOT / "docs" / "clients.md").read_text()
ADDRESS = "http://127.0.0.1:5000"

COMMANDS = sorted(
    {
        command
        for path in (PACKAGE / "README.md", ROOT / "README.md", ROOT / "docs" / "clients.md")
        for command in re.findall(r"^    (ocr .*)$", path.read_text(), re.MULTILINE)
    }
)
EXAMPLES = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
SCRIPTS = re.findall(r"^```sh\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
READ_JS, EVENTS_JS = re.findall(r"^```js\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)

needs_node = pytest.mark.skipif(not shutil.which("node"), reason="node is not installed, so the guide's is not tried")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("clients") / "data", OCR_ENGINE=Settings().ocr_engine) as stack:
        yield stack


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, built as a wheel and unpacked. Nothing is fetched and nothing written into the sources."""
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(PACKAGE, folder / "source", ignore=shutil.ignore_patterns("__pycache__"))
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    plain = ["--no-index", "--no-deps", "--no-build-isolation", "--quiet"]
    subprocess.run([*pip, "wheel", *plain, "--wheel-dir", str(folder), str(folder / "source")], check=True, timeout=120)
    (wheel,) = folder.glob("ocr_client-*.whl")
    target = ["--target", str(folder / "site"), str(wheel)]
    subprocess.run([*pip, "install", "--no-index", "--no-deps", "--quiet", *target], check=True, timeout=120)
    return folder / "site"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of its own that has the examples."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("node-proxy"))
    return tmp_path


def environment(installed: Path, service: Stack, folder: Path) -> dict[str, str]:
    own = {"OCR_SERVER": service.url, "XDG_STATE_HOME": str(folder / "state"), "PYTHONPATH": str(installed)}
    return {**os.environ, **own, "PATH": f"{installed / 'bin'}:{os.environ['PATH']}"}


def test_the_package_can_be_installed_and_has_what_it_needs(installed: Path, tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run([installed / "bin" / "ocr", "--help"], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 0 and "130" in done.stdout and "scan" in done.stdout
    (about,) = installed.glob("ocr_client-*.dist-info")
    assert (installed / "ocr_client" / "py.typed").exists() and list(about.rglob("LICENSE"))
    said = (about / "METADATA").read_text()
    assert "License-Expression: Apache-2.0" in said and "Requires-Python: >=3.10" in said


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_that_are_shown_succeed(service: Stack, installed: Path, folder: Path, command: str) -> None:
    env = environment(installed, service, folder)
    done = subprocess.run(["bash", "-c", command], cwd=folder, env=env, capture_output=True, text=True, timeout=200)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_the_readmes_examples_run(service: Stack, installed: Path, folder: Path, number: int) -> None:
    script = re.sub(r"Client\(\)", f'Client("{service.url}")', EXAMPLES[number])
    env = environment(installed, service, folder)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], cwd=folder, env=env, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0 and done.stderr == "", done.stderr
    assert len(done.stdout.splitlines()) >= 2


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed, so the guide's calls are not tried")
@pytest.mark.parametrize("number", range(len(SCRIPTS)))
def test_the_guides_shell_does_what_it_says(service: Stack, folder: Path, number: int) -> None:
    script = SCRIPTS[number].replace(ADDRESS, service.url)
    done = subprocess.run(["sh", "-euc", script], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    if "result.json" in script:
        result = json.loads((folder / "result.json").read_text())
        assert result.get("text") or result.get("full_text")
    else:
        assert "event: job_completed" in done.stdout


@needs_node
def test_the_guides_javascript_reads(service: Stack, folder: Path) -> None:
    told = node(
        service,
        folder,
        READ_JS,
        """const { readFile } = await import("node:fs/promises");
        const file = new Blob([await readFile("examples/receipt.png")]);
        console.log(JSON.stringify((await read(file, "receipt.png", { extract: "receipt" })).fields));
        await read(new Blob(["no picture"]), "a.png").catch((error) => console.log(error.code));""",
    )
    assert "receipt" in json.loads(told[0]) and told[1] == "unsupported_type"


@needs_node
def test_the_guides_javascript_follows_a_job(service: Stack, folder: Path) -> None:
    with service.client() as client:
        job = client.post("/ocr/image", files={"file": ("a.tiff", document(["one", "two"]))}).json()["job_id"]
    told = node(service, folder, EVENTS_JS, f'for await (const e of events("{job}")) console.log(e.event, e.job_id);')
    assert told[0] == f"job_queued {job}" and told[-1] == f"job_completed {job}"


def node(service: Stack, folder: Path, *parts: str) -> list[str]:
    """The lines that a script prints."""
    (folder / "script.mjs").write_text("\n".join(parts).replace(ADDRESS, service.url))
    done = subprocess.run(["node", "script.mjs"], cwd=folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()
