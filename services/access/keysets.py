"""The public keys of an issuer: from its address (JWKS, RFC 7517), or from a file in PEM."""

from __future__ import annotations

import json
import logging
import threading
import time
import urllib.request
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from config import BadSetting
from services.errors import IssuerUnavailable

log = logging.getLogger(__name__)

FRESH, AGAIN = 300.0, 30.0
"""Seconds after which keys are fetched anew although all is well, and between two tries for whatever reason."""

FETCH_SECONDS = 5.0
MOST_BYTES, MOST_KEYS = 1 << 20, 100

KEPT_SECONDS = 86_400
"""For so long a set that was fetched is there for processes that start while the issuer is away."""

UNKNOWN_KIDS = 1000
"""Remembered names of keys that the issuer does not have: they are not asked for again while its keys are fresh."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """`key` is an object of `cryptography`. `algorithm` is what alone it may be used with, if its issuer says so."""

    key: Any
    kid: str | None = None
    algorithm: str | None = None


Fetch = Callable[[], Sequence[SigningKey]]
"""Raises OSError or ValueError."""


class Kept(Protocol):
    """Where the last good set is kept for other processes, see `services.access.kept`. Neither raises anything."""

    def get(self) -> bytes | None: ...

    def put(self, content: bytes) -> None: ...


def of_url(url: str, kept: Kept | None = None) -> Fetch:
    """The set at an address that the operator named. What is good is put into `kept`."""

    def fetch() -> Sequence[SigningKey]:
        request = urllib.request.Request(url, headers={"Accept": "application/json"})
        with urllib.request.urlopen(request, timeout=FETCH_SECONDS) as answer:
            content = answer.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise ValueError("more than a megabyte")
        keys = parse(content)
        if kept:
            kept.put(content)
        return keys

    return fetch


def last_of(kept: Kept) -> Fetch:
    """What another process fetched last. Raises ValueError where nothing is kept."""

    def last() -> Sequence[SigningKey]:
        if (content := kept.get()) is None:
            raise ValueError("none were fetched lately")
        return parse(content)

    return last


def parse(content: bytes) -> Sequence[SigningKey]:
    """The keys of a JWKS that can sign. Symmetric ones are passed over: whoever verifies could sign as well.

    Raises ValueError where there is none.
    """
    members = json.loads(content)
    listed = members.get("keys") if isinstance(members, dict) else None
    keys = [key for member in (listed or [])[:MOST_KEYS] if (key := _signing_key(member))]
    if not keys:
        raise ValueError("no key that can sign")
    return keys


def _signing_key(member: Any) -> SigningKey | None:
    if not isinstance(member, dict) or member.get("kty") not in ("RSA", "EC", "OKP") or member.get("use") == "enc":
        return None
    with suppress(PyJWTError, ValueError, TypeError):
        public = {name: value for name, value in member.items() if name not in ("d", "p", "q", "dp", "dq", "qi")}
        return SigningKey(PyJWK.from_dict(public).key, member.get("kid"), member.get("alg"))
    return None


def of_file(path: Path) -> Fetch:
    """The public keys and certificates in a file, which may be replaced while the service runs."""

    def fetch() -> Sequence[SigningKey]:
        blocks = [f"-----BEGIN {block}" for block in path.read_text().split("-----BEGIN ")[1:]]
        if not blocks or any("PRIVATE" in block.partition("\n")[0] for block in blocks):
            raise ValueError("it has to hold public keys or certificates, and no private key")
        return [SigningKey(_public(block.encode())) for block in blocks]

    return fetch


def _public(pem: bytes) -> Any:
    return load_pem_x509_certificate(pem).public_key() if b"CERTIFICATE" in pem else load_pem_public_key(pem)


def check_file(path: Path) -> None:
    """Raises BadSetting."""
    try:
        of_file(path)()
    except (OSError, ValueError) as error:
        raise BadSetting(f"JWT_PUBLIC_KEY_FILE={str(path)!r} will not do: {error}") from None


class Keyset:
    """Keys as they were fetched last; the last good ones stay while nothing better comes. Safe to share by threads.

    What a stranger sends can have the issuer asked once in AGAIN seconds and no more often, whatever kids it invents.
    """

    def __init__(self, fetch: Fetch, last: Fetch | None = None) -> None:
        """`last` is where keys are had that were good lately, while there are none and `fetch` fails."""
        self._fetch = fetch
        self._last = last
        self._lock = threading.Lock()
        self._keys: Sequence[SigningKey] = ()
        self._fetched = self._tried = float("-inf")
        self._unknown: OrderedDict[str, float] = OrderedDict()

    def find(self, kid: str | None) -> Sequence[SigningKey]:
        """Those of this name; all, where it names none or the keys have no names. Empty for a name that is unknown.

        Raises IssuerUnavailable while no keys were ever had.
        """
        if not self._keys:
            self._refresh()
        if not self._keys:
            raise IssuerUnavailable()
        if time.monotonic() - self._fetched > FRESH and self._due():
            threading.Thread(target=self._refresh, name="jwks", daemon=True).start()
        found = self._named(kid)
        if not found and kid is not None:
            if self._worth_asking(kid):
                self._refresh()
            found = self._named(kid)
        return found

    def _named(self, kid: str | None) -> Sequence[SigningKey]:
        return [key for key in self._keys if kid is None or key.kid in (None, kid)]

    def _due(self) -> bool:
        return time.monotonic() - self._tried >= AGAIN

    def _worth_asking(self, kid: str) -> bool:
        """Notes the name. Not for one that came before the keys were fetched that are there, and still are fresh."""
        now = time.monotonic()
        with self._lock:
            asked = self._unknown.pop(kid, now)
            self._unknown[kid] = asked if now - asked < FRESH else now
            while len(self._unknown) > UNKNOWN_KIDS:
                self._unknown.popitem(last=False)
            return self._due() and (asked > self._fetched or now - asked >= FRESH)

    def _refresh(self) -> None:
        """Whoever comes while another asks waits for what that one gets."""
        with self._lock:
            if not self._due():
                return
            self._tried = time.monotonic()
            try:
                self._keys = self._fetch()
            except (OSError, ValueError) as error:
                log.warning("the keys of the issuer cannot be had: %s", error)
                self._keys = self._keys or self._kept()
                if not self._keys:
                    self._tried = time.monotonic() - AGAIN + FETCH_SECONDS
                return
            self._fetched = time.monotonic()

    def _kept(self) -> Sequence[SigningKey]:
        with suppress(ValueError):
            return self._last() if self._last else ()
        return ()
