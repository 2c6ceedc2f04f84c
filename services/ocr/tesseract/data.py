"""Tesseract's language data: one file a language, a system package each, found where the system puts it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from config import BadSetting, Settings

SUFFIX = ".traineddata"

PLACES = (
    "usr/share/tesseract-ocr/*/tessdata",
    "usr/share/tessdata",
    "usr/local/share/tessdata",
    "opt/homebrew/share/tessdata",
)
"""Below the root: Debian, Fedora and Arch, builds from source, Homebrew."""

# fmt: off
CODES: Mapping[str, str] = {
    "am": "amh", "ar": "ara", "as": "asm", "be": "bel", "bg": "bul", "bn": "ben", "bo": "bod", "br": "bre",
    "ceb": "ceb", "chr": "chr", "co": "cos", "dv": "div", "dz": "dzo", "el": "ell", "eo": "epo", "fa": "fas",
    "fo": "fao", "fy": "fry", "gd": "gla", "gu": "guj", "he": "heb", "hi": "hin", "ht": "hat", "hy": "hye",
    "iu": "iku", "jv": "jav", "ka": "kat", "kk": "kaz", "km": "khm", "kn": "kan", "ko": "kor", "ky": "kir",
    "lo": "lao", "mk": "mkd", "ml": "mal", "mn": "mon", "mr": "mar", "my": "mya", "ne": "nep", "or": "ori",
    "pa": "pan", "ps": "pus", "ru": "rus", "sa": "san", "sd": "snd", "si": "sin", "sr": "srp", "su": "sun",
    "syr": "syr", "ta": "tam", "te": "tel", "tg": "tgk", "th": "tha", "ti": "tir", "to": "ton", "tt": "tat",
    "ug": "uig", "uk": "ukr", "ur": "urd", "vi": "vie", "yi": "yid", "yo": "yor",
    # PaddleOCR's names
    "arabic": "ara", "cyrillic": "rus", "devanagari": "hin", "korean": "kor", "rs_cyrillic": "srp",
    # What PP-OCR reads alone, for requests that ask for it together with one of the above
    "af": "afr", "az": "aze", "bs": "bos", "ca": "cat", "cs": "ces", "cy": "cym", "da": "dan", "de": "deu",
    "en": "eng", "es": "spa", "et": "est", "eu": "eus", "fi": "fin", "fr": "fra", "ga": "gle", "gl": "glg",
    "hr": "hrv", "hu": "hun", "id": "ind", "is": "isl", "it": "ita", "ja": "jpn", "ku": "kmr", "la": "lat",
    "lb": "ltz", "lt": "lit", "lv": "lav", "mi": "mri", "ms": "msa", "mt": "mlt", "nb": "nor", "nl": "nld",
    "nn": "nor", "no": "nor", "oc": "oci", "pl": "pol", "pt": "por", "qu": "que", "ro": "ron", "sk": "slk",
    "sl": "slv", "sq": "sqi", "sr-Latn": "srp_latn", "sv": "swe", "sw": "swa", "tl": "fil", "tr": "tur",
    "uz": "uzb", "zh": "chi_sim", "zh-Hant": "chi_tra", "ch": "chi_sim", "chinese_cht": "chi_tra",
    "french": "fra", "german": "deu", "japan": "jpn", "rs_latin": "srp_latn",
}
# fmt: on
"""Tesseract's codes by ISO 639 code or PaddleOCR's name. Where they differ ISO counts: `ka` is Georgian."""


def folder(settings: Settings, root: Path = Path("/")) -> Path | None:
    """TESSDATA_PREFIX (or the `tessdata` in it), else the first usual place with data; None without any."""
    prefix = settings.tessdata_prefix
    usual = (path for place in PLACES for path in sorted(root.glob(place), reverse=True))
    candidates = [prefix, prefix / "tessdata"] if prefix else usual
    return next((path for path in candidates if any(path.glob(f"*{SUFFIX}"))), None)


def check(settings: Settings) -> None:
    """Raises BadSetting where TESSDATA_PREFIX names a place without data."""
    if settings.tessdata_prefix and folder(settings) is None:
        raise BadSetting(
            f"TESSDATA_PREFIX={settings.tessdata_prefix} holds no *{SUFFIX}; name the directory that does, or unset it"
        )


def installed(settings: Settings) -> Mapping[str, Path]:
    """The data file of each language that Tesseract reads here; empty without tesserocr."""
    place = folder(settings) if find_spec("tesserocr") else None
    return dict(_files(place)) if place else {}


def _files(place: Path) -> Iterator[tuple[str, Path]]:
    for language, code in CODES.items():
        path = place / f"{code}{SUFFIX}"
        if path.is_file():
            yield language, path


def advice(language: str) -> str:
    """What an operator does so that Tesseract reads this language, as an English clause. Packages are Debian's."""
    package = f"the system package tesseract-ocr-{CODES[language].replace('_', '-')}"
    python = "" if find_spec("tesserocr") else "the Python package tesserocr and "
    return f"install {python}{package}, then restart"


def version(path: Path) -> str:
    """What goes into a cache key, such as `tesseract-ben@9bb09a5e`: the first digits of the file's SHA-256."""
    status = path.stat()
    return _version(path, status.st_size, status.st_mtime_ns)


@cache
def _version(path: Path, size: int, modified: int) -> str:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return f"tesseract-{path.name.removesuffix(SUFFIX)}@{digest[:8]}"
