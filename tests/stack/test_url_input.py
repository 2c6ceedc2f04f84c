"""A file may be named by its URL: fetched within the limits of uploads, and from nowhere inside."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import httpx
import pytest

from tests.support.receiver import Receiver, drips, pours, receiving, says
from tests.support.stack import Stack, document, picture, running

MOST = 300_000
WAIT = {"Prefer": "wait=20"}


@pytest.fixture(scope="module")
def server() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    settings = {"URL_INPUT": "true", "URL_TIMEOUT": "2", "OUTBOUND_ALLOW": "127.0.0.1", "MAX_CONTENT_LENGTH": str(MOST)}
    with running(tmp_path_factory.mktemp("urls") / "data", OCR_WORKERS="1", **settings) as started:
        yield started


def send(service: Stack, url: object, path: str = "/ocr/image", **options: object) -> httpx.Response:
    with service.client() as client:
        return client.post(path, json={"url": url, **options}, headers=WAIT)


def problem(answer: httpx.Response, status: int, code: str) -> str:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    return str(answer.json()["detail"])


def test_a_file_is_read_from_where_it_is(service: Stack, server: Receiver) -> None:
    text = f"from afar {uuid.uuid4()}"
    server.plans["/d/my%20scan.png?key=1"] = [says(200, picture(text))]
    answer = send(service, f"{server.url}/d/my%20scan.png?key=1", lang="en", words=False)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["text"], answer.json()["filename"]) == (text, "my scan.png")
    assert "key=1" not in service.log.read_text()


def test_a_document_has_the_name_that_its_server_gives_it(service: Stack, server: Receiver) -> None:
    content = document([str(uuid.uuid4()), "two"])
    disposition = "attachment; filename*=UTF-8''..%2Fna%C3%AFve.tiff"
    server.plans["/doc"] = [says(200, content, Content_Disposition=disposition)]
    server.plans["/moved"] = [says(302, Location="/doc")]
    answer = send(service, f"{server.url}/moved", "/ocr/pdf", pages="2")
    assert answer.status_code == 200, answer.text
    assert answer.json()["filename"] == "naïve.tiff" and answer.json()["full_text"] == "two"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("UTF-8''a%0D%0AX-Evil:%201%00.png", "aX-Evil: 1.png"),
        ("UTF-8''%E2%80%AEgnp.exe", "gnp.exe"),
        ("unicode_escape''%5Cud800a.png", "a.png"),
        ("idna''hidden.png", "own.png"),
        ("undefined''hidden.png", "own.png"),
    ],
)
def test_a_hostile_name_is_made_harmless(service: Stack, server: Receiver, given: str, shown: str) -> None:
    server.plans["/own.png"] = [says(200, picture("named"), Content_Disposition=f"attachment; filename*={given}")]
    answer = send(service, f"{server.url}/own.png")
    assert answer.status_code == 200 and answer.json()["filename"] == shown, answer.text
    file = service.get(f"/ocr/job/{answer.json()['job_id']}/artifacts/text")
    assert file.status_code == 200 and "X-Evil" not in file.headers


def test_the_limits_of_uploads_hold(service: Stack, server: Receiver) -> None:
    server.plans["/endless"] = [pours]
    problem(send(service, f"{server.url}/endless"), 413, "upload_too_large")
    server.plans["/text"] = [says(200, b"root:x:0:0:the secret text", Content_Type="image/png")]
    answer = send(service, f"{server.url}/text")
    problem(answer, 415, "unsupported_type")
    assert "secret" not in answer.text
    server.plans["/empty"] = [says(200)]
    problem(send(service, f"{server.url}/empty"), 400, "empty_upload")


@pytest.mark.parametrize(
    "url",
    [
        *("http://169.254.169.254/latest/meta-data", "http://[::ffff:10.0.0.1]/", "http://localhost:22/", "file:///x"),
        *("http://10.0.0.1:6379/", "http://nowhere.invalid/", "http://2130706433/", "http://a:hidden@127.0.0.1/", "x"),
    ],
)
def test_inside_is_refused(service: Stack, url: str) -> None:
    answer = send(service, url)
    assert problem(answer, 400, "url_refused") == problem(send(service, "http://10.9.9.9/"), 400, "url_refused")
    assert "hidden" not in answer.text + service.log.read_text()


@pytest.mark.parametrize("where", ["http://169.254.169.254/latest", "http://127.0.0.2/", "//0x7f.1/", "ftp://e.com/"])
def test_so_is_a_redirect_there(service: Stack, server: Receiver, where: str) -> None:
    server.plans["/inside"] = [says(302, b"", Location=where)]
    assert where not in problem(send(service, f"{server.url}/inside"), 400, "url_refused")


def test_what_does_not_come_is_said(service: Stack, server: Receiver) -> None:
    server.plans["/slow"] = [drips]
    assert "timeout" in problem(send(service, f"{server.url}/slow"), 502, "url_unreachable")
    server.plans["/none"] = [says(404, b"what else there is")]
    answer = send(service, f"{server.url}/none")
    assert "status 404" in problem(answer, 502, "url_unreachable") and "what else" not in answer.text
    with receiving() as gone:
        pass
    assert "connection" in problem(send(service, f"{gone.url}/"), 502, "url_unreachable")


def test_nothing_of_it_stays_when_it_failed(service: Stack, server: Receiver) -> None:
    server.plans["/endless"] = [pours]
    send(service, f"{server.url}/endless")
    assert not [path for path in (service.data / "incoming").rglob("*") if path.is_file()]


def test_nothing_is_fetched_for_a_request_that_will_not_do(service: Stack, server: Receiver) -> None:
    problem(send(service, f"{server.url}/wanted", tier="fast"), 400, "capability_unavailable")
    assert server.at("/wanted") == []


def test_wrong_json_is_named(service: Stack, server: Receiver) -> None:
    problem(send(service, 7), 422, "invalid_request")
    assert "Allowed" in problem(send(service, server.url, colour="red"), 422, "invalid_request")
    for odd in (1e300, {"mrz": True}, [["mrz"]]):
        assert "extract" in problem(send(service, server.url, extract=odd), 422, "invalid_request")
    with service.client() as client:
        json = {"Content-Type": "application/json"}
        assert client.post("/ocr/image", content=b"[]", headers=json).status_code == 422
        for body in (b"{", b"[" * 5000, b'{"url": 1%s}' % (b"0" * 5000), rb'{"url": "x", "password": "\ud800"}'):
            problem(client.post("/ocr/image", content=body, headers=json), 400, "bad_request")
        problem(client.post("/ocr/image", content=b" " * 100_000, headers=json), 413, "upload_too_large")


def test_it_is_off_unless_turned_on(client: httpx.Client) -> None:
    answer = client.post("/ocr/image", json={"url": "https://example.com/a.png"})
    problem(answer, 400, "capability_unavailable")


def test_both_ways_are_documented(client: httpx.Client) -> None:
    spec = client.get("/openapi.json").json()
    for path in ("/ocr/image", "/ocr/pdf"):
        bodies = spec["paths"][path]["post"]["requestBody"]["content"]
        assert bodies.keys() == {"multipart/form-data", "application/json"}
        assert bodies["application/json"]["schema"]["required"] == ["url"]
