"""The queue of a real service: who waits for whom, when it is full, and what an operator may run again."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from config import ROOT
from services.redis.keys import WAITING
from tests.support.stack import Stack, document, eventually, faulty, picture

MOST = 12


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One process, so that the order in which pages are read is the order of the queue."""
    settings = {"OCR_WORKERS": "1", "TRUSTED_PROXIES": "1", "MAX_QUEUED_JOBS": str(MOST)}
    with faulty(tmp_path_factory.mktemp("queue") / "data", **settings) as service:
        yield service


def command(text: str) -> str:
    """A page that the faulty engine obeys, like no other page."""
    return f"{text}\n{uuid.uuid4()}"


def send_document(stack: Stack, pages: list[str]) -> dict[str, Any]:
    with stack.client() as client:
        answer = client.post("/ocr/image", files={"file": ("scan.tiff", document(pages))})
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


def begun(stack: Stack, texts: list[str]) -> list[float]:
    """When each of those pages that were begun was begun first."""
    return [tries[0].at for text in texts if (tries := stack.tries(text))]


def operate(
    stack: Stack, *arguments: str, module: str = "services.operations.failed"
) -> subprocess.CompletedProcess[str]:
    """What `make jobs-failed` and `make jobs-rerun` run, and others of their kind."""
    env = {**os.environ, **stack.env, "DATA_DIR": str(stack.data)}
    program = [sys.executable, "-m", module, *arguments]
    return subprocess.run(program, cwd=ROOT, env=env, capture_output=True, text=True)


def test_a_picture_overtakes_a_long_document(stack: Stack) -> None:
    """Though both come from one client. A part has four pages; one runs when the picture comes, one may be next."""
    pages, photo = [command("SLEEP 0.1") for _ in range(40)], command("SLEEP 0")
    job_id = send_document(stack, pages)["job_id"]
    stack.tried(pages[0])
    photo_id = stack.submit(photo)
    read = len(begun(stack, pages))
    stack.finished(photo_id)
    before = [at for at in begun(stack, pages) if at < stack.tries(photo)[0].at]
    assert len(before) <= read + 4 + 4
    assert stack.finished(job_id)["status"] == "completed"
    assert len(begun(stack, pages)) == 40


def hold(stack: Stack) -> str:
    """Keep the one process busy until `Stack.let_go` with this page, so that all that is sent meanwhile waits."""
    held = command("HOLD")
    stack.submit(held)
    stack.tried(held)
    return held


def test_clients_share(stack: Stack) -> None:
    """The same client behind the same proxy is one, whatever it says of itself."""
    held = hold(stack)
    texts, other = [command("SLEEP 0") for _ in range(10)], command("SLEEP 0")
    for number, text in enumerate(texts):
        stack.upload(text, headers={"X-Forwarded-For": f"10.9.9.{number}, 10.0.0.1"})
    answer = stack.upload(other, headers={"X-Forwarded-For": "10.0.0.2"}).json()
    assert answer["queue_position"] <= 2
    stack.let_go(held)
    stack.finished(answer["job_id"])
    assert len([at for at in begun(stack, texts) if at < stack.tries(other)[0].at]) <= 2
    eventually(lambda: len(begun(stack, texts)) == 10, 60)


def test_scans_go_first(stack: Stack) -> None:
    """They would be given up after eight seconds, which is less than what waits before them."""
    held = hold(stack)
    texts = [command("SLEEP 1") for _ in range(MOST)]
    jobs = [stack.submit(text) for text in texts]
    waiting = stack.redis().zcard(WAITING)
    with ThreadPoolExecutor() as background, stack.client() as client:
        scan = background.submit(client.post, "/scan-mrz", files={"file": ("scan.png", picture("no zone"))})
        eventually(lambda: stack.redis().zcard(WAITING) != waiting, 60)
        stack.let_go(held)
        answer = scan.result()
    assert answer.status_code == 422, answer.text
    read = stack.tries("no zone")[0].at
    for job_id in jobs:
        stack.finished(job_id)
    assert [at for at in begun(stack, texts) if at < read] == []


def test_a_full_queue_refuses_and_says_when_to_come_again(stack: Stack) -> None:
    known = command("SLEEP 0")
    stack.finished(stack.submit(known))
    held = hold(stack)
    texts = [command("SLEEP 0") for _ in range(MOST)]
    jobs = [stack.submit(text) for text in texts]
    uploads = stack.data / "uploads"
    files = {path for path in uploads.rglob("*") if path.is_file()}
    refused = [stack.upload(command("SLEEP 0")), stack.upload(command("SLEEP 0"), "/paddleocr/predict-async")]
    for answer in refused:
        assert (answer.status_code, answer.json()["code"]) == (503, "queue_full")
        assert 5 <= int(answer.headers["Retry-After"]) <= 120
        assert answer.json()["retryable"]
    assert {path for path in uploads.rglob("*") if path.is_file()} == files
    assert stack.upload(known).json()["status"] == "completed", "an answer from the cache needs no place"
    jobs.append(stack.submit(texts[0]))  # nor does who waits for the same upload
    stack.let_go(held)
    for job_id in jobs:
        assert stack.finished(job_id)["status"] == "completed"
    assert stack.upload(command("SLEEP 0")).status_code == 202


def test_a_batch_is_taken_as_far_as_there_is_room(stack: Stack) -> None:
    held = hold(stack)
    files = [("files[]", (f"{n}.png", picture(command("SLEEP 0")))) for n in range(MOST + 2)]
    with stack.client() as client:
        answer = client.post("/ocr/batch", files=files).json()
    stack.let_go(held)
    assert (answer["accepted"], [error["code"] for error in answer["errors"]]) == (MOST, ["queue_full"] * 2)
    for item in answer["files"][:MOST]:
        stack.finished(item["job"]["job_id"])


def test_an_estimate_is_learnt_from_what_was_read(tmp_path: Path) -> None:
    """Of five pages that take half a second or more each, one process reads four after another."""
    with faulty(tmp_path / "data", OCR_WORKERS="2") as stack:
        first = command("SLEEP 0.5")
        unknown = stack.upload(first).json()
        assert unknown["estimated_time_seconds"] is None
        stack.finished(unknown["job_id"])
        pages = [command("HOLD"), *(command("SLEEP 0.5") for _ in range(4))]
        job_id = send_document(stack, pages)["job_id"]
        stack.tried(pages[4])
        running = stack.get(f"/ocr/job/{job_id}")
        stack.let_go(pages[0])
        assert running.status_code == 202 and running.json()["estimated_time_seconds"] >= 1
        assert stack.finished(job_id)["estimated_time_seconds"] is None
        known = send_document(stack, [command("SLEEP 0.5") for _ in range(5)])
        assert known["estimated_time_seconds"] >= 2


def test_an_operator_sees_what_the_service_failed_on_and_has_it_done_again(stack: Stack) -> None:
    crash, bad = command("CRASH 3"), command("BAD")
    failed, refused = stack.submit(crash), stack.submit(bad)
    stack.finished(refused)
    assert stack.finished(failed)["error"]["code"] == "worker_lost"
    assert stack.samples()["ocr_failed_jobs",] == 1

    listed = operate(stack)
    rows = [line.split() for line in listed.stdout.splitlines()]
    assert listed.returncode == 0 and len(rows) == 2, listed
    job_id, _, *rest = rows[1]
    assert job_id == failed and rest == ["worker_lost", "3", "image/png", str(len(picture(crash))), "anonymous"]
    assert "scan.png" not in listed.stdout and "CRASH" not in listed.stdout

    again = operate(stack, "--rerun", failed)
    assert (again.returncode, again.stdout.split()[0]) == (0, failed), again
    job = stack.finished(failed)
    assert (job["status"], job["attempts"], job["error"]) == ("completed", 1, None)
    assert stack.text_of(failed) == crash
    assert stack.samples()["ocr_failed_jobs",] == 0
    for wanted in (failed, refused, "nonsense"):
        answer = operate(stack, "--rerun", wanted)
        assert answer.returncode == 1 and "not among the failed jobs" in answer.stdout


def test_all_failed_jobs_are_run_again_but_those_whose_upload_is_gone(stack: Stack) -> None:
    """Two of one upload are read once again, too."""
    text, gone = command("CRASH 3"), command("CRASH 3")
    twins = [stack.submit(text), stack.submit(text)]
    lost = stack.submit(gone)
    for job_id in (*twins, lost):
        assert stack.finished(job_id)["status"] == "failed"
    (stack.data / "uploads" / lost[:2] / lost / "upload").unlink()
    answer = operate(stack, "--rerun", "all")
    assert answer.returncode == 1
    assert f"{lost} has no upload any more" in answer.stdout, answer
    for job_id in twins:
        assert stack.finished(job_id)["status"] == "completed"
    assert len(stack.tries(text)) == 4
    assert [line.split()[0] for line in operate(stack).stdout.splitlines()[1:]] == [lost]


@pytest.mark.parametrize("module", ["services.operations.failed", "services.operations.webhooks"])
def test_an_operator_is_told_what_is_missing(tmp_path: Path, module: str) -> None:
    nowhere = Stack(tmp_path / "data", {})
    answer = operate(nowhere, module=module)
    assert answer.returncode == 1 and "make run" in answer.stderr
    away = Stack(tmp_path / "data", {"REDIS_URL": "redis://127.0.0.1:1/0"})
    answer = operate(away, module=module)
    assert answer.returncode == 1 and "REDIS_URL" in answer.stderr


def test_an_operator_is_told_that_there_is_nothing_to_send_again(stack: Stack) -> None:
    assert "No webhook was given up" in operate(stack, module="services.operations.webhooks").stdout
    answer = operate(stack, "nonsense", module="services.operations.webhooks")
    assert answer.returncode == 1 and "make webhooks-failed" in answer.stdout
