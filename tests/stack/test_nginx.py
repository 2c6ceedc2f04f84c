"""Behind a real nginx with the files of `nginx/`: on a host of its own, below a path, and when the service is away."""

from __future__ import annotations

import json
import re
import socket
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
import websocket

from tests.support.nginx import PREFIX, Fronted, fronting, needs_nginx
from tests.support.receiver import receiving
from tests.support.stack import Stack, eventually, free_port, picture, running

pytestmark = needs_nginx

SECRET = "whsec_" + "b25l" * 8


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {"TRUSTED_PROXIES": "1", "WEBHOOK_SECRET": SECRET, "OUTBOUND_ALLOW": "127.0.0.0/8", "OCR_WORKERS": "1"}
    with running(tmp_path_factory.mktemp("nginx") / "data", **settings) as stack:
        yield stack


@pytest.fixture(scope="module")
def front(service: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fronted]:
    with fronting(tmp_path_factory.mktemp("nginx") / "etc", service.port) as started:
        yield started


def send(url: str, path: str = "/ocr/image", field: str = "file", **more: Any) -> httpx.Response:
    answer = httpx.post(f"{url}{path}", files={field: ("a.png", picture(str(uuid.uuid4())))}, timeout=60, **more)
    assert answer.status_code in (200, 202), answer.text
    return answer


def addresses(value: Any) -> Iterator[str]:
    """The texts in JSON that begin as an address of the service does."""
    if isinstance(value, dict | list):
        for member in value.values() if isinstance(value, dict) else value:
            yield from addresses(member)
    elif isinstance(value, str) and value.startswith("/"):
        yield value


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/ocr/image", "file"),
        ("/ocr/batch", "files[]"),
        ("/paddleocr/predict-async", "file"),
        ("/paddleocr/predict", "file"),
    ],
)
def test_every_address_in_an_answer_leads_there_from_outside(front: Fronted, path: str, field: str) -> None:
    server = front.below.removesuffix(PREFIX)
    answer = send(front.below, path, field)
    found = [*addresses(answer.json()), *filter(None, [answer.headers.get("Location")])]
    assert found and all(address.startswith(f"{PREFIX}/") for address in found)
    for address in found:
        if not address.endswith("/cancel"):
            assert httpx.get(f"{server}{address}", timeout=60).status_code in (200, 202), address


def test_the_point_of_sale_has_its_addresses_there_too(front: Fronted) -> None:
    answer = send(front.below, "/api/v1/ocr/process/async", "image", data={"type": "receipt"})
    assert answer.headers["Location"].startswith(f"{PREFIX}/api/v1/ocr/jobs/")
    job = answer.json()["data"]["job_id"]
    url = f"{front.below}/api/v1/ocr/jobs/{job}/ws".replace("http://", "ws://")
    connection = websocket.create_connection(url, timeout=60)
    assert json.loads(connection.recv())["event"]
    connection.close()


def test_events_come_through(front: Fronted) -> None:
    for url in (front.whole, front.below):
        links = send(url).json()["links"]
        with httpx.stream("GET", f"{url.removesuffix(PREFIX)}{links['events']}", timeout=60) as answer:
            assert "event: job_completed" in list(answer.iter_lines())


def test_a_webhook_has_the_addresses_that_its_client_has(service: Stack, front: Fronted) -> None:
    with receiving() as receiver:
        for url, begin in ((front.below, f"{PREFIX}/ocr/job/"), (front.whole, "/ocr/job/")):
            send(url, data={"callback_url": f"{receiver.url}/{len(begin)}"})
            eventually(lambda begin=begin: receiver.at(f"/{len(begin)}"), 60, service.tail)
            (told,) = receiver.at(f"/{len(begin)}")
            assert told.json["data"]["links"]["self"].startswith(begin)


def test_page_and_reference_work_there(front: Fronted) -> None:
    with httpx.Client(follow_redirects=True, timeout=60) as client:
        for start in ("", "/docs"):
            page = client.get(f"{front.below}{start}")
            assert page.status_code == 200 and str(page.url) == f"{front.below}{start}/"
            for asset in re.findall(r'(?:src|href)="([^"#:]+)"', page.text):
                assert client.get(page.url.join(asset)).status_code == 200, asset
        assert client.get(f"{front.below}/openapi.json").json()["servers"] == [{"url": PREFIX}]
        assert "servers" not in client.get(f"{front.whole}/openapi.json").json()


def test_what_a_client_says_of_the_path_is_dropped(service: Stack, front: Fronted) -> None:
    for said in ("/mine", "//elsewhere.example"):
        headers = {"X-Forwarded-Prefix": said}
        assert send(front.whole, headers=headers).headers["Location"].startswith("/ocr/job/")
        assert send(front.below, headers=headers).headers["Location"].startswith(f"{PREFIX}/ocr/job/")
    unsafe = {"X-Forwarded-Prefix": "//elsewhere.example"}
    assert send(service.url, headers=unsafe).headers["Location"].startswith("/ocr/job/")


def test_a_setting_says_it_where_the_proxy_does_not(tmp_path: Path) -> None:
    with running(tmp_path / "data", APPLICATION_ROOT="/text") as stack:
        assert send(stack.url).headers["Location"].startswith("/text/ocr/job/")
        assert stack.get("/ocr/job/none").json()["instance"] == "/text/ocr/job/none"
        assert send(stack.url, headers={"X-Forwarded-Prefix": "/mine"}).headers["Location"].startswith("/text/ocr/")


def is_problem(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status and answer.headers["X-Content-Type-Options"] == "nosniff"


def test_nginx_says_that_the_service_is_away(tmp_path: Path) -> None:
    with fronting(tmp_path / "etc", free_port()) as front:
        for url in (front.whole, front.below):
            answer = httpx.get(f"{url}/health", timeout=30)
            is_problem(answer, 503, "service_away")
            assert answer.headers["Retry-After"] == "5"


def test_nginx_says_so_too_of_one_that_does_not_answer_in_time(tmp_path: Path) -> None:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        with fronting(tmp_path / "etc", deaf.getsockname()[1], proxy_read_timeout="1s") as front:
            for url in (front.whole, front.below):
                is_problem(httpx.get(f"{url}/health", timeout=30), 503, "service_away")


def test_nginx_refuses_what_is_too_large_before_it_is_sent(front: Fronted) -> None:
    for url in (front.whole, front.below):
        is_problem(httpx.post(f"{url}/ocr/image", content=bytes(65 << 20), timeout=60), 413, "upload_too_large")
        is_problem(httpx.post(f"{url}/scan-mrz", content=bytes(12 << 20), timeout=60), 413, "upload_too_large")


@pytest.mark.parametrize("path", ["/metrics", "//metrics", "/%6detrics", "/docs/../metrics", "/docs%2f..%2fmetrics"])
def test_nobody_gets_the_metrics_through_nginx(service: Stack, front: Fronted, path: str) -> None:
    """No address tells those who may from others: behind Docker or a tunnel, all come from a private one."""
    assert service.get("/metrics").status_code == 200
    for url in (front.whole, front.below):
        where = urlsplit(url)
        with socket.create_connection((str(where.hostname), int(where.port or 0)), timeout=30) as wire:
            lines = (f"GET {where.path}{path} HTTP/1.0", f"Host: {where.netloc}", "X-Forwarded-For: 127.0.0.1", "", "")
            wire.sendall("\r\n".join(lines).encode())
            with wire.makefile("rb") as stream:
                answer = stream.read()
        assert b" 200 " not in answer.splitlines()[0] and b"ocr_" not in answer


def test_no_file_of_nginx_has_any_of_a_passport(tmp_path: Path) -> None:
    """Not even of one that nobody takes from it."""
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen()
        with fronting(
            tmp_path / "etc", deaf.getsockname()[1], proxy_read_timeout="3s", proxy_send_timeout="3s"
        ) as front:
            where = urlsplit(front.whole)
            with socket.create_connection((str(where.hostname), int(where.port or 0)), timeout=2) as wire:
                wire.sendall(b"POST /scan-mrz HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n")
                with suppress(TimeoutError):
                    wire.sendall(bytes(9_000_000))
                time.sleep(1)
                opened = {path for process in psutil.process_iter(["name"]) for path in _below(process, tmp_path)}
    assert {Path(path).name for path in opened} == {"nginx.log", "stdout", "stderr"}


def _below(process: psutil.Process, folder: Path) -> list[str]:
    """The files in the folder that an nginx has open."""
    if process.info["name"] != "nginx":
        return []
    found = [str(link.readlink()) for link in Path(f"/proc/{process.pid}/fd").iterdir()]
    return [path for path in found if path.startswith(str(folder))]


def test_an_address_arrives_as_it_was_written(front: Fronted) -> None:
    answer = httpx.get(f"{front.below}/ocr/jobs?limit=1&status=no%20such")
    assert answer.status_code == 422 and [error["field"] for error in answer.json()["errors"]] == ["status"]
    assert httpx.get(f"{front.below.removesuffix(PREFIX)}//documents/ocr/options").status_code == 404


@pytest.mark.parametrize("size", [1, 3 << 20])
def test_an_upload_of_unknown_length_arrives_whole(front: Fronted, size: int) -> None:
    """As `curl -F file=@-` sends what comes out of a pipe: in chunks."""
    content = picture(str(uuid.uuid4())) + bytes(size)
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'

    def chunks() -> Iterator[bytes]:
        yield head
        yield from (content[start : start + 5000] for start in range(0, len(content), 5000))
        yield b"\r\n--b--\r\n"

    form = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = httpx.post(f"{front.below}/ocr/image", content=chunks(), headers=form, timeout=60)
    assert answer.status_code == 202 and answer.json()["file_size"] == len(content), answer.text
