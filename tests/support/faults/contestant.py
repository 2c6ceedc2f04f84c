"""A contestant for tests of the benchmarks: its variant says what is wrong with it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from benchmarks.harness.door import Begin, Loaded, Setup


def load(setup: Setup) -> Loaded:
    """`unloadable` raises here; the others read a text file, each in its own way."""
    if setup.variant == "unloadable":
        raise FileNotFoundError("its model is missing")
    return Loaded(
        {"mortal": _mortal, "endless": _endless, "late": _late}.get(setup.variant, _chatty), ("numpy",), ("f32",)
    )


def _chatty(path: Path, language: str, begin: Begin) -> str:
    """Prints like a library does. Does not read what is called `hard`."""
    print('{"text": "this is not an answer"}', flush=True)
    begin()
    if path.stem == "hard":
        raise ValueError("too hard")
    return f"{language}: {path.read_text()}"


def _mortal(path: Path, language: str, begin: Begin) -> str:
    """Dies without a word at what is called `hard`."""
    if path.stem == "hard":
        os._exit(3)
    return _chatty(path, language, begin)


def _endless(path: Path, language: str, begin: Begin) -> str:
    """Never comes to an end with what is called `hard`."""
    while path.stem == "hard":
        time.sleep(1)
    return _chatty(path, language, begin)


def _late(path: Path, language: str, begin: Begin) -> str:
    """Never starts the clock."""
    return path.read_text()
