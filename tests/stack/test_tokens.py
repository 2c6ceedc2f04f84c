"""Tokens of a real issuer: which are believed, and what happens when its keys change or it goes away."""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey, OctKey, RSAKey

from config import BadSetting, Settings
from services.access import keysets, tokens
from services.access.model import Scope
from services.access.tokens import Tokens
from services.errors import IssuerUnavailable, Unauthorized
from tests.support.issuer import Issuer
from tests.support.keys import bearer, new_key
from tests.support.stack import eventually, picture, running


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    found = Issuer()
    found.start()
    yield found
    found.stop()


def verifier(issuer: Issuer, **settings: str) -> Tokens:
    return tokens.build(Settings.from_env({"AUTH": "jwt", **issuer.settings, **settings}))


def refused(verify: Tokens, token: str) -> str:
    with pytest.raises(Unauthorized) as error:
        verify.identify(token)
    return str(error.value)


def waited(verify: Tokens, seconds: float) -> None:
    """As if so much time had passed since the keys were asked for."""
    verify.keyset._tried -= seconds
    verify.keyset._fetched -= seconds
    for kid in verify.keyset._unknown:
        verify.keyset._unknown[kid] -= seconds


def test_a_token_says_who_calls(issuer: Issuer) -> None:
    found = verifier(issuer).identify(issuer.token())
    assert (found.tenant, found.user, found.scopes) == ("shop-1", "till-3", frozenset({Scope.READ, Scope.WRITE}))
    assert found.key is None and found.expires_at and found.expires_at > time.time()


def test_claims_are_named_by_settings(issuer: Issuer) -> None:
    names = {"JWT_TENANT_CLAIM": "https://x/tenant", "JWT_SCOPE_CLAIM": "realm.roles", "JWT_SUBJECT_CLAIM": "email"}
    token = issuer.token(claims={"https://x/tenant": 42, "realm": {"roles": ["scan", "boss"]}, "email": "a@b.example"})
    found = verifier(issuer, **names).identify(token)
    assert (found.tenant, found.user, found.scopes) == ("42", "a@b.example", frozenset({Scope.SCAN}))


NOW = time.time()
WRONG: dict[str, dict[str, Any]] = {
    "expired": {"exp": int(NOW) - 120},
    "without end": {"exp": None},
    "not yet valid": {"nbf": int(NOW) + 3600},
    "made in the future": {"iat": int(NOW) + 3600},
    "another audience": {"aud": "billing"},
    "no audience": {"aud": None},
    "another issuer": {"iss": "https://elsewhere.example/"},
    "no issuer": {"iss": None},
    "no tenant": {"shop_id": None},
    "no user": {"sub": None},
    "everybody's tenant": {"shop_id": "anonymous"},
    "a path for a tenant": {"shop_id": "../shop-1"},
    "a list for a tenant": {"shop_id": ["shop-1"]},
    "true for a tenant": {"shop_id": True},
    "an end that is no number": {"exp": "soon"},
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG)
def test_what_a_token_lacks_is_not_forgiven(issuer: Issuer, claims: dict[str, Any]) -> None:
    refused(verifier(issuer), issuer.token(claims=claims))


def test_clocks_may_differ_by_the_leeway(issuer: Issuer) -> None:
    now = int(time.time())
    for claims in ({"exp": now - 10}, {"nbf": now + 10}):
        caller = verifier(issuer).identify(issuer.token(claims=claims))
        assert caller.tenant == "shop-1" and caller.expires_at is not None and caller.expires_at > time.time()
        refused(verifier(issuer, JWT_LEEWAY="0"), issuer.token(claims=claims))


def unsigned(token: str, **header: Any) -> str:
    """The token with another header, and its signature or none."""
    _, claims, signature = token.split(".")
    head = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    return f"{head}.{claims}.{'' if header.get('alg') == 'none' else signature}"


def test_nobody_chooses_an_algorithm_but_the_operator(issuer: Issuer) -> None:
    verify, token = verifier(issuer), issuer.token()
    for algorithm in ("none", "None", "NONE", "HS256", "RS512", "PS256", "", None, 1, ["RS256"]):
        refused(verify, unsigned(token, alg=algorithm, kid="first"))
    # A public key is known to all: signed with it as if it were a secret, a token would be anybody's.
    for public in (issuer.keys[0].as_pem(private=False), json.dumps(issuer.keys[0].as_dict(private=False)).encode()):
        secret = OctKey.import_key(public, {"kid": "first"}) if public[:1] == b"{" else None
        secret = secret or OctKey.import_key(base64.urlsafe_b64encode(public).decode(), {"kid": "first"})
        refused(verify, issuer.token(secret, "HS256"))
    refused(verify, unsigned(token, alg="RS256", kid="first", crit=["exp"], b64=False))
    refused(verify, issuer.token(RSAKey.generate_key(2048, {"kid": "first"})))
    refused(verify, issuer.token(ECKey.generate_key("P-256", {"kid": "first"}), "ES256"))


@pytest.mark.parametrize("text", ["x", "a.b.c", "....", "é.é.é", "e30.e30.", "a" * 9000, "null.null.null"])
def test_what_is_no_token_is_refused(issuer: Issuer, text: str) -> None:
    refused(verifier(issuer), text)


def test_a_changed_claim_breaks_the_signature(issuer: Issuer) -> None:
    head, claims, signature = issuer.token().split(".")
    told = json.loads(base64.urlsafe_b64decode(claims + "=="))
    told["shop_id"] = "shop-2"
    forged = base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()
    refused(verifier(issuer), f"{head}.{forged}.{signature}")


def test_a_secret_in_the_set_is_passed_over(issuer: Issuer) -> None:
    shared = OctKey.generate_key(256, {"kid": "shared", "alg": "HS256"})
    issuer.keys.append(shared)
    verify = verifier(issuer)
    refused(verify, issuer.token(shared, "HS256"))
    assert verify.identify(issuer.token()).user == "till-3"


def test_a_new_key_is_found_and_an_old_token_holds(issuer: Issuer) -> None:
    verify, old = verifier(issuer), issuer.token()
    assert verify.identify(old)
    issuer.rotate("second")
    new = issuer.token()
    refused(verify, new)  # the keys are of this second: nobody has them fetched again at once
    waited(verify, keysets.AGAIN)
    assert verify.identify(new) and verify.identify(old) and issuer.asked == 2


def test_invented_names_of_keys_do_not_make_it_ask_often(issuer: Issuer) -> None:
    verify, strange = verifier(issuer), RSAKey.generate_key(2048)
    verify.identify(issuer.token())
    waited(verify, keysets.AGAIN)
    for number in range(3000):
        refused(verify, unsigned(issuer.token(), alg="RS256", kid=f"invented-{number}"))
    assert issuer.asked == 2 and len(verify.keyset._unknown) == keysets.UNKNOWN_KIDS
    token = issuer.token(strange, header={"kid": "insisting"})
    for _ in range(5):
        waited(verify, keysets.AGAIN)
        refused(verify, token)
    assert issuer.asked <= 4
    assert verify.identify(issuer.token())


def test_an_issuer_that_is_gone_harms_nobody_with_a_good_token(issuer: Issuer) -> None:
    verify, token = verifier(issuer), issuer.token()
    assert verify.identify(token)
    issuer.stop()
    for _ in range(20):  # ten minutes
        waited(verify, keysets.AGAIN)
        began = time.monotonic()
        assert verify.identify(token).tenant == "shop-1" and time.monotonic() - began < 0.5
    refused(verify, unsigned(token, alg="RS256", kid="unknown"))
    issuer.start()
    waited(verify, keysets.AGAIN)
    issuer.rotate("later")
    assert verify.identify(issuer.token())


@dataclass
class Memory:
    """What processes share."""

    content: bytes | None = None

    def get(self) -> bytes | None:
        return self.content

    def put(self, content: bytes) -> None:
        self.content = content


def test_a_process_that_starts_while_the_issuer_is_away_has_the_last_good_keys(issuer: Issuer) -> None:
    shared = Memory()
    settings = Settings.from_env({"AUTH": "jwt", **issuer.settings})
    tokens.build(settings, shared).identify(issuer.token())
    issuer.stop()
    started = tokens.build(settings, shared)
    assert started.identify(issuer.token()).tenant == "shop-1"
    refused(started, issuer.token(RSAKey.generate_key(2048, {"kid": "first"})))
    issuer.start()
    issuer.rotate("later")
    waited(started, keysets.AGAIN)
    assert started.identify(issuer.token())
    for nonsense in (None, b"{}", b"[1", b'{"keys": [{"kty": "oct", "k": "eA"}]}'):
        shared.content = nonsense
        issuer.stop()
        with pytest.raises(IssuerUnavailable):
            tokens.build(settings, shared).identify(issuer.token())


def test_without_any_keys_nobody_is_called_wrong(issuer: Issuer) -> None:
    issuer.stop()
    verify = verifier(issuer)
    with pytest.raises(IssuerUnavailable):
        verify.identify(issuer.token())
    issuer.start()
    waited(verify, keysets.FETCH_SECONDS)
    assert verify.identify(issuer.token())


def test_keys_from_a_file_and_their_exchange(issuer: Issuer, tmp_path: Path) -> None:
    file = tmp_path / "issuer.pem"
    file.write_bytes(issuer.keys[0].as_pem(private=False))
    given = {"JWT_JWKS_URL": "", "JWT_PUBLIC_KEY_FILE": str(file)}
    verify, old = verifier(issuer, **given), issuer.token(header={"kid": None})
    assert verify.identify(old) and issuer.asked == 0
    issuer.rotate("second")
    file.write_bytes(b"".join(key.as_pem(private=False) for key in issuer.keys))
    waited(verify, keysets.FRESH + 1)
    verify.identify(old)
    time.sleep(0.2)
    assert verify.identify(issuer.token()) and verify.identify(old)
    file.write_bytes(issuer.keys[0].as_pem(private=True))
    with pytest.raises(BadSetting, match="private key"):
        verifier(issuer, **given)


@pytest.mark.parametrize(
    "given",
    [
        {"JWT_ALGORITHMS": "RS256,HS256"},
        {"JWT_ALGORITHMS": "none"},
        {"JWT_ISSUER": ""},
        {"JWT_AUDIENCE": ""},
        {"JWT_JWKS_URL": ""},
        {"JWT_JWKS_URL": "file:///etc/passwd"},
        {"JWT_PUBLIC_KEY_FILE": "/nowhere.pem"},
        {"JWT_JWKS_URL": "", "JWT_PUBLIC_KEY_FILE": "/nowhere.pem"},
        {"AUTH": "token"},
    ],
)
def test_settings_that_would_let_in_strangers_stop_the_start(issuer: Issuer, given: dict[str, str]) -> None:
    with pytest.raises(BadSetting, match="|".join(given)):
        verifier(issuer, **given)


def test_the_service_takes_tokens_and_keys_side_by_side(tmp_path: Path) -> None:
    issuer = Issuer()
    issuer.start()
    with running(tmp_path / "data", AUTH="keys,jwt", OCR_WORKERS="1", **issuer.settings) as stack:
        token, key = bearer(issuer.token()), bearer(new_key(stack, "shop-1"))
        with stack.client(headers=token) as client:
            sent = client.post("/ocr/image", files={"file": ("a.png", picture(str(uuid.uuid4())))})
        job = sent.json()["links"]["self"]
        assert {stack.get(job, headers=headers).status_code for headers in (token, key)} <= {200, 202}
        for claims, status in (({"shop_id": "shop-2"}, 404), ({"scope": "write"}, 403), ({"aud": "x"}, 401)):
            assert stack.get(job, headers=bearer(issuer.token(claims=claims))).status_code == status
        assert stack.get(job, headers={"X-API-Key": issuer.token()}).status_code in (200, 202)
        issuer.stop()
        assert stack.get(job, headers=token).status_code in (200, 202)
        for process in stack.children("gunicorn")[1:]:
            process.kill()
        eventually(lambda: stack.status_of("/health/alive") == 200, 20)
        assert {stack.get(job, headers=token).status_code for _ in range(8)} <= {200, 202}
