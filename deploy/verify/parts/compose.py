"""Brings up the stack of docker-compose.yml, with nginx and keys, and does to it what happens to a stack."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx

from deploy.verify.support import containers
from deploy.verify.support.client import (
    EXAMPLES,
    FIRST_KEY,
    HEADERS,
    LOST,
    RECEIPT,
    SCOPES,
    check_passport,
    let_in,
    metric,
    posted,
    result,
    status,
    submitted,
    unfinished,
    varied,
)
from deploy.verify.support.composed import Stack, logs_on_failure
from deploy.verify.support.containers import Site, until
from deploy.verify.support.crowd import check_borne
from deploy.verify.support.load import AT_ONCE, check_receipt, memory
from deploy.verify.support.outcome import Figure, check
from deploy.verify.support.restored import check_restored
from deploy.verify.support.sockets import messages
from deploy.verify.support.tables import record_stack
from deploy.verify.support.tls import certified, check_handshake

AFTER = ("build", "neighbours")
PROGRAMS = {**containers.PROGRAMS, "iptables": "iptables", "openssl": "openssl"}
NAMESPACES = ("--mount", "--net", "--pid")

PORT, TLS_PORT = 8080, 8443
URL = f"http://127.0.0.1:{PORT}"
DIRECT = "http://127.0.0.1:5000"
"""The web server without nginx, for this machine alone."""
UPLOADS = 120
"""A minute, for one user: enough for all but the test of that very limit."""
STRIKES = 200
"""Wrong keys within a minute: more than all web processes together take of one address."""

SERVICES = ("api", "worker", "redis", "spool", "nginx")
JOBS, WORKERS, DRAINED = 30, 3, 10
PROXY_BYTES, SERVICE_BYTES = 70 << 20, 60 << 20
"""More than nginx takes, and more than the service takes."""


def run(site: Site) -> list[Figure]:
    """Start, use, break, stop."""
    stack = Stack(site)
    ports = {"HTTP_PORT": str(PORT), "HTTPS_PORT": str(TLS_PORT)}
    stack.lay_out(**ports, AUTH="keys", USER_LIMIT_REQUESTS=str(UPLOADS))
    certificate = certified(stack.folder / "nginx" / "tls")
    began = time.monotonic()
    try:
        seconds = stack.up("redis", "spool") | stack.up("api", "worker") | stack.up("nginx")
        until(lambda: status(f"{URL}/health/ready") == 200, 60, "ready through nginx")
        ready = time.monotonic() - began
        let_in(URL, stack.site.podman("exec", *stack.names("api"), *FIRST_KEY, *SCOPES))
        figures = [Figure(name, "until healthy", f"{took:.1f} s") for name, took in seconds.items()]
        figures += _memory(stack)
        if stack.site.record:
            record_stack(figures, ready, stack.limits())
        figures.append(Figure("compose", "start to ready", f"{ready:.1f} s"))
        job = _use()
        check_handshake(TLS_PORT, certificate, URL)
        check_borne(stack, URL)
        figures += _drain(stack)
        met = _break(stack)
        _refuse()
        check_restored(stack, URL, job)
        return [*figures, Figure("compose", "jobs that a killed worker and a restarted redis met", str(met))]
    finally:
        stack.down()


def _memory(stack: Stack) -> list[Figure]:
    """Of each container, idle and at work."""
    states = {name: containers.inspected(stack.site, stack.names(name)[0])["State"] for name in SERVICES}
    return memory({name: int(state["Pid"]) for name, state in states.items()}, URL)


def _use() -> str:
    """Upload through nginx, follow a job's events through it, send a passport. The first job."""
    read = posted(URL, "/ocr/image", RECEIPT.read_bytes())
    check_receipt(read)
    events = _events(submitted(URL, "/ocr/pdf", varied(EXAMPLES / "letter.pdf", 202)))
    ends = (events[:1], events[-1:])
    check(ends == (["job_queued"], ["job_completed"]) and "job_started" in events, f"through nginx came {events}")
    _is_told_by_websocket()
    check_passport(URL)
    seen = httpx.get(f"{URL}/metrics", timeout=10).status_code
    check(seen == 403, f"through nginx /metrics is answered with {seen}")
    headers = httpx.get(f"{URL}/health", timeout=10).headers
    twice = [name for name, times in Counter(name.lower() for name, _ in headers.multi_items()).items() if times > 1]
    check(not twice, f"headers that are sent twice: {twice}")
    packed = httpx.get(f"{URL}/openapi.json", timeout=10).headers.get("content-encoding")
    check(packed == "gzip", f"JSON comes with the encoding {packed}")
    return str(read["job_id"])


def _events(job: str) -> list[str]:
    """The names of a job's events, until the stream ends."""
    with httpx.stream("GET", f"{URL}/ocr/job/{job}/events", headers=HEADERS, timeout=60) as answer:
        check(answer.status_code == 200, f"events were answered with {answer.status_code}")
        return [line.partition(": ")[2] for line in answer.iter_lines() if line.startswith("event: ")]


def _is_told_by_websocket() -> None:
    """Of a job of the point of sale, through nginx."""
    image = {"image": ("receipt.png", varied(RECEIPT, 201))}
    where, kind = f"{URL}/api/v1/ocr/process/async", {"type": "receipt"}
    answer = httpx.post(where, files=image, data=kind, headers=HEADERS, timeout=60)
    check(answer.status_code == 202, f"the point of sale was answered with {answer.status_code}: {answer.text[:200]}")
    job = answer.json()["data"]["job_id"]
    told = [message["event"] for message in messages(URL, f"/api/v1/ocr/jobs/{job}/ws")]
    check(told[-1:] == ["job_completed"], f"by WebSocket the job's events were {told}")


def _drain(stack: Stack) -> list[Figure]:
    """Stop all workers while they read, in good order, and start them again: all is read all the same."""
    jobs = [submitted(URL, "/ocr/image", varied(RECEIPT, 210 + number)) for number in range(DRAINED)]
    with ExitStack() as logs:
        for name in stack.names("worker"):
            logs.enter_context(logs_on_failure(stack, name))
        until(lambda: metric(DIRECT, "ocr_running_units") > 0, 60, "a job is being read")
    names = stack.names("worker")
    stack.site.podman("stop", "--time", "60", *names, seconds=90)
    codes = [containers.inspected(stack.site, name)["State"]["ExitCode"] for name in names]
    check(not any(codes), f"workers that were told to stop ended with {codes}")
    check(unfinished(URL, jobs) > 0, "all was read before the workers had stopped")
    stack.site.podman("start", *names)
    for job in jobs:
        check_receipt(result(URL, job))
    return [Figure("compose", "units that a stop in good order counts as lost", f"{metric(DIRECT, LOST):.0f}")]


def _break(stack: Stack) -> int:
    """Kill a worker and restart Redis while jobs run; each has to come to its end all the same. How many ran then."""
    stack.compose("up", "--detach", "--no-deps", "--scale", f"worker={WORKERS}", "worker")
    workers = stack.names("worker")
    check(len(workers) == WORKERS, f"scaled to {WORKERS}, these workers run: {workers}")
    lost = metric(DIRECT, LOST)
    jobs = [submitted(URL, "/ocr/image", varied(RECEIPT, number)) for number in range(JOBS)]
    stack.site.podman("kill", workers[0])
    met = unfinished(URL, jobs)
    check(met > 0, "all was read before the worker was killed")
    stack.site.podman("restart", "--time", "20", *stack.names("redis"))
    until(lambda: status(f"{URL}/health/ready") == 200, 90, "ready after redis was restarted")
    for job in jobs:
        check_receipt(result(URL, job))
    check(metric(DIRECT, LOST) > lost, f"{workers[0]} held nothing when it was killed")
    return met


def _refuse() -> None:
    """What is too large, and what is too often, in the service's words whoever says so."""
    for size, by_service in ((PROXY_BYTES, False), (SERVICE_BYTES, True)):
        answer = httpx.post(f"{URL}/ocr/image", files={"file": ("upload", bytes(size))}, headers=HEADERS, timeout=60)
        _check_problem(answer, 413, "upload_too_large")
        # Only the service gives requests an id.
        check(("x-request-id" in answer.headers) is by_service, f"{size} bytes were refused by the other of the two")
    # Where a minute ends meanwhile, more than it allows come in the next one: several at once, to be fast enough.
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(_upload_from, (f"198.51.100.{number}" for number in range(2 * UPLOADS + 1))))
    _check_late(answers, "rate_limited", f"{len(answers)} uploads were all taken")
    wrong = [_wrong_key_from(f"198.51.{number % 7}.{number}") for number in range(STRIKES)]
    _check_problem(wrong[0], 401, "unauthorized")
    _check_late(wrong, "too_many_wrong_keys", "X-Forwarded-For of a client seems to be believed")
    check(status(f"{URL}/ocr/jobs") == 200, "a right key is refused as wrong ones came from its address")


def _check_late(answers: Sequence[httpx.Response], code: str, otherwise: str) -> None:
    late = [answer for answer in answers if answer.status_code == 429]
    check(late != [], otherwise)
    _check_problem(late[0], 429, code)
    check("retry-after" in late[0].headers, "a 429 without Retry-After")


def _upload_from(address: str) -> httpx.Response:
    """An upload that claims to be from elsewhere."""
    files = {"file": ("upload", RECEIPT.read_bytes())}
    return httpx.post(f"{URL}/ocr/image", files=files, headers={"X-Forwarded-For": address, **HEADERS}, timeout=60)


def _wrong_key_from(address: str) -> httpx.Response:
    """A key that is none, which claims to be from elsewhere."""
    headers = {"X-API-Key": "ocr_none", "X-Forwarded-For": address}
    return httpx.get(f"{URL}/ocr/jobs", headers=headers, timeout=10)


def _check_problem(answer: httpx.Response, expected: int, code: str) -> None:
    check(answer.status_code == expected, f"{expected} was to come, {answer.status_code} came: {answer.text[:200]}")
    found = json.loads(answer.text).get("code")
    check(found == code, f"the {expected} has the code {found}")
