from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import settings
from redis import Redis

from services.blobs.filesystem import FilesystemBlobs
from tests.support.house import House
from tests.support.stack import Broker, Stack, broker, running

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what tests interrupt would inherit a shell's `&`

# No test is decided by how fast a machine is; what must be fast measures processor time itself.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One service on the null engine, shared by the tests that leave it as they found it."""
    with running(tmp_path_factory.mktemp("stack") / "data") as service:
        yield service


@pytest.fixture
def client(stack: Stack) -> Iterator[httpx.Client]:
    with stack.client() as http:
        yield http


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A Valkey for tests that play web and workers themselves."""
    with broker(tmp_path_factory.mktemp("valkey")) as started:
        yield started


@pytest.fixture
def valkey(server: Broker) -> Iterator[Redis]:
    """A client of it, with nothing in it."""
    with server.client() as client:
        client.flushall()
        yield client


@pytest.fixture
def house(valkey: Redis, tmp_path: Path) -> House:
    return House(valkey, FilesystemBlobs(tmp_path))
