"""Errors, limits and settings are whole and documented."""

from __future__ import annotations

import importlib
import re
from dataclasses import fields
from pathlib import Path

import pytest
import redis
from flask import Flask

from config import ROOT, Settings
from middleware import problems, rate_limits, request_id
from middleware.errors import STATUS, status_of
from services.errors import ServiceError, public_errors
from wiring.web import create_app


def classes(root: type[ServiceError]) -> list[type[ServiceError]]:
    return [root, *(found for subclass in root.__subclasses__() for found in classes(subclass))]


def test_every_public_error_has_a_status_and_a_code_of_its_own() -> None:
    known = classes(ServiceError)
    assert {error.code for error in known} == public_errors().keys() and len(public_errors()) == len(known)
    assert all(400 <= status_of(error()) < 600 for error in known)
    assert set(STATUS) <= set(known)


def test_every_public_error_is_documented_with_its_status() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (\d{3}) \|", (ROOT / "docs" / "errors.md").read_text(), re.MULTILINE)
    documented = {code: int(status) for code, status in rows}
    assert {code: documented.get(code) for code in public_errors()} == {
        code: status_of(error()) for code, error in public_errors().items()
    }


def test_every_view_has_a_limit_or_says_that_it_has_none(tmp_path: Path) -> None:
    theirs = {"static", "openapi.spec"}
    app = create_app(Settings(ocr_engine="null", data_dir=tmp_path))
    views = {name: view for name, view in app.view_functions.items() if name not in theirs}
    assert len(views) > 5 and not [name for name, view in views.items() if not hasattr(view, "rate")]


def test_every_view_says_what_it_asks_of_its_caller(tmp_path: Path) -> None:
    """One that does not lets nobody in."""
    app = create_app(Settings(ocr_engine="null", data_dir=tmp_path))
    asked = {name: getattr(view, "scope", None) for name, view in app.view_functions.items() if name != "static"}
    assert set(asked.values()) <= {"read", "write", "scan", "admin", "any caller", "anybody"}


def test_every_setting_is_in_the_example_and_nothing_else() -> None:
    named = re.findall(r"^#?\s?([A-Z][A-Z0-9_]+)=", (ROOT / "env.example").read_text(), re.MULTILINE)
    composed = re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text())
    assert sorted(named) == sorted({field.name.upper() for field in fields(Settings)} | {*composed})


@pytest.mark.parametrize(
    "name", ["app", "config", "controllers", "middleware", "routes", "services", "tasks", "tests", "utils", "wiring"]
)
def test_no_dependency_shadows_our_own_names(name: str) -> None:
    module = importlib.import_module(name)
    assert module.__file__ is None or Path(module.__file__).is_relative_to(ROOT)
    assert not [path for path in getattr(module, "__path__", ()) if not Path(path).is_relative_to(ROOT)]


def test_redis_that_goes_as_a_request_is_counted_is_no_bug() -> None:
    app = Flask("counted")
    rate_limits.install(app, "memory://", lambda: "client", enabled=True)
    request_id.install(app)
    problems.install(app, {})

    @app.get("/")
    def counted() -> str:
        raise redis.exceptions.ConnectionError("refused")

    answer = app.test_client().get("/")
    assert answer.status_code == 503 and answer.get_json()["code"] == "broker_unavailable"
    assert int(answer.headers["Retry-After"]) > 0
