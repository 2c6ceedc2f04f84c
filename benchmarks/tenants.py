"""Whether anything of one tenant reaches another: every route walked, and many jobs of many tenants at once.

The walk takes every route of the application as nobody, with each scope alone, and as another tenant with all scopes.
The crowd sends the same pictures under the same idempotency keys, so that a cache or a replay that is shared would
show.
"""

from __future__ import annotations

import argparse
import base64
import secrets
import sys
import tempfile
import time
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from standardwebhooks.webhooks import Webhook

from benchmarks.harness import report
from benchmarks.harness.report import Report, Table, progress
from tests.stack.test_tenants import ANYBODY, OF_A_JOB, SCOPES, WALK, analysis, ask
from tests.support.keys import bearer, new_key
from tests.support.receiver import Receiver, receiving
from tests.support.stack import Stack, eventually, picture
from tests.support.stack import running as service

TENANTS, PICTURES = 20, 25
NOBODY, STRANGER = "nobody", "another tenant"
TIMES = 200

HOW = """A cell of the walk is the status of the answer; a leak is a route that lets in who lacks its scope, or shows
another tenant that a job is there. Jobs of the crowd are {pictures} pictures that every tenant sends under the same
idempotency keys, {threads} at a time, with a webhook each; `wrong` counts what reached, or was told of, another
tenant. Times are of {times} requests each, in turn, over one connection."""

THREADS = 8

Callers = dict[str, dict[str, str]]
"""Their headers."""


@dataclass(slots=True)
class Shop:
    """One tenant, what it sends with, and the jobs that it was told are its own, by picture."""

    name: str
    headers: dict[str, str]
    secret: str = field(default_factory=lambda: "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode())
    jobs: dict[int, str] = field(default_factory=dict)
    cached: int = 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and write the report; 1 where anything leaked."""
    report.stoppable()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.tenants", description="Does anything leak?")
    report.add_options(parser)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-") as name, receiving() as receiver:
        env = {"AUTH": "keys", "WEB_WORKERS": "2", "OCR_WORKERS": "1", "OUTBOUND_ALLOW": "127.0.0.1"}
        with service(Path(name) / "data", **env) as stack:
            walked = _walk(stack)
            shops = _shops(stack)
            crowd = _crowd(stack, shops, receiver)
            times = _times(stack, shops)
    report.write(_report(walked, crowd, times), options.out)
    return 1 if sum(map(_leaks, walked, walked.values())) or any(row[2] for row in crowd) else 0


def _walk(stack: Stack) -> dict[str, dict[str, int]]:
    """The statuses by route and caller."""
    progress("the walk")
    owner = bearer(new_key(stack, "walked-owner"))
    with stack.client(headers=owner) as client:
        pos = client.post("/api/v1/ocr/process/async", files={"image": ("a", picture("x"))}, data={"type": "receipt"})
        predict = client.post("/paddleocr/predict-async", files={"file": ("a", picture("y"))}).json()["job_id"]
        native = client.post("/ocr/image", files={"file": ("a", picture("z"))}).json()["job_id"]
        jobs = {"/api/v1": pos.json()["data"]["job_id"], "/paddleocr": predict, "/ocr-api": predict, "/ocr": native}
        jobs["/documentintelligence"] = analysis(client, picture("w"))
        for job_id in jobs.values():
            client.get(f"/ocr/job/{job_id}", params={"wait": 30})
    callers: Callers = {NOBODY: {}}
    callers |= {scope: bearer(new_key(stack, "scopes", scope, scope)) for scope in SCOPES}
    callers[STRANGER] = bearer(new_key(stack, "strangers", "all", ",".join(SCOPES)))
    return {
        route: {
            caller: ask(stack, route, headers, _job_of(route, jobs)).status_code for caller, headers in callers.items()
        }
        for route in WALK
    }


def _job_of(route: str, jobs: Mapping[str, str]) -> str:
    path = route.split()[1]
    return next((job_id for prefix, job_id in jobs.items() if path.startswith(prefix)), "0" * 32)


def _leaks(route: str, statuses: Mapping[str, int]) -> int:
    """How many callers got what they should not."""
    asked = WALK[route]
    if asked == ANYBODY:
        return 0
    wrong = [statuses[NOBODY] != 401]
    wrong += [(statuses[scope] == 403) != (asked in SCOPES and scope != asked) for scope in SCOPES]
    wrong += [route in OF_A_JOB and any(statuses[who] != 404 for who in (STRANGER, *({asked} & {*SCOPES})))]
    return sum(wrong)


def _shops(stack: Stack) -> list[Shop]:
    shops = [Shop(f"chain-{n:02}", bearer(new_key(stack, f"chain-{n:02}"))) for n in range(TENANTS)]
    with stack.client(headers=bearer(new_key(stack, "operators", "root", "admin"))) as admin:
        for shop in shops:
            admin.put(f"/admin/tenants/{shop.name}", json={"webhook_secrets": [shop.secret]}).raise_for_status()
    return shops


def _crowd(stack: Stack, shops: Sequence[Shop], receiver: Receiver) -> list[tuple[str, int, int]]:
    """What was looked at, how much of it, and how much of that was wrong."""
    texts = [f"page {n} {uuid.uuid4()}" for n in range(PICTURES)]
    sent = [(shop, number) for number in range(PICTURES) for shop in shops]
    progress(f"{len(sent)} jobs of {len(shops)} tenants")
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda one: _send(stack, one[0], one[1], texts[one[1]], receiver.url), sent))
        eventually(lambda: len(receiver.received) >= len(sent), 300, lambda: len(receiver.received))
        looked = list(pool.map(lambda one: _look(stack, shops, one[0], one[1], texts[one[1]]), sent))
    ids = {job_id for shop in shops for job_id in shop.jobs.values()}
    rows = [("jobs of their own (idempotency)", len(sent), len(sent) - len(ids))]
    rows.append(("answers from another's result (cache)", len(sent), sum(shop.cached for shop in shops)))
    for kind in looked[0]:
        rows.append((kind, len(looked), sum(one[kind] for one in looked)))
    rows.append(("lists", len(shops), sum(_listed(stack, shop) != {*shop.jobs.values()} for shop in shops)))
    rows.append(("webhooks", len(receiver.received), _wrong_calls(shops, receiver)))
    return rows


def _send(stack: Stack, shop: Shop, number: int, text: str, url: str) -> None:
    headers = {**shop.headers, "Idempotency-Key": f"till-{number}", "Prefer": "wait=30"}
    with stack.client(headers=headers) as client:
        file = {"file": ("a.png", picture(text))}
        answer = client.post("/ocr/image", files=file, data={"callback_url": f"{url}?of={shop.name}"})
    answer.raise_for_status()
    shop.jobs[number] = answer.json()["job_id"]
    shop.cached += bool(answer.json().get("cached"))


def _look(stack: Stack, shops: Sequence[Shop], shop: Shop, number: int, text: str) -> dict[str, bool]:
    """Whether each way was wrong: for its owner, who sees it, or for the next tenant, who does not."""
    job_id, other = shop.jobs[number], shops[(shops.index(shop) + 1) % len(shops)]
    ways = {
        "results": f"/ocr/job/{job_id}/result",
        "events": f"/ocr/job/{job_id}/events",
        "pages": f"/ocr/job/{job_id}/pages",
        "artifacts (text)": f"/ocr/job/{job_id}/artifacts/text",
        "artifacts (image)": f"/ocr/job/{job_id}/artifacts/image",
    }
    found = {}
    with stack.client() as client:
        for way, path in ways.items():
            own, theirs = (client.get(path, headers=one.headers) for one in (shop, other))
            seen = text in own.text or way in ("events", "artifacts (image)")
            found[way] = not (own.status_code == 200 and seen and theirs.status_code == 404 and text not in theirs.text)
    return found


def _listed(stack: Stack, shop: Shop) -> set[str]:
    found: set[str] = set()
    cursor: dict[str, Any] = {}
    while True:
        page = stack.get("/ocr/jobs", params={"limit": 10, **cursor}, headers=shop.headers).json()
        found |= {job["job_id"] for job in page["jobs"]}
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


def _wrong_calls(shops: Sequence[Shop], receiver: Receiver) -> int:
    """Calls that any other secret than its tenant's has signed."""
    owner = {job_id: shop for shop in shops for job_id in shop.jobs.values()}
    wrong = 0
    for call in receiver.received:
        told = next((job_id for job_id in owner if job_id.encode() in call.body), "")
        signed = [shop.name for shop in shops if _signs(shop.secret, call.body, call.headers)]
        wrong += not told or signed != [owner[told].name]
    return wrong


def _signs(secret: str, body: bytes, headers: Mapping[str, str]) -> bool:
    """Without the age of the call, which is looked at long after it came."""
    at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    signature: str = Webhook(secret).sign(headers["webhook-id"], at, body.decode())
    return signature in headers["webhook-signature"].split()


def _times(stack: Stack, shops: Sequence[Shop]) -> dict[str, list[float]]:
    """Milliseconds until a tenant is told that a job is not there."""
    progress("times")
    theirs = f"/ocr/job/{shops[1].jobs[0]}"
    found: dict[str, list[float]] = {"another's job": [], "no job": []}
    with stack.client(headers=shops[0].headers) as client:
        for _ in range(TIMES):
            for what, path in (("another's job", theirs), ("no job", f"/ocr/job/{uuid.uuid4().hex}")):
                began = time.perf_counter()
                answer: httpx.Response = client.get(path)
                found[what].append(1000 * (time.perf_counter() - began))
                assert answer.status_code == 404
    return found


def _report(
    walked: Mapping[str, Mapping[str, int]], crowd: Sequence[tuple[str, int, int]], times: Mapping[str, Sequence[float]]
) -> Report:
    leaks = sum(map(_leaks, walked, walked.values()))
    rows = [(route, WALK[route], *map(str, statuses.values())) for route, statuses in walked.items()]
    told = [(what, f"{median(ms):.2f}", f"{sorted(ms)[len(ms) * 9 // 10]:.2f}") for what, ms in times.items()]
    return Report(
        name="tenants",
        title="What of one tenant reaches another",
        parts=[
            f"{len(walked)} routes by {len(rows[0]) - 2} callers: **{leaks} leaks**.",
            Table(("crowd", "looked at", "wrong"), [(what, str(many), str(wrong)) for what, many, wrong in crowd]),
            Table(("until 404", "p50, ms", "p90"), told),
            Table(("route", "asks for", NOBODY, *SCOPES, STRANGER), rows),
            HOW.format(pictures=PICTURES, threads=THREADS, times=TIMES),
        ],
        data={"leaks": leaks, "walk": walked, "crowd": crowd, "times": times},
    )


if __name__ == "__main__":
    sys.exit(main())
