"""The programs that are asked what they find, by the artifact that they are given."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from benchmarks.consumers import chrome, packages
from benchmarks.harness import environments
from benchmarks.harness.environments import Environment

READERS = Environment(
    requirements=(
        *("pypdfium2==5.15.2", "pdfminer.six==20260107", "pdfplumber==0.11.10", "pypdf==7.1.1", "lxml==6.1.3"),
        *("hocr-tools==1.1.1", "pandas==3.1.1", "markdown-it-py==4.3.0", "pypandoc-binary==1.17"),
        *("hocr-spec==0.2.0", "shapely==2.2.0", "iso639-lang==2.6.3"),
    ),
    over=("kraken==7.1.1",),
)
"""Of kraken the reader of ALTO alone: the rest would bring gigabytes."""

OCRMYPDF = Environment(requirements=("ocrmypdf==14.0.3", "pikepdf<8", "setuptools<81"))
"""That of Debian 12: later ones refuse its Ghostscript, which has spoilt other text than ours, to make PDF/A."""

OCRMYPDF_NOW = Environment(requirements=("ocrmypdf==17.13.0",))

SECONDS = 120

NOT_HERE = None
"""What a program gives that is not installed."""

Read = Callable[[Path], str | None]


@dataclass(frozen=True, slots=True)
class Consumer:
    """A program that is given artifacts of one kind."""

    name: str
    kind: str
    read: Read


@dataclass(frozen=True, slots=True)
class CannotRead(Exception):
    """It ended with an error, which is what it said last."""

    said: str


def printed(*command: str | Path) -> str:
    """What a program prints. Raises CannotRead."""
    done = subprocess.run(list(map(str, command)), capture_output=True, timeout=SECONDS)
    if done.returncode:
        raise CannotRead((done.stderr or done.stdout).decode(errors="replace").strip()[-200:])
    return done.stdout.decode(errors="replace")


def _command(*command: str) -> Read:
    """Of a program of the system; `{}` stands for the artifact."""

    def read(path: Path) -> str | None:
        if not shutil.which(command[0]):
            return NOT_HERE
        return printed(*(str(path) if word == "{}" else word for word in command))

    return read


def _package(name: str, path: Path) -> str:
    return printed(_python(), packages.__file__, name, path)


@cache
def _python() -> Path:
    return environments.python("consumers", READERS)


def _hocr_lines(path: Path) -> str:
    return printed(_python(), _python().parent / "hocr-lines", path)


def _rewritten(write: Callable[[Path, Path], None], needs: tuple[str, ...], path: Path) -> str | None:
    """What poppler finds in what another program makes of a PDF."""
    if not all(map(shutil.which, (*needs, "pdftotext"))):
        return NOT_HERE
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        out = Path(folder) / "out.pdf"
        write(path, out)
        return printed("pdftotext", out, "-")


def _ghostscript(*options: str) -> Callable[[Path, Path], None]:
    def write(path: Path, out: Path) -> None:
        printed("gs", "-q", "-dBATCH", "-dNOPAUSE", "-sDEVICE=pdfwrite", *options, f"-sOutputFile={out}", path)

    return write


def _qpdf(path: Path, out: Path) -> None:
    printed("qpdf", "--linearize", path, out)


def _ocrmypdf(name: str, environment: Environment, kind: str) -> Callable[[Path, Path], None]:
    def write(path: Path, out: Path) -> None:
        python = environments.python(name, environment)
        printed(python, "-m", "ocrmypdf", "--quiet", "--skip-text", "--output-type", kind, path, out)

    return write


def _pdfium_finds(path: Path, texts: Sequence[str]) -> bool:
    return all(printed(_python(), packages.__file__, "search", path, text).strip() for text in texts)


def _chrome_finds(path: Path, texts: Sequence[str]) -> bool | None:
    if not chrome.installed():
        return NOT_HERE
    with chrome.browser() as browser:
        return all(chrome.marked(browser, path, text) for text in texts)


SEARCHES: Mapping[str, Callable[[Path, Sequence[str]], bool | None]] = {
    "PDFium, search": _pdfium_finds,
    "Chrome, search": _chrome_finds,
}
"""By who searches a PDF, whether each of some texts is found in it; NOT_HERE where it is not installed."""


def _made(name: str, environment: Environment, kind: str) -> Read:
    return partial(_rewritten, _ocrmypdf(name, environment, kind), ("gs", "tesseract"))


def _hocr_spec(path: Path) -> str:
    """What is read by classes, where the specification's checker has nothing against the file."""
    said = printed(_python(), _python().parent / "hocr-spec", path)
    if "[OK]" not in said:
        raise CannotRead(said.strip()[-200:])
    return _package("by its classes (lxml)", path)


_PACKAGES = {
    "markdown": ("markdown-it-py", "pandoc"),
    "hocr": ("by its classes (lxml)", "pandoc (HTML)"),
    "alto": ("by kraken's way (lxml)", "kraken"),
    "tsv": ("pandas",),
    "json": ("pandas (JSON)",),
    "pdf": ("PDFium", "pdfminer.six", "pdfplumber", "pypdf"),
}

CONSUMERS = (
    Consumer("iconv", "text", _command("iconv", "-f", "UTF-8", "-t", "UTF-8", "{}")),
    *(Consumer(name, kind, partial(_package, name)) for kind, names in _PACKAGES.items() for name in names),
    Consumer("hocr-tools", "hocr", _hocr_lines),
    Consumer("hocr-spec", "hocr", _hocr_spec),
    Consumer("poppler", "pdf", _command("pdftotext", "{}", "-")),
    Consumer("mutool", "pdf", _command("mutool", "draw", "-q", "-F", "txt", "{}")),
    Consumer("Ghostscript", "pdf", _command("gs", "-q", "-sDEVICE=txtwrite", "-o", "-", "{}")),
    Consumer("qpdf", "pdf", partial(_rewritten, _qpdf, ("qpdf",))),
    Consumer("Ghostscript, rewritten", "pdf", partial(_rewritten, _ghostscript(), ("gs",))),
    Consumer("Ghostscript, PDF/A", "pdf", partial(_rewritten, _ghostscript("-dPDFA=2"), ("gs",))),
    Consumer("OCRmyPDF 14, PDF/A", "pdf", _made("consumers-ocrmypdf", OCRMYPDF, "pdfa")),
    Consumer("OCRmyPDF 17, PDF", "pdf", _made("consumers-ocrmypdf-now", OCRMYPDF_NOW, "pdf")),
)


_ASKED = (*READERS.requirements, *READERS.over, *OCRMYPDF.requirements[:1], *OCRMYPDF_NOW.requirements)


def facts() -> Mapping[str, str]:
    """The versions of what was asked."""
    told = {"packages": ", ".join(_ASKED)}
    asked = {"gs": "--version", "pdftotext": "-v", "mutool": "-v", "qpdf": "--version"}
    asked |= {Path(found).name: "--version" for found in [chrome.installed()] if found}
    for name, option in asked.items():
        if shutil.which(name):
            done = subprocess.run([name, option], capture_output=True, text=True)
            told[name] = (done.stdout or done.stderr).strip().splitlines()[0]
    return told
