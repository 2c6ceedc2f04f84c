"""Logs, metrics and probes tell the truth about all processes, and nothing of what was uploaded."""

from __future__ import annotations

import os
import signal
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from config import ROOT
from controllers.schemas.health import AliveSchema, HealthSchema, ReadySchema
from services.operations.metrics import GATHERED_SECONDS
from tests.support.stack import Broker, Stack, broker, eventually, faulty, picture


@dataclass
class Watched:
    """A service with two web processes and one worker process, on a broker of its own, that logs all it can."""

    stack: Stack
    broker: Broker


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    folder = tmp_path_factory.mktemp("watched")
    settings = {"LOG_LEVEL": "DEBUG", "WEB_WORKERS": "2", "OCR_WORKERS": "1"}
    with broker(folder / "broker") as server, faulty(folder / "data", REDIS_URL=server.url, **settings) as stack:
        yield Watched(stack, server)


def lines_of(stack: Stack, request_id: str) -> list[dict[str, Any]]:
    return [line for line in stack.logged() if line.get("request_id") == request_id]


def get(stack: Stack, path: str) -> tuple[int, dict[str, Any]]:
    answer = stack.get(path)
    return answer.status_code, answer.json()


def test_every_line_is_json_and_has_the_same_members(watched: Watched) -> None:
    watched.stack.finished(watched.stack.submit(f"page {uuid.uuid4()}"))
    lines = watched.stack.logged()
    assert lines and all({"time", "level", "logger", "message", "pid"} <= line.keys() for line in lines)
    assert {line["logger"].split(".")[0] for line in lines} >= {"ocr", "tasks", "services"}


def test_root_is_not_told_off(watched: Watched) -> None:
    """Celery warns root of pickled messages. Ours are JSON, and a container's only user may be root."""
    assert not [word for word in ("superuser", "SecurityWarning") if word in watched.stack.log.read_text()]


def test_a_request_is_followed_from_web_to_worker(watched: Watched) -> None:
    stack, request_id = watched.stack, uuid.uuid4().hex
    answer = stack.upload(f"page {uuid.uuid4()}", headers={"X-Request-Id": request_id, "Prefer": "wait=20"})
    assert answer.status_code == 200 and answer.headers["X-Request-Id"] == request_id
    eventually(lambda: len({line["pid"] for line in lines_of(stack, request_id)}) == 2, 30, stack.tail)
    assert answer.json()["job_id"] in {line.get("job_id") for line in lines_of(stack, request_id)}


def test_a_failure_is_logged_with_the_request_that_caused_it(watched: Watched) -> None:
    stack, request_id = watched.stack, uuid.uuid4().hex
    answer = stack.upload(f"BAD\n{uuid.uuid4()}", headers={"X-Request-Id": request_id, "Prefer": "wait=20"})
    assert answer.json()["request_id"] == request_id

    def codes() -> list[str]:
        return [line["code"] for line in lines_of(stack, request_id) if line["message"] == "job failed"]

    eventually(lambda: codes() == ["bad_input"], 30, stack.tail)


def test_requests_at_once_do_not_mix_their_ids(watched: Watched) -> None:
    stack, ids = watched.stack, [uuid.uuid4().hex for _ in range(40)]
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda job: stack.get(f"/ocr/job/{job}", headers={"X-Request-Id": job}), ids))
    found = Counter(line.get("request_id") for line in stack.logged() if line["message"] == "request")
    assert {found[job] for job in ids} == {1}


def test_nothing_of_an_upload_is_logged(watched: Watched) -> None:
    """Neither when it is read nor when it is refused or makes trouble."""
    stack, secret = watched.stack, uuid.uuid4().hex
    contents = {
        "read": picture(f"SLEEP 0\n{secret}"),
        "bad": picture(f"BAD\n{secret}"),
        "flaky": picture(f"FLAKY 1\n{secret}"),
        "bug": picture(f"BUG\n{secret}"),
        "damaged": picture(secret)[:60] + secret.encode(),
        "unknown": secret.encode(),
        "pdf": b"%PDF-1.7\n" + secret.encode(),
        "empty": b"",
    }
    jobs = []
    with stack.client() as client:
        for name, content in contents.items():
            for query in ({}, {"password": secret}):
                file = {"file": (f"{secret}-{name}.png", content)}
                answer = client.post("/ocr/image", files=file, params=query, data={"password": f"form {secret}"})
                jobs += [answer.json()["job_id"]] if answer.status_code == 202 else []
        client.post("/ocr/image", files={"file": (secret, b"x")}, params={"langs": secret, "password": secret * 50})
        client.get(f"/nowhere/{secret}?{secret}", headers={"Authorization": f"Bearer {secret}"})
    for job_id in jobs:
        stack.finished(job_id)
    assert len(jobs) >= 6 and secret not in stack.log.read_text()


def test_requests_are_counted_over_all_web_processes(watched: Watched) -> None:
    stack, key = watched.stack, ("ocr_http_requests_total", "GET", "/ocr/options", "200")
    before = stack.samples()
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(stack.get, ["/ocr/options"] * 50))
    eventually(lambda: stack.samples().get(key, 0) - before.get(key, 0) == 50, 5 * GATHERED_SECONDS)
    counted = ("ocr_http_request_seconds_count", "/ocr/options")
    assert stack.samples()[counted] - before.get(counted, 0) == 50
    pids = {line["pid"] for line in stack.logged() if line.get("route") == "/ocr/options"}
    assert len(pids) == 2, "both web processes answered"


def test_jobs_are_counted_by_what_became_of_them(watched: Watched) -> None:
    stack, before = watched.stack, watched.stack.samples()
    texts = [f"{word}\n{uuid.uuid4()}" for word in ("SLEEP 0", "SLEEP 0", "BAD")]
    for job_id in [stack.submit(text) for text in texts]:
        stack.finished(job_id)
    stack.upload(texts[0])
    after = stack.samples()

    def more(*key: str) -> float:
        return after[key] - before.get(key, 0)

    assert (more("ocr_jobs_total", "completed"), more("ocr_jobs_total", "failed")) == (3, 1)
    assert (more("ocr_cache_total", "miss"), more("ocr_cache_total", "hit")) == (3, 1)
    assert more("ocr_pages_total", "true") == 2
    assert more("ocr_stage_seconds_count", "recognise") == 2


def test_the_queue_and_the_workers_can_be_seen(watched: Watched) -> None:
    stack = watched.stack
    texts = [f"SLEEP 2\n{uuid.uuid4()}" for _ in range(3)]
    jobs = [stack.submit(text) for text in texts]
    stack.tried(texts[0])
    samples = stack.samples()
    assert (samples["ocr_running_units",], samples["ocr_queue_units",]) == (1, 2)
    assert 0 < samples["ocr_queue_oldest_seconds",] < 10
    assert samples["ocr_broker_up",] == 1
    memory = {int(key[2]): value for key, value in samples.items() if key[0] == "ocr_worker_rss_bytes"}
    assert stack.tries(texts[0])[0].pid in memory and all(value > 10e6 for value in memory.values())
    for job_id in jobs:
        stack.finished(job_id)
    samples = stack.samples()
    assert (samples["ocr_running_units",], samples["ocr_queue_units",], samples["ocr_queue_oldest_seconds",]) == (
        (0, 0, 0)
    )


def test_a_lost_unit_is_counted(watched: Watched) -> None:
    stack, text = watched.stack, f"CRASH 1\n{uuid.uuid4()}"
    before = stack.samples().get(("ocr_units_lost_total",), 0)
    stack.finished(stack.submit(text))
    assert stack.samples()["ocr_units_lost_total",] - before == 1
    eventually(lambda: [line for line in stack.logged() if "exited with 'signal 9" in line["message"]], 30)


def test_the_probes_tell_of_every_process(watched: Watched) -> None:
    stack = watched.stack
    eventually(lambda: stack.status_of("/health/ready") == 200, 60)
    for path, schema in (("/health", HealthSchema), ("/health/ready", ReadySchema), ("/health/alive", AliveSchema)):
        status, body = get(stack, path)
        assert status == 200 and schema().validate(body) == {}
        memory = body["ocr_service"]["memory_usage"] if path == "/health" else body["memory"]
        assert memory["rss"] > 10e6 and 0 < memory["percent"] <= 100
        workers = body.get("workers") or body.get("details", {}).get("workers", [])
        assert path == "/health/alive" or [w["loaded_processes"] for w in workers] == [1]
        assert all(process["rss_mb"] > 10 for worker in workers for process in worker["processes"])
    assert get(stack, "/health")[1]["status"] == "healthy"
    assert get(stack, "/health")[1]["ocr_service"]["initialized"] is True


def test_busy_is_still_ready(watched: Watched) -> None:
    stack = watched.stack
    jobs = [stack.submit(f"SLEEP 1\n{uuid.uuid4()}") for _ in range(2)]
    assert stack.status_of("/health/ready") == 200
    for job_id in jobs:
        stack.finished(job_id)


def test_a_worker_that_says_nothing_is_missed(watched: Watched) -> None:
    stack, text = watched.stack, f"SLEEP 0\n{uuid.uuid4()}"
    stack.finished(stack.submit(text))
    worker = psutil.Process(stack.tries(text)[0].pid).ppid()
    os.kill(worker, signal.SIGSTOP)
    try:
        eventually(lambda: stack.status_of("/health/ready") == 503, 15)
        assert get(stack, "/health/ready")[1]["missing"] == ["worker"]
        assert get(stack, "/health")[1]["status"] == "degraded"
        assert stack.status_of("/health/alive") == 200
    finally:
        os.kill(worker, signal.SIGCONT)
    eventually(lambda: stack.status_of("/health/ready") == 200, 15)


def test_a_broker_that_is_away_is_named_and_does_not_fail_liveness(watched: Watched) -> None:
    stack = watched.stack
    watched.broker.stop()
    try:
        status, body = get(stack, "/health/ready")
        assert status == 503 and "broker" in body["missing"] and ReadySchema().validate(body) == {}
        assert get(stack, "/health/alive")[0] == 200
        status, body = get(stack, "/health")
        assert (status, body["status"]) == (200, "unhealthy") and body["details"]["recommendations"]
        assert stack.samples() == {("ocr_broker_up",): 0}
    finally:
        watched.broker.start()
    eventually(lambda: stack.status_of("/health/ready") == 200, 30, stack.tail)


def test_a_service_whose_engine_cannot_be_loaded_is_not_ready(tmp_path: Path) -> None:
    site = str(ROOT / "tests" / "support" / "faults" / "site")
    stack = Stack(tmp_path / "data", {"OCR_ENGINE": "unloadable", "PYTHONPATH": site})
    try:
        stack.start(ready=False)
        eventually(lambda: stack.status_of("/health/alive") == 200, 60, stack.tail)
        status, body = get(stack, "/health/ready")
        assert (status, body["missing"]) == (503, ["worker"])
        eventually(lambda: "the weights cannot be read" in stack.log.read_text(), 60)
    finally:
        stack.stop()
