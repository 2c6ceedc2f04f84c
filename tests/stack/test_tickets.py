"""Streams for browsers, by tickets; streams of who is no longer let in; and keys of requests in every family."""

from __future__ import annotations

import json
import threading
import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import websocket

from services.access import tickets
from services.access.keys import ApiKeys
from services.redis import keys
from tests.support.following import connected
from tests.support.keys import bearer, new_key
from tests.support.stack import Stack, faulty, picture

ORIGIN = "https://shop.example"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    own = {"AUTH": "keys", "CORS_ORIGINS": ORIGIN, "OCR_WORKERS": "2"}
    with faulty(tmp_path_factory.mktemp("tickets") / "data", **own) as stack:
        yield stack


def held(stack: Stack, headers: dict[str, str]) -> tuple[str, str]:
    """A job of the point of sale that is read until it is let go, and what its page says."""
    text = f"HOLD\n{uuid.uuid4()}"
    with stack.client(headers=headers) as client:
        sent = client.post("/api/v1/ocr/process/async", files={"image": ("a", picture(text))}, data={"type": "receipt"})
    stack.tried(text)
    return str(sent.json()["data"]["job_id"]), text


def ticket(stack: Stack, headers: dict[str, str]) -> str:
    with stack.client(headers=headers) as client:
        answer = client.post("/tickets")
    assert answer.status_code == 201 and answer.json()["expires_in"] == 60, answer.text
    return str(answer.json()["ticket"])


def opened(stack: Stack, path: str, **query: str) -> int:
    with stack.client() as client, client.stream("GET", path, params=query) as answer:
        return answer.status_code


def test_a_ticket_opens_one_stream_and_only_what_its_caller_may_see(service: Stack) -> None:
    own, other = bearer(new_key(service, "shop-1")), bearer(new_key(service, "shop-2"))
    job_id, text = held(service, own)
    for path in (f"/ocr/job/{job_id}/events", f"/ocr/job/{job_id}/pages", f"/api/v1/ocr/jobs/{job_id}/events"):
        once = ticket(service, own)
        assert [opened(service, path, ticket=once) for _ in range(2)] == [200, 401]
        assert opened(service, path, ticket=ticket(service, other)) == 404
    path, once = f"/api/v1/ocr/jobs/{job_id}/ws?ticket=", ticket(service, own)
    with connected(service, path + once) as connection:
        assert "job_queued" in str(connection.recv())
    for wrong in (once, ticket(service, other), "x" * 43, ""):
        with pytest.raises(websocket.WebSocketBadStatusException), connected(service, path + wrong):
            pass
    service.let_go(text)


def test_a_ticket_is_good_for_nothing_else(service: Stack) -> None:
    headers = bearer(new_key(service, "shop-1"))
    for path in ("/ocr/jobs", "/me", "/ocr/job/x"):
        assert service.get(path, params={"ticket": ticket(service, headers)}).status_code == 401
    assert service.get("/ocr/jobs", headers=bearer(ticket(service, headers))).status_code == 401
    with service.client(headers=bearer(new_key(service, "shop-1", "writer", "write"))) as client:
        assert client.post("/tickets").status_code == 403


def test_a_key_in_an_address_is_no_key(service: Stack) -> None:
    key = new_key(service, "shop-1")
    for name in ("ticket", "key", "api_key", "access_token", "token", "X-API-Key"):
        assert service.get("/ocr/job/x/events", params={name: key}).status_code == 401


def test_a_ticket_ends_within_a_minute_and_with_its_key(service: Stack) -> None:
    key, records = new_key(service, "shop-1", "leaver"), service.redis()
    once = ticket(service, bearer(key))
    (stored,) = [name for name in records.keys(f"{keys.TICKET}*") if once not in name][:1]  # type: ignore[union-attr]
    assert 0 < int(records.ttl(stored)) <= tickets.SECONDS  # type: ignore[arg-type]
    ApiKeys(records).revoke(next(one.id for one in ApiKeys(records).all() if one.user == "leaver"))
    assert opened(service, "/ocr/job/x/events", ticket=once) == 401


@pytest.mark.parametrize("how", ["events", "pages", "messages"])
def test_a_stream_of_a_revoked_key_ends_at_once(service: Stack, how: str) -> None:
    user, records = f"leaver-{how}", service.redis()
    own = bearer(new_key(service, "shop-1", user))
    job_id, text = held(service, own)
    ended = threading.Event()

    def follow() -> None:
        if how == "messages":
            with connected(service, f"/api/v1/ocr/jobs/{job_id}/ws", header=own) as connection:
                while connection.recv():
                    pass
        else:
            with service.client(headers=own) as client, client.stream("GET", f"/ocr/job/{job_id}/{how}") as answer:
                for _ in answer.iter_lines():
                    pass
        ended.set()

    threading.Thread(target=follow, daemon=True).start()
    time.sleep(1.5)
    assert not ended.is_set()
    ApiKeys(records).revoke(next(one.id for one in ApiKeys(records).all() if one.user == user))
    assert ended.wait(3)
    service.let_go(text)


WAITS = {
    "GET /ocr/job/<id>?wait=25": "",
    "GET /ocr/job/<id>/result?wait=25": "read_result",
    "POST /ocr/image": "submitted",
    "POST /paddleocr/predict": "submitted",
    "POST /api/v1/ocr/process": "submitted",
    "POST /scan-mrz": "scanned",
}
"""What is answered when a job has ended, and the word by which it is written down."""


@pytest.mark.parametrize("waits", WAITS)
def test_who_waits_gets_no_answer_once_its_key_is_revoked(service: Stack, waits: str) -> None:
    user, records, text = f"waits-{uuid.uuid4().hex[:8]}", service.redis(), f"HOLD\n{uuid.uuid4()}"
    own = bearer(new_key(service, "shop-1", user, "read,write,scan"))
    method, path = waits.split()
    if method == "GET":
        job_id, text = held(service, own)
        path = path.replace("<id>", job_id)
    answers: list[httpx.Response] = []

    def wait() -> None:
        field = "image" if path.startswith("/api/v1") else "file"
        more: dict[str, Any] = {"files": {field: ("a.png", picture(text))}} if method == "POST" else {}
        if path == "/api/v1/ocr/process":
            more["data"] = {"type": "receipt"}
        with service.client(headers={**own, "Prefer": "wait=25"}) as client:
            answers.append(client.request(method, path, **more))

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    service.tried(text)
    time.sleep(1)
    key_id = next(one.id for one in ApiKeys(records).all() if one.user == user)
    ApiKeys(records).revoke(key_id)
    service.let_go(text)
    waiting.join(30)
    assert answers and answers[0].status_code == 401 and "revoked" in answers[0].text, answers
    assert answers[0].headers["WWW-Authenticate"].startswith("Bearer") and text.split()[1] not in answers[0].text
    noted = [line for file in (service.data / "audit").glob("*.jsonl") for line in file.read_text().splitlines()]
    mine = [line for line in map(json.loads, noted) if line["key"] == key_id]
    last = [line["what"] for line in mine if line["outcome"] == "401 unauthorized"]
    assert last == ([WAITS[waits]] if WAITS[waits] else [])


FAMILIES: dict[str, dict[str, Any]] = {
    "/paddleocr/predict-async": {"field": "file", "data": {}},
    "/paddleocr/predict": {"field": "file", "data": {}},
    "/api/v1/ocr/process/async": {"field": "image", "data": {"type": "receipt"}},
    "/api/v1/ocr/process": {"field": "image", "data": {"type": "receipt"}},
    "/ocr/image": {"field": "file", "data": {}},
}


@pytest.mark.parametrize("path", FAMILIES)
def test_a_request_that_is_sent_again_makes_no_second_job(service: Stack, path: str) -> None:
    family, content = FAMILIES[path], picture(f"Corner shop\nTotal 10.00\n{uuid.uuid4()}")
    tenant = f"shop-{uuid.uuid4().hex[:8]}"
    own = bearer(new_key(service, tenant))

    def send(key: str, upload: bytes) -> httpx.Response:
        with service.client(headers={**own, "Idempotency-Key": key}) as client:
            return client.post(path, files={family["field"]: ("a.png", upload)}, data=family["data"])

    first, again, other = send("one", content), send("one", content), send("two", picture(str(uuid.uuid4())))
    assert {first.status_code, again.status_code} <= {200, 202}, first.text
    assert "Idempotency-Replayed" not in first.headers and again.headers["Idempotency-Replayed"] == "true"
    assert other.status_code in (200, 202)
    jobs = service.get("/ocr/jobs", headers=own).json()["jobs"]
    assert len(jobs) == 2
    mismatch = send("one", picture(str(uuid.uuid4())))
    assert mismatch.status_code == 422 and "idempotency_mismatch" in mismatch.text


def test_a_batch_that_is_sent_again_makes_no_second_jobs(service: Stack) -> None:
    own = bearer(new_key(service, f"shop-{uuid.uuid4().hex[:8]}"))
    images = [("images", ("a", picture(f"Corner shop\n{uuid.uuid4()}"))) for _ in range(3)]
    with service.client(headers={**own, "Idempotency-Key": "evening"}) as client:
        for _ in range(2):
            answer = client.post("/api/v1/ocr/batch", files=images, data={"type": "receipt"})
            assert answer.json()["data"]["processed_images"] == 3, answer.text
        assert len(client.get("/ocr/jobs").json()["jobs"]) == 3


def test_pages_of_named_origins_may_send_a_key(service: Stack) -> None:
    preflight = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    with service.client(headers=preflight) as client:
        for wanted in ("authorization", "x-api-key"):
            answer = client.options("/ocr/image", headers={"Access-Control-Request-Headers": wanted})
            assert answer.status_code == 200
            assert wanted in answer.headers["Access-Control-Allow-Headers"].lower()
        refused = client.post("/ocr/image")
    assert refused.status_code == 401 and refused.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "WWW-Authenticate" in refused.headers["Access-Control-Expose-Headers"]
