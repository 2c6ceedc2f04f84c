"""A job that nobody wants any more ends at once, frees whoever ran it, and harms no other job."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psutil
import pytest

from services.redis import keys
from tests.support.stack import Stack, document, eventually, faulty

FREE_SECONDS = 1.0
"""How soon a worker runs something else after the cancel of what it ran was answered."""


def command(text: str) -> str:
    """A page that the faulty engine obeys, like no other page."""
    return f"{text}\n{uuid.uuid4()}"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One process reads everything, in units of four pages."""
    with faulty(tmp_path_factory.mktemp("cancel") / "data", OCR_WORKERS="1") as service:
        yield service


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Two processes."""
    with faulty(tmp_path_factory.mktemp("pair") / "data", OCR_WORKERS="2") as service:
        yield service


def cancel(stack: Stack, job_id: str) -> httpx.Response:
    with stack.client() as client:
        return client.post(f"/ocr/job/{job_id}/cancel")


def delete(stack: Stack, job_id: str) -> httpx.Response:
    with stack.client() as client:
        return client.delete(f"/ocr/job/{job_id}")


def send(stack: Stack, texts: list[str]) -> str:
    """The id of the job of a document."""
    with stack.client() as client:
        answer = client.post("/ocr/image", files={"file": ("a.tiff", document(texts))})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["job_id"])


def is_cancelled(stack: Stack, job_id: str) -> dict[str, Any]:
    job = stack.get(f"/ocr/job/{job_id}")
    assert job.status_code == 200
    body = dict(job.json())
    assert (body["status"], body["ready"], body["successful"], body["failed"]) == ("cancelled", True, False, False)
    result = stack.get(f"/ocr/job/{job_id}/result")
    assert (result.status_code, result.json()["code"]) == (409, "job_cancelled")
    return body


def files_of(stack: Stack, job_id: str) -> list[str]:
    return [str(path) for path in (stack.data / "uploads").rglob(f"{job_id}/*")]


def lost(stack: Stack) -> float:
    return stack.samples().get(("ocr_units_lost_total",), 0.0)


def test_a_running_document_is_left_at_once_by_the_process_that_reads_it(stack: Stack) -> None:
    pages, other = [command("SLEEP 20") for _ in range(12)], command("SLEEP 0")
    job_id = send(stack, pages)
    pid, before = stack.tried(pages[0]).pid, lost(stack)
    waiting = stack.submit(other)
    answer = cancel(stack, job_id)
    answered = time.time()
    assert answer.status_code == 202 and answer.json()["status"] == "cancelled"
    tried = stack.tried(other)
    assert tried.at - answered < FREE_SECONDS
    assert tried.pid == pid, "the process was interrupted, not killed: its models stay loaded"
    assert stack.finished(waiting)["status"] == "completed"
    is_cancelled(stack, job_id)
    assert files_of(stack, job_id) == [] and lost(stack) == before
    assert all(stack.tries(page) == [] for page in pages[1:])


def test_a_queued_job_is_never_read(stack: Stack) -> None:
    busy, text = command("SLEEP 1"), command("SLEEP 0")
    first, queued = stack.submit(busy), stack.submit(text)
    assert cancel(stack, queued).json()["started_at"] is None
    is_cancelled(stack, queued)
    assert stack.finished(first)["status"] == "completed" and stack.tries(text) == []


def test_cancelling_twice_or_too_late_changes_nothing(stack: Stack) -> None:
    text = command("SLEEP 0")
    done = stack.submit(text)
    stack.finished(done)
    assert [cancel(stack, done).status_code for _ in range(2)] == [202, 202]
    assert cancel(stack, done).json()["status"] == "completed" and stack.text_of(done) == text
    gone = stack.submit(command("SLEEP 20"))
    first, second = cancel(stack, gone), cancel(stack, gone)
    assert first.json() == second.json()


def test_who_waits_for_a_cancelled_job_is_told(stack: Stack) -> None:
    text = command("SLEEP 20")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(stack.upload, text, headers={"Prefer": "wait=15"})
        stack.tried(text)
        with stack.redis() as records:
            (job_id,) = {str(unit).partition(":")[0] for unit in records.zrange(keys.RUNNING, 0, -1)}
        cancel(stack, job_id)
        assert (waiting.result().status_code, waiting.result().json()["code"]) == (409, "job_cancelled")


def test_who_follows_a_cancelled_job_is_told(stack: Stack) -> None:
    pages = [command("SLEEP 0"), command("SLEEP 20")]
    job_id = send(stack, pages)
    stack.tried(pages[1])
    with ThreadPoolExecutor(2) as pool:
        events = pool.submit(stack.get, f"/ocr/job/{job_id}/events")
        lines = pool.submit(stack.get, f"/ocr/job/{job_id}/pages")
        cancel(stack, job_id)
        told = [line.partition(": ")[2] for line in events.result().text.split("\n") if line.startswith("event: ")]
        read = [json.loads(line) for line in lines.result().text.splitlines() if line]
    assert told == ["job_queued", "job_started", "job_progress", "job_cancelled"]
    assert read[-1]["error"]["code"] == "job_cancelled"


def test_a_job_that_is_not_there_cannot_be_cancelled_or_deleted(stack: Stack) -> None:
    for answer in (cancel(stack, "nope"), delete(stack, "nope")):
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_job")


def test_an_expired_job_cannot_be_cancelled_or_deleted(stack: Stack) -> None:
    job_id = stack.submit(command("SLEEP 0"))
    stack.finished(job_id)
    with stack.redis() as records:
        records.hset(keys.JOB + job_id, "expires_at", str(time.time() - 1))
    for answer in (cancel(stack, job_id), delete(stack, job_id)):
        assert (answer.status_code, answer.json()["code"]) == (410, "job_expired")


def test_the_same_upload_of_another_request_is_read_all_the_same(stack: Stack) -> None:
    """From where the cancelled job had got to."""
    texts = [command("SLEEP 0.1"), command("SLEEP 2"), command("SLEEP 0.1")]
    leader, heir, third = (send(stack, texts) for _ in range(3))
    stack.tried(texts[1])
    cancel(stack, leader)
    for job_id in (heir, third):
        assert stack.finished(job_id)["status"] == "completed"
        assert stack.get(f"/ocr/job/{job_id}/result").json()["full_text"] == "\f".join(texts)
    is_cancelled(stack, leader)
    assert [len(stack.tries(text)) for text in texts] == [1, 2, 1]


def test_a_queued_job_leaves_its_place_to_who_waits_for_the_same(stack: Stack) -> None:
    busy, same, later = command("SLEEP 2"), command("SLEEP 0"), command("SLEEP 0")
    stack.submit(busy)
    leader, heir, last = stack.submit(same), stack.submit(same), stack.submit(later)
    cancel(stack, leader)
    assert [stack.get(f"/ocr/job/{heir}").json()["state"], len(stack.tries(busy))] == ["queued", 1]
    with stack.redis() as records:
        assert records.zrange(keys.WAITING, 0, -1) == [heir, last]
    stack.finished(heir)
    assert stack.text_of(heir) == same and len(stack.tries(same)) == 1


def test_who_does_not_wait_any_more_is_not_served(stack: Stack) -> None:
    text = command("SLEEP 1")
    leader, follower = stack.submit(text), stack.submit(text)
    cancel(stack, follower)
    assert stack.finished(leader)["status"] == "completed"
    is_cancelled(stack, follower)
    assert files_of(stack, follower) == [] and stack.text_of(leader) == text


def test_a_process_that_hears_nothing_is_replaced(stack: Stack) -> None:
    deaf, other = command("DEAF 60"), command("SLEEP 0")
    job_id, before = stack.submit(deaf), lost(stack)
    pid = stack.tried(deaf).pid
    waiting = stack.submit(other)
    cancel(stack, job_id)
    eventually(lambda: not psutil.pid_exists(pid), 30, stack.tail)
    job = stack.finished(waiting)
    assert (job["status"], job["attempts"]) == ("completed", 1)
    is_cancelled(stack, job_id)
    assert lost(stack) == before


def test_cancels_harm_no_other_job(pair: Stack) -> None:
    """Each second job is cancelled while two processes go through all of them."""
    before = lost(pair)
    texts = [command("SLEEP 0.1") for _ in range(60)]
    with ThreadPoolExecutor(4) as pool:
        jobs = list(pool.map(pair.submit, texts))
        answers = list(pool.map(lambda job_id: cancel(pair, job_id), jobs[::2]))
    assert {answer.status_code for answer in answers} == {202}
    for job_id, text in zip(jobs[1::2], texts[1::2], strict=True):
        job = pair.finished(job_id)
        assert (job["status"], job["attempts"]) == ("completed", 1) and pair.text_of(job_id) == text
    assert {pair.finished(job_id)["status"] for job_id in jobs[::2]} <= {"cancelled", "completed"}
    assert lost(pair) == before
    with pair.redis() as records:
        assert not records.exists(keys.RUNNING, keys.HOLDERS, keys.WAITING, keys.RETRY)
    assert {state: pair.samples()["ocr_open_jobs", state] for state in ("queued", "processing")} == {
        "queued": 0,
        "processing": 0,
    }


def test_a_document_that_many_read_is_left_by_all_of_them(pair: Stack) -> None:
    pages = [command("SLEEP 20") for _ in range(12)]
    job_id = send(pair, pages)
    eventually(lambda: sum(bool(pair.tries(page)) for page in pages) == 2, 30, pair.tail)
    others = [command("SLEEP 0.5"), command("SLEEP 0.5")]
    for other in others:
        pair.submit(other)
    cancel(pair, job_id)
    answered = time.time()
    assert all(pair.tried(other).at - answered < FREE_SECONDS for other in others)
    assert {pair.tries(other)[0].pid for other in others} == {pair.tries(p)[0].pid for p in pages if pair.tries(p)}


# Deleting


def test_nothing_is_left_of_a_deleted_job(stack: Stack) -> None:
    text = command("SLEEP 0")
    job_id = stack.submit(text)
    stack.finished(job_id)
    assert files_of(stack, job_id)
    assert (delete(stack, job_id).status_code, delete(stack, job_id).status_code) == (204, 404)
    for path in ("", "/result", "/artifacts/annotated"):
        assert stack.get(f"/ocr/job/{job_id}{path}").status_code == 404
    assert cancel(stack, job_id).status_code == 404
    assert files_of(stack, job_id) == []
    with stack.redis() as records:
        kept = [str(key) for key in records.scan_iter() if key != keys.EXPIRY]
        assert not [key for key in kept if job_id in key or _mentions(records, key, job_id)]
    stack.finished(again := stack.submit(text))
    assert stack.get(f"/ocr/job/{again}/result").json()["cached"] is False, "the cache entry went too"
    assert len(stack.tries(text)) == 2


def _mentions(records: Any, key: str, job_id: str) -> bool:
    read = {"string": records.get, "zset": lambda k: records.zrange(k, 0, -1), "set": records.smembers}
    kind = records.type(key)
    return kind in read and job_id in str(read[kind](key))


def test_who_was_answered_from_a_deleted_job_keeps_the_result(stack: Stack) -> None:
    text = command("SLEEP 0")
    first = stack.submit(text)
    stack.finished(first)
    second = stack.submit(text)
    assert delete(stack, first).status_code == 204
    assert stack.text_of(second) == text and len(stack.tries(text)) == 1


def test_who_waits_for_a_job_that_is_deleted_is_served(stack: Stack) -> None:
    text = command("SLEEP 1")
    leader, follower = stack.submit(text), stack.submit(text)
    stack.tried(text)
    assert delete(stack, leader).status_code == 204
    stack.finished(follower)
    assert stack.text_of(follower) == text


def test_a_job_that_runs_is_stopped_and_deleted(stack: Stack) -> None:
    text, other = command("SLEEP 20"), command("SLEEP 0")
    job_id = stack.submit(text)
    stack.tried(text)
    waiting = stack.submit(other)
    assert delete(stack, job_id).status_code == 204
    deleted = time.time()
    assert stack.tried(other).at - deleted < FREE_SECONDS
    stack.finished(waiting)
    assert stack.get(f"/ocr/job/{job_id}").status_code == 404 and files_of(stack, job_id) == []


def test_jobs_that_are_deleted_while_they_end_leave_nothing(pair: Stack) -> None:
    texts = [command("SLEEP 0.05") for _ in range(40)]
    jobs = [pair.submit(text) for text in texts]

    def deleted(pair_of: tuple[str, str]) -> int:
        job_id, text = pair_of
        pair.tried(text)
        return delete(pair, job_id).status_code

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(deleted, zip(jobs, texts, strict=True))) == {204}
    last = pair.submit(command("SLEEP 0"))
    pair.finished(last)
    eventually(lambda: [job_id for job_id in jobs if files_of(pair, job_id)] == [], 30, pair.tail)
    with pair.redis() as records:
        assert not [job_id for job_id in jobs if records.exists(keys.JOB + job_id, keys.PAGES + job_id)]
