"""The commands in Lua say truly what they need, and what they are put together into is sound."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import defaultdict
from itertools import chain
from pathlib import Path

import pytest

from config import ROOT
from services.redis import keys
from services.redis.scripts import NAMES, ROOMS, BadScript, commands

COMMANDS = sorted(ROOMS.glob("*/lua/*.lua"))
PIECES = sorted(ROOMS.glob("*/lua/shared/*.lua"))
WHOLE = {
    f"{room}/{name}": text
    for room in sorted({path.parent.parent.name for path in COMMANDS})
    for name, text in commands(room).items()
}

# What Redis has in a script; `redis.call` and the like are checked by running them.
LINT = ("--no-config", "--codes", "--formatter", "plain", "--std", "lua51", "--read-globals", "redis", "cjson", "ARGV")
NOT_THERE = ("--not-globals", "io", "os", "package", "require", "module", "print", "dofile", "loadfile")


def said(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def head(path: Path) -> dict[str, str]:
    """The lines of a file's head by their word, those without one under an empty one."""
    told: defaultdict[str, str] = defaultdict(str)
    word = ""
    for line in path.read_text().splitlines():
        if not line.startswith("--"):
            break
        found = re.match(r"-- ([A-Z]+):", line)
        word = found[1] if found else word
        told[word] += line.removeprefix(f"-- {word}:").removeprefix("--") + "\n"
    return told


def code(path: Path) -> str:
    return re.sub(r"--.*", "", path.read_text())


def functions(text: str) -> set[str]:
    return set(re.findall(r"^local function (\w+)", text, re.MULTILINE))


HOME = {name: f"{path.parts[-4]}/{path.stem}" for path in PIECES for name in functions(code(path))}
"""Functions by the piece that has them."""


@pytest.mark.parametrize("path", COMMANDS, ids=said)
def test_a_command_says_what_it_does_takes_and_answers(path: Path) -> None:
    told = head(path)
    assert told[""].strip() and told["ANSWER"].strip()
    assert bool(told["ARGV"].strip()) == ("ARGV" in code(path))


@pytest.mark.parametrize("path", [*COMMANDS, *PIECES], ids=said)
def test_a_file_says_which_keys_and_pieces_it_uses(path: Path) -> None:
    told, text = head(path), code(path)
    assert set(told["KEYS"].split()) == {name for name in NAMES if re.search(rf"\b{name}\b", text)}
    used = {home for name, home in HOME.items() if name not in functions(text) and re.search(rf"\b{name}\(", text)}
    assert set(told["INCLUDE"].split()) == used


def test_every_function_of_a_piece_has_one_home() -> None:
    assert len(HOME) == sum(len(functions(code(path))) for path in PIECES)


@pytest.mark.skipif(not shutil.which("luacheck"), reason="luacheck is not installed, so the scripts are not linted")
def test_the_linter_finds_nothing(tmp_path: Path) -> None:
    """In whole commands; a function of a piece has to be used by one of those that have it."""
    for name, text in WHOLE.items():
        (tmp_path / f"{name.replace('/', '.')}.lua").write_text(text)
    ran = subprocess.run(
        ("luacheck", ".", *LINT, *NOT_THERE), cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert ran.stderr == "" and ran.returncode in (0, 1)
    lines = ran.stdout.splitlines()
    assert [line for line in lines if "unused function" not in line] == []
    idle = defaultdict(set)
    for line in lines:
        idle[line.partition(":")[0].removesuffix(".lua")].add(line.split("'")[1])
    busy = chain.from_iterable(functions(text) - idle[name.replace("/", ".")] for name, text in WHOLE.items())
    assert set(HOME) <= set(busy)


@pytest.mark.parametrize("room", sorted({name.partition("/")[0] for name in WHOLE} - {"redis"}))
def test_every_command_is_run_and_every_one_that_is_run_is_there(room: str) -> None:
    text = "\n".join(path.read_text() for path in (ROOMS / room).rglob("*.py"))
    assert set(re.findall(r'_run\(\s*"(\w+)"', text)) == set(commands(room))


def test_no_key_is_written_out_but_among_the_keys() -> None:
    folders = ("services", "controllers", "routes", "middleware", "tasks", "wiring", "utils", "benchmarks", "tests")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.*") if path.suffix in (".py", ".lua")]
    stems = sorted({value.split(":")[1] for value in NAMES.values()})
    literal = re.compile(rf"""["']ocr:({"|".join(stems)})\b""")
    found = [said(path) for path in files if literal.search(path.read_text())]
    assert found == [said(Path(keys.__file__))]


def test_keys_have_the_names_by_which_earlier_versions_stored_them() -> None:
    """Or jobs that were accepted before an upgrade would be lost by it."""
    plain = "told expiry states failed settling waiting arrived queued flows virtual running holders retry called_again"
    plain += " workers webhooks webhooks:failed metrics pace apikeys tenants tenants:known"
    each = "job pages events owner key cache flight followers loaded leaving stops stopping turn webhooks:due"
    each += " webhooks:sending spool apikey metrics tenant quota ticket jwks"
    names = [*(f"ocr:{name}" for name in plain.split()), *(f"ocr:{name}:" for name in each.split())]
    assert sorted(NAMES.values()) == sorted(names)


def written(folder: Path, **files: str) -> Path:
    """A folder of rooms with these files: `a__b` is the command b of room a, `a__shared__b` a piece."""
    for name, text in files.items():
        room, *rest = name.split("__")
        path = folder.joinpath(room, "lua", *rest).with_suffix(".lua")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def test_a_piece_is_there_once_and_before_what_needs_it(tmp_path: Path) -> None:
    rooms = written(
        tmp_path,
        a__go="-- Goes.\n-- INCLUDE: a/left a/right\nreturn left() + right()",
        a__shared__left="-- INCLUDE: b/both\nlocal function left() return both(1) end",
        a__shared__right="-- INCLUDE: b/both\n-- KEYS: JOB\nlocal function right() return both(JOB) end",
        b__shared__both="-- KEYS: JOB PACE\nlocal function both(x) return {x, JOB, PACE} end",
    )
    (text,) = commands("a", rooms).values()
    order = [text.index(f"function {name}(") for name in ("both", "left", "right")]
    assert order == sorted(order) and text.index("return left() + right()") > order[-1]
    assert text.count("local function both") == 1
    assert text.startswith(f"local JOB = '{keys.JOB}'\nlocal PACE = '{keys.PACE}'\n")


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"a__go": "-- INCLUDE: a/gone\n"}, "a/lua/go.lua includes a/gone, and there is no .*a/lua/shared/gone.lua"),
        ({"a__go": "-- INCLUDE: a/x\n", "a__shared__x": "-- INCLUDE: b/y\n"}, "x.lua includes b/y, and there is no"),
        ({"a__go": "-- KEYS: JOBB\n"}, "a/lua/go.lua names the key JOBB, which services/redis/keys.py does not have"),
        (
            {"a__go": "-- INCLUDE: a/x\n", "a__shared__x": "-- INCLUDE: a/y\n", "a__shared__y": "-- INCLUDE: a/x\n"},
            "x.lua includes itself, by way of .*y.lua",
        ),
        ({"a__shared__x": ""}, "There is no command in .*a/lua"),
    ],
)
def test_what_cannot_be_put_together_is_said(files: dict[str, str], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(BadScript, match=sentence):
        commands("a", written(tmp_path, **files))
