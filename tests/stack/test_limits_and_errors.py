"""Limits, refusals and expiry over HTTP, and the rules about errors, limits and settings that the code keeps."""

from __future__ import annotations

import re
import socket
import time
import uuid
from collections.abc import Iterator

import httpx
import pytest

from controllers.schemas.native import OptionsSchema
from services.blobs.filesystem import FilesystemBlobs
from tests.support.house import House
from tests.support.stack import Stack, picture, running

ORIGIN = "https://shop.example"
LARGEST = 200_000


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Limits as they are by default; jobs are kept for a second."""
    settings = {"RATE_LIMIT_ENABLED": "true", "JOB_TTL": "1", "OCR_WORKERS": "1"}
    with running(tmp_path_factory.mktemp("limited") / "data", **settings) as service:
        yield service


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Behind a proxy, called from a page of another origin, taking small uploads only."""
    settings = {
        "RATE_LIMIT_ENABLED": "true",
        "RATE_LIMIT_REQUESTS": "2",
        "RATE_LIMIT_PERIOD": "3600",
        "TRUSTED_PROXIES": "1",
        "CORS_ORIGINS": f"{ORIGIN}, https://other.example",
        "MAX_CONTENT_LENGTH": str(LARGEST),
        "OCR_WORKERS": "1",
    }
    with running(tmp_path_factory.mktemp("proxied") / "data", **settings) as service:
        yield service


def caller(stack: Stack, address: str) -> httpx.Client:
    """A client with its own address."""
    return httpx.Client(base_url=stack.url, timeout=60, transport=httpx.HTTPTransport(local_address=address))


def send(client: httpx.Client, path: str = "/ocr/image", **kwargs: dict[str, str]) -> httpx.Response:
    return client.post(path, files={"file": ("a.png", picture(str(uuid.uuid4())))}, **kwargs)  # type: ignore[arg-type]


def problem(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status and answer.json()["request_id"] == answer.headers["X-Request-Id"]


def raw(stack: Stack, request: bytes) -> bytes:
    """What the server says to these bytes, which need not be a whole request."""
    with socket.create_connection(("127.0.0.1", stack.port), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while b"\r\n\r\n" not in answer and (part := connection.recv(65536)):
            answer += part
    return answer


def test_the_eleventh_upload_of_a_minute_is_refused(limited: Stack) -> None:
    with caller(limited, "127.0.0.2") as client:
        for number in range(10):
            answer = send(client, ("/ocr/image", "/ocr/pdf")[number % 2])
            assert answer.status_code == 202
            assert answer.headers["X-RateLimit-Limit"] == "10"
            assert answer.headers["X-RateLimit-Remaining"] == str(9 - number)
            assert time.time() - 1 <= int(answer.headers["X-RateLimit-Reset"]) <= time.time() + 61
            assert answer.headers["RateLimit-Policy"] == '"default";q=10;w=60'
            assert re.fullmatch(rf'"default";r={9 - number};t=\d+', answer.headers["RateLimit"])
        refused = send(client)
    problem(refused, 429, "rate_limited")
    body, wait = refused.json(), int(refused.headers["Retry-After"])
    assert {name: body[name] for name in ("error", "message", "retry_after", "remaining")} == {
        "error": "Rate limit exceeded",
        "message": "Too many requests. Limit: 10 per minute",
        "retry_after": wait,
        "remaining": 0,
    }
    assert body["retryable"] is True and refused.headers["X-RateLimit-Remaining"] == "0"
    assert 0 < wait <= 60 and abs(time.time() + wait - int(refused.headers["X-RateLimit-Reset"])) < 3


def test_who_waits_is_told_how_long_and_not_the_whole_period(limited: Stack) -> None:
    with caller(limited, "127.0.0.6") as client:
        for _ in range(10):
            assert send(client).status_code == 202
        time.sleep(3)
        assert int(send(client).headers["Retry-After"]) <= 58


def test_every_client_has_a_budget_of_its_own_and_cannot_invent_another(limited: Stack) -> None:
    with caller(limited, "127.0.0.3") as one, caller(limited, "127.0.0.4") as other:
        statuses = [send(one, headers={"X-Forwarded-For": f"10.0.0.{n}"}).status_code for n in range(11)]
        assert statuses == [202] * 10 + [429]
        assert send(other).status_code == 202


def test_reading_has_another_budget_and_probes_have_none(limited: Stack) -> None:
    with caller(limited, "127.0.0.5") as client:
        job = send(client).json()
        for path in (job["links"]["self"], "/ocr/options"):
            answer = client.get(path, params={"wait": 10} if "job" in path else {})
            assert answer.status_code == 200 and "Retry-After" not in answer.headers
            assert answer.headers["X-RateLimit-Limit"] == "600"
        for path in ("/health", "/health/ready", "/health/alive", "/metrics", "/openapi.json", "/docs/"):
            answer = client.get(path)
            assert answer.status_code == 200 and "X-RateLimit-Limit" not in answer.headers, path


def test_clients_behind_a_trusted_proxy_are_told_apart(proxied: Stack) -> None:
    with proxied.client() as client:
        for address in ("203.0.113.1", "203.0.113.2"):
            # What stands before the proxy's own entry is the client's invention.
            answers = [send(client, headers={"X-Forwarded-For": f"10.0.0.{n}, {address}"}) for n in range(3)]
            assert [answer.status_code for answer in answers] == [202, 202, 429]
            assert answers[2].json()["message"] == "Too many requests. Limit: 2 per hour"


def test_addresses_of_one_ipv6_network_are_one_client(proxied: Stack) -> None:
    """A network of 2**64 addresses is what every home and every server has."""
    with proxied.client() as client:
        said = (
            "2001:db8:1:2::1",
            "2001:db8:1:2:ffff::2",
            "2001:0db8:1:2:0:0:0:3",
            "2001:db8:1:3::1",
            "::ffff:203.0.113.9",
        )
        answers = [send(client, headers={"X-Forwarded-For": address}) for address in said]
        assert [answer.status_code for answer in answers] == [202, 202, 429, 202, 202]
        for address, status in (("203.0.113.9", 202), ("::ffff:203.0.113.9", 429)):
            assert send(client, headers={"X-Forwarded-For": address}).status_code == status


def test_an_upload_that_is_too_large_is_refused_unread(proxied: Stack) -> None:
    head = f"POST /ocr/image HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 203.0.113.3\r\nContent-Length: {10**12}\r\n"
    began = time.monotonic()
    answer = raw(proxied, f"{head}Content-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 413 ") and time.monotonic() - began < 5


def test_an_upload_of_unknown_length_is_refused_when_it_is_too_large(proxied: Stack) -> None:
    def body() -> Iterator[bytes]:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\n'
        for _ in range(10):
            yield b"x" * (LARGEST // 5)
        yield b"\r\n--b--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=b", "X-Forwarded-For": "203.0.113.4"}
    with proxied.client() as client:
        answer = client.post("/ocr/image", content=body(), headers=headers)
    problem(answer, 413, "upload_too_large")
    assert str(LARGEST) in answer.json()["detail"]
    assert not list((proxied.data / "incoming").iterdir())


@pytest.mark.parametrize(
    ("content_type", "content"),
    [
        (b"application/json", b'{"file": "a"}'),
        (b"multipart/form-data", b"--b\r\n"),
        (b"multipart/form-data; boundary=b", b"no boundary here"),
        (b"multipart/form-data; boundary=b", b'--b\r\nContent-Disposition: form-data; name="fi'),
        (b"multipart/form-data; boundary=b", b"--b\r\n\r\n\r\n--b\r\n\xff\xfe: x\r\n\r\n--b--"),
        (b"\xff\xfe", b"x"),
        (b"", b""),
    ],
)
def test_a_malformed_upload_is_answered_with_what_is_missing(stack: Stack, content_type: bytes, content: bytes) -> None:
    with stack.client() as client:
        answer = client.post("/ocr/image", content=content, headers=[(b"Content-Type", content_type)])
    problem(answer, 422, "invalid_request")
    assert "file" in {error["field"] for error in answer.json()["errors"]}


def test_too_many_parts_are_refused(client: httpx.Client) -> None:
    answer = client.post("/ocr/batch", files=[("files[]", (f"{n}.png", b"x")) for n in range(300)])
    problem(answer, 413, "form_too_large")


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Request-Id": "a" * 500},
        {"X-Request-Id": '"},{'},
        {"Prefer": "wait=, wait=x; wait=-1, respond-async"},
        {"Prefer": "wait=99999999999999999999"},
        {"Accept": "garbage/;;;q=x"},
        {"Range": "bytes=9-1"},
        {"If-Modified-Since": "never"},
        {"X-Forwarded-For": ",,,;"},
        {"Host": "a b\x7f"},
        {"Cookie": "=;=;;=\xff"},
        {"Authorization": "Basic \xff"},
        {"Content-Type": "multipart/form-data; boundary=\xff"},
    ],
)
def test_garbage_in_headers_does_no_harm(stack: Stack, headers: dict[str, str]) -> None:
    encoded = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    with stack.client() as client:
        for answer in (client.get("/ocr/options", headers=encoded), client.post("/ocr/image", headers=encoded)):
            assert answer.status_code < 500, answer.text


@pytest.mark.parametrize("request_line", [b"GARBAGE", b"GET /\xff HTTP/1.1", b"GET / HTTP/9.9", b"\x16\x03\x01\x02"])
def test_garbage_instead_of_a_request_does_no_harm(stack: Stack, request_line: bytes) -> None:
    answer = raw(stack, request_line + b"\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert not answer or re.match(rb"HTTP/1\.[01] [1-4]\d\d", answer), answer


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\scans\\a.png", "a.png"),
        ("x" * 1000, "x" * 255),
        ("a\x00b.png", None),
        ("größe 漢字.png", "größe 漢字.png"),
        ("<script>.png", "<script>.png"),
    ],
)
def test_a_file_name_is_for_display_only(client: httpx.Client, name: str, shown: str | None) -> None:
    answer = client.post("/ocr/image", files={"file": (name, picture(str(uuid.uuid4())))})
    assert answer.status_code == 202
    assert shown in (None, answer.json()["filename"])


def test_a_wrong_method_and_an_unknown_address(client: httpx.Client) -> None:
    wrong = client.put("/ocr/image")
    problem(wrong, 405, "method_not_allowed")
    assert set(wrong.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}
    for path in ("/nowhere", "/ocr", "/ocr/job/", "/static/../config.py", "/ocr/job/a/b/c"):
        problem(client.get(path), 404, "not_found")


def test_a_job_expires_with_its_files(limited: Stack) -> None:
    text = str(uuid.uuid4())
    with caller(limited, "127.0.0.7") as client:
        job = client.post("/ocr/image", files={"file": ("a.png", picture(text))}).json()
        assert client.get(job["links"]["self"], params={"wait": 10}).status_code == 200
        uploads = limited.data / "uploads"
        assert list(uploads.glob(f"*/{job['job_id']}/*"))
        time.sleep(1.2)
        for path in (job["links"]["self"], job["links"]["result"]):
            problem(client.get(path), 410, "job_expired")
        with limited.redis() as records:
            House(records, FilesystemBlobs(uploads)).keeping.clean()
        assert not list(uploads.glob(f"*/{job['job_id']}"))
        problem(client.get(job["links"]["self"]), 410, "job_expired")
        problem(client.get("/ocr/job/" + "0" * 32), 404, "unknown_job")
        again = client.post("/ocr/image", files={"file": ("a.png", picture(text))}, headers={"Prefer": "wait=10"})
        assert again.json()["text"] == text and again.json()["cached"] is False


def test_no_other_origin_is_let_in_by_default(client: httpx.Client) -> None:
    preflight = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
    for answer in (client.get("/health", headers={"Origin": ORIGIN}), client.options("/ocr/image", headers=preflight)):
        assert not [name for name in answer.headers if name.lower().startswith("access-control")]


def test_named_origins_are_let_in(proxied: Stack) -> None:
    from_proxy = {"X-Forwarded-For": "203.0.113.5"}
    with proxied.client(headers=from_proxy) as client:
        preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "prefer"}
        allowed = client.options("/ocr/image", headers={"Origin": ORIGIN, **preflight})
        assert allowed.status_code == 200
        assert allowed.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert "POST" in allowed.headers["Access-Control-Allow-Methods"]
        assert "Prefer" in allowed.headers["Access-Control-Allow-Headers"]
        for number, status in enumerate((202, 202, 429)):
            answer = send(client, headers={"Origin": ORIGIN})
            assert answer.status_code == status, number
            assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN and answer.headers["Vary"] == "Origin"
            exposed = answer.headers["Access-Control-Expose-Headers"]
            assert all(name in exposed for name in ("Location", "Retry-After", "X-Request-Id", "Content-Disposition"))
        stranger = client.get("/health", headers={"Origin": "https://shop.example.evil"})
        assert "Access-Control-Allow-Origin" not in stranger.headers and stranger.headers["Vary"] == "Origin"


def test_the_options_are_those_of_the_schema(client: httpx.Client) -> None:
    assert client.get("/ocr/options").json()["properties"].keys() == OptionsSchema().fields.keys()
