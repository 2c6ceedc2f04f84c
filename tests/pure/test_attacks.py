"""What those send who want in: headers that are nearly right, tokens that are nearly good, names that look like others.

Who is let in finds that there is no Redis here (503); nobody else gets so far.
"""

from __future__ import annotations

import base64
import json
from itertools import count
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc import jws

from config import Settings
from services.access.model import tenant_of, user_of
from tests.support.issuer import AUDIENCE, Issuer
from tests.support.keys import bearer
from wiring.web import create_app

LET_IN, addresses = 503, count()


@pytest.fixture(scope="module")
def issuer() -> Issuer:
    return Issuer()


@pytest.fixture(scope="module")
def client(issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    folder = tmp_path_factory.mktemp("attacked")
    (folder / "issuer.pem").write_bytes(issuer.keys[0].as_pem(private=False))
    settings = Settings(
        ocr_engine="null",
        data_dir=folder,
        auth="keys,jwt",
        jwt_public_key_file=folder / "issuer.pem",
        jwt_issuer=issuer.name,
        jwt_audience=AUDIENCE,
    )
    return create_app(settings).test_client()


def ask(client: FlaskClient, headers: Any, path: str = "/tickets", method: str = "POST", **more: Any) -> int:
    """The status; each time from another address, so that nobody is refused for having tried too often."""
    number = next(addresses)
    where = {"REMOTE_ADDR": f"10.{number // 250}.{number % 250}.1"}
    return client.open(path, method=method, headers=headers, environ_base=where, **more).status_code


def signed(issuer: Issuer, claims: str, header: dict[str, Any] | None = None) -> str:
    """A token of the issuer's with these claims, whatever they are."""
    return str(jws.serialize_compact({"alg": "RS256", **(header or {})}, claims, issuer.keys[0], algorithms=["RS256"]))


def claims(issuer: Issuer, **other: Any) -> str:
    usual = {"iss": issuer.name, "aud": AUDIENCE, "sub": "till-3", "shop_id": "shop-1", "scope": "read", "exp": 1 << 40}
    return json.dumps({**usual, **other})


@pytest.mark.parametrize("form", ["Bearer {}", "bearer {}", "BEARER   {}  ", "  Bearer {}\t"])
def test_a_header_may_be_written_in_these_ways(client: FlaskClient, issuer: Issuer, form: str) -> None:
    assert ask(client, {"Authorization": form.format(signed(issuer, claims(issuer)))}) == LET_IN


@pytest.mark.parametrize(
    "form",
    [
        *("{}", "Basic {}", "Token {}", "Bearer\t{}", "Bearer{}", "Bearer {} x", "Bearer x {}", 'Bearer "{}"'),
        *(
            "Bearer {},Bearer {}",
            "Bearer {}, Basic x",
            "Bearer {}=",
            "Bearer {}\xa0",
            "Bearer ocr_{}",
            "Bearer Bearer {}",
        ),
    ],
)
def test_a_header_that_is_nearly_right_is_refused(client: FlaskClient, issuer: Issuer, form: str) -> None:
    token = signed(issuer, claims(issuer))
    assert ask(client, {"Authorization": form.replace("{}", token)}) == 401
    assert ask(client, {"X-API-Key": form.replace("{}", token)}) == (LET_IN if form == "{}" else 401)


def test_a_credential_elsewhere_or_beside_another_is_refused(client: FlaskClient, issuer: Issuer) -> None:
    token, other = (signed(issuer, claims(issuer, sub=name)) for name in ("till-3", "till-4"))
    for headers in (
        {"Cookie": f"Authorization=Bearer {token}"},
        {"Proxy-Authorization": f"Bearer {token}"},
        {**bearer(token), "X-API-Key": other},
        [*bearer(token).items(), *bearer(other).items()],
        {"Authorization": "Bearer " + "x" * 100_000},
        {"Authorization": "Bearer ö"},
        {"X-API-Key": "ocr_ö"},
    ):
        assert ask(client, headers) == 401, str(headers)[:60]
    for query in (f"access_token={token}", f"api_key={token}", f"ticket={token}"):
        assert ask(client, {}, f"/tickets?{query}") == 401


ENDS: tuple[Any, ...] = (10**400, float("inf"), float("nan"), "soon", [1 << 40], {}, True, None, -1)
ODD: list[dict[str, Any]] = [
    *({"exp": end} for end in ENDS),
    *({"nbf": start} for start in (10**400, [0], "x")),
    *({"iat": made} for made in ("x", [1], 1 << 50)),
    *({"aud": aud} for aud in ({"ocr": 1}, [["ocr"]], [1], "OCR", "ocr ", [])),
    *({"iss": iss} for iss in (["x"], None, "", 1)),
    *({"sub": sub} for sub in (["till-3"], {"a": 1}, "", "till 3", "till-3\n", True, 1.5, "x" * 256)),
    *({"shop_id": name} for name in (["shop-1"], {"a": 1}, 1.5, -1, 10**100, False, "", "x" * 65)),
    *({"shop_id": name} for name in ("../shop-1", "shop%2f1", "shop/1", "shop\\1", "shop\x001", "shop-1\n", " shop-1")),
    *(
        {"shop_id": name}
        for name in ("ｓhop-1", "shoр-1", "shop‐1", "sho\u0301p-1", "anonymous", "ANONYMOUS", ".", "-")
    ),
]


@pytest.mark.parametrize("odd", ODD, ids=[str(one)[:40].encode("unicode_escape").decode() for one in ODD])
def test_a_token_with_an_odd_claim_is_refused(client: FlaskClient, issuer: Issuer, odd: dict[str, Any]) -> None:
    assert ask(client, bearer(signed(issuer, claims(issuer, **odd)))) == 401


@pytest.mark.parametrize(
    "scope", [["READ"], [["read"]], {"read": 1}, "read,admin", "Read", [1, None], 5, None, "reading"]
)
def test_a_scope_is_a_word_of_a_list_or_a_text_and_nothing_else(
    client: FlaskClient, issuer: Issuer, scope: object
) -> None:
    assert ask(client, bearer(signed(issuer, claims(issuer, scope=scope)))) == 403


def test_a_header_of_a_token_names_no_file_and_no_address(client: FlaskClient, issuer: Issuer) -> None:
    """Keys are the operator's; where a token says they are, nobody looks."""
    strange = Issuer()
    forged = claims(issuer)
    for header in (
        {"kid": "../../../../etc/passwd"},
        {"kid": "/dev/null"},
        {"kid": "x" * 5000},
        {"kid": "' or ''='"},
        {"jku": strange.url},
        {"x5u": strange.url},
        {"jwk": strange.keys[0].as_dict(private=False)},
    ):
        unknown = jws.JWSRegistry(algorithms=["RS256"], strict_check_header=False)
        token = jws.serialize_compact({"alg": "RS256", **header}, forged, strange.keys[0], registry=unknown)
        assert ask(client, bearer(token)) == 401, str(header)[:60]


@pytest.mark.parametrize("depth", [100, 900, 4000])
def test_what_is_nested_deeply_is_refused(client: FlaskClient, issuer: Issuer, depth: int) -> None:
    for text in ("[" * depth + "]" * depth, '{"a":' * depth, "[" * depth):
        head = base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
        assert ask(client, bearer(f"{head}.e30.e30")) == 401
        operator = bearer(signed(issuer, claims(issuer, scope="admin")))
        more = {"data": text, "content_type": "application/json"}
        assert ask(client, operator, "/admin/keys", **more) in (400, 413, 422)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *(("/admin/tenants/..%2fshop-1", 404), ("/admin/tenants/../keys", 404), ("/Admin/tenants/shop-1", 404)),
        *(("/admin/tenants/%2e%2e", 422), ("/admin/tenants/shop%00", 422), ("/admin/tenants/shop-1%0a", 422)),
        *(("/admin/tenants/anonymous", 422), ("/admin/tenants/%ef%bd%93hop", 422), ("/admin/tenants/shop;x", 422)),
        *(("/admin/tenants/shop-1.", LET_IN), ("/admin/tenants/SHOP-1", LET_IN)),
    ],
)
def test_a_path_says_one_tenant_or_none(client: FlaskClient, issuer: Issuer, path: str, status: int) -> None:
    operator = bearer(signed(issuer, claims(issuer, scope="admin")))
    assert ask(client, operator, path, "GET") == status


def test_names_that_are_allowed_are_kept_as_they_are() -> None:
    for name in ("shop-1.", "Shop-1", "a@b.example", "1", "x" * 64):
        assert tenant_of(name) == name
    assert user_of("a/b:c|d%2f") == "a/b:c|d%2f"
