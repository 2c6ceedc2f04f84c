"""Has a real Prometheus watch the stack: rules load and fire, and the dashboard's expressions find something."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.verify.support import commands, containers
from deploy.verify.support.client import RECEIPT, posted, status
from deploy.verify.support.composed import Stack
from deploy.verify.support.containers import Site, until
from deploy.verify.support.outcome import Figure, check
from deploy.verify.support.scraped import MONITORING, Prometheus, expressions, lay_out, started

AFTER = ("build", "neighbours")
PROGRAMS = {**containers.PROGRAMS, "iptables": "iptables", "prometheus": "prometheus", "promtool": "prometheus"}
NAMESPACES = ("--mount", "--net", "--pid")

URL, WATCHER = "http://127.0.0.1:5000", "127.0.0.1:9090"
SETTLED_SECONDS = 15
"""After which, at a scrape a second, a rate is known of everything."""

QUIET = {"Answered from the cache", "Work taken back from workers that died", "Webhooks a minute"}
"""Panels without anything to show where nothing of the kind has happened."""


def run(site: Site) -> list[Figure]:
    """Check the files, then watch the stack from its first page to the end of its worker."""
    for kind, file in (("check", "alerts.yml"), ("test", "alerts.test.yml")):
        commands.run("promtool", kind, "rules", MONITORING / file)
    commands.run("promtool", "check", "config", MONITORING / "prometheus.yml")
    stack = Stack(site)
    stack.lay_out(RATE_LIMIT_ENABLED="false")
    try:
        stack.up("redis", "spool")
        stack.up("worker", "api")
        until(lambda: status(f"{URL}/health/ready") == 200, 180, "ready")
        with _watching(site.folder / "monitoring") as prometheus:
            return [*_well(prometheus), *_without_worker(stack, prometheus)]
    finally:
        stack.down()


@contextmanager
def _watching(folder: Path) -> Iterator[Prometheus]:
    shutil.rmtree(folder, ignore_errors=True)
    lay_out(folder, URL.removeprefix("http://"))
    files = (f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data")
    with started(folder / "prometheus.log", "prometheus", *files, f"--web.listen-address={WATCHER}"):
        prometheus = Prometheus(f"http://{WATCHER}")
        until(lambda: status(f"{prometheus.url}/-/ready") == 200, 60, "Prometheus: ready")
        until(lambda: prometheus.query('up{job="ocr"} == 1'), 30, "Prometheus: the service is scraped")
        yield prometheus


def _well(prometheus: Prometheus) -> list[Figure]:
    """While pages are read no alert fires, and all panels but the quiet ones have something to show."""
    posted(URL, "/ocr/image", RECEIPT.read_bytes() + b"watched")
    status(f"{URL}/ocr/job/none")
    posted(URL, "/ocr/image", RECEIPT.read_bytes() + b"watched again")
    time.sleep(SETTLED_SECONDS)
    shown = {
        title: [bool(prometheus.query(expression)) for expression in asked] for title, asked in expressions().items()
    }
    check({*shown} >= QUIET, f"the dashboard has no panels called {', '.join(sorted(QUIET - {*shown}))}")
    empty = {title for title, found in shown.items() if not all(found)} - QUIET
    check(not empty, f"panels without data: {', '.join(sorted(empty))}")
    check(not prometheus.firing(), f"alerts of a service that is well: {prometheus.firing()}")
    return [Figure("dashboard", "panels whose expressions are answered", str(len(shown)))]


def _without_worker(stack: Stack, prometheus: Prometheus) -> list[Figure]:
    for name in stack.names("worker"):
        stack.site.podman("stop", "--time", "30", name)
    seconds = until(lambda: "OcrNoWorker" in prometheus.firing(), 60, "OcrNoWorker fires")
    check(prometheus.firing() == {"OcrNoWorker"}, f"these fire without a worker: {prometheus.firing()}")
    return [Figure("OcrNoWorker", "fires, with times shortened,", f"{seconds:.0f} s after the worker's end")]
