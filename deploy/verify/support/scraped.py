"""A Prometheus with our rules, and a Redis, worker and web server of this checkout for it to look at."""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from deploy.verify.support.commands import ROOT
from deploy.verify.support.outcome import check

MONITORING = ROOT / "deploy" / "monitoring"
HASTE = (("15s", "1s"), ("for: 1m", "for: 3s"))
"""What the rules and the times are shortened by, so that a test need not wait for minutes."""


@dataclass(frozen=True, slots=True)
class Prometheus:
    """At `url`."""

    url: str

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The series that an expression has now. Raises Failed where it is none."""
        answer = httpx.get(f"{self.url}/api/v1/query", params={"query": expression}, timeout=30)
        check(answer.status_code == 200, f"{expression}: {answer.text[:300]}")
        found: list[dict[str, Any]] = answer.json()["data"]["result"]
        return found

    def firing(self) -> set[str]:
        """The names of the alerts that fire."""
        return {alert["metric"]["alertname"] for alert in self.query('ALERTS{alertstate="firing"}')}


def expressions() -> Mapping[str, list[str]]:
    """What the dashboard's panels ask for, by their titles."""
    board = json.loads((MONITORING / "grafana" / "dashboards" / "ocr.json").read_text())
    return {panel["title"]: [target["expr"] for target in panel["targets"]] for panel in board["panels"]}


def lay_out(folder: Path, target: str) -> None:
    """Prometheus' files with that target, hastened."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("prometheus.yml", "alerts.yml"):
        text = (MONITORING / name).read_text().replace("api:5000", target)
        for slow, fast in HASTE:
            text = text.replace(slow, fast)
        (folder / name).write_text(text)


@contextmanager
def started(log: Path, *argv: str | Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program that runs until the end, from the repository's root."""
    with log.open("ab") as stream:
        words = [str(word) for word in argv]
        process = subprocess.Popen(words, cwd=ROOT, stdout=stream, stderr=stream)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
