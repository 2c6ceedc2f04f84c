"""The operator over HTTP: keys, what tenants may use, and what their webhooks are signed with."""

from __future__ import annotations

import base64
import secrets
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from services.access.api_key import is_written_right
from services.access.keys import ApiKeys
from services.access.model import Plan, Scope
from services.access.plans import Plans
from services.access.roster import Roster
from services.redis import keys
from tests.support.keys import bearer, new_key
from tests.support.receiver import Receiver, receiving
from tests.support.stack import Stack, broker, eventually, faulty, picture, running


def new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    own = {"AUTH": "keys", "OCR_WORKERS": "1", "OUTBOUND_ALLOW": "127.0.0.1"}
    with running(tmp_path_factory.mktemp("admin") / "data", **own) as stack:
        yield stack


@pytest.fixture
def admin(service: Stack) -> Iterator[httpx.Client]:
    with service.client(headers=bearer(new_key(service, "operators", "root", "admin"))) as client:
        yield client


def test_a_key_is_made_listed_and_revoked(service: Stack, admin: httpx.Client) -> None:
    asked = {"tenant": "shop-1", "user": "till-3", "scopes": ["read"], "name": "the till", "days": 1}
    made = admin.post("/admin/keys", json=asked)
    assert made.status_code == 201 and is_written_right(made.json()["key"]), made.text
    headers = bearer(made.json()["key"])
    assert service.get("/me", headers=headers).json()["key"]["id"] == made.json()["id"]
    (listed,) = admin.get("/admin/keys", params={"tenant": "shop-1"}).json()["keys"]
    assert (listed["user"], listed["scopes"], listed["name"]) == ("till-3", ["read"], "the till")
    assert "key" not in listed and listed["used_at"] and listed["expires_at"] > listed["created_at"]
    assert len(admin.get("/admin/keys").json()["keys"]) >= 2
    assert admin.delete(f"/admin/keys/{made.json()['id']}").status_code == 204
    assert service.get("/me", headers=headers).status_code == 401
    again = admin.delete(f"/admin/keys/{made.json()['id']}")
    assert (again.status_code, again.json()["code"]) == (404, "unknown_key")


@pytest.mark.parametrize(
    "asked",
    [
        {"tenant": "anonymous", "user": "a"},
        {"tenant": "a b", "user": "a"},
        {"tenant": "a", "user": ""},
        {"tenant": "a", "user": "a", "scopes": []},
        {"tenant": "a", "user": "a", "scopes": ["root"]},
        {"tenant": "a", "user": "a", "days": 0},
        {"tenant": "a", "user": "a", "key": "ocr_mine"},
        {"user": "a"},
    ],
)
def test_a_key_that_will_not_do_is_refused(admin: httpx.Client, asked: dict[str, Any]) -> None:
    assert admin.post("/admin/keys", json=asked).status_code == 422


def test_a_tenants_plan_is_set_and_taken_back(service: Stack, admin: httpx.Client) -> None:
    tenant = f"shop-{uuid.uuid4().hex[:6]}"
    own = {"daily_pages": 1, "user_requests": 7, "time_zone": "Asia/Dhaka"}
    put = admin.put(f"/admin/tenants/{tenant}", json=own)
    assert put.status_code == 200 and put.json()["own"] == ["daily_pages", "time_zone", "user_requests"], put.text
    with service.client(headers=bearer(new_key(service, tenant))) as client:
        statuses = [
            client.post("/ocr/image", files={"file": ("a", picture(str(uuid.uuid4())))}).status_code for _ in range(2)
        ]
        assert statuses == [202, 429] and client.get("/me").json()["quota"]["limit"] == 1
    assert admin.get(f"/admin/tenants/{tenant}").json()["used"] == 1
    usual = admin.put(f"/admin/tenants/{tenant}", json={}).json()
    assert (usual["daily_pages"], usual["user_requests"], usual["own"]) == (0, 100, [])
    wrong: tuple[dict[str, Any], ...] = (
        {"time_zone": "Mars/Base"},
        {"daily_pages": -1},
        {"user_requests": 0},
        {"webhook_secrets": ["hush"]},
        {"plan": "gold"},
    )
    for one in wrong:
        refused = admin.put(f"/admin/tenants/{tenant}", json=one)
        assert refused.status_code == 422 and "hush" not in refused.text


def test_all_tenants_are_listed_with_what_they_use(service: Stack, admin: httpx.Client) -> None:
    names = sorted(f"many-{n}-{uuid.uuid4().hex[:6]}" for n in range(3))
    for name in names:
        with service.client(headers=bearer(new_key(service, name))) as client:
            sent = client.post("/ocr/image", files={"file": ("a", picture(str(uuid.uuid4())))})
            assert sent.status_code == 202, sent.text
    admin.put(f"/admin/tenants/{names[0]}-planned", json={"daily_pages": 9})
    first = admin.get("/admin/tenants", params={"after": "many-", "limit": 2}).json()
    rest = admin.get("/admin/tenants", params={"after": first["next_after"], "limit": 2}).json()
    found = first["tenants"] + rest["tenants"]
    assert [one["tenant"] for one in found] == sorted([*names, f"{names[0]}-planned"])
    told = {one["tenant"]: (one["used"], one["daily_pages"]) for one in found}
    assert told == {**dict.fromkeys(names, (1, 0)), f"{names[0]}-planned": (0, 9)}
    assert first["next_after"] == found[1]["tenant"] and "anonymous" not in admin.get("/admin/tenants").text
    assert admin.get("/admin/tenants", params={"limit": 0}).status_code == 422


def test_a_page_of_tenants_costs_as_many_questions_however_many_there_are(tmp_path: Path) -> None:
    with broker(tmp_path / "broker") as server:
        records, usual = server.client(), Plan(100, 1000, 0)
        Plans(records, usual).put("planned", {"daily_pages": 9, "time_zone": "Pacific/Kiritimati"})
        records.delete(keys.TENANTS)  # as an earlier version has it, which named them nowhere
        records.set(f"{keys.QUOTA}reads:{usual.today().day}", 7)
        made = ApiKeys(records)
        for number in range(300):
            made.create(f"shop-{number:03}", "till", frozenset({Scope.READ}))
        roster = Roster(records, usual)
        assert roster.names("", 2) == ["planned", "reads"] and roster.names("shop-297", 9) == ["shop-298", "shop-299"]

        def questions(most: int) -> int:
            before = _processed(records)
            told = roster.told(roster.names("", most))
            assert len(told) == most
            return _processed(records) - before

        assert questions(200) < questions(2) + 10  # what is long may be read in more than one go
        first, second = roster.told(["planned", "reads"])
        assert (first.plan.daily_pages, first.own, first.used) == (9, ["daily_pages", "time_zone"], 0)
        assert (second.plan, second.used, second.secrets) == (usual, 7, 0)


def _processed(records: redis.Redis) -> int:
    """How often the server has read from its clients."""
    told: Any = records.info("stats")
    return int(told["total_reads_processed"])


def test_failed_jobs_of_all_tenants_are_seen_and_run_again(tmp_path: Path) -> None:
    with faulty(tmp_path / "data", AUTH="keys", OCR_WORKERS="1") as stack:
        owners = {name: bearer(new_key(stack, name)) for name in ("shop-1", "shop-2")}
        failed = {name: _fails(stack, headers) for name, headers in owners.items()}
        with stack.client(headers=bearer(new_key(stack, "operators", "root", "admin"))) as admin:
            first = admin.get("/admin/jobs/failed", params={"limit": 1}).json()
            rest = admin.get("/admin/jobs/failed", params={"after": first["next_after"]}).json()
            found = first["jobs"] + rest["jobs"]
            assert {job["tenant"]: job["job_id"] for job in found} == failed and rest["next_after"] is None
            assert {job["code"] for job in found} == {"worker_lost"} and {job["attempts"] for job in found} == {3}
            assert "secret" not in str(found) and "CRASH" not in str(found)
            again = admin.post(f"/admin/jobs/{failed['shop-1']}/rerun")
            assert (again.status_code, again.json()["status"]) == (202, "queued"), again.text
            with stack.client(headers=owners["shop-1"]) as client:
                ended = client.get(f"/ocr/job/{failed['shop-1']}", params={"wait": 30})
            assert ended.json()["status"] == "completed"
            _upload(stack, failed["shop-1"]).unlink(missing_ok=True)
            for job_id in (failed["shop-1"], "nonsense"):
                none = admin.post(f"/admin/jobs/{job_id}/rerun")
                assert (none.status_code, none.json()["code"]) == (404, "unknown_job")
            _upload(stack, failed["shop-2"]).unlink()
            gone = admin.post(f"/admin/jobs/{failed['shop-2']}/rerun")
            assert (gone.status_code, gone.json()["code"]) == (410, "job_expired")
        audit = "".join(file.read_text() for file in (stack.data / "audit").glob("*.jsonl"))
        assert audit.count('"what":"rerun"') == 4 and failed["shop-1"] in audit


def _upload(stack: Stack, job_id: str) -> Path:
    return stack.data / "uploads" / job_id[:2] / job_id / "upload"


def _fails(stack: Stack, headers: dict[str, str]) -> str:
    """A job whose worker dies three times."""
    with stack.client(headers=headers) as client:
        file = {"file": ("secret.png", picture(f"CRASH 3\n{uuid.uuid4()}"))}
        job_id = str(client.post("/ocr/image", files=file).json()["job_id"])
        eventually(lambda: client.get(f"/ocr/job/{job_id}", params={"wait": 5}).json()["failed"], 90, stack.tail)
    return job_id


def test_where_nobody_is_known_no_keys_are_made(stack: Stack) -> None:
    with stack.client() as client:
        for answer in (client.post("/admin/keys", json={"tenant": "a", "user": "a"}), client.get("/admin/keys")):
            assert (answer.status_code, answer.json()["code"]) == (400, "capability_unavailable")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def test_webhooks_are_signed_with_what_is_the_tenants_own(
    service: Stack, admin: httpx.Client, receiver: Receiver
) -> None:
    tenant, old, new = f"shop-{uuid.uuid4().hex[:6]}", new_secret(), new_secret()
    headers = bearer(new_key(service, tenant))

    def send() -> httpx.Response:
        with service.client(headers=headers) as client:
            file = {"file": ("a", picture(str(uuid.uuid4())))}
            return client.post("/ocr/image", files=file, data={"callback_url": receiver.url})

    assert send().json()["code"] == "capability_unavailable"
    put = admin.put(f"/admin/tenants/{tenant}", json={"webhook_secrets": [old, new]})
    assert put.json()["webhook_secrets"] == 2 and old not in put.text
    assert send().status_code == 202
    eventually(lambda: receiver.received, 30, service.tail)
    call = receiver.received[0]
    for secret in (old, new):
        Webhook(secret).verify(call.body, call.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(call.body, call.headers)
