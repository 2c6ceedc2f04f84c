"""Clients that take their answers slowly, or not at all, cost the web process no memory."""

from __future__ import annotations

import socket
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.support import samples
from tests.support.stack import Stack, document, eventually, running

READERS = 12
SIDE = 2400
"""Of a picture of noise, which no packing makes smaller: some 17 MB."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("slow") / "data", WEB_WORKERS="1") as stack:
        yield stack


@pytest.fixture(scope="module")
def large(service: Stack) -> str:
    """The path of a searchable PDF of many megabytes."""
    noise = np.random.default_rng(7).integers(0, 255, (SIDE, SIDE, 3), dtype=np.uint8)
    with service.client() as client:
        sent = client.post(
            "/ocr/image", files={"file": (f"{uuid.uuid4()}.png", samples.encode(Image.fromarray(noise)))}
        )
    job_id = sent.json()["job_id"]
    service.finished(job_id)
    return f"/ocr/job/{job_id}/artifacts/pdf"


def held(service: Stack) -> int:
    """Bytes of memory of the web process."""
    return max(int(child.memory_info().rss) for child in service.children("gunicorn"))


def spooled(folder: Path, service: Stack) -> int:
    """How many nameless files the web processes have open in the folder of uploads."""
    files = [file for child in service.children("gunicorn") for file in Path(f"/proc/{child.pid}/fd").iterdir()]
    names = [str(file.readlink()) for file in files if file.is_symlink()]
    return sum(name.startswith(str(folder)) and name.endswith("(deleted)") for name in names)


def test_many_slow_readers_of_a_large_file(service: Stack, large: str) -> None:
    whole = service.get(large)
    assert whole.status_code == 200 and len(whole.content) == int(whole.headers["Content-Length"]) > 10_000_000
    before = held(service)
    with ExitStack() as open_ones:
        for _ in range(READERS):
            wire = open_ones.enter_context(socket.create_connection(("127.0.0.1", service.port), timeout=120))
            wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
            wire.sendall(f"GET {large} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
            assert wire.recv(12) == b"HTTP/1.1 200"
        assert held(service) - before < 3 * len(whole.content), "a copy for each would be twelve"
        assert service.get("/health/alive").status_code == 200
    eventually(lambda: spooled(service.data, service) == 0, 60, service.tail)
    assert len(service.get(large).content) == len(whole.content)


def test_a_large_result_comes_whole(service: Stack) -> None:
    lines = "\n".join(f"line {number} {uuid.uuid4()}" for number in range(40))
    with service.client() as client:
        sent = client.post("/ocr/image", files={"file": ("many.tiff", document([lines] * 60))}).json()
        service.finished(sent["job_id"])
        answer = client.get(sent["links"]["result"])
    assert len(answer.content) == int(answer.headers["Content-Length"]) > 300_000
    assert answer.json()["full_text"].split("\f") == [lines] * 60
    assert answer.headers["Content-Type"] == "application/json"
