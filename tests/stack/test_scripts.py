"""The commands in Lua as a server takes them."""

from __future__ import annotations

import pytest
from redis import Redis

from services.redis.scripts import ROOMS, Scripts, commands

ROOMS_WITH_COMMANDS = sorted({path.parent.parent.name for path in ROOMS.glob("*/lua/*.lua")})


@pytest.mark.parametrize("room", ROOMS_WITH_COMMANDS)
def test_a_server_takes_every_command(room: str, valkey: Redis) -> None:
    """Its own Lua reads them, whether or not a linter is installed."""
    for text in commands(room).values():
        valkey.script_load(text)


def test_a_command_is_loaded_again_where_the_server_has_lost_it(valkey: Redis) -> None:
    scripts = Scripts(valkey, "redis")
    assert scripts.run("answer") == 1
    valkey.script_flush()
    assert scripts.run("answer") == 1
