"""What is let through without Redis being asked: rules of who gets in, on the application itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import Settings
from services.access import api_key
from wiring.web import create_app


@pytest.mark.parametrize(("metrics_open", "status"), [(False, 401), (True, 200)])
def test_metrics_are_the_operators_unless_a_proxy_keeps_them(metrics_open: bool, status: int, tmp_path: Path) -> None:
    settings = Settings(ocr_engine="null", data_dir=tmp_path, auth="keys", metrics_open=metrics_open)
    client = create_app(settings).test_client()
    assert client.get("/metrics").status_code == status
    assert client.get("/health/alive").status_code == 200 and client.get("/me").status_code == 401


def test_while_redis_is_away_a_key_is_not_called_wrong(tmp_path: Path) -> None:
    client = create_app(Settings(ocr_engine="null", data_dir=tmp_path, auth="keys")).test_client()
    answer = client.get("/me", headers={"X-API-Key": api_key.mint()})
    assert answer.status_code == 503 and answer.get_json()["code"] == "broker_unavailable"
    assert client.get("/me", headers={"X-API-Key": "ocr_mistyped"}).status_code == 401


@pytest.mark.parametrize(
    ("host", "auth", "is_open"),
    [
        ("0.0.0.0", "off", True),
        ("::", "off", True),
        ("192.0.2.7", "off", True),
        ("127.0.0.1", "off", False),
        ("::1", "off", False),
        ("localhost", "off", False),
        ("0.0.0.0", "keys", False),
    ],
)
def test_open_to_strangers_is_who_listens_further_and_asks_nobody(host: str, auth: str, is_open: bool) -> None:
    assert Settings(host=host, auth=auth).is_open is is_open
