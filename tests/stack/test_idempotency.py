"""`Idempotency-Key`: a request that is sent again makes no second job."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import httpx
import pytest

from services.redis import keys
from tests.support.stack import Stack, faulty, picture


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with faulty(tmp_path_factory.mktemp("keys") / "data", OCR_WORKERS="1") as service:
        yield service


@pytest.fixture
def key() -> str:
    return str(uuid.uuid4())


def send(stack: Stack, key: str, text: str, path: str = "/ocr/image", **kwargs: Any) -> httpx.Response:
    headers = {"Idempotency-Key": key, **kwargs.pop("headers", {})}
    return stack.upload(text, path, headers=headers, **kwargs)


def unique() -> str:
    return f"text {uuid.uuid4()}"


def jobs_made(stack: Stack) -> float:
    with stack.redis() as records:
        return float(records.zcard(keys.EXPIRY))


def test_the_same_request_again_is_answered_with_its_job(stack: Stack, key: str) -> None:
    text = unique()
    first = send(stack, key, text)
    assert first.status_code == 202 and "Idempotency-Replayed" not in first.headers
    second = send(stack, key, text)
    assert (second.status_code, second.headers["Idempotency-Replayed"]) == (202, "true")
    assert second.json()["job_id"] == first.json()["job_id"]
    assert second.headers["Location"] == first.headers["Location"]
    stack.finished(first.json()["job_id"])
    third = send(stack, key, text, headers={"Prefer": "wait=10"})
    assert (third.status_code, third.headers["Idempotency-Replayed"]) == (200, "true")
    assert (third.json()["job_id"], third.json()["text"]) == (first.json()["job_id"], text)
    assert len(stack.tries(text)) == 1


def test_a_key_is_not_for_another_upload_or_option_or_address(stack: Stack, key: str) -> None:
    text = unique()
    made = send(stack, key, text).json()["job_id"]
    before = jobs_made(stack)
    for answer in (
        send(stack, key, unique()),
        send(stack, key, text, params={"words": "true"}),
        send(stack, key, text, params={"password": "another"}),
        send(stack, key, text, "/ocr/pdf"),
    ):
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch"), answer.text
    assert jobs_made(stack) == before and send(stack, key, text).json()["job_id"] == made
    assert send(stack, str(uuid.uuid4()), text).json()["job_id"] != made


def test_two_requests_at_once_make_one_job(stack: Stack) -> None:
    for _ in range(10):
        key, text, before = str(uuid.uuid4()), unique(), jobs_made(stack)
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _, k=key, t=text: send(stack, k, t), range(4)))
        assert {answer.status_code for answer in answers} <= {202, 409}
        taken = {answer.json()["job_id"] for answer in answers if answer.status_code == 202}
        assert len(taken) == 1 and jobs_made(stack) == before + 1
        for answer in answers:
            if answer.status_code == 409:
                assert (answer.json()["code"], answer.headers["Retry-After"]) == ("idempotency_in_progress", "1")
                assert answer.json()["retryable"] is True
        assert send(stack, key, text).json()["job_id"] in taken


def test_a_cached_answer_is_kept_under_its_key_too(stack: Stack, key: str) -> None:
    text = unique()
    stack.finished(send(stack, str(uuid.uuid4()), text).json()["job_id"])
    first, second = send(stack, key, text), send(stack, key, text)
    assert first.json()["status"] == second.json()["status"] == "completed"
    assert first.json()["job_id"] == second.json()["job_id"] and "Idempotency-Replayed" in second.headers


def test_a_refused_request_leaves_its_key_free(stack: Stack, key: str) -> None:
    with stack.client() as client:
        for content, status in ((b"", 400), (b"<svg/>", 415)):
            answer = client.post("/ocr/image", files={"file": ("a", content)}, headers={"Idempotency-Key": key})
            assert answer.status_code == status
    assert send(stack, key, unique()).status_code == 202


def test_a_key_is_free_when_its_job_is_deleted(stack: Stack, key: str) -> None:
    text = unique()
    first = send(stack, key, text).json()["job_id"]
    with stack.client() as client:
        assert client.delete(f"/ocr/job/{first}").status_code == 204
    again = send(stack, key, unique())
    assert again.status_code == 202 and "Idempotency-Replayed" not in again.headers


def test_a_key_is_free_when_its_job_has_expired(stack: Stack, key: str) -> None:
    first = send(stack, key, unique()).json()["job_id"]
    stack.finished(first)
    with stack.redis() as records:
        records.hset(keys.JOB + first, "expires_at", str(time.time() - 1))
    again = send(stack, key, unique())
    assert again.status_code == 202 and again.json()["job_id"] != first


def test_a_cancelled_job_stays_the_answer(stack: Stack, key: str) -> None:
    text = f"SLEEP 20\n{unique()}"
    first = send(stack, key, text).json()["job_id"]
    with stack.client() as client:
        client.post(f"/ocr/job/{first}/cancel")
    again = send(stack, key, text)
    assert (again.json()["job_id"], again.json()["status"]) == (first, "cancelled")
    waited = send(stack, key, text, headers={"Prefer": "wait=5"})
    assert (waited.status_code, waited.json()["code"]) == (409, "job_cancelled")


@pytest.mark.parametrize("bad", ["", "two words", "ü", "k" * 256])
def test_a_key_that_is_none_is_refused(stack: Stack, bad: str) -> None:
    with stack.client() as client:
        file = {"file": ("a.png", picture("x"))}
        answer = client.post("/ocr/image", files=file, headers={b"Idempotency-Key": bad.encode("latin-1")})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert "Idempotency-Key" in answer.json()["detail"]


def test_a_batch_sent_again_makes_only_what_is_missing(stack: Stack, key: str) -> None:
    contents = [picture(unique()) for _ in range(3)]

    def batch(contents: list[bytes]) -> Any:
        files = [("files[]", (f"{n}.png", content)) for n, content in enumerate(contents)]
        with stack.client() as client:
            return client.post("/ocr/batch", files=files, headers={"Idempotency-Key": key}).json()["files"]

    first, second = batch(contents), batch([*contents[:2], picture(unique())])
    assert [item["job"]["job_id"] for item in second[:2]] == [item["job"]["job_id"] for item in first[:2]]
    assert second[2]["error"]["code"] == "idempotency_mismatch"


def test_a_web_process_killed_before_it_accepted_leaves_no_job_and_no_lasting_key(stack: Stack) -> None:
    """It is killed over the storing of a large upload, after the key was reserved and before the job is recorded."""
    before = jobs_made(stack)
    key, content, reserved = _killed_between(stack)
    assert jobs_made(stack) == before
    with stack.client() as client, stack.redis() as records:

        def again() -> httpx.Response:
            file = {"file": ("a.png", content)}
            return client.post("/ocr/image", files=file, headers={"Idempotency-Key": key})

        busy = again()
        assert (busy.status_code, busy.json()["code"]) == (409, "idempotency_in_progress")
        assert 0 < int(records.ttl(reserved)) <= 60
        records.expire(reserved, 0)  # as if that time had passed
        answer = again()
    assert answer.status_code == 202 and jobs_made(stack) == before + 1
    assert stack.finished(answer.json()["job_id"])["status"] == "completed"


def _killed_between(stack: Stack) -> tuple[str, bytes, str]:
    """The key and the upload of a request whose web process was killed in between, and the key's name in Redis.

    The moment is not always hit; where a job was made after all, another request is tried.
    """
    for _ in range(20):
        key, content = str(uuid.uuid4()), picture(unique()) + os.urandom(40_000_000)
        with stack.redis() as records, ThreadPoolExecutor(1) as pool:
            known, made = set(records.scan_iter(keys.CLAIM + "*")), jobs_made(stack)
            pool.submit(_post_in_vain, stack, key, content)
            while not (new := set(records.scan_iter(keys.CLAIM + "*")) - known):
                time.sleep(0.001)
            for process in stack.children("gunicorn"):
                process.kill()
            stack.wait_ready()
            if jobs_made(stack) == made:
                return key, content, str(new.pop())
    raise AssertionError("the moment was never hit")


def _post_in_vain(stack: Stack, key: str, content: bytes) -> None:
    with stack.client() as client, suppress(httpx.HTTPError):
        client.post("/ocr/image", files={"file": ("a.png", content)}, headers={"Idempotency-Key": key})
