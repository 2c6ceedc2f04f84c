"""Who follows a job is told everything that happens to it, once and in order, whatever dies meanwhile."""

from __future__ import annotations

import json
import os
import signal
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.jobs.hub import Hub
from services.redis import keys
from tests.support.following import FINAL, Told, faithful, listening, told
from tests.support.stack import Broker, Stack, broker, document, eventually, faulty, picture

PAGES = 12


def slow_pages(seconds: float, count: int = PAGES) -> list[str]:
    """Texts of pages that the faulty engine takes so long for, like no others."""
    return [f"SLEEP {seconds}\n{number} {uuid.uuid4()}" for number in range(1, count + 1)]


def send(stack: Stack, texts: list[str]) -> str:
    with stack.client() as client:
        answer = client.post("/ocr/pdf", files={"file": ("a.tif", document(texts))})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["job_id"])


def whole(events: list[Told], count: int = PAGES) -> None:
    """Everything that happens to a document, each once and in order."""
    assert [event.name for event in events] == ["job_queued", "job_started", *["job_progress"] * count, "job_completed"]
    pages = events[2:-1]
    assert sorted(event.data["page"] for event in pages) == list(range(1, count + 1))
    assert [event.data["progress"] for event in pages] == [{"done": n, "total": count} for n in range(1, count + 1)]
    ids = [tuple(map(int, event.id.split("-"))) for event in events]
    assert ids == sorted(set(ids))


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with faulty(tmp_path_factory.mktemp("events") / "data", OCR_WORKERS="3", PAGES_PER_TASK="2") as service:
        yield service


def test_all_that_happens_to_a_document_is_told_in_order(stack: Stack) -> None:
    job_id = send(stack, slow_pages(0.05))
    while_it_runs = told(stack, job_id)
    whole(while_it_runs)
    assert told(stack, job_id) == while_it_runs, "long after, it is told the same"
    assert {event.data["job_id"] for event in while_it_runs} == {job_id}
    assert [event.data["status"] for event in while_it_runs] == ["queued", *["processing"] * 13, "completed"]


def test_every_block_of_fields_is_an_event_with_data(stack: Stack) -> None:
    """A block of `retry:` alone is an event without data to some readers, which then find no JSON in it."""
    job_id = send(stack, slow_pages(0.01, 3))
    with stack.client() as client, client.stream("GET", f"/ocr/job/{job_id}/events") as answer:
        blocks = [block.split("\n") for block in "\n".join(answer.iter_lines()).split("\n\n")]
    fields = [[line.partition(":")[0] for line in block if not line.startswith(":") and line] for block in blocks]
    events = [names for names in fields if names]
    assert events[0] == ["retry", "id", "event", "data"] and len(events) == 6
    assert all(names == ["id", "event", "data"] for names in events[1:])


def test_who_connects_again_misses_nothing_and_hears_nothing_twice(stack: Stack) -> None:
    job_id = send(stack, slow_pages(0.1))
    path = f"/ocr/job/{job_id}/events"
    with listening(stack, path) as events:
        first = list(islice(events, 5))
    with listening(stack, path, first[-1].id) as events:
        second = list(islice(events, 4))
    rest = list(told_by_query(stack, path, second[-1].id))
    whole([*first, *second, *rest])
    again = stack.get(path, headers={"Last-Event-ID": rest[-1].id})
    assert (again.status_code, again.content) == (204, b""), "which keeps a browser from asking for ever"


def told_by_query(stack: Stack, path: str, last: str) -> list[Told]:
    with listening(stack, f"{path}?last_event_id={last}") as events:
        return list(events)


@pytest.mark.parametrize("last", ["nonsense", "0-1", "99999999999999999999999-0", "9" * 300, "-", "(", "é"])
def test_an_event_that_never_was_means_from_the_beginning(stack: Stack, last: str) -> None:
    job_id = send(stack, ["one", f"two {uuid.uuid4()}"])
    stack.finished(job_id)
    whole(told_by_query(stack, f"/ocr/job/{job_id}/events", last), 2)


def test_a_failed_job_says_why_and_one_from_the_cache_ends_at_once(stack: Stack) -> None:
    bad, good = f"BAD\n{uuid.uuid4()}", str(uuid.uuid4())
    failed = told(stack, stack.submit(bad))
    assert [event.name for event in failed] == ["job_queued", "job_started", "job_failed"]
    assert failed[-1].data["error"]["code"] == "bad_input" and failed[-1].data["error"]["message"]
    stack.finished(stack.submit(good))
    hit = told(stack, stack.submit(good))
    assert [event.name for event in hit] == ["job_queued", "job_completed"]


def test_who_follows_the_same_upload_is_told_of_his_own_job(stack: Stack) -> None:
    text = f"SLEEP 1\n{uuid.uuid4()}"
    leader, follower = stack.submit(text), stack.submit(text)
    with ThreadPoolExecutor(2) as pool:
        of_leader, of_follower = pool.map(lambda job_id: told(stack, job_id), (leader, follower))
    assert {event.data["job_id"] for event in of_leader} == {leader}
    assert [(event.name, event.data["job_id"]) for event in of_follower] == [
        ("job_queued", follower),
        ("job_completed", follower),
    ]


def kill_workers(stack: Stack) -> None:
    os.killpg(stack.children("celery")[0].pid, signal.SIGKILL)


def kill_web(stack: Stack) -> None:
    stack.children("gunicorn")[0].kill()


def kill_valkey(stack: Stack) -> None:
    stack.children("valkey.sock")[0].kill()


@pytest.mark.parametrize("kill", [kill_workers, kill_web, kill_valkey])
def test_a_client_that_connects_again_is_told_everything_whatever_is_killed(
    stack: Stack, kill: Callable[[Stack], None]
) -> None:
    eventually(lambda: stack.status_of("/health/ready") == 200, 60, stack.tail)
    job_id = send(stack, slow_pages(0.4))
    events: list[Told] = []
    for event in faithful(stack, job_id):
        events.append(event)
        if len(events) == 5:
            kill(stack)
    whole(events)


def test_a_listener_that_stays_outlives_the_broker(stack: Stack) -> None:
    """The web process connects again; its clients are not aware of it."""
    eventually(lambda: stack.status_of("/health/ready") == 200, 60, stack.tail)
    job_id = send(stack, slow_pages(0.4))
    with listening(stack, f"/ocr/job/{job_id}/events") as told_here:
        events = list(islice(told_here, 4))
        kill_valkey(stack)
        events += told_here
    whole(events)


def test_any_web_process_tells_of_any_job(tmp_path: Path) -> None:
    with faulty(tmp_path / "data", OCR_WORKERS="2", WEB_WORKERS="2") as stack:
        job_id = send(stack, slow_pages(0.2))

        def both_have_served() -> bool:
            """Which process takes a connection is chance, and one of them may have started later than the other."""
            with ThreadPoolExecutor(12) as pool:
                for events in pool.map(lambda _: told(stack, job_id), range(12)):
                    whole(events)
            told_by = {line["pid"] for line in stack.logged() if line.get("route") == "/ocr/job/<job_id>/events"}
            return len(told_by) == 2

        eventually(both_have_served, 60)


def test_who_reads_nothing_holds_nobody_up(stack: Stack) -> None:
    job_id = send(stack, slow_pages(0.1))
    with ExitStack() as idle:
        for path in ("events", "pages") * 10:
            deaf = idle.enter_context(socket.create_connection(("127.0.0.1", stack.port)))
            deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            deaf.sendall(f"GET /ocr/job/{job_id}/{path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        whole(told(stack, job_id))
        stack.finished(stack.submit(str(uuid.uuid4())))


def test_jobs_that_are_not_the_callers_or_not_there_are_refused_before_anything_is_sent(stack: Stack) -> None:
    theirs, expired = stack.submit(f"theirs {uuid.uuid4()}"), stack.submit(f"expired {uuid.uuid4()}")
    for job_id in (theirs, expired):
        stack.finished(job_id)
    with stack.redis() as records:
        records.hset(keys.JOB + theirs, "owner", "somebody else")
        records.hset(keys.JOB + expired, "expires_at", "1")
    for path in ("/ocr/job/{}/events", "/ocr/job/{}/pages"):
        for job_id, status, code in (
            (theirs, 404, "unknown_job"),
            ("0" * 32, 404, "unknown_job"),
            (expired, 410, "job_expired"),
        ):
            answer = stack.get(path.format(job_id))
            assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_job_whose_events_are_gone_tells_how_it_ended(stack: Stack) -> None:
    job_id = send(stack, ["one", f"two {uuid.uuid4()}"])
    stack.finished(job_id)
    with stack.redis() as records:
        records.delete(keys.EVENTS + job_id)
    (last,) = told(stack, job_id)
    assert (last.name, last.data["progress"]) == ("job_completed", {"done": 2, "total": 2})
    assert stack.get(f"/ocr/job/{job_id}/events", headers={"Last-Event-ID": last.id}).status_code == 204


def test_a_job_that_is_removed_ends_its_streams(stack: Stack) -> None:
    job_id = send(stack, slow_pages(1))
    with listening(stack, f"/ocr/job/{job_id}/events") as events, stack.redis() as records:
        next(events)
        records.delete(keys.JOB + job_id, keys.EVENTS + job_id)
        records.publish(keys.TOLD, job_id)
        assert not [event for event in events if event.name in FINAL]


def test_events_tell_nothing_of_what_is_kept_in_memory_only(stack: Stack) -> None:
    with stack.client() as client:
        client.post("/scan-mrz", files={"file": ("name-of-a-person.png", picture("a secret"))})
    with stack.redis() as records:
        kept = [records.xrange(key) for key in records.scan_iter(keys.EVENTS + "*")]
    of_scan = [entries for entries in kept if len(entries) == 3]
    assert of_scan, "such jobs are told of like others"
    assert "secret" not in str(kept) and "person" not in str(kept)


def test_the_links_of_a_job_lead_to_its_events(stack: Stack) -> None:
    accepted = stack.upload(str(uuid.uuid4())).json()
    assert stack.get(accepted["links"]["self"]).json()["links"]["events"] == accepted["links"]["events"]
    with listening(stack, accepted["links"]["events"]) as events:
        assert [event.name for event in events][-1] == "job_completed"


def test_a_service_that_is_told_to_stop_ends_its_streams_in_good_order(tmp_path: Path) -> None:
    with faulty(tmp_path / "data", OCR_WORKERS="1") as stack:
        job_id = send(stack, slow_pages(1))
        with listening(stack, f"/ocr/job/{job_id}/events") as events:
            next(events)
            stack.children("gunicorn")[0].terminate()
            assert all(event.name not in FINAL for event in events), "the stream ended whole, before the job"
        last = list(faithful(stack, job_id))
        whole(last)


def pages_of(stack: Stack, job_id: str, query: str = "") -> list[dict[str, Any]]:
    with stack.client() as client, client.stream("GET", f"/ocr/job/{job_id}/pages{query}") as answer:
        assert answer.headers["Content-Type"] == "application/x-ndjson"
        return [json.loads(line) for line in answer.iter_lines() if line]


def test_pages_come_as_they_are_read(stack: Stack) -> None:
    """By number, though the first one takes longest; or else as they are ready."""
    texts = [f"SLEEP 2\n{uuid.uuid4()}", *slow_pages(0.05)]
    job_id = send(stack, texts)
    with ThreadPoolExecutor(3) as pool:
        by_number = pool.submit(pages_of, stack, job_id)
        ready = pool.submit(pages_of, stack, job_id, "?order=ready")
        rest = pool.submit(pages_of, stack, job_id, "?from=9")
    result = stack.get(f"/ocr/job/{job_id}/result").json()["pages"]
    assert by_number.result() == result and [page["text"] for page in result] == texts
    assert sorted(ready.result(), key=lambda page: int(page["page"])) == result
    assert rest.result() == result[8:] == pages_of(stack, job_id, "?from=9")
    assert ready.result()[0]["page"] != 1


def test_the_first_page_is_there_before_the_last_is_read(stack: Stack) -> None:
    job_id = send(stack, [*slow_pages(0.05, 2), *slow_pages(1, 6)])
    with stack.client() as client, client.stream("GET", f"/ocr/job/{job_id}/pages") as answer:
        lines = (line for line in answer.iter_lines() if line)
        assert json.loads(next(lines))["page"] == 1
        assert stack.get(f"/ocr/job/{job_id}").status_code == 202
        assert len(list(lines)) == 7


def test_chosen_pages_come_in_their_order(stack: Stack) -> None:
    with stack.client() as client:
        file = {"file": ("a.tif", document(slow_pages(0.1)))}
        job_id = client.post("/ocr/pdf", files=file, data={"pages": "11,2-3,7"}).json()["job_id"]
    assert [page["page"] for page in pages_of(stack, job_id)] == [2, 3, 7, 11]


def test_what_a_job_ended_with_is_the_last_line(stack: Stack) -> None:
    job_id = send(stack, ["SLEEP 0.5\nBAD", f"BAD\n{uuid.uuid4()}"])
    read = pages_of(stack, stack.submit(f"BAD\n{uuid.uuid4()}"))
    assert read == [{"error": {"code": "bad_input", "message": "The page is not to be read.", "retryable": False}}]
    assert [page["success"] for page in pages_of(stack, job_id)] == [True, False]


def test_a_picture_is_one_page(stack: Stack) -> None:
    text = str(uuid.uuid4())
    (page,) = pages_of(stack, stack.submit(text))
    assert (page["page"], page["text"], page["success"]) == (1, text, True)


@pytest.fixture(scope="module")
def narrow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {"MAX_STREAMS_PER_CLIENT": "2", "MAX_STREAMS": "3", "OCR_WORKERS": "1", "TRUSTED_PROXIES": "1"}
    with faulty(tmp_path_factory.mktemp("narrow") / "data", **settings) as service:
        yield service


def test_nobody_uses_up_a_web_process(narrow: Stack) -> None:
    job_id = send(narrow, slow_pages(0.3, 40))

    def opened(address: str) -> httpx.Response:
        client = clients.enter_context(narrow.client(headers={"X-Forwarded-For": address}))
        return clients.enter_context(client.stream("GET", f"/ocr/job/{job_id}/events"))

    with ExitStack() as clients:
        assert [opened("10.0.0.1").status_code for _ in range(2)] == [200, 200]
        refused = opened("10.0.0.1")
        assert (refused.status_code, json.loads(refused.read())["code"]) == (429, "too_many_streams")
        assert int(refused.headers["Retry-After"]) > 0
        assert opened("10.0.0.2").status_code == 200
        full = opened("10.0.0.3")
        assert (full.status_code, json.loads(full.read())["code"]) == (503, "no_stream_free")
    with ExitStack() as clients:
        eventually(lambda: opened("10.0.0.1").status_code == 200, 60, narrow.tail)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Broker]:
    with broker(tmp_path / "valkey") as server:
        yield server


def test_one_subscription_serves_all_and_outlives_the_server(server: Broker) -> None:
    with server.client() as client:
        assert client.pubsub_numsub(keys.TOLD) == [(keys.TOLD, 0)], "nobody listens, nothing is subscribed"
        hub = Hub(client)
        with ExitStack() as listeners:
            bells = [listeners.enter_context(hub.listen(f"job {n % 2}")) for n in range(100)]
            assert bells[0].wait(20), "who came before the subscription stood looks again"
            assert client.pubsub_numsub(keys.TOLD) == [(keys.TOLD, 1)]
            silence(bells)
            client.publish(keys.TOLD, "job 1")
            assert all(bell.wait(20) for bell in bells[1::2]) and not any(bell.is_set() for bell in bells[::2])
            silence(bells)
            server.stop()
            server.start()
            assert all(bell.wait(20) for bell in bells), "all look again after an outage"
        hub.close()
        eventually(lambda: client.pubsub_numsub(keys.TOLD) == [(keys.TOLD, 0)], 20)


def silence(bells: list[threading.Event]) -> None:
    for bell in bells:
        bell.clear()
