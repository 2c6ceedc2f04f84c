"""What is let through without Redis being asked: rules of who gets in, on the application itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis

from config import Settings
from services.access import api_key, plans
from services.access.gate import LONGEST, Gate
from services.access.model import ApiKey, Identity, Plan, Scope
from services.access.plans import Plans
from services.access.recent import Recent
from services.access.strikes import Strikes
from services.errors import TooManyWrongKeys, Unauthorized
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


def someone(name: str, expires_at: float | None = None) -> Identity:
    return Identity("shop-1", name, frozenset({Scope.READ}), None, expires_at)


def asked_by(gate: Gate, *credentials: str) -> None:
    for number, credential in enumerate(credentials):
        with suppress(Unauthorized, TooManyWrongKeys):
            gate.identify(credential, f"192.0.2.{number % 250}")


def counting(known: Callable[[str], Identity | None]) -> tuple[Callable[[str], Identity], list[str]]:
    looked: list[str] = []

    def look(credential: str) -> Identity:
        looked.append(credential)
        if (found := known(credential)) is None:
            raise Unauthorized()
        return found

    return look, looked


def test_who_was_let_in_is_not_looked_up_again_for_half_a_second() -> None:
    look, looked = counting(lambda name: someone(name) if name.startswith("good") else None)
    gate = Gate(token=look, recent=Recent(seconds=0.2))
    asked_by(gate, *["good"] * 50)
    assert looked == ["good"] and gate.identify("good", "192.0.2.1").user == "good"
    time.sleep(0.21)
    asked_by(gate, *["good"] * 50)
    assert len(looked) == 2


def test_wrong_credentials_are_not_remembered_and_push_out_nobody() -> None:
    look, looked = counting(lambda name: someone(name) if name.startswith("good") else None)
    gate = Gate(token=look, recent=Recent(seconds=60, most=3))
    asked_by(gate, "good-1", "good-2", *(f"wrong-{n}" for n in range(500)), "good-1", "good-2")
    assert looked.count("good-1") == looked.count("good-2") == 1 and len(gate.recent._known) == 2
    asked_by(gate, *(f"good-{n}" for n in range(3, 9)))
    assert len(gate.recent._known) == 3
    asked_by(gate, *["wrong-again"] * 3)
    assert looked.count("wrong-again") == 3


def test_a_key_that_was_right_yesterday_is_taken_from_an_address_that_sends_wrong_ones() -> None:
    known, new = api_key.mint(), api_key.mint()
    gate = Gate(KeysOf({known, new}), strikes=Strikes(most=3, seconds=0.05), recent=Recent(seconds=0))
    assert gate.identify(known, "192.0.2.1").key
    time.sleep(0.1)
    gate.strikes.seconds = 60
    for _ in range(3):
        with pytest.raises(Unauthorized):
            gate.identify(api_key.mint(), "192.0.2.1")
    for refused in (api_key.mint(), new):
        with pytest.raises(TooManyWrongKeys):
            gate.identify(refused, "192.0.2.1")
    assert gate.identify(known, "192.0.2.1").key and gate.identify(new, "192.0.2.2").key


@dataclass
class KeysOf:
    """Knows these keys."""

    known: set[str]

    def find(self, secret: str) -> ApiKey | None:
        key = ApiKey(api_key.id_of(secret), "", "shop-1", "till-1", frozenset({Scope.READ}), time.time())
        return key if secret in self.known else None

    def lives(self, key_id: str) -> bool:
        return key_id in map(api_key.id_of, self.known)


def test_a_new_token_is_taken_from_an_address_that_sends_old_ones() -> None:
    look, _ = counting(lambda name: someone(name) if name.startswith("good") else None)
    gate = Gate(token=look, strikes=Strikes(most=3), recent=Recent(seconds=0))
    for _ in range(3):
        with pytest.raises(Unauthorized):
            gate.identify("old", "192.0.2.1")
    with pytest.raises(TooManyWrongKeys):
        gate.identify("old", "192.0.2.1")
    assert gate.identify("good", "192.0.2.1").user == "good"


def test_what_ends_is_not_let_in_from_memory() -> None:
    ends = time.time() + 0.1
    gate = Gate(token=lambda name: someone(name, ends) if time.time() < ends else refuse(), recent=Recent(seconds=60))
    assert gate.identify("guest", "192.0.2.1").user == "guest"
    time.sleep(0.12)
    with pytest.raises(Unauthorized):
        gate.identify("guest", "192.0.2.1")


def refuse() -> Identity:
    raise Unauthorized()


def test_a_key_that_is_forgotten_is_looked_up_again() -> None:
    look, looked = counting(someone)
    gate = Gate(token=look, recent=Recent(seconds=60))
    asked_by(gate, "one", "other")
    gate.recent.forget(api_key.id_of("one"))
    asked_by(gate, "one", "other")
    assert looked == ["one", "other", "one"]


def test_a_look_up_that_began_before_a_key_was_forgotten_is_not_remembered() -> None:
    """It may have found the key a moment before it was revoked."""
    recent = Recent(seconds=60)
    asked = time.monotonic()
    recent.forget(api_key.id_of("one"))
    recent.put(api_key.digest("one"), someone("one"), asked)
    assert recent.get(api_key.digest("one")) is None
    time.sleep(0.01)
    recent.put(api_key.digest("one"), someone("one"), time.monotonic())
    assert recent.get(api_key.digest("one")) == someone("one")


def test_a_plan_is_remembered_from_when_it_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was set while the answer was on its way holds in time all the same."""
    store = Slow(0.12)
    remembering = Plans(store, Plan(100, 1000, 0))
    monkeypatch.setattr(plans, "SECONDS", 0.1)
    assert remembering.of("shop-1").daily_pages == remembering.of("shop-1").daily_pages == 7
    assert store.asked == 2
    monkeypatch.setattr(plans, "SECONDS", 60)
    assert remembering.of("shop-1") == remembering.of("shop-1") and store.asked == 3


class Slow(redis.Redis):
    """Answers with one plan, so many seconds late."""

    def __init__(self, late: float) -> None:
        self.late, self.asked = late, 0

    def hget(self, name: str, key: str) -> str:
        self.asked += 1
        time.sleep(self.late)
        return '{"daily_pages": 7}'


def test_what_only_begins_like_a_right_one_is_not_taken_from_memory() -> None:
    longest = "x" * LONGEST
    gate = Gate(token=someone, recent=Recent(seconds=60))
    assert gate.identify(longest, "192.0.2.1").user == longest
    for more in ("x", "xy", "y" * 9000):
        with pytest.raises(Unauthorized):
            gate.identify(longest + more, "192.0.2.1")


def test_a_look_up_that_took_long_is_not_remembered_beyond_when_it_began() -> None:
    recent = Recent(seconds=0.5)
    recent.put("digest", someone("a"), time.monotonic() - 0.6)
    assert recent.get("digest") is None
