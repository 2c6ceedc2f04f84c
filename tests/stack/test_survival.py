"""Jobs outlive whatever happens to the processes, the broker and the disk: each ends, once, with its own result.

The engine misbehaves on command, see `tests/support/faults/engines/faulty.py`; everything else is the real service.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from services.redis import keys
from tests.support.stack import Stack, broker, eventually, faulty, picture, running

AGAIN_SECONDS = 10.0
"""How soon a job runs again after whoever ran it was killed."""


def command(text: str) -> str:
    """A page that the faulty engine obeys, like no other page."""
    return f"{text}\n{uuid.uuid4()}"


def completes(stack: Stack, job_id: str, text: str) -> dict[str, Any]:
    job = stack.finished(job_id)
    assert job["status"] == "completed", job
    assert stack.text_of(job_id) == text
    return job


def fails(stack: Stack, job_id: str) -> tuple[dict[str, Any], httpx.Response]:
    """The job and the answer to who asks for its result."""
    job = stack.finished(job_id)
    assert job["status"] == "failed", job
    answer = stack.get(f"/ocr/job/{job_id}/result")
    assert answer.json()["code"] == job["error"]["code"]
    return job, answer


def kept_files(stack: Stack) -> set[str]:
    """Every file that uploads have left on the disk."""
    folders = [stack.data / "uploads", stack.data / "incoming"]
    return {str(path) for folder in folders for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with faulty(tmp_path_factory.mktemp("survival") / "data", OCR_WORKERS="2") as service:
        yield service


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A service that gives a job two seconds and a process three jobs or 200 MB."""
    limits = {"REQUEST_TIMEOUT": "2", "WORKER_MAX_TASKS": "3", "WORKER_MAX_MEMORY_MB": "200", "OCR_WORKERS": "2"}
    with faulty(tmp_path_factory.mktemp("hasty") / "data", **limits) as service:
        yield service


def test_a_job_runs_again_when_its_process_was_killed(stack: Stack) -> None:
    text = command("SLEEP 3")
    job_id = stack.submit(text)
    first = stack.tried(text)
    killed = time.time()
    os.kill(first.pid, signal.SIGKILL)
    second = stack.tried(text, 2)
    assert second.at - killed < AGAIN_SECONDS and second.pid != first.pid
    assert completes(stack, job_id, text)["attempts"] == 2


def test_a_job_runs_again_when_the_whole_worker_was_killed(stack: Stack) -> None:
    texts = [command("SLEEP 3"), command("SLEEP 3"), command("SLEEP 0")]
    jobs = [stack.submit(text) for text in texts]
    pids = {stack.tried(text).pid for text in texts[:2]}
    killed = time.time()
    os.killpg(psutil.Process(pids.pop()).ppid(), signal.SIGKILL)
    assert all(stack.tried(text, 2).at - killed < AGAIN_SECONDS for text in texts[:2])
    for job_id, text in zip(jobs, texts, strict=True):
        completes(stack, job_id, text)


def test_nothing_is_lost_when_the_broker_was_killed(stack: Stack) -> None:
    texts, awaited = [command("SLEEP 2") for _ in range(4)], command("SLEEP 1")
    jobs = [stack.submit(text) for text in texts]
    with ThreadPoolExecutor(1) as pool, stack.redis() as records:
        accepted = records.zcard(keys.EXPIRY)
        answer = pool.submit(stack.upload, awaited, headers={"Prefer": "wait=20"})
        eventually(lambda: records.zcard(keys.EXPIRY) != accepted, 30)
        stack.tried(texts[0])
        (valkey,) = stack.children("valkey.sock")
        valkey.kill()
    assert answer.result().status_code in (200, 202), "a client that waits keeps its job"
    completes(stack, answer.result().json()["job_id"], awaited)
    for job_id, text in zip(jobs, texts, strict=True):
        completes(stack, job_id, text)
    assert len(stack.tries(texts[0])) == 1, "a job outlives the broker where it runs"
    eventually(lambda: stack.status_of("/health/ready") == 200, AGAIN_SECONDS)


def test_a_job_that_kills_its_worker_every_time_is_given_up(stack: Stack) -> None:
    bad = command("CRASH")
    job_id = stack.submit(bad)
    others = [command("SLEEP 0.2") for _ in range(10)]
    for other, text in [(stack.submit(text), text) for text in others]:
        completes(stack, other, text)
    job, answer = fails(stack, job_id)
    assert (job["error"]["code"], job["error"]["retryable"]) == ("worker_lost", False)
    assert answer.status_code == 500
    assert len(stack.tries(bad)) == job["attempts"] == 3


def test_a_failure_is_tried_again_with_growing_pauses(stack: Stack) -> None:
    """Only where it may pass: a bad upload is refused at once."""
    flaky, hopeless, bug, bad = command("FLAKY 2"), command("FLAKY"), command("BUG"), command("BAD")
    jobs = {text: stack.submit(text) for text in (flaky, hopeless, bug, bad)}
    assert completes(stack, jobs[flaky], flaky)["attempts"] == 3
    for text, code in ((hopeless, "engine_failed"), (bug, "internal_error")):
        job, answer = fails(stack, jobs[text])
        assert (job["error"]["code"], answer.status_code, job["attempts"]) == (code, 500, 4)
        times = [tried.at for tried in stack.tries(text)]
        pauses = [later - earlier for earlier, later in zip(times, times[1:], strict=False)]
        assert len(pauses) == 3 and all(pause >= 2**n for n, pause in enumerate(pauses)), pauses
    job, answer = fails(stack, jobs[bad])
    assert (job["error"]["code"], answer.status_code, job["attempts"]) == ("bad_input", 422, 1)


def test_the_same_upload_twice_at_once_is_read_once(stack: Stack) -> None:
    text = command("SLEEP 1")
    pages = stack.samples().get(("ocr_pages_total", "true"), 0)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: stack.upload(text, headers={"Prefer": "wait=20"}).json(), range(4)))
    assert {answer["text"] for answer in answers} == {text}
    assert sorted(answer["cached"] for answer in answers) == [False, True, True, True]
    assert len(stack.tries(text)) == stack.samples()["ocr_pages_total", "true"] - pages == 1


def test_who_waits_for_the_same_upload_gets_it_when_its_reader_was_killed(stack: Stack) -> None:
    text, hopeless = command("SLEEP 2"), command("CRASH")
    leader, follower = stack.submit(text), stack.submit(text)
    pair = stack.submit(hopeless), stack.submit(hopeless)
    os.kill(stack.tried(text).pid, signal.SIGKILL)
    completes(stack, leader, text)
    completes(stack, follower, text)
    assert {fails(stack, job_id)[0]["error"]["code"] for job_id in pair} == {"worker_lost"}


def test_a_job_that_takes_too_long_is_ended(hasty: Stack) -> None:
    """In good order where it can be interrupted, with its process where it cannot."""
    slow, deaf = command("SLEEP 60"), command("DEAF 60")
    began = time.monotonic()
    jobs = hasty.submit(slow), hasty.submit(deaf)
    deaf_pid, slow_pid = hasty.tried(deaf).pid, hasty.tried(slow).pid
    assert fails(hasty, jobs[0])[0]["error"]["code"] == "processing_timeout"
    assert time.monotonic() - began < 10 and psutil.pid_exists(slow_pid)
    other = command("SLEEP 0")
    completes(hasty, hasty.submit(other), other)
    job, answer = fails(hasty, jobs[1])
    assert (job["error"]["code"], answer.status_code) == ("processing_timeout", 504)
    assert len(hasty.tries(deaf)) == 1
    eventually(lambda: not psutil.pid_exists(deaf_pid), 30)


def test_processes_are_replaced_after_some_jobs_and_no_job_is_lost(hasty: Stack) -> None:
    texts = [command("SLEEP 0.05") for _ in range(20)]
    for job_id, text in [(hasty.submit(text), text) for text in texts]:
        assert completes(hasty, job_id, text)["attempts"] == 1
    runs = Counter(hasty.tries(text)[0].pid for text in texts)
    assert len(runs) >= 7 and max(runs.values()) <= 3, runs


def test_a_process_that_leaks_is_replaced(hasty: Stack) -> None:
    texts = [command("LEAK 200") for _ in range(4)]
    for job_id, text in [(hasty.submit(text), text) for text in texts]:
        completes(hasty, job_id, text)
    assert len({hasty.tries(text)[0].pid for text in texts}) == 4


def test_a_killed_service_leaves_no_process_and_loses_no_job(tmp_path: Path) -> None:
    texts = [command("SLEEP 0.05") for _ in range(200)]
    with faulty(tmp_path / "data", OCR_WORKERS="2") as stack:
        with ThreadPoolExecutor(8) as pool:
            jobs = dict(zip(pool.map(stack.submit, texts), texts, strict=True))
        left = stack.children("")
        stack.kill()
        _, alive = psutil.wait_procs(left, timeout=5)
        assert not alive
        ended = sum(len(stack.tries(text)) for text in texts)
        assert 0 < ended < 200, "the service was killed in the middle"
        stack.start()
        for job_id, text in jobs.items():
            completes(stack, job_id, text)
        assert sum(len(stack.tries(text)) for text in texts) <= 200 + 2
        samples = stack.samples()
        assert samples["ocr_jobs_total", "completed"] == 200
        assert ("ocr_jobs_total", "failed") not in samples


def test_nothing_is_accepted_while_the_broker_is_down(tmp_path: Path) -> None:
    with broker(tmp_path / "broker") as server, running(tmp_path / "data", REDIS_URL=server.url) as stack:
        before = command("before")
        job_id = stack.submit(before)
        completes(stack, job_id, before)
        files = kept_files(stack)
        server.stop()
        for answer in (stack.upload(command("x")), stack.get(f"/ocr/job/{job_id}")):
            assert (answer.status_code, answer.json()["code"]) == (503, "broker_unavailable")
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert int(answer.headers["Retry-After"]) > 0
        assert kept_files(stack) == files
        server.start()
        eventually(lambda: stack.status_of("/health/ready") == 200, 30, stack.tail)
        after = command("after")
        completes(stack, stack.submit(after), after)
        assert stack.text_of(job_id) == before


@contextmanager
def disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own at `folder`."""
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("SKIPPED: a full disk needs the right to mount a small one")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_an_upload_that_finds_no_space_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    """Whether the blob store is full or already the disk to which uploads are spooled."""
    data = tmp_path / "data"
    with (
        disk(tmp_path / "blobs", "1m") as blobs,
        disk(data / "incoming", "3m") as incoming,
        running(data, UPLOAD_FOLDER=str(blobs)) as stack,
        stack.client() as client,
        stack.redis() as records,
    ):
        for size in (2_000_000, 4_000_000):
            large = picture(command("large")) + os.urandom(size)
            answer = client.post("/ocr/image", files={"file": ("scan.png", large)})
            assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert not [path for folder in (blobs, incoming) for path in folder.rglob("*") if path.is_file()]
            assert not records.exists(keys.WAITING, keys.EXPIRY)
        small = command("small")
        completes(stack, stack.submit(small), small)
