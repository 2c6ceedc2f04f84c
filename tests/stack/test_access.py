"""With AUTH=keys a caller is somebody: who has no key gets nothing, and who has one gets what it says."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from services.access import api_key
from services.access.keys import ApiKeys
from services.access.strikes import MOST
from services.redis import keys
from tests.support.keys import bearer, id_of_user, new_key, operate
from tests.support.stack import Stack, eventually, picture, running


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("guarded") / "data", AUTH="keys", WEB_WORKERS="2") as service:
        yield service


def send(stack: Stack, headers: dict[str, str], path: str = "/ocr/image") -> httpx.Response:
    with stack.client(headers=headers) as client:
        return client.post(path, files={"file": ("a.png", picture(str(uuid.uuid4())))})


def challenge(answer: httpx.Response) -> str:
    return answer.headers["WWW-Authenticate"]


def test_who_has_no_key_is_asked_for_one(guarded: Stack) -> None:
    answer = send(guarded, {})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert challenge(answer) == 'Bearer realm="ocr"' and "X-API-Key" in answer.json()["detail"]
    assert guarded.get("/ocr/job/nothing").status_code == 401
    assert guarded.get("/nowhere").status_code == 404


def test_a_key_is_taken_in_either_header(guarded: Stack) -> None:
    key = new_key(guarded, "shop-1")
    for headers in (bearer(key), {"X-API-Key": key}, {"authorization": f"bearer  {key}"}):
        job = send(guarded, headers)
        assert job.status_code == 202, job.text
        path = job.json()["links"]["result"]
        assert guarded.get(path, params={"wait": 20}, headers=headers).status_code == 200
    both = {**bearer(key), "X-API-Key": key[:-1] + "0"}
    assert send(guarded, both).status_code == 401


def test_a_typing_error_is_told_without_a_look_up(guarded: Stack) -> None:
    key = new_key(guarded, "shop-1", "typist")
    mistyped = key[:10] + ("a" if key[10] != "a" else "b") + key[11:]
    assert not api_key.is_written_right(mistyped) and api_key.is_written_right(key)
    for wrong in (mistyped, key[:-1], key + "x", key.upper(), api_key.mint(), f"{key} {key}", "Bearer", "ocr_"):
        answer = send(guarded, bearer(wrong))
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized"), wrong
        assert 'error="invalid_token"' in challenge(answer) and key not in answer.text


def test_a_scope_that_is_lacking_is_named(guarded: Stack) -> None:
    key = new_key(guarded, "shop-1", "reader", "read")
    answer = send(guarded, bearer(key))
    assert (answer.status_code, answer.json()["code"], answer.json()["scope"]) == (403, "insufficient_scope", "write")
    assert "`write`" in answer.json()["detail"]
    assert challenge(answer) == 'Bearer realm="ocr", error="insufficient_scope", scope="write"'
    assert guarded.get("/ocr/jobs", headers=bearer(key)).status_code == 200
    pos = httpx.post(f"{guarded.url}/api/v1/ocr/process", headers=bearer(key), timeout=20)
    assert pos.status_code == 403 and pos.json()["error"]["details"]["scope"] == "write"


def test_a_revoked_key_is_refused_within_a_second_by_every_process(guarded: Stack) -> None:
    """Each of the two web processes has let it in until the moment when it is revoked."""
    key = bearer(new_key(guarded, "shop-1", "leaver"))
    revoked: list[float] = []
    let_in_once: set[int] = set()

    def let_in(number: int) -> float:
        """When it was asked for the last time that was answered; a new connection each time, for either process."""
        last, end = 0.0, time.monotonic() + 60
        while time.monotonic() < end:
            asked = time.monotonic()
            with _from("127.0.0.8", guarded) as client:
                if client.get("/ocr/jobs", headers=key).status_code == 200:
                    last = asked
                    let_in_once.add(number)
                elif revoked and asked > revoked[0] + 1:
                    return last
            time.sleep(0.05)
        raise AssertionError("it was let in to the end")

    with ThreadPoolExecutor(6) as pool:
        calls = [pool.submit(let_in, number) for number in range(6)]
        eventually(lambda: len(let_in_once) == 6, 20)
        ApiKeys(guarded.redis()).revoke(id_of_user(guarded, "leaver"))
        revoked.append(time.monotonic())
        lasts = [one.result() for one in calls]
    assert max(lasts) < revoked[0] + 1


def _from(address: str, stack: Stack) -> httpx.Client:
    """A client of another address, whose wrong keys are not counted as this machine's."""
    return httpx.Client(base_url=stack.url, timeout=20, transport=httpx.HTTPTransport(local_address=address))


def test_a_key_is_revoked_by_command(guarded: Stack) -> None:
    key = new_key(guarded, "shop-1", "gone")
    done = operate(guarded, "revoke", id_of_user(guarded, "gone"))
    assert done.returncode == 0, done.stderr
    eventually(lambda: guarded.get("/ocr/jobs", headers=bearer(key)).status_code == 401, 10)
    assert operate(guarded, "revoke", "gone").returncode == 1


def test_a_key_ends_when_it_says(guarded: Stack) -> None:
    key = new_key(guarded, "shop-1", "guest", "read", "--days", str(4 / 86400))
    assert guarded.get("/ocr/jobs", headers=bearer(key)).status_code == 200
    eventually(lambda: guarded.get("/ocr/jobs", headers=bearer(key)).status_code == 401, 8)
    assert "expired" in guarded.get("/ocr/jobs", headers=bearer(key)).json()["detail"]


def test_what_is_stored_lets_nobody_in(guarded: Stack) -> None:
    key = new_key(guarded, "shop-1", "stored")
    stored = guarded.redis().hgetall(keys.API_KEY + id_of_user(guarded, "stored"))
    assert isinstance(stored, dict) and stored["sha256"] == api_key.digest(key)
    assert key not in str(stored) and key not in guarded.log.read_text()
    files = [path for path in guarded.data.rglob("*") if path.is_file()]
    assert files and not [path for path in files if key.encode() in path.read_bytes()]


def test_several_keys_of_one_user_live_side_by_side(guarded: Stack) -> None:
    old, new = (new_key(guarded, "shop-1", "rotating") for _ in range(2))
    assert {guarded.get("/ocr/jobs", headers=bearer(key)).status_code for key in (old, new)} == {200}


@pytest.mark.parametrize(
    ("tenant", "user", "scopes"),
    [
        ("anonymous", "a", "read"),
        ("Anonymous", "a", "read"),
        ("../shop", "a", "read"),
        ("shop 1", "a", "read"),
        ("s" * 65, "a", "read"),
        ("shop", "", "read"),
        ("shop", "a", ""),
        ("shop", "a", "root"),
        ("ѕhop", "a", "read"),
    ],
)
def test_a_name_that_will_not_do_is_refused(guarded: Stack, tenant: str, user: str, scopes: str) -> None:
    made = operate(guarded, "new", "--tenant", tenant, "--user", user, "--scopes", scopes)
    assert made.returncode == 2 and made.stdout == "" and "No key was made" in made.stderr


def test_probes_and_the_page_ask_nobody_and_metrics_ask_the_operator(guarded: Stack) -> None:
    for path in ("/", "/health", "/health/ready", "/health/alive", "/docs/", "/openapi.json", "/api/v1/health"):
        assert guarded.get(path).status_code == 200, path
    assert guarded.get("/metrics").status_code == 401
    assert guarded.get("/metrics", headers=bearer(new_key(guarded, "ops", "prometheus", "admin"))).status_code == 200


def test_wrong_keys_of_one_address_end_its_tries_but_not_those_of_right_keys(guarded: Stack) -> None:
    key = new_key(guarded, "shop-1", "neighbour")
    with _from("127.0.0.9", guarded) as bad:
        for _ in range(4):
            assert bad.get("/ocr/jobs", headers=bearer(key)).status_code == 200
        for number in range(MOST + 1):  # over one connection, so to one process
            refused = bad.get("/ocr/jobs", headers=bearer(api_key.mint()))
            assert refused.status_code == (401 if number < MOST else 429)
        assert refused.headers["Connection"] == "close" and refused.elapsed.total_seconds() > 0.9
        assert refused.json()["code"] == "too_many_wrong_keys" and 0 < int(refused.headers["Retry-After"]) <= 60
        assert {bad.get("/ocr/jobs", headers=bearer(key)).status_code for _ in range(8)} == {200}
    assert guarded.get("/ocr/jobs", headers=bearer(api_key.mint())).status_code == 401


def test_keys_are_made_before_the_service_has_ever_run(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "data", {"OCR_ENGINE": "null", "AUTH": "keys"})
    key = new_key(stack, "shop-1")
    stack.start()
    try:
        assert stack.get("/ocr/jobs", headers=bearer(key)).status_code == 200
        began = time.monotonic()
        assert new_key(stack, "shop-2") and time.monotonic() - began < 30
    finally:
        stack.stop()
    assert operate(stack, "list").stdout.count("shop-") == 2


def test_a_service_that_is_open_to_strangers_says_so(guarded: Stack, stack: Stack, tmp_path: Path) -> None:
    for closed in (guarded, stack):
        assert "AUTH=keys" not in str(closed.get("/health").json()["details"]["recommendations"])
    with running(tmp_path / "data", HOST="0.0.0.0") as open_to_all:
        assert "AUTH=keys" in str(open_to_all.get("/health").json()["details"]["recommendations"])
        assert "AUTH=keys" in open_to_all.log.read_text()
