"""Wrong keys of every kind, and clients that send them over HTTP and cost next to nothing themselves."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count

from benchmarks.harness.client import BadAnswer, answered, connected
from services.access import api_key

CROWD, NEIGHBOUR = "203.0.113.7", "198.51.100.1"
"""An address that wrong keys come from, right ones too, and one that sends right keys alone."""

Address = Callable[[random.Random], str]


def one_of_eight(draw: random.Random) -> str:
    """CROWD among them."""
    return f"203.0.113.{7 + draw.randrange(8)}"


def ever_new(draw: random.Random) -> str:
    """Nobody's twice, or nearly."""
    return f"10.{draw.randrange(256)}.{draw.randrange(256)}.{draw.randrange(256)}"


def wrong_keys(seed: int, address: Address) -> Iterator[tuple[str, str]]:
    """Without end: a wrong key, in turn of no form, of a wrong check, and unknown; and the address it comes from."""
    draw = random.Random(seed)
    for number in count():
        body = api_key.PREFIX + "".join(draw.choices(api_key.ALPHABET, k=api_key.RANDOM))
        kinds = (body[: draw.randint(4, 34)], body + "000000", api_key.checked(body))
        yield kinds[number % 3], address(draw)


def request(key: str, address: str) -> bytes:
    """As a trusted proxy passes it on."""
    return f"GET /me HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-Key: {key}\r\nX-Forwarded-For: {address}\r\n\r\n".encode()


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many connections that are always busy with wrong keys."""

    connections: int
    address: Address

    def send(self, port: int, seconds: float, seed: int) -> tuple[Counter[str], float]:
        """How often which status came, and the processor seconds that sending took. To be called in a process of its
        own.
        """
        found, began = Counter[str](), time.process_time()
        end = time.monotonic() + seconds
        asking = [
            threading.Thread(target=self._one, args=(port, seed + number, end, found))
            for number in range(self.connections)
        ]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()
        return found, time.process_time() - began

    def _one(self, port: int, seed: int, end: float, found: Counter[str]) -> None:
        """Requests are made beforehand: they are not the service's cost."""
        keys = wrong_keys(seed, self.address)
        ready = [request(*next(keys)) for _ in range(200)]
        while time.monotonic() < end:
            with suppress(OSError, BadAnswer), connected(port) as connection:
                self._talk(connection, ready, end, found)

    def _talk(self, connection: socket.socket, ready: list[bytes], end: float, found: Counter[str]) -> None:
        """Until the service has done with the connection. Raises BadAnswer and OSError."""
        for wrong in ready:
            if time.monotonic() > end:
                return
            found[answered(connection, wrong)[0]] += 1
