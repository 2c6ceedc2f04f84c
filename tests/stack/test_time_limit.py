"""A unit that runs too long is broken off where nothing is half done: `tasks.ocr` in a process, on a real Valkey."""

from __future__ import annotations

import subprocess
import sys
from io import BytesIO
from pathlib import Path

import redis

from config import ROOT
from services.blobs.filesystem import FilesystemBlobs
from services.jobs.store.intake import Intake
from services.jobs.store.reader import JobReader
from tests.support.house import new_job
from tests.support.stack import Broker, picture


def test_a_unit_is_not_broken_off_amid_a_command_but_soon_after(
    server: Broker, valkey: redis.Redis, tmp_path: Path
) -> None:
    """Or the connection would have the answer of one command in it, and give it to the next."""
    blobs = FilesystemBlobs(tmp_path / "blobs")
    job = new_job()
    blobs.put(job.upload_key, BytesIO(picture("text")))
    Intake(valkey).accept(job)
    command = (sys.executable, "-m", "tests.support.faults.out_of_time", server.url, str(tmp_path / "blobs"))
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == ["answered", "broken_off", "off"], "or the next unit would be hit"
    error = JobReader(valkey).read(job.id).outcome.error
    assert error and error.code == "processing_timeout"
