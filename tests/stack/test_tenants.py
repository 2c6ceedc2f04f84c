"""What is one tenant's is not there for another: every route, as nobody, with each scope alone, and as a stranger."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import websocket

from config import Settings
from tests.support.following import connected
from tests.support.keys import bearer, new_key
from tests.support.stack import Stack, eventually, picture, running
from wiring.web import create_app

SCOPES = ("read", "write", "scan", "admin")
ANYBODY, KNOWN = "anybody", "any caller"

WALK = {
    "GET /": ANYBODY,
    "GET /static/<name>": ANYBODY,
    "GET /docs": ANYBODY,
    "GET /docs/": ANYBODY,
    "GET /docs/<name>": ANYBODY,
    "GET /openapi.json": ANYBODY,
    "GET /health": ANYBODY,
    "POST /health": ANYBODY,
    "GET /health/alive": ANYBODY,
    "GET /health/ready": ANYBODY,
    "GET /metrics": "admin",
    "GET /me": KNOWN,
    "POST /admin/keys": "admin",
    "GET /admin/keys": "admin",
    "DELETE /admin/keys/<key_id>": "admin",
    "GET /admin/jobs/failed": "admin",
    "POST /admin/jobs/<job_id>/rerun": "admin",
    "GET /admin/tenants": "admin",
    "GET /admin/tenants/<tenant>": "admin",
    "PUT /admin/tenants/<tenant>": "admin",
    "POST /tickets": "read",
    "POST /ocr/image": "write",
    "POST /ocr/pdf": "write",
    "POST /ocr/batch": "write",
    "GET /ocr/job/<job_id>": "read",
    "GET /ocr/job/<job_id>/result": "read",
    "GET /ocr/job/<job_id>/artifacts/<kind>": "read",
    "GET /ocr/job/<job_id>/events": "read",
    "GET /ocr/job/<job_id>/pages": "read",
    "POST /ocr/job/<job_id>/cancel": "write",
    "DELETE /ocr/job/<job_id>": "write",
    "GET /ocr/jobs": "read",
    "GET /ocr/options": "read",
    "POST /scan-mrz": "scan",
    "POST /api/ocr/scan-mrz": "scan",
    "POST /paddleocr/predict": "write",
    "POST /paddleocr/predict-async": "write",
    "GET /paddleocr/status/<job_id>": "read",
    "POST /ocr-api/paddleocr/predict": "write",
    "POST /ocr-api/paddleocr/predict-async": "write",
    "GET /ocr-api/paddleocr/status/<job_id>": "read",
    "GET /ocr-api/health": ANYBODY,
    "GET /ocr-api/metrics": "read",
    "POST /api/v1/ocr/process": "write",
    "POST /api/v1/ocr/process/async": "write",
    "POST /api/v1/ocr/batch": "write",
    "GET /api/v1/ocr/jobs/<job_id>": "read",
    "GET /api/v1/ocr/jobs/<job_id>/result": "read",
    "GET /api/v1/ocr/jobs/<job_id>/events": "read",
    "GET /api/v1/ocr/jobs/<job_id>/ws": "read",
    "POST /documentintelligence/documentModels/<model_id>:analyze": "write",
    "GET /documentintelligence/documentModels/<model_id>/analyzeResults/<job_id>": "read",
    "GET /documentintelligence/documentModels/<model_id>/analyzeResults/<job_id>/pdf": "read",
    "DELETE /documentintelligence/documentModels/<model_id>/analyzeResults/<job_id>": "write",
    "GET /api/v1/health": ANYBODY,
    "GET /api/v1/metrics": "read",
}
"""Every route that there is, by what it asks for. One that is not here fails the walk."""

OF_A_JOB = sorted(route for route, asked in WALK.items() if "<job_id>" in route and asked != "admin")
DESTROYS = (
    "POST /ocr/job/<job_id>/cancel",
    "DELETE /ocr/job/<job_id>",
    "DELETE /documentintelligence/documentModels/<model_id>/analyzeResults/<job_id>",
)
MODEL = "prebuilt-read"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with running(tmp_path_factory.mktemp("tenants") / "data", AUTH="keys") as service:
        yield service


@pytest.fixture(scope="module")
def jobs(guarded: Stack) -> dict[str, str]:
    """An ended job of shop-1 in each family, by the beginning of its paths."""
    own = bearer(new_key(guarded, "shop-1"))
    file = ("a.png", picture(f"secret {uuid.uuid4()}"))
    with guarded.client(headers=own) as client:
        native = client.post("/ocr/image", files={"file": file}).json()["job_id"]
        predict = client.post("/paddleocr/predict-async", files={"file": file}).json()["job_id"]
        pos = client.post("/api/v1/ocr/process/async", files={"image": file}, data={"type": "receipt"})
        found = {"/ocr/": native, "/paddleocr": predict, "/ocr-api/": predict, "/api/v1": pos.json()["data"]["job_id"]}
        found["/documentintelligence"] = analysis(client, file[1])
        for job_id in found.values():
            assert client.get(f"/ocr/job/{job_id}", params={"wait": 20}).status_code == 200
    return found


def analysis(client: httpx.Client, content: bytes) -> str:
    """The id of a job that came in over Azure's wire."""
    path = f"/documentintelligence/documentModels/{MODEL}:analyze"
    answer = client.post(path, content=content, headers={"Content-Type": "image/png"})
    return re.split("[/?]", answer.headers["Operation-Location"])[-2]


def ask(stack: Stack, route: str, headers: dict[str, str], job_id: str = "0" * 32) -> httpx.Response:
    method, path = route.split()
    path = path.replace("<job_id>", job_id).replace("<kind>", "text").replace("<name>", "nothing")
    path = path.replace("<key_id>", "nothing").replace("<tenant>", "nothing").replace("<model_id>", MODEL)
    with stack.client(headers=headers) as client, client.stream(method, path) as answer:
        answer.read()
        return answer


def test_the_walk_knows_every_route(guarded: Stack, tmp_path: Path) -> None:
    rules = create_app(Settings(ocr_engine="null", data_dir=tmp_path)).url_map.iter_rules()
    there = {
        f"{method} {rule.rule}" for rule in rules for method in (rule.methods or {"GET"}) - {"HEAD", "OPTIONS"}
    } - {"GET /static/<path:filename>"}
    assert there == WALK.keys()
    spec = guarded.get("/openapi.json").json()
    described = {
        f"{method.upper()} {path.replace('{', '<').replace('}', '>')}"
        for path, operations in spec["paths"].items()
        for method in operations
    }
    assert described <= WALK.keys() and len(described) > 25
    for path, operations in spec["paths"].items():
        for method, operation in operations.items():
            asked = WALK[f"{method.upper()} {path.replace('{', '<').replace('}', '>')}"]
            assert ("401" in operation["responses"]) == ("security" in operation) == (asked != ANYBODY), path
            assert f"`{asked}`" in str(operation["responses"].get("403", "")) or asked not in SCOPES or "/ws" in path


@pytest.mark.parametrize("route", WALK)
def test_nobody_gets_in_but_where_anybody_does(guarded: Stack, route: str) -> None:
    answer = ask(guarded, route, {})
    if WALK[route] == ANYBODY:
        assert answer.status_code in (200, 308, 404), answer.text
    else:
        assert answer.status_code == 401 and answer.headers["WWW-Authenticate"].startswith("Bearer"), answer.text
        assert "unauthorized" in answer.text


def test_each_scope_alone_opens_what_asks_for_it_and_nothing_else(guarded: Stack) -> None:
    keys = {scope: bearer(new_key(guarded, "scopes", scope, scope)) for scope in SCOPES}
    for route, asked in WALK.items():
        for scope, headers in keys.items():
            status = ask(guarded, route, headers).status_code
            assert status not in (401, 500), (route, scope)
            assert (status == 403) == (asked in SCOPES and asked != scope), (route, scope, status)


def test_anothers_job_is_not_there(guarded: Stack, jobs: dict[str, str]) -> None:
    owner, stranger = (bearer(new_key(guarded, tenant, "all", ",".join(SCOPES))) for tenant in ("shop-1", "shop-2"))
    for route in OF_A_JOB:
        job_id = next(found for prefix, found in jobs.items() if route.split()[1].startswith(prefix))
        theirs, none = ask(guarded, route, stranger, job_id), ask(guarded, route, stranger)
        assert theirs.status_code == none.status_code == 404, (route, theirs.text)
        assert _shape(theirs) == _shape(none) and "secret" not in theirs.text
        if route not in DESTROYS:
            assert ask(guarded, route, owner, job_id).status_code in (200, 426), route
    for route in DESTROYS:
        job_id = next(found for prefix, found in jobs.items() if route.split()[1].startswith(prefix))
        assert ask(guarded, route, owner, job_id).status_code in (202, 204), route


def _shape(answer: httpx.Response) -> Any:
    """An answer but for what differs between any two requests."""
    text = re.sub(r"[0-9a-f]{32}", "<id>", answer.text)
    return re.sub(r'"request_id": ?"\w+"', "", text), sorted(answer.headers)


def test_names_that_look_alike_are_other_tenants(guarded: Stack, jobs: dict[str, str]) -> None:
    for tenant in ("Shop-1", "SHOP-1", "shop-1.", "shop-10", "shop", "shop-1@", "1"):
        headers = bearer(new_key(guarded, tenant, "all", ",".join(SCOPES)))
        assert guarded.get(f"/ocr/job/{jobs['/paddleocr']}", headers=headers).status_code == 404, tenant
        assert guarded.get("/ocr/jobs", headers=headers).json()["jobs"] == [], tenant


def test_a_caller_cannot_say_whose_it_is(guarded: Stack, jobs: dict[str, str]) -> None:
    headers = bearer(new_key(guarded, "shop-2"))
    job_id = jobs["/paddleocr"]
    here = f"/ocr/job/{job_id}"
    for name in ("X-Tenant", "X-Owner", "X-Forwarded-User", "X-Shop-Id", "Cookie"):
        assert guarded.get(here, headers={**headers, name: "shop-1"}).status_code == 404
    for path in (f"/ocr//job/{job_id}", f"/ocr/job/./{job_id}", f"/OCR/job/{job_id}", f"{here}?owner=shop-1"):
        assert guarded.get(path, headers=headers).status_code in (404, 422, 308), path
    twice = [("Authorization", headers["Authorization"]), ("Authorization", "Bearer x")]
    with guarded.client() as client:
        assert client.get(here, headers=twice).status_code == 401


def test_a_websocket_is_closed_to_strangers(guarded: Stack, jobs: dict[str, str]) -> None:
    path = f"/api/v1/ocr/jobs/{jobs['/api/v1']}/ws"
    for headers, status in (({}, 401), (bearer(new_key(guarded, "shop-2")), 404)):
        with pytest.raises(websocket.WebSocketBadStatusException) as refused, connected(guarded, path, header=headers):
            pass
        assert refused.value.status_code == status
    with connected(guarded, path, header=bearer(new_key(guarded, "shop-1"))) as connection:
        assert json.loads(connection.recv())["event"] == "job_queued"


def test_twenty_tenants_at_once_have_each_their_own(guarded: Stack) -> None:
    """The same pictures under the same idempotency keys: neither cache nor replay tells of another's."""
    tenants = [f"chain-{n}" for n in range(20)]
    keys = {tenant: bearer(new_key(guarded, tenant)) for tenant in tenants}
    pictures = [picture(f"page {n} {uuid.uuid4()}") for n in range(5)]

    def send(number: int) -> tuple[str, str, bool]:
        tenant, page = tenants[number % 20], number // 20 % 5
        headers = {**keys[tenant], "Idempotency-Key": f"till-{page}", "Prefer": "wait=30"}
        with guarded.client(headers=headers) as client:
            answer = client.post("/ocr/image", files={"file": ("a.png", pictures[page])})
        assert answer.status_code == 200, answer.text
        return tenant, answer.json()["job_id"], answer.json()["cached"]

    with ThreadPoolExecutor(16) as pool:
        sent = list(pool.map(send, range(100)))
    assert not [one for one in sent if one[2]] and len({job_id for _, job_id, _ in sent}) == 100
    for tenant in tenants:
        own = {job_id for whose, job_id, _ in sent if whose == tenant}
        listed = guarded.get("/ocr/jobs", params={"limit": 50}, headers=keys[tenant]).json()["jobs"]
        assert {job["job_id"] for job in listed} == own and len(own) == 5
        stranger = keys[tenants[(tenants.index(tenant) + 1) % 20]]
        assert {guarded.get(f"/ocr/job/{job_id}", headers=stranger).status_code for job_id in own} == {404}


def test_figures_are_the_tenants_own(guarded: Stack) -> None:
    one, other = (bearer(new_key(guarded, f"counted-{uuid.uuid4().hex[:6]}")) for _ in range(2))
    with guarded.client(headers=one) as client:
        for _ in range(3):
            client.post(
                "/api/v1/ocr/process", files={"image": ("a", picture(str(uuid.uuid4())))}, data={"type": "receipt"}
            )

    def counted(headers: dict[str, str]) -> tuple[int, int]:
        pos, predict = (guarded.get(path, headers=headers).json() for path in ("/api/v1/metrics", "/ocr-api/metrics"))
        return pos["total_requests"], predict["requests_processed"]

    eventually(lambda: counted(one) == (3, 3), 30, lambda: counted(one))  # an upload counts once its answer is out
    assert counted(other) == (0, 0)
