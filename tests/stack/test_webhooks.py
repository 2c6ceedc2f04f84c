"""The end of a job is told to whom its client named: signed, once for all, and whatever dies in between."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from config import ROOT, BadSetting, Settings
from services.publishers.deliveries import AT_ONCE, Deliveries
from services.publishers.webhook import secrets_of, signed
from services.redis import keys
from tests.support.receiver import Receiver, drips, hangs, receiving, says
from tests.support.stack import Stack, eventually, faulty, picture, running

SECRET, OLD_SECRET = "whsec_" + "b25l" * 8, "whsec_" + "dHdv" * 16
SETTINGS = {"OUTBOUND_ALLOW": "127.0.0.0/8", "WEBHOOK_SECRET": f"{SECRET}, {OLD_SECRET}", "OCR_WORKERS": "1"}
SOON = 60.0


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Tries again after a second, twice, and gives receivers two seconds."""
    hasty = {"WEBHOOK_RETRIES": "1,1", "WEBHOOK_TIMEOUT": "2"}
    with faulty(tmp_path_factory.mktemp("webhooks") / "data", **SETTINGS, **hasty) as started:
        yield started


def submit(service: Stack, url: str, text: str = "", path: str = "/ocr/image", field: str = "file", **more: str) -> str:
    """The id of a job whose end is told to `url`."""
    with service.client() as client:
        image = picture(text or str(uuid.uuid4()))
        answer = client.post(path, files={field: ("a.png", image)}, data={"callback_url": url, **more})
    assert answer.status_code == 202, answer.text
    body = answer.json()
    return str((body.get("data") or body)["job_id"])


def told(service: Stack, receiver: Receiver, path: str, times: int = 1) -> list[Any]:
    """What has come to `path`, when it has come so often; all of it with a good signature."""
    eventually(lambda: len(receiver.at(path)) >= times, SOON, service.tail)
    for call in receiver.at(path):
        for secret in (SECRET, OLD_SECRET):
            assert Webhook(secret).verify(call.body, call.headers) == call.json
    return [call.json for call in receiver.at(path)]


def queued(service: Stack) -> int:
    """Deliveries that are still to be made."""
    hosts: Any = service.redis().keys(keys.WEBHOOKS_DUE + "*")
    return sum(service.redis().zcard(key) for key in hosts)  # type: ignore[misc]


def outcomes(service: Stack, outcome: str) -> float:
    return service.samples().get(("ocr_webhooks_total", outcome), 0.0)


def failed(service: Stack) -> set[str]:
    """The jobs whose deliveries were given up."""
    return {call.job_id for call in Deliveries(service.redis()).failed()}


def resend(service: Stack, *which: str) -> str:
    done = operate(*which, DATA_DIR=str(service.data))
    assert done.returncode == 0, done.stderr
    return done.stdout


def operate(*which: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """What `make webhooks-failed` and `make webhooks-resend` run."""
    command = [sys.executable, "-m", "services.operations.webhooks", *which]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, capture_output=True, text=True, timeout=60)


def refused(service: Stack, url: str) -> httpx.Response:
    return service.upload(str(uuid.uuid4()), data={"callback_url": url})


def test_the_end_of_a_job_is_told_and_signed(service: Stack, receiver: Receiver) -> None:
    job_id = submit(service, f"{receiver.url}/done?token=s3cret-token")
    (event,) = told(service, receiver, "/done?token=s3cret-token")
    job = service.get(f"/ocr/job/{job_id}").json()
    assert event == {"type": "job.completed", "timestamp": job["ended_at"], "data": job}
    (request,) = receiver.at("/done?token=s3cret-token")
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"].startswith("ocr-service/")
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(request.body + b" ", request.headers)
    eventually(lambda: service.redis().hget(keys.JOB + job_id, "callback_url") is None, SOON)
    assert "s3cret-token" not in service.log.read_text() and SECRET not in service.log.read_text()


def test_a_failure_and_an_answer_from_the_cache_are_told_too(service: Stack, receiver: Receiver) -> None:
    service.upload("same for both")
    service.finished(service.submit("same for both"))
    submit(service, f"{receiver.url}/cached", "same for both")
    assert told(service, receiver, "/cached")[0]["type"] == "job.completed"
    with service.client() as client:
        broken = {"file": ("a.png", picture(str(uuid.uuid4()))[:70])}
        client.post("/ocr/image", files=broken, params={"callback_url": f"{receiver.url}/failed"})
    (event,) = told(service, receiver, "/failed")
    assert (event["type"], event["data"]["error"]["code"]) == ("job.failed", "unreadable_file")


def test_those_who_wait_for_the_same_result_are_all_told(service: Stack, receiver: Receiver) -> None:
    text = f"SLEEP 1\n{uuid.uuid4()}"
    ids = {submit(service, f"{receiver.url}/same", text) for _ in range(3)}
    assert {event["data"]["job_id"] for event in told(service, receiver, "/same", 3)} == ids


def test_every_family_tells(service: Stack, receiver: Receiver) -> None:
    ids = {
        submit(service, f"{receiver.url}/families", path="/paddleocr/predict-async"),
        submit(service, f"{receiver.url}/families", path="/api/v1/ocr/process/async", field="image", type="barcode"),
    }
    with service.client() as client:
        files = [("files[]", ("a.png", picture(str(uuid.uuid4())))) for _ in range(2)]
        batch = client.post("/ocr/batch", files=files, data={"callback_url": f"{receiver.url}/families"})
    ids |= {file["job"]["job_id"] for file in batch.json()["files"]}
    assert {event["data"]["job_id"] for event in told(service, receiver, "/families", 4)} == ids


def test_a_delivery_that_failed_is_made_again_under_the_same_id(service: Stack, receiver: Receiver) -> None:
    receiver.plans["/again"] = [says(500), says(302, Location="/redirected"), says(200)]
    before = outcomes(service, "delivered")
    submit(service, f"{receiver.url}/again")
    told(service, receiver, "/again", 3)
    assert len({call.headers["webhook-id"] for call in receiver.at("/again")}) == 1
    assert not receiver.at("/redirected")
    eventually(lambda: queued(service) == 0, SOON)
    eventually(lambda: outcomes(service, "delivered") > before, SOON)
    assert len(receiver.at("/again")) == 3


def test_a_receiver_that_asks_for_time_is_given_it(service: Stack, receiver: Receiver) -> None:
    receiver.plans["/busy"] = [says(429, Retry_After="4"), says(200)]
    submit(service, f"{receiver.url}/busy")
    told(service, receiver, "/busy", 2)
    first, second = receiver.at("/busy")
    assert second.at - first.at >= 4


def test_who_is_gone_is_told_nothing_more(service: Stack, receiver: Receiver) -> None:
    receiver.plans["/gone"] = [says(410)]
    job_id = submit(service, f"{receiver.url}/gone")
    told(service, receiver, "/gone")
    eventually(lambda: service.redis().hget(keys.JOB + job_id, "callback_url") is None, SOON)
    assert queued(service) == 0 and job_id not in failed(service)


def test_what_was_given_up_is_kept_and_can_be_sent_again(service: Stack, receiver: Receiver) -> None:
    path = "/down?key=hidden"
    receiver.plans[path] = [says(503), says(404), says(500)]
    job_id = submit(service, receiver.url + path)
    eventually(lambda: job_id in failed(service), SOON, service.tail)
    (line,) = [line for line in resend(service).splitlines() if job_id in line]
    assert "127.0.0.1" in line and "status 500" in line and "hidden" not in line
    assert len(receiver.at(path)) == 3
    receiver.plans[path] = [says(200)]
    assert "1 will be sent again" in resend(service, job_id)
    told(service, receiver, path, 4)
    assert len({call.headers["webhook-id"] for call in receiver.at(path)}) == 1
    assert job_id not in failed(service)


def test_all_can_be_sent_again(service: Stack, receiver: Receiver) -> None:
    receiver.plans["/all"] = [says(500)]
    ids = {submit(service, f"{receiver.url}/all") for _ in range(3)}
    eventually(lambda: ids <= failed(service), SOON, service.tail)
    receiver.received.clear()
    receiver.plans["/all"] = [says(200)]
    resend(service, "all")
    assert {event["data"]["job_id"] for event in told(service, receiver, "/all", 3)} == ids


def test_operators_are_told_that_nothing_was_given_up(service: Stack) -> None:
    untouched = f"unix://{service.data}/run/valkey.sock?db=1"
    assert operate(REDIS_URL=untouched).stdout == "No webhook was given up.\n"


def test_operators_are_told_where_nothing_runs(tmp_path: Path) -> None:
    """And not to wait: nothing would come of it."""
    done = operate(DATA_DIR=str(tmp_path))
    assert done.returncode == 1 and "make run" in done.stderr


def test_sending_again_asks_which() -> None:
    done = subprocess.run(["make", "-o", ".venv/runtime", "webhooks-resend"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and "ID=all" in done.stdout


def test_one_who_is_slow_holds_up_nobody_else(service: Stack, receiver: Receiver) -> None:
    """Another host is told while more deliveries than there are hands wait for this one."""
    with receiving() as slow:
        slow.plans["/slow"] = [drips]
        for _ in range(12):
            submit(service, f"{slow.url}/slow")
        eventually(lambda: len(slow.received) >= AT_ONCE, SOON, service.tail)
        key = keys.WEBHOOKS_SENDING + "127.0.0.1"
        assert int(service.redis().zcard(key)) <= AT_ONCE  # type: ignore[arg-type]
        submit(service, f"http://localhost:{receiver.port}/quick")
        told(service, receiver, "/quick")
        assert queued(service) > 0
        eventually(lambda: queued(service) == 0, SOON, service.tail)


def test_a_job_that_is_deleted_meanwhile_is_not_told(service: Stack, receiver: Receiver) -> None:
    receiver.plans["/deleted"] = [says(500)]
    job_id = submit(service, f"{receiver.url}/deleted")
    told(service, receiver, "/deleted")
    service.redis().delete(keys.JOB + job_id)
    eventually(lambda: queued(service) == 0, SOON, service.tail)
    assert job_id not in failed(service)


@pytest.mark.parametrize(
    "url",
    [
        *("https://169.254.169.254/latest/meta-data", "http://[::ffff:10.0.0.1]/", "http://10.0.0.1/", "ftp://x/"),
        *("https://nowhere.invalid/", "https://user:hidden@127.0.0.1/", "https://2852039166/", "not a url"),
    ],
)
def test_what_must_not_be_called_is_refused_at_once(service: Stack, url: str) -> None:
    answer = refused(service, url)
    assert (answer.status_code, answer.json()["code"]) == (400, "callback_refused")
    assert answer.json()["detail"] == refused(service, "https://10.255.255.255/").json()["detail"]
    assert "hidden" not in answer.text and "169.254" not in answer.text


def test_the_address_is_checked_in_every_family(service: Stack) -> None:
    data = {"callback_url": "https://10.0.0.1/"}
    with service.client() as client:
        image = ("a.png", picture("x"))
        answers = [
            client.post("/ocr/batch", files=[("files[]", image)], data=data),
            client.post("/paddleocr/predict-async", files={"file": image}, data=data),
            client.post("/api/v1/ocr/process/async", files={"image": image}, data={**data, "type": "product"}),
        ]
        assert [answer.status_code for answer in answers] == [400] * 3
        assert answers[2].json()["error"]["details"]["code"] == "callback_refused"
        waits = client.post("/paddleocr/predict", files={"file": image}, data=data)
    assert waits.status_code == 422


def test_a_name_of_this_machine_is_refused_where_it_is_not_allowed(tmp_path: Path) -> None:
    with running(tmp_path / "data", WEBHOOK_SECRET=SECRET, OCR_WORKERS="1") as service:
        for url in ("https://localhost/", "https://127.0.0.1/", "https://[::1]/", "http://localhost:8080/"):
            assert refused(service, url).json()["code"] == "callback_refused"
        assert service.get("/ocr/options").json()["properties"]["callback_url"]["format"] == "uri"


def test_without_a_secret_nobody_is_told(client: httpx.Client) -> None:
    """On the service as it is by default."""
    answer = client.post("/ocr/image", files={"file": picture("x")}, data={"callback_url": "https://example.com"})
    assert (answer.status_code, answer.json()["code"]) == (400, "capability_unavailable")
    assert "WEBHOOK_SECRET" in answer.json()["detail"]


def test_what_a_killed_worker_was_telling_is_told_by_the_next(tmp_path: Path, receiver: Receiver) -> None:
    """Also what was not told yet when everything was killed."""
    slow = {"WEBHOOK_RETRIES": "1,1,1,1", "WEBHOOK_TIMEOUT": "60"}
    with running(tmp_path / "data", **SETTINGS, **slow) as service:
        receiver.plans["/killed"] = [hangs, says(200)]
        job_id = submit(service, f"{receiver.url}/killed")
        eventually(lambda: len(receiver.at("/killed")) == 1, SOON, service.tail)
        service.finished(job_id)
        service.children("celery")[0].send_signal(signal.SIGKILL)
        _end_leases(service)
        eventually(lambda: len(receiver.at("/killed")) == 2, SOON, service.tail)
        eventually(lambda: queued(service) == 0, SOON, service.tail)
        receiver.plans["/restart"] = [says(500), says(200)]
        submit(service, f"{receiver.url}/restart")
        eventually(lambda: len(receiver.at("/restart")) == 1, SOON, service.tail)
        service.stop()
        service.start()
        told(service, receiver, "/restart", 2)
    assert len({call.headers["webhook-id"] for call in receiver.at("/killed")}) == 1


def _end_leases(service: Stack) -> None:
    """As if the time of the lease were over."""
    server = service.redis()
    for key in (keys.WEBHOOKS_DUE + "127.0.0.1", keys.WEBHOOKS_SENDING + "127.0.0.1"):
        for member in server.zrange(key, 0, -1):  # type: ignore[union-attr]
            server.zadd(key, {member: 1})
    server.zadd(keys.WEBHOOKS, {"127.0.0.1": 1})


@pytest.mark.parametrize(
    "secret", ["secret", "whsec_", "whsec_c2hvcnQ=", f"whsec_{'b25l' * 30}", f"{SECRET},x", "whsec_ä"]
)
def test_a_secret_that_will_not_do_stops_the_start_and_is_not_repeated(secret: str) -> None:
    with pytest.raises(BadSetting, match="WEBHOOK_SECRET") as refused_secret:
        secrets_of(Settings(webhook_secret=secret))
    assert secret in ("secret", "whsec_") or secret not in str(refused_secret.value)


def test_several_secrets_are_read() -> None:
    assert len(secrets_of(Settings(webhook_secret=f"{SECRET} , {OLD_SECRET}\n"))) == 2
    assert secrets_of(Settings(webhook_secret=" , ")) == () == secrets_of(Settings())


def test_no_body_of_a_receiver_is_told_to_anybody(service: Stack, receiver: Receiver) -> None:
    receiver.plans["/talks"] = [says(500, b"inner secret of the receiver")]
    job_id = submit(service, f"{receiver.url}/talks")
    eventually(lambda: job_id in failed(service), SOON, service.tail)
    shown = json.dumps(service.get(f"/ocr/job/{job_id}").json()) + resend(service) + service.log.read_text()
    assert "inner secret" not in shown


GUIDE = (ROOT / "docs" / "webhooks.md").read_text()
MESSAGE = b'{"type":"job.completed","timestamp":"2026-11-22T12:00:00.000+00:00","data":{"job_id":"abc"}}'


def in_python(body: bytes, headers: Mapping[str, str]) -> str:
    """What the guide's example makes of a message."""
    found: dict[str, Any] = {}
    exec(re.findall(r"```python\n(.*?)```", GUIDE, re.DOTALL)[0], found)
    try:
        return str(found["received"](body, headers, SECRET))
    except WebhookVerificationError:
        return ""


def in_javascript(body: bytes, headers: Mapping[str, str]) -> str:
    (example,) = re.findall(r"```javascript\n(.*?)```", GUIDE, re.DOTALL)
    arguments = f"Buffer.from('{body.hex()}', 'hex'), {json.dumps(headers)}, '{SECRET}'"
    script = f"{example}\nconsole.log(received({arguments}))"
    return subprocess.run(
        ["node", "-e", script], capture_output=True, text=True, timeout=60, check=False
    ).stdout.strip()


NODE = pytest.mark.skipif(not shutil.which("node"), reason="node is not installed, so the JavaScript is not tried")


@pytest.mark.parametrize("example", [in_python, pytest.param(in_javascript, marks=NODE)])
def test_the_guides_examples_believe_what_is_signed_and_nothing_else(example: Any) -> None:
    now, keys = int(time.time()), [secrets_of(Settings(webhook_secret=call))[0] for call in (OLD_SECRET, SECRET)]
    headers = {name.lower(): value for name, value in signed("msg_1", now, MESSAGE, keys).items()}
    assert example(MESSAGE, headers) == "abc job.completed"
    strangers = {name.lower(): value for name, value in signed("msg_1", now, MESSAGE, keys[:1]).items()}
    old = {name.lower(): value for name, value in signed("msg_1", now - 3600, MESSAGE, keys).items()}
    forged = [
        (MESSAGE + b" ", headers),
        (MESSAGE, strangers),
        (MESSAGE, old),
        (MESSAGE, {**headers, "webhook-id": "msg_2"}),
    ]
    assert [example(body, theirs) for body, theirs in forged] == [""] * 4
