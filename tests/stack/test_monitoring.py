"""Alerts, guide and dashboard speak of metrics that the service has, and of each other."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import pytest

from config import ROOT
from services.operations.metrics import COUNTERS, HISTOGRAMS
from tests.support.stack import Stack

MONITORING = ROOT / "deploy" / "monitoring"
RULES = (MONITORING / "alerts.yml").read_text()
BOARD = json.loads((MONITORING / "grafana" / "dashboards" / "ocr.json").read_text())
GUIDE = (ROOT / "docs" / "operating.md").read_text()
PROMTOOL = shutil.which("promtool")


def asked() -> set[str]:
    """The metrics that alerts and panels ask for."""
    panels = " ".join(target["expr"] for panel in BOARD["panels"] for target in panel["targets"])
    return set(re.findall(r"\bocr_\w+", panels + RULES))


def test_every_metric_that_is_asked_for_is_there(stack: Stack) -> None:
    shown = set(re.findall(r"^# TYPE (\w+)", stack.get("/metrics").text, re.MULTILINE))
    known = {name.removesuffix("_total") for name in shown} | set(COUNTERS) | set(HISTOGRAMS)
    assert {re.sub(r"_(total|bucket|sum|count)$", "", name) for name in asked()} <= known


def test_a_counter_without_labels_begins_at_nothing(stack: Stack) -> None:
    assert ("ocr_units_lost_total",) in stack.samples()


def test_every_alert_has_its_place_in_the_guide_and_a_test() -> None:
    alerts = re.findall(r"- alert: (\w+)", RULES)
    runbooks = re.findall(r"runbook: docs/operating\.md#(\w+)", RULES)
    assert len(alerts) == 12 and runbooks == [name.lower() for name in alerts]
    assert sorted(re.findall(r"^### (Ocr\w+)$", GUIDE, re.MULTILINE)) == sorted(alerts)
    tests = (MONITORING / "alerts.test.yml").read_text()
    assert [name for name in alerts if not re.search(rf"alertname: {name}\n +exp_alerts", tests)] == []


@pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed: apt install prometheus")
def test_the_alerts_fire_when_they_should_and_not_before() -> None:
    subprocess.run([str(PROMTOOL), "test", "rules", str(MONITORING / "alerts.test.yml")], check=True, timeout=60)


def test_panels_have_titles_of_their_own_and_places() -> None:
    titles = [panel["title"] for panel in BOARD["panels"]]
    assert len(set(titles)) == len(titles)
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in BOARD["panels"]]
    assert len(set(places)) == len(places)
    assert all(place["x"] + place["w"] <= 24 for place in (panel["gridPos"] for panel in BOARD["panels"]))
