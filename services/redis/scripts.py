"""The commands that run inside Redis, in Lua: one a file, `services/<room>/lua/<command>.lua`.

A file begins with comments: what it does, then lines that begin with one of these words.

- `KEYS:` the names of `services.redis.keys` that this file uses, which are there as local variables.
- `INCLUDE:` the pieces whose functions it uses: `jobs/events` is `services/jobs/lua/shared/events.lua`. Each is put in
  once, before what needs it.
- `ARGV:` what a command takes, in order. `ANSWER:` what it gives. All that it takes comes as ARGV, as which keys it
  touches depends on what is stored under others: so there is no Redis Cluster.

A client whose connection breaks before the answer came sends its command again: running a command twice in a row has to
do what running it once does.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import redis

from services.redis import keys

ROOMS = Path(__file__).parent.parent
NAMES: Mapping[str, str] = {name: value for name, value in vars(keys).items() if name.isupper()}


class BadScript(Exception):
    """A command that cannot be put together; the text says which, and why."""


class Scripts:
    """The commands of one room of `services`, by name. Raises BadScript."""

    def __init__(self, client: redis.Redis, room: str) -> None:
        self._scripts = {name: client.register_script(text) for name, text in commands(room).items()}

    def run(self, name: str, *args: object) -> Any:
        """What the command answers. Raises redis.RedisError."""
        return self._scripts[name](args=[str(arg) for arg in args])


def pairs(fields: Mapping[str, str]) -> list[str]:
    """Fields and their values in turn, as commands take them."""
    return [part for pair in fields.items() for part in pair]


@cache
def commands(room: str, rooms: Path = ROOMS) -> Mapping[str, str]:
    """The whole texts, as Redis gets them. Raises BadScript."""
    folder = rooms / room / "lua"
    if texts := {path.stem: _whole(path, rooms) for path in sorted(folder.glob("*.lua"))}:
        return texts
    raise BadScript(f"There is no command in {folder}.")


def _whole(command: Path, rooms: Path) -> str:
    """A command behind the keys and the pieces that it needs."""
    texts = {path: path.read_text() for path in _needed(command, rooms, ())}
    names = sorted({name for path, text in texts.items() for name in _keys(path, text)})
    return "\n".join([*(f"local {name} = '{NAMES[name]}'" for name in names), *texts.values()])


def _needed(path: Path, rooms: Path, above: tuple[Path, ...]) -> list[Path]:
    """The file itself, behind all that it includes."""
    if path in above:
        raise BadScript(f"{path} includes itself, by way of {above[-1]}.")
    found: list[Path] = []
    for piece in _pieces(path, rooms):
        found += [needed for needed in _needed(piece, rooms, (*above, path)) if needed not in found]
    return [*found, path]


def _pieces(path: Path, rooms: Path) -> list[Path]:
    pieces = []
    for name in _listed("INCLUDE", path.read_text()):
        room, _, stem = name.partition("/")
        pieces.append(rooms / room / "lua" / "shared" / f"{stem}.lua")
        if not pieces[-1].is_file():
            raise BadScript(f"{path} includes {name}, and there is no {pieces[-1]}.")
    return pieces


def _keys(path: Path, text: str) -> list[str]:
    names = _listed("KEYS", text)
    if unknown := [name for name in names if name not in NAMES]:
        raise BadScript(f"{path} names the key {unknown[0]}, which services/redis/keys.py does not have.")
    return names


def _listed(word: str, text: str) -> list[str]:
    """What the lines of a file's head that begin with this word list."""
    head = takewhile(lambda line: line.startswith("--"), text.splitlines())
    mark = f"-- {word}:"
    return [name for line in head if line.startswith(mark) for name in line.removeprefix(mark).split()]
