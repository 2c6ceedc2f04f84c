"""An issuer of tokens: a web server with a JWKS whose keys can be exchanged, and that can go away."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey

from tests.support.stack import free_port

AUDIENCE = "ocr"
Key = RSAKey | ECKey | OctKey


@dataclass
class Issuer:
    """`asked` counts how often its keys were fetched."""

    port: int = field(default_factory=free_port)
    keys: list[Any] = field(default_factory=list)
    asked: int = 0
    server: ThreadingHTTPServer | None = None

    def __post_init__(self) -> None:
        self.rotate("first")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/jwks"

    @property
    def name(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def settings(self) -> dict[str, str]:
        return {"JWT_JWKS_URL": self.url, "JWT_ISSUER": self.name, "JWT_AUDIENCE": AUDIENCE}

    def rotate(self, kid: str) -> RSAKey:
        """A new key signs from now on; the one before stays in the set."""
        key = RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})
        self.keys = [key, *self.keys[:1]]
        return key

    def token(self, key: Key | None = None, algorithm: str = "RS256", *, header: Any = None, claims: Any = None) -> str:
        """Of till-3 of shop-1, unless the claims say otherwise; a claim that is None is left out."""
        now, key = int(time.time()), key or self.keys[0]
        told: dict[str, Any] = {
            **{"iss": self.name, "aud": AUDIENCE, "sub": "till-3", "shop_id": "shop-1", "scope": "openid read write"},
            **{"iat": now, "exp": now + 600, **(claims or {})},
        }
        own = {"alg": algorithm, "kid": key.kid, **(header or {})}
        plain = {name: value for name, value in told.items() if value is not None}
        return str(jwt.encode({k: v for k, v in own.items() if v is not None}, plain, key, algorithms=[algorithm]))

    def start(self) -> None:
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                issuer.asked += 1
                body = KeySet(issuer.keys).as_dict(private=False)
                content = json.dumps(body).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None
