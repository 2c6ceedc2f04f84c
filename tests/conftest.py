from __future__ import annotations

import signal
from collections.abc import Iterator

import httpx
import pytest

from tests.stack import Stack, running

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what tests interrupt would inherit a shell's `&`


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One service on the null engine, shared by the tests that leave it as they found it."""
    with running(tmp_path_factory.mktemp("stack") / "data") as service:
        yield service


@pytest.fixture
def client(stack: Stack) -> Iterator[httpx.Client]:
    with stack.client() as http:
        yield http
