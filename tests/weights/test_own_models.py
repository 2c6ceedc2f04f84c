"""A deployment's own models, through MODEL_DIR/manifest.toml: from a web server, from a folder, into the engine.

PP-OCRv5's general recogniser stands in for a language pack: it is the same kind of file with another dictionary.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
import yaml

from config import ROOT, BadSetting, Settings
from services.errors import EngineFailed
from services.ocr import models
from services.ocr.engine import Pixels, ReadOptions
from services.ocr.engines import openvino
from services.ocr.model_sources import Directory, FetchFailed, PyPI, Url
from tests.support import samples

PACK = "korean_PP-OCRv5_mobile_rec"
STAND_IN = Settings.from_env().model_dir / "PP-OCRv5_mobile_rec_onnx"
ENTRY = """
[models.{name}]
task = "recognition"
format = "onnx"
languages = ["ko", "en"]
licence = "Apache-2.0"
weights = "inference.onnx"
source = {source}
files = [{files}]
"""


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a word on stderr."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """A folder as a provider of language packs has it: weights, and the dictionary in PaddleOCR's inference.yml."""
    folder = tmp_path / "pack"
    folder.mkdir()
    (folder / "inference.onnx").symlink_to(STAND_IN / "inference.onnx")
    characters = (STAND_IN / "characters.txt").read_text(encoding="utf-8").removesuffix("\n").split("\n")
    settings = {"PostProcess": {"name": "CTCLabelDecode", "character_dict": characters}}
    (folder / "inference.yml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    return folder


@pytest.fixture
def address(pack: Path) -> Iterator[str]:
    """The same folder on a web server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(pack)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def entry(pack: Path, source: str, name: str = PACK) -> str:
    digests = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in pack.iterdir()}
    files = (
        f'{{ name = "{path.name}", size = {path.stat().st_size}, sha256 = "{digests[path.name]}" }}'
        for path in pack.iterdir()
    )
    return ENTRY.format(name=name, source=source, files=", ".join(files))


@pytest.fixture
def deployment(tmp_path: Path) -> Settings:
    """A MODEL_DIR with all that the release ships, and room for more."""
    model_dir = tmp_path / "models"
    model_dir.mkdir()
    for name in models.catalogue():
        (model_dir / name).symlink_to(Settings.from_env().model_dir / name)
    return replace(Settings(), model_dir=model_dir)


def add(deployment: Settings, text: str) -> None:
    (deployment.model_dir / "manifest.toml").write_text(text, encoding="utf-8")


def make_models(deployment: Settings) -> subprocess.CompletedProcess[str]:
    environment = {"MODEL_DIR": str(deployment.model_dir), "PATH": "/usr/bin:/bin", "PIP_NO_INDEX": "1"}
    command = [sys.executable, "-m", "services.ocr.models"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def page(text: str) -> Pixels:
    return np.asarray(samples.picture([text]))


@pytest.mark.parametrize("kind", ["url", "directory"])
def test_a_pack_is_fetched_verified_and_read_with(kind: str, deployment: Settings, pack: Path, address: str) -> None:
    source = f'{{ kind = "url", url = "{address}" }}' if kind == "url" else f'{{ kind = "directory", path = "{pack}" }}'
    add(deployment, entry(pack, source))
    with pytest.raises(BadSetting, match=f"{PACK}.* is missing; run `make models`"):
        openvino.check(deployment)

    done = make_models(deployment)
    assert done.returncode == 0, done.stderr
    assert f"{PACK}@5825fc7e: fetching" in done.stdout

    info = openvino.describe(deployment)
    assert "ko" in info.languages
    for languages in (["ko"], ["ko", "en"]):
        assert info.models(languages, "fast")[1:] == (f"{PACK}@5825fc7e",)
    assert info.models(["en"], "fast")[1].startswith("PP-OCRv6_tiny_rec")
    (line,) = openvino.build(deployment).read(page("Invoice 2026-0042"), ReadOptions(("ko", "en")))
    assert line.text == "Invoice 2026-0042"


def test_other_bytes_than_promised_stop_the_start(deployment: Settings, pack: Path) -> None:
    add(deployment, entry(pack, f'{{ kind = "directory", path = "{pack}" }}'))
    assert make_models(deployment).returncode == 0
    (deployment.model_dir / PACK / "inference.yml").write_bytes(b"x" * (pack / "inference.yml").stat().st_size)
    with pytest.raises(BadSetting, match="SHA-256"):
        openvino.build(deployment)


def test_a_dictionary_of_another_model_reads_nothing(deployment: Settings, pack: Path) -> None:
    (pack / "inference.yml").write_text("PostProcess: {character_dict: [a, b, c]}", encoding="utf-8")
    add(deployment, entry(pack, f'{{ kind = "directory", path = "{pack}" }}'))
    assert make_models(deployment).returncode == 0
    with pytest.raises(EngineFailed) as caught:
        openvino.build(deployment).read(page("Text"), ReadOptions(("ko",)))
    assert "its dictionary makes 5" in str(caught.value.__cause__)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda text: text.replace('kind = "directory"', 'kind = "ftp"'), "does not know 'ftp'"),
        (lambda text: text.replace('task = "recognition"', ""), "'task'"),
        (lambda text: text.replace('name = "inference.onnx"', 'name = "../../inference.onnx"'), "no plain file name"),
        (lambda text: text.replace("path =", "folder ="), "folder"),
        (lambda text: text.replace('path = "/', 'path = "'), "no.* absolute path"),
        (lambda text: text.replace(PACK, "PP-OCRv6_small_rec"), "choose another name"),
        (lambda text: text.replace("size = ", "size = 0."), "no whole number"),
        (lambda text: "models = 3", "cannot be used"),
        (lambda text: "[[[", "cannot be used"),
    ],
)
def test_a_manifest_that_will_not_do_is_one_sentence(
    deployment: Settings, pack: Path, damage: Callable[[str], str], said: str
) -> None:
    add(deployment, damage(entry(pack, f'{{ kind = "directory", path = "{pack}" }}')))
    with pytest.raises(BadSetting, match=said):
        openvino.check(deployment)
    done = make_models(deployment)
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1


def test_only_addresses_that_are_sure_and_paths_that_are_whole() -> None:
    for url in ("http://example.org/models", "ftp://example.org", "file:///etc", "models"):
        with pytest.raises(ValueError, match="https://"):
            Url(url)
    with pytest.raises(ValueError, match="absolute"):
        Directory("models")
    for package, version in (("--index-url=x", "1"), ("x", "1\n-r /etc/passwd"), ("../../x", "1")):
        with pytest.raises(ValueError, match="no package"):
            PyPI(package, version, "0" * 64, "models")


def test_a_server_that_does_not_have_it_is_named(address: str, tmp_path: Path) -> None:
    with pytest.raises(FetchFailed, match=r"absent.onnx could not be fetched \(.*404"):
        list(Url(address).read("absent.onnx", tmp_path))


def test_more_bytes_than_promised_are_not_taken(deployment: Settings, pack: Path, address: str) -> None:
    size = (pack / "inference.onnx").stat().st_size
    add(deployment, entry(pack, f'{{ kind = "url", url = "{address}" }}').replace(f"size = {size}", "size = 1000"))
    done = make_models(deployment)
    assert done.returncode == 1 and "does not have the size and SHA-256" in done.stderr
    assert not list((deployment.model_dir / PACK).iterdir())
