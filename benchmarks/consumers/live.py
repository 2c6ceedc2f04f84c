"""What clients make of a service that runs: packages that follow its streams, and a client generated from its document.

The service is the real one with an engine that takes no time.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.consumers import generated
from benchmarks.consumers.programs import printed
from benchmarks.harness import environments
from benchmarks.harness.environments import FOLDER, Environment
from tests.support.stack import Stack, picture, running

CLIENTS = Environment(requirements=("httpx-sse==0.4.3", "openapi-python-client==0.29.1"))
EVENTSOURCE = "5.1.5"
"""Of npm's package, from Node 20 on."""

NAMES = ("job_queued", "job_started", "job_progress", "job_completed")
METHODS = frozenset({"get", "post", "put", "patch", "delete", "head", "options"})

_HTTPX_SSE = """
import sys, httpx, httpx_sse
with httpx.Client() as client, httpx_sse.connect_sse(client, "GET", sys.argv[1]) as source:
    for event in source.iter_sse():
        print(event.event, event.json()["job_id"])
"""

Verdicts = Mapping[tuple[str, str], bool | None]
"""By what is consumed and by whom, whether all of it was understood; None where the consumer is not installed."""


def asked(folder: Path) -> Verdicts:
    """Every client of a service whose data are in `folder`."""
    with running(folder / "service", OCR_ENGINE="null") as stack:
        job_id = stack.submit("followed")
        return {
            ("event stream", "httpx-sse"): _follows(stack, job_id, _by_httpx_sse),
            ("event stream", "eventsource (Node)"): _follows(stack, job_id, _by_eventsource),
            ("OpenAPI document", "openapi-python-client"): _generates(stack, folder),
        }


def facts() -> Mapping[str, str]:
    """The versions of what was asked."""
    return {"clients": ", ".join((*CLIENTS.requirements, f"eventsource {EVENTSOURCE}"))}


def _python() -> Path:
    return environments.python("consumers-clients", CLIENTS)


def _follows(stack: Stack, job_id: str, follow: Callable[[str], str | None]) -> bool | None:
    """Whether the events of a job come in their order, each once."""
    told = follow(f"{stack.url}/ocr/job/{job_id}/events")
    return None if told is None else told.splitlines() == [f"{name} {job_id}" for name in NAMES]


def _by_httpx_sse(url: str) -> str:
    return printed(_python(), "-c", _HTTPX_SSE, url)


def _by_eventsource(url: str) -> str | None:
    if not all(map(shutil.which, ("node", "npm"))):
        return None
    folder = FOLDER / f"consumers-eventsource-{EVENTSOURCE}"
    package = folder / "node_modules" / "eventsource"
    if not package.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        printed("npm", "install", "--silent", "--prefix", folder, f"eventsource@{EVENTSOURCE}")
    return printed("node", Path(__file__).with_name("events.mjs"), package / "dist" / "index.js", url)


def _generates(stack: Stack, folder: Path) -> bool:
    """Whether the client has every operation, can be imported, and reads a picture."""
    document, image = folder / "openapi.json", folder / "picture.png"
    document.write_text(stack.get("/openapi.json").text)
    image.write_bytes(picture("read by a generated client"))
    made = folder / generated.PACKAGE
    python = _python()
    tool = python.with_name("openapi-python-client")
    printed(tool, "generate", "--meta", "none", "--path", document, "--output-path", made)
    told = json.loads(printed(python, generated.__file__, folder, stack.url, image))
    paths = json.loads(document.read_text())["paths"].values()
    count = sum(len(METHODS & path.keys()) for path in paths)
    return len(told["operations"]) == count and told["text"] == "read by a generated client"
