"""What tenants may use: pages a day, exact whatever happens to a job, and requests, of a user and of all together."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from flask import Flask

from middleware import problems, rate_limits, request_id
from middleware.rate_limits import Rate
from services.access.model import Plan
from services.access.plans import Plans
from tests.support.keys import bearer, new_key
from tests.support.stack import Stack, document, faulty, free_port, picture

USUAL = Plan(3, 5, 0)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    own = {"AUTH": "keys", "DAILY_QUOTA_PAGES": "10", "OCR_WORKERS": "2", "PAGES_PER_TASK": "2"}
    with faulty(tmp_path_factory.mktemp("quotas") / "data", **own) as stack:
        yield stack


@pytest.fixture
def tenant() -> str:
    return f"shop-{uuid.uuid4().hex[:8]}"


def send(stack: Stack, headers: dict[str, str], content: bytes, **more: Any) -> httpx.Response:
    with stack.client(headers=headers) as client:
        return client.post("/ocr/image", files={"file": ("a", content)}, **more)


def done(stack: Stack, headers: dict[str, str], answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 202, answer.text
    found = stack.get(answer.json()["links"]["self"], params={"wait": 30}, headers=headers)
    assert found.status_code == 200, found.text
    return dict(found.json())


def used(stack: Stack, headers: dict[str, str]) -> int:
    return int(stack.get("/me", headers=headers).json()["quota"]["used"])


def test_a_caller_learns_who_it_is_and_what_it_may_use(service: Stack, tenant: str) -> None:
    answer = service.get("/me", headers=bearer(new_key(service, tenant, "till-9", "read,scan")))
    found = answer.json()
    assert (found["subject"], found["tenant"], found["scopes"]) == ("till-9", tenant, ["read", "scan"])
    assert found["key"]["expires_at"] is None and len(found["key"]["id"]) == 16
    assert (found["quota"]["limit"], found["quota"]["used"]) == (10, 0)
    left = datetime.fromisoformat(found["quota"]["reset_at"]) - datetime.now(UTC)
    assert timedelta(0) < left <= timedelta(days=1)


def test_fifty_at_once_get_no_page_too_many(service: Stack, tenant: str) -> None:
    headers = bearer(new_key(service, tenant))
    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(lambda n: send(service, headers, picture(f"{n} {uuid.uuid4()}")), range(50)))
    assert Counter(answer.status_code for answer in answers) == {202: 10, 429: 40}
    assert used(service, headers) == 10
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.json()["code"] == "quota_exceeded" and int(refused.headers["Retry-After"]) <= 86400
    assert datetime.fromisoformat(refused.json()["reset_at"]) > datetime.now(UTC)
    with service.client(headers=headers) as client:
        pos = client.post("/api/v1/ocr/process", files={"image": ("a", picture(tenant))}, data={"type": "receipt"})
    assert pos.status_code == 429 and pos.json()["error"]["code"] == "QUOTA_EXCEEDED"
    assert pos.json()["error"]["details"]["reset_at"] == refused.json()["reset_at"]
    own = [done(service, headers, answer)["status"] for answer in answers if answer.status_code == 202]
    assert own == ["completed"] * 10 and used(service, headers) == 10


def test_fifty_at_once_pay_for_what_was_read_while_workers_are_killed(service: Stack, tenant: str) -> None:
    """Half of those that are taken kill who reads them until they are given up; what those had is free again."""
    headers = bearer(new_key(service, tenant))
    texts = [f"{'CRASH' if n % 2 else 'SLEEP 0.2'}\n{n} {uuid.uuid4()}" for n in range(50)]
    with ThreadPoolExecutor(25) as pool:
        answers = list(pool.map(lambda text: send(service, headers, picture(text)), texts))
    taken = [answer for answer in answers if answer.status_code == 202]
    assert len(taken) == 10 and {answer.status_code for answer in answers} == {202, 429}
    ends = Counter(ending(service, headers, answer) for answer in taken)
    assert set(ends) <= {"completed", "worker_lost"} and ends.total() == 10
    assert used(service, headers) == ends["completed"]
    again = [send(service, headers, picture(f"{n} {uuid.uuid4()}")) for n in range(11 - ends["completed"])]
    assert Counter(answer.status_code for answer in again) == {202: 10 - ends["completed"], 429: 1}


def ending(stack: Stack, headers: dict[str, str], answer: httpx.Response) -> str:
    """How it ended: its error, or what it is."""
    path = answer.json()["links"]["self"]
    found: dict[str, Any] = {"ready": False}
    while not found["ready"]:
        found = stack.get(path, params={"wait": 30}, headers=headers).json()
    return str(found["error"]["code"] if found["error"] else found["status"])


def test_a_document_costs_its_pages_and_one_that_is_too_long_nothing(service: Stack, tenant: str) -> None:
    headers = bearer(new_key(service, tenant))
    assert done(service, headers, send(service, headers, document([f"{tenant} {n}" for n in range(6)])))["successful"]
    assert used(service, headers) == 6
    long = done(service, headers, send(service, headers, document([f"{tenant} long {n}" for n in range(5)])))
    assert (long["status"], long["error"]["code"]) == ("failed", "quota_exceeded") and used(service, headers) == 6
    result = service.get(long["links"]["result"], headers=headers)
    assert result.status_code == 429 and result.json()["code"] == "quota_exceeded"
    short = send(service, headers, document([f"{tenant} short {n}" for n in range(4)]))
    assert done(service, headers, short)["successful"] and used(service, headers) == 10


def test_what_was_read_before_costs_nothing(service: Stack, tenant: str) -> None:
    headers, content = bearer(new_key(service, tenant)), picture(tenant)
    for _ in range(3):
        done(service, headers, send(service, headers, content))
    assert used(service, headers) == 1


def test_what_fails_by_our_fault_is_given_back(service: Stack, tenant: str) -> None:
    headers = bearer(new_key(service, tenant))
    crashed = done(service, headers, send(service, headers, picture(f"CRASH\n{tenant}")))
    assert (crashed["status"], crashed["error"]["code"]) == ("failed", "worker_lost") and used(service, headers) == 0
    partly = done(service, headers, send(service, headers, document([tenant, f"FLAKY\n{tenant}", f"{tenant} 3"])))
    assert partly["status"] == "completed" and used(service, headers) == 2


def test_pages_that_were_not_read_of_a_cancelled_document_are_given_back(service: Stack, tenant: str) -> None:
    headers, held = bearer(new_key(service, tenant)), f"HOLD\n{tenant}"
    job = send(service, headers, document([f"{tenant} 1", held, f"{tenant} 3", f"{tenant} 4"])).json()
    service.tried(held)
    assert used(service, headers) == 4
    with service.client(headers=headers) as client:
        assert client.post(job["links"]["cancel"]).json()["status"] == "cancelled"
    assert used(service, headers) <= 3
    service.let_go(held)


def test_who_goes_on_in_place_of_a_cancelled_one_pays_once(service: Stack, tenant: str) -> None:
    headers, held = bearer(new_key(service, tenant)), f"HOLD\n{tenant}"
    first, second = (send(service, headers, picture(held)).json() for _ in range(2))
    service.tried(held)
    with service.client(headers=headers) as client:
        client.post(first["links"]["cancel"])
    service.let_go(held)
    found = service.get(second["links"]["self"], params={"wait": 30}, headers=headers).json()
    assert found["status"] == "completed" and used(service, headers) == 1


def test_a_tenants_day_ends_at_its_own_midnight() -> None:
    at = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)
    there = [Plan(1, 1, 5, zone).today(at) for zone in ("UTC", "Asia/Dhaka", "America/New_York", "Europe/Berlin")]
    assert [today.day for today in there] == ["2026-03-28", "2026-03-29", "2026-03-28", "2026-03-28"]
    assert there[1].reset_at == "2026-03-29T18:00:00+00:00" and there[3].reset_at == "2026-03-28T23:00:00+00:00"
    summer = Plan(1, 1, 5, "Europe/Berlin").today(at + timedelta(hours=1))
    assert summer.reset_at == "2026-03-29T22:00:00+00:00"  # a day of 23 hours


def test_a_plan_of_its_own_holds_for_a_tenant_alone(service: Stack, tenant: str) -> None:
    headers = bearer(new_key(service, tenant))
    Plans(service.redis(), USUAL).put(tenant, {"daily_pages": 2, "time_zone": "Asia/Dhaka"})
    answers = [send(service, headers, picture(f"{n} {uuid.uuid4()}")).status_code for n in range(3)]
    assert answers == [202, 202, 429]
    quota = service.get("/me", headers=headers).json()["quota"]
    assert (quota["limit"], quota["used"], quota["time_zone"]) == (2, 2, "Asia/Dhaka")
    assert "T18:00:00" in quota["reset_at"]


def test_a_user_and_its_tenant_are_limited_at_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    own = {"AUTH": "keys", "RATE_LIMIT_ENABLED": "true", "USER_LIMIT_REQUESTS": "3", "TENANT_LIMIT_REQUESTS": "5"}
    with faulty(tmp_path_factory.mktemp("rates") / "data", OCR_WORKERS="1", **own) as stack:
        one, two, other = (bearer(new_key(stack, *who)) for who in (("shop-1", "a"), ("shop-1", "b"), ("shop-2", "a")))
        answers = [send(stack, one, picture(str(uuid.uuid4()))) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [202, 202, 202, 429]
        assert answers[0].headers["X-RateLimit-Limit"] == "3" and answers[0].headers["X-RateLimit-Remaining"] == "2"
        assert answers[3].json()["code"] == "rate_limited" and 0 < int(answers[3].headers["Retry-After"]) <= 60
        answers = [send(stack, two, picture(str(uuid.uuid4()))) for _ in range(3)]
        assert [answer.status_code for answer in answers][:1] == [202] and answers[-1].status_code == 429
        assert answers[0].headers["X-RateLimit-Limit"] == "5", "what is left of the tenant's is less"
        assert send(stack, other, picture(str(uuid.uuid4()))).status_code == 202
        limits = stack.get("/me", headers=one).json()["limits"]
        assert limits["tenant"] == {"requests": 5, "period_seconds": 3600} and limits["user"]["requests"] == 3


def test_without_redis_each_process_has_its_share_of_a_limit() -> None:
    app = Flask("away")
    limiter = rate_limits.install(app, f"redis://127.0.0.1:{free_port()}", lambda: "client", enabled=True)
    request_id.install(app)
    problems.install(app, {})

    @app.get("/")
    @rate_limits.shared(limiter, lambda: Rate(8, 60), "all", processes=4)
    def counted() -> str:
        return "fine"

    client = app.test_client()
    assert Counter(client.get("/").status_code for _ in range(8)) == {200: 2, 429: 6}
