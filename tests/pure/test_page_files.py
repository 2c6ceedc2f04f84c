"""The files of the page have nothing that is not used, and no way to write what was read as HTML."""

from __future__ import annotations

import re

import pytest

from config import ROOT

FILES = {path.name: path.read_text() for path in sorted((ROOT / "web" / "page").glob("*.*"))}
SCRIPTS = {name: text for name, text in FILES.items() if name.endswith(".js")}
RAW = re.compile(r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|new Function)\b")


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_a_script_gives_out_is_taken(name: str) -> None:
    given = re.findall(r"^export (?:async )?(?:function|const|class) (\w+)", SCRIPTS[name], re.MULTILINE)
    others = "".join(text for other, text in SCRIPTS.items() if other != name)
    assert [name for name in given if not re.search(rf"\b{name}\b", others)] == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_a_script_takes_is_used(name: str) -> None:
    taken = [one.strip() for names in re.findall(r"^import \{(.*?)\}", SCRIPTS[name], re.M) for one in names.split(",")]
    assert [one for one in taken if len(re.findall(rf"\b{one.split()[-1]}\b", SCRIPTS[name])) < 2] == []


def test_every_symbol_is_shown() -> None:
    symbols = re.findall(r'<symbol id="i-(\w+)"', FILES["index.html"])
    shown = "".join(SCRIPTS.values()) + "".join(re.findall(r'href="#i-\w+"', FILES["index.html"]))
    assert symbols and [symbol for symbol in symbols if not re.search(rf'["-]{symbol}"', shown)] == []


def test_text_goes_in_as_text_only() -> None:
    assert [name for name, text in FILES.items() if RAW.search(text)] == []
