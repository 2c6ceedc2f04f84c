"""Tokens of an issuer (JWT, RFC 7519): whose they are, and whether they are to be believed (RFC 8725)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jwt
from jwt.exceptions import ExpiredSignatureError, ImmatureSignatureError, PyJWTError

from config import Settings
from services.access import keysets
from services.access.keysets import Kept, Keyset, SigningKey
from services.access.model import Identity, Scope, tenant_of, user_of
from services.errors import Unauthorized

INVALID = "This token is not valid here."
EXPIRED = "This token has expired. Fetch a new one."
EARLY = "This token is not valid yet."
NAMELESS = "This token does not say of whom and of which tenant it is."

REQUIRED = ("exp", "iss", "aud")


@dataclass(frozen=True, slots=True)
class Tokens:
    """What is asked of a token. `algorithms` are pinned: what a token says of itself only chooses among them."""

    keyset: Keyset
    algorithms: tuple[str, ...]
    issuer: str
    audience: str
    leeway: float
    subject_claim: str
    tenant_claim: str
    scope_claim: str

    def identify(self, token: str) -> Identity:
        """Raises Unauthorized and IssuerUnavailable."""
        claims = self._claims(token)
        try:
            tenant = tenant_of(_text(_claim(claims, self.tenant_claim)))
            user = user_of(_text(_claim(claims, self.subject_claim)))
        except ValueError:
            raise Unauthorized(NAMELESS) from None
        scopes, end = _scopes(_claim(claims, self.scope_claim)), _seconds(claims["exp"]) + self.leeway
        return Identity(tenant, user, scopes, None, end)

    def _claims(self, token: str) -> Mapping[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
        except (PyJWTError, ValueError):
            raise Unauthorized(INVALID) from None
        algorithm, kid = header.get("alg"), header.get("kid")
        if algorithm not in self.algorithms or "crit" in header or not isinstance(kid, str | None):
            raise Unauthorized(INVALID)
        fitting = [key for key in self.keyset.find(kid) if key.algorithm in (None, algorithm)]
        for key in fitting:
            if (claims := self._verified(token, key, algorithm)) is not None:
                return claims
        raise Unauthorized(INVALID)

    def _verified(self, token: str, key: SigningKey, algorithm: str) -> Mapping[str, Any] | None:
        """None where another key may do better."""
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=[algorithm],
                audience=self.audience,
                issuer=self.issuer,
                leeway=self.leeway,
                options={"require": [*REQUIRED]},
            )
        except ExpiredSignatureError:
            raise Unauthorized(EXPIRED) from None
        except ImmatureSignatureError:
            raise Unauthorized(EARLY) from None
        except (PyJWTError, ValueError, TypeError, OverflowError):
            return None
        return claims


def build(settings: Settings, kept: Kept | None = None) -> Tokens:
    """`kept` is where an issuer's last good keys are, if anywhere. Raises BadSetting."""
    return Tokens(
        _keyset(settings, kept),
        settings.jwt_algorithms,
        settings.jwt_issuer,
        settings.jwt_audience,
        float(settings.jwt_leeway),
        settings.jwt_subject_claim,
        settings.jwt_tenant_claim,
        settings.jwt_scope_claim,
    )


def _keyset(settings: Settings, kept: Kept | None) -> Keyset:
    path = settings.jwt_public_key_file
    if path:
        keysets.check_file(path)
        return Keyset(keysets.of_file(path))
    return Keyset(keysets.of_url(settings.jwt_jwks_url, kept), keysets.last_of(kept) if kept else None)


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """By its name, or, where none is called so, step by step: `realm_access.roles` is inside `realm_access`."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for step in name.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _seconds(value: Any) -> float:
    """An end of the world that is too far off for a float is none. Raises Unauthorized."""
    try:
        return float(value)
    except OverflowError:
        raise Unauthorized(INVALID) from None


def _text(value: Any) -> str:
    """Numbers of shops are often numbers. Raises ValueError."""
    if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    raise ValueError("no text")


def _scopes(value: Any) -> frozenset[Scope]:
    """Of a list, or a text with spaces between (RFC 8693, 4.2); what is no scope of ours is none."""
    words = value.split() if isinstance(value, str) else value if isinstance(value, list) else []
    return frozenset(scope for scope in Scope if scope.value in words)
