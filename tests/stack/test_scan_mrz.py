"""`/scan-mrz`: the zone comes back, and nothing of the picture or the person stays anywhere."""

from __future__ import annotations

import os
import re
import resource
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
from PIL import Image

from config import ROOT, Settings
from services.redis import keys
from tests.support import samples, zones
from tests.support.stack import Stack, broker, eventually, faulty, free_port, picture, running

ERIKSSON = zones.passport("UTO", "ERIKSSON", "ANNA MARIA", "L898902C3", "740812", "F", "300415", "ZE184226B")
ZONE = "\n".join(ERIKSSON.lines)
"""What the null engine is to read."""

SECRETS = (b"L898902C3", b"ERIKSSON", b"ZE184226B", ERIKSSON.lines[1].encode())


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("scan") / "data", OCR_ENGINE=Settings().ocr_engine) as stack:
        yield stack


@pytest.fixture
def troubled(tmp_path: Path) -> Iterator[Stack]:
    with faulty(tmp_path / "data", OCR_WORKERS="1") as stack:
        yield stack


def scan(stack: Stack, content: bytes, path: str = "/scan-mrz", name: str = "passport.jpg") -> httpx.Response:
    with stack.client() as client:
        return client.post(path, files={"file": (name, content)})


def photo(lines: tuple[str, ...] = ERIKSSON.lines, **kwargs: Any) -> bytes:
    return samples.encode(Image.fromarray(zones.picture(lines, 24, **kwargs)), "JPEG", quality=85)


def refused(answer: httpx.Response, status: int) -> Any:
    """The body of an error, which has this family's shape."""
    body = answer.json()
    assert answer.status_code == status and answer.headers["Content-Type"].startswith("application/json"), answer.text
    assert body["success"] is False and body["error"] and body["confidence"] == 0.0
    assert body.get("fallbackToClientSide", False) is (status == 503)
    return body


# What comes back


@pytest.mark.parametrize("path", ["/scan-mrz", "/api/ocr/scan-mrz"])
def test_a_photo_of_a_passport_says_what_its_zone_says(service: Stack, path: str) -> None:
    answer = scan(service, photo(turn=3), path)
    body = answer.json()
    assert answer.status_code == 200, answer.text
    assert 0.9 < body.pop("confidence") <= 1 and body.pop("processingTime") > 0
    assert all(correction["read"] in "0O1I" for correction in body.pop("corrections"))  # what is alike in this font
    assert body == {
        "success": True,
        "passportNumber": "L898902C3",
        "surname": "ERIKSSON",
        "givenName": "ANNA MARIA",
        "nationality": "UTO",
        "dateOfBirth": "1974-08-12",
        "sex": "F",
        "dateOfExpiry": "2030-04-15",
        "issuingCountry": "UTO",
        "personalNumber": "ZE184226B",
        "documentType": "P",
        "validCheckDigits": True,
        "mrzText": ZONE,
        "mrzType": "TD3",
        "checkDigits": dict.fromkeys(
            ["documentNumber", "dateOfBirth", "dateOfExpiry", "optionalData", "composite"], True
        ),
        "warnings": [],
    }


def test_a_specimen_with_a_wrong_digit_comes_back_as_it_is_printed(service: Stack) -> None:
    first, second = ERIKSSON.lines
    body = scan(service, photo((first, second[:13] + "740821" + second[19:]))).json()
    assert body["validCheckDigits"] is False and body["checkDigits"]["dateOfBirth"] is False
    assert body["dateOfBirth"] == "1974-08-21"
    assert all(correction["field"] != "dateOfBirth" for correction in body["corrections"])


def test_a_picture_without_a_zone_has_none(service: Stack) -> None:
    body = refused(scan(service, samples.text_image(["Dear Sir or Madam", "Yours faithfully"])), 422)
    said = {"success": False, "error": "No MRZ detected in image", "confidence": 0.0, "code": "no_mrz"}
    assert body == {**said, "request_id": body["request_id"]}


def test_a_picture_that_cannot_be_read_says_why(service: Stack) -> None:
    blurred = refused(scan(service, photo(blur=9)), 422)
    assert "blurred" in blurred["reason"] and "focus" in blurred["suggestion"]
    tiny = samples.encode(Image.new("RGB", (80, 50), "white"))
    assert "80 x 50" in refused(scan(service, tiny), 422)["reason"]


# Nothing stays


def everything(folder: Path) -> bytes:
    """All bytes of all files, those of the append-only file included."""
    return b"\0".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_nothing_of_a_scan_is_on_the_disk_or_in_the_log(service: Stack) -> None:
    large = samples.encode(Image.fromarray(zones.picture(ERIKSSON.lines, 40, noise=12)), "PNG", compress_level=0)
    assert len(large) > 1 << 20  # Werkzeug and others put what is large on a disk
    assert scan(service, large, name="eriksson-passport.png").json()["passportNumber"] == "L898902C3"
    assert refused(scan(service, large[: len(large) // 2], name="eriksson.png"), 422)["code"] == "unreadable_file"
    written = everything(service.data)
    parts = [large[at : at + 64] for at in range(len(large) // 4, len(large), len(large) // 4)]
    assert not any(secret in written for secret in (*SECRETS, b"eriksson", *parts))
    assert keys.JOB.encode() in written and service.log.read_bytes() in written  # the right place was looked at


def test_an_upload_has_no_file_not_even_a_nameless_one(service: Stack) -> None:
    incoming = service.data / "incoming"
    shutil.rmtree(incoming, ignore_errors=True)
    incoming.touch()  # where other uploads have theirs, there can be none now
    try:
        assert scan(service, photo()).status_code == 200
        assert service.upload("text").status_code == 500
    finally:
        incoming.unlink()


def test_nothing_is_left_in_memory_and_nothing_is_cached(service: Stack) -> None:
    content = photo(noise=3)
    assert scan(service, content).status_code == scan(service, content).status_code == 200
    spool = redis.Redis(unix_socket_path=str(service.data / "run" / "spool.sock"))
    assert spool.dbsize() == 0 and spool.info("persistence")["aof_enabled"] == 0  # type: ignore[index]
    assert not service.redis().keys(keys.CACHE + "*")


def test_a_scans_job_is_nobodys_to_read(service: Stack) -> None:
    def records() -> set[str]:
        return {key for key in service.redis().keys(keys.JOB + "*") if service.redis().hget(key, "in_memory")}  # type: ignore[union-attr]

    before = records()
    assert scan(service, photo(noise=2)).status_code == 200
    (new,) = records() - before
    answer = service.get(f"/ocr/job/{new.removeprefix(keys.JOB)}/result")
    assert answer.status_code == 410 and "ERIKSSON" not in answer.text


@pytest.mark.skipif(sys.platform != "linux", reason="NOT TESTED: only Linux tells another process's limits")
def test_a_crash_leaves_no_core_dump(service: Stack) -> None:
    """One byte is the limit at which Linux neither writes a file nor calls a program for it."""
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    limit = 1 if most == resource.RLIM_INFINITY else min(1, most)
    holders = [child for word in ("spool.sock", "wiring.door", "gunicorn") for child in service.children(word)]
    assert len(holders) >= 5  # a server, and of the others a parent and a child each
    assert {holder.rlimit(resource.RLIMIT_CORE) for holder in holders} == {(limit, limit)}


# Errors


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"%PDF-1.7\n", 415, "unsupported_type"),
        (b"P<UTOERIKSSON<<ANNA", 415, "unsupported_type"),
        (samples.text_image(["x"], kind="TIFF"), 415, "unsupported_type"),
        (b"", 400, "empty_upload"),
        (picture("broken")[:60], 422, "unreadable_file"),
        (b"\xff\xd8\xff" + bytes(11 << 20), 413, "upload_too_large"),
    ],
)
def test_what_cannot_be_taken_is_refused_in_this_familys_shape(
    stack: Stack, content: bytes, status: int, code: str
) -> None:
    assert refused(scan(stack, content), status)["code"] == code


def test_who_sends_what_is_not_read_here_is_told_what_is(stack: Stack) -> None:
    told = refused(scan(stack, b"%PDF-1.7\n"), 415)["error"]
    assert "Send a JPEG or PNG file" in told and "PDF" not in told


def test_a_request_without_a_file_is_told_what_to_send(client: httpx.Client) -> None:
    assert "file" in refused(client.post("/scan-mrz", data={"lang": "en"}), 422)["error"]
    assert "file" in refused(client.post("/scan-mrz", files={"photo": ("a.png", b"x")}), 422)["error"]


def test_two_passports_in_one_request_are_refused_rather_than_one_of_them_dropped(client: httpx.Client) -> None:
    both = [("file", ("a.png", picture(ZONE))), ("file", ("b.png", picture("another")))]
    assert "once" in refused(client.post("/scan-mrz", files=both), 422)["error"]


def test_past_the_limit_a_client_is_told_so(tmp_path: Path) -> None:
    with running(tmp_path / "data", RATE_LIMIT_ENABLED="true", SCAN_LIMIT_REQUESTS="2") as stack:
        assert [scan(stack, picture(ZONE)).status_code for _ in range(2)] == [200, 200]
        answer = scan(stack, picture(ZONE), "/api/ocr/scan-mrz")
        assert refused(answer, 429)["error"] == "Rate limit exceeded. Please try again later."
        assert int(answer.headers["Retry-After"]) > 0
        assert stack.upload("another").status_code == 202


# The service in trouble


def test_a_worker_that_dies_over_a_scan_leaves_it_to_the_client(troubled: Stack) -> None:
    body = refused(scan(troubled, picture(f"CRASH\n{ZONE}")), 503)
    assert body["code"] in ("upload_lost", "no_worker")
    assert not any(secret in everything(troubled.data) for secret in SECRETS)
    troubled.wait_ready()
    eventually(lambda: scan(troubled, picture(ZONE)).status_code == 200, 30)


def test_an_engine_that_fails_over_a_scan_is_not_asked_again(troubled: Stack) -> None:
    text = f"BUG\n{ZONE}"
    assert refused(scan(troubled, picture(text)), 500)["code"] == "internal_error"  # not: there is no zone
    assert len(troubled.tries(text)) == 1
    assert not any(secret in everything(troubled.data) for secret in SECRETS)
    assert scan(troubled, picture(ZONE)).json()["passportNumber"] == "L898902C3"


def test_a_scan_that_would_wait_too_long_is_left_to_the_client(troubled: Stack) -> None:
    busy = troubled.submit("SLEEP 12")
    began = time.monotonic()
    assert refused(scan(troubled, picture(ZONE)), 503)["code"] == "no_worker"
    assert time.monotonic() - began < 10
    spool = redis.Redis(unix_socket_path=str(troubled.data / "run" / "spool.sock"))
    assert spool.dbsize() == 0
    for job_id in (busy, troubled.submit("SLEEP 0")):
        troubled.finished(job_id)
    assert troubled.tries(ZONE) == [], "nobody waits for it any more"


def test_a_scan_that_nobody_waits_for_any_more_costs_no_process(troubled: Stack) -> None:
    """It may be loading what the next scan needs: who replaced it would have to load that again, for ever."""
    before = [process.pid for process in troubled.children("wiring.door")]
    assert refused(scan(troubled, picture("DEAF 10")), 503)["code"] == "no_worker"
    eventually(lambda: scan(troubled, picture(ZONE)).status_code == 200, 30)
    assert [process.pid for process in troubled.children("wiring.door")] == before


def test_clients_that_never_finish_do_not_take_all_memory(service: Stack) -> None:
    large = b"\xff\xd8\xff" + bytes(9 << 20)
    with unfinished(service, 26):
        eventually(lambda: scan(service, large).status_code == 503, 30)
        assert refused(scan(service, large), 503)["code"] == "spool_unavailable"
        assert service.upload("elsewhere").status_code == 202
        web = max(child.memory_info().rss for child in service.children("gunicorn"))
    assert web < 700 << 20
    eventually(lambda: scan(service, photo()).status_code == 200, 30)


def test_without_a_worker_it_is_left_to_the_client_at_once(troubled: Stack) -> None:
    held = troubled.children("wiring.door")
    for process in held:
        process.suspend()
    eventually(lambda: troubled.status_of("/health/ready") == 503, 30)
    assert refused(scan(troubled, picture(ZONE)), 503)["code"] == "no_worker"
    assert not [key for key in troubled.redis().keys(keys.JOB + "*")]  # type: ignore[union-attr]
    for process in held:
        process.resume()


def test_without_a_spool_it_is_left_to_the_client(troubled: Stack) -> None:
    (spool,) = troubled.children("spool.sock")
    spool.suspend()
    assert refused(scan(troubled, picture(ZONE)), 503)["code"] == "spool_unavailable"
    spool.resume()
    assert troubled.get("/health/ready").status_code == 200


def test_a_spool_that_persists_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    stack = Stack(tmp_path / "data", {"OCR_ENGINE": "null"})
    with broker(tmp_path / "persistent") as server:
        stack.env = {"OCR_ENGINE": "null", "SPOOL_URL": server.url}
        stack.start(ready=False)
        assert stack.process and stack.process.wait(60) == 1
        assert "SPOOL_URL" in stack.tail() and 'appendonly "yes"' in stack.tail()


# What the guide and the example say


GUIDE = (ROOT / "docs" / "scan-mrz.md").read_text()


@pytest.mark.skipif(not shutil.which("node"), reason="node is not installed, so the guide's script is not tried")
def test_the_guides_script_works_in_node(service: Stack, tmp_path: Path) -> None:
    (script,) = re.findall(r"```js\n(.*?)```", GUIDE, re.DOTALL)
    call = (
        "const { readFile } = await import('node:fs/promises');"
        "const picture = new Blob([await readFile(process.argv[2])]);"
        "console.log((await scanPassport(picture, process.argv[3])).passportNumber);"
    )
    (tmp_path / "scan.mjs").write_text(script + call)
    command = ["node", str(tmp_path / "scan.mjs"), str(ROOT / "examples" / "passport.jpg"), service.url]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert said.stdout.strip() == "L898902C3"


@pytest.fixture(scope="module")
def proxy_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example, installed as its guide says."""
    if not shutil.which("npm"):
        pytest.skip("npm is not installed, so examples/node-proxy is not tried")
    folder = tmp_path_factory.mktemp("proxy") / "node-proxy"
    shutil.copytree(ROOT / "examples" / "node-proxy", folder, ignore=shutil.ignore_patterns("node_modules"))
    done = subprocess.run(["npm", "ci"], cwd=folder, capture_output=True, text=True, timeout=180, check=False)
    if done.returncode:
        pytest.skip(f"npm ci cannot reach a registry, so examples/node-proxy is not tried: {done.stderr[-300:]}")
    return folder


@contextmanager
def unfinished(stack: Stack, count: int) -> Iterator[None]:
    """Clients that have sent most of a large picture and stop there."""
    head = (
        "POST /scan-mrz HTTP/1.1\r\nHost: here\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        "Content-Length: 10480000\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    )
    with ExitStack() as open_ones:
        for _ in range(count):
            client = open_ones.enter_context(socket.create_connection(("127.0.0.1", stack.port), timeout=30))
            with suppress(ConnectionError):
                client.sendall(head.encode() + b"\xff\xd8\xff" + bytes(10_200_000))
        yield


@contextmanager
def proxied(folder: Path, service_url: str, timeout_ms: int = 10_000) -> Iterator[str]:
    """The proxy's own address, while it runs."""
    env = {**os.environ, "SERVICE_URL": service_url, "PORT": "0", "TIMEOUT_MS": str(timeout_ms)}
    command = ["node", "server.js"]
    process = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout
    try:
        yield process.stdout.readline().decode().split()[0]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_the_proxy_passes_pictures_and_answers_on(proxy_folder: Path, stack: Stack) -> None:
    with proxied(proxy_folder, stack.url) as url:
        assert httpx.post(url, files={"file": picture(ZONE)}, timeout=30).json()["passportNumber"] == "L898902C3"
        assert refused(httpx.post(url, files={"file": picture("no zone")}, timeout=30), 422)
        assert refused(httpx.post(url, files={"file": b"%PDF-"}, timeout=30), 415)
        assert refused(httpx.post(url, files={"file": bytes(12 << 20)}, timeout=30), 413)


def test_the_proxy_leaves_it_to_the_client_when_the_service_is_slow_or_down(proxy_folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        services = {f"http://127.0.0.1:{silent.getsockname()[1]}": 300, f"http://127.0.0.1:{free_port()}": 10_000}
        for service_url, timeout_ms in services.items():
            with proxied(proxy_folder, service_url, timeout_ms) as url:
                refused(httpx.post(url, files={"file": b"a picture"}, timeout=30), 503)
