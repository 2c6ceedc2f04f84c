"""What must not touch a disk: taken once, forgotten soon, and given to no server that would write it down."""

from __future__ import annotations

import logging
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from services.blobs import BlobMissing
from services.errors import SpoolUnavailable, UploadLost
from services.spool import KEEP, Spool
from tests.support.stack import broker, free_port

KEEPS_NOTHING = ("--appendonly", "no", "--save", "")


def test_what_is_taken_is_gone(tmp_path: Path) -> None:
    with broker(tmp_path, *KEEPS_NOTHING) as server:
        spool = Spool(server.url)
        spool.put("job/upload", BytesIO(b"a picture"))
        with spool.local("job/upload") as path:
            assert path.read_bytes() == b"a picture" and path.read_bytes() == b"a picture"
            assert "memfd" in str(path.readlink())  # no file of any disk
        with pytest.raises(UploadLost), spool.local("job/upload"):
            pass
        with pytest.raises(BlobMissing):
            spool.read("job/upload")


def test_what_nobody_takes_ends_by_itself(tmp_path: Path) -> None:
    with broker(tmp_path, *KEEPS_NOTHING) as server:
        Spool(server.url).put("job/result", BytesIO(b"{}"))
        client: Any = server.client()
        (key,) = client.keys("*")
        assert 0 < client.ttl(key) <= KEEP


def test_the_servers_log_of_commands_has_nothing_of_it(tmp_path: Path) -> None:
    with broker(tmp_path, *KEEPS_NOTHING, "--slowlog-log-slower-than", "0") as server:
        spool = Spool(server.url)
        spool.put("job/upload", BytesIO(b"a picture" * 1000))
        spool.read("job/upload")
        client: Any = server.client()
        logged = str(client.slowlog_get(100))
    assert "SET ocr:spool:job/upload" in logged and "picture" not in logged


def test_a_server_that_persists_is_given_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with broker(tmp_path) as server:
        with pytest.raises(SpoolUnavailable):
            Spool(server.url).put("job/upload", BytesIO(b"a picture"))
        assert server.client().dbsize() == 0
    assert 'appendonly "yes"' in caplog.text


def test_a_server_that_does_not_tell_is_trusted_with_a_warning(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with broker(tmp_path, *KEEPS_NOTHING, "--rename-command", "CONFIG", "") as server, caplog.at_level(logging.WARNING):
        spool = Spool(server.url)
        spool.put("job/upload", BytesIO(b"a picture"))
        assert spool.read("job/upload") == b"a picture"
    assert "CONFIG GET" in caplog.text and "a picture" not in caplog.text


def test_a_server_that_is_full_or_away_is_unavailable(tmp_path: Path) -> None:
    with broker(tmp_path, *KEEPS_NOTHING, "--maxmemory", "2mb") as server, pytest.raises(SpoolUnavailable):
        for number in range(10):
            Spool(server.url).put(f"job{number}/upload", BytesIO(bytes(1 << 20)))
    with pytest.raises(SpoolUnavailable):
        Spool(f"redis://127.0.0.1:{free_port()}/0").put("job/upload", BytesIO(b"a picture"))
