"""Typed settings. The only module that reads the environment; imports nothing of ours."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from pathlib import Path
from typing import Any, get_type_hints
from urllib.parse import unquote, urlsplit

from dotenv import dotenv_values

ROOT = Path(__file__).parent
MIN_DPI, MOST_DPI = 72, 600
YEAR = 365 * 86400

ALGORITHMS = frozenset(f"{kind}{bits}" for kind in ("RS", "PS", "ES") for bits in (256, 384, 512)) | {"EdDSA"}
"""By which tokens may be signed: with keys of which this service has the public half alone."""

EXAMPLES = frozenset(("secret", "secretkey", "password", "passw0rd", "admin", "test", "dev", "development", "default"))
EXAMPLE_PARTS = (
    "changeme", "changethis", "replaceme", "replacethis", "example", "placeholder", "yoursecret", "insecure",
    "notasecret", "supersecret", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".lower(),
)  # fmt: skip
"""What stands for a secret in files that are copied; the last is that of the Standard Webhooks specification."""


def is_prefix(path: str) -> bool:
    """Whether a proxy may have the service below it: plain names, each after a slash."""
    return re.fullmatch(r"(/[A-Za-z0-9_~][A-Za-z0-9._~-]*)+", path) is not None


class BadSetting(Exception):
    """A setting has a value the service cannot run with. The message names it and says what would do."""


def _flag(raw: str) -> bool:
    try:
        return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[raw.lower()]
    except KeyError:
        raise ValueError("use true or false") from None


def _names(raw: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in raw.split(",") if part.strip())


def _whole_numbers(raw: str) -> tuple[int, ...]:
    numbers = tuple(int(part) if part.isdecimal() else 0 for part in _names(raw))
    if not all(numbers):
        raise ValueError("use whole numbers of at least 1, comma separated")
    return numbers


_CASTS: dict[object, Callable[[str], object]] = {
    int: int,
    bool: _flag,
    str: str,
    Path: lambda raw: Path(raw).expanduser().absolute(),
    tuple[str, ...]: _names,
    tuple[int, ...]: _whole_numbers,
}


def _at_least(low: int, default: int, high: int = 2**31 - 1) -> Any:
    """A whole number with its smallest and largest allowed value."""
    return field(default=default, metadata={"low": low, "high": high})


def _one_of(default: str, *choices: str) -> Any:
    return field(default=default, metadata={"choices": choices})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every knob of the service, with its default; `env.example` says what each is for. NAME sets `name`.

    Sizes are bytes unless the name says `_MB`, times are seconds, image sizes are pixels.
    """

    host: str = "0.0.0.0"
    port: int = _at_least(1, 5000, 65535)
    flask_env: str = _one_of("production", "production", "development", "testing")
    secret_key: str = field(default="", repr=False)
    debug: bool = False
    log_level: str = _one_of("INFO", "DEBUG", "INFO", "WARNING", "ERROR")
    data_dir: Path = ROOT / "data"
    trusted_proxies: int = _at_least(0, 0)
    application_root: str = ""
    cors_origins: tuple[str, ...] = ()
    web_workers: int = _at_least(1, 1)

    auth: str = _one_of("off", "off", "keys", "jwt", "keys,jwt")
    metrics_open: bool = False
    audit_folder: Path | None = None
    audit_retention: int = _at_least(1, 400, 36500)
    jwt_jwks_url: str = ""
    jwt_public_key_file: Path | None = None
    jwt_algorithms: tuple[str, ...] = ("RS256", "ES256")
    jwt_issuer: str = ""
    jwt_audience: str = ""
    jwt_leeway: int = _at_least(0, 30, 300)
    jwt_subject_claim: str = "sub"
    jwt_tenant_claim: str = "shop_id"
    jwt_scope_claim: str = "scope"

    redis_url: str = field(default="", repr=False)
    spool_url: str = field(default="", repr=False)
    redis_cache_ttl: int = _at_least(0, 3600, 10 * YEAR)
    job_ttl: int = _at_least(1, 86400, 10 * YEAR)

    ocr_engine: str = "openvino"
    ocr_lang: str = "en"
    ocr_tier: str = "balanced"
    ocr_precision: str = _one_of("auto", "auto", "float32")
    ocr_extractors: tuple[str, ...] = ()
    use_gpu: bool = False
    ocr_workers: int = _at_least(0, 0)
    model_dir: Path = ROOT / "models"
    tessdata_prefix: Path | None = None
    worker_max_memory_mb: int = _at_least(100, 1200)
    worker_max_tasks: int = _at_least(1, 500)
    pages_per_task: int = _at_least(1, 4)

    max_content_length: int = _at_least(1, 52428800)
    max_batch_files: int = _at_least(1, 20)
    max_queued_jobs: int = _at_least(1, 1000)
    blob_store: str = "filesystem"
    upload_folder: Path | None = None
    max_image_width: int = _at_least(32, 4960)
    max_image_height: int = _at_least(32, 7016)
    max_image_pixels: int = _at_least(1024, 100_000_000)
    max_pdf_pages: int = _at_least(1, 100)
    default_dpi: int = _at_least(MIN_DPI, 300, MOST_DPI)
    max_dpi: int = _at_least(MIN_DPI, 600, MOST_DPI)

    rate_limit_enabled: bool = True
    rate_limit_requests: int = _at_least(1, 10)
    rate_limit_period: int = _at_least(1, 60, YEAR)
    read_limit_requests: int = _at_least(1, 600)
    scan_limit_requests: int = _at_least(1, 60)
    user_limit_requests: int = _at_least(1, 100)
    tenant_limit_requests: int = _at_least(1, 1000)
    daily_quota_pages: int = _at_least(0, 0)
    request_timeout: int = _at_least(1, 300)
    max_streams: int = _at_least(1, 2000, 100_000)
    max_streams_per_client: int = _at_least(1, 100)

    outbound_allow: tuple[str, ...] = ()
    webhook_secret: str = field(default="", repr=False)
    webhook_retries: tuple[int, ...] = (5, 30, 120, 600, 1800, 7200)
    webhook_timeout: int = _at_least(1, 15, 60)
    url_input: bool = False
    url_timeout: int = _at_least(1, 30, 100)

    @property
    def ways_in(self) -> frozenset[str]:
        """How callers say who they are: `keys`, `jwt` or both; nothing where everybody is let in."""
        return frozenset(_names(self.auth)) - {"off"}

    @property
    def is_open(self) -> bool:
        """Whether others than this machine may reach the service, and nobody is asked who he is."""
        return not self.ways_in and not _is_loopback(self.host)

    @property
    def uploads(self) -> Path:
        """Where the filesystem blob store keeps uploads and results."""
        return self.upload_folder or self.data_dir / "uploads"

    @property
    def audits(self) -> Path:
        """Where it is written down who has had which document in his hands."""
        return self.audit_folder or self.data_dir / "audit"

    @property
    def web_connections(self) -> int:
        """Of one web process at once: streams, and beside them clients that ask, wait and upload."""
        return self.max_streams + 1000

    @property
    def incoming(self) -> Path:
        """Where files lie while the request that brings them lasts."""
        return self.data_dir / "incoming"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """The environment over `.env` over the defaults. Raises BadSetting naming the first wrong variable."""
        if environ is None:
            environ = environment()
        hints = get_type_hints(cls)
        values: dict[str, Any] = {
            f.name: _value(f.name.upper(), environ[f.name.upper()], hints[f.name], f.metadata)
            for f in fields(cls)
            if environ.get(f.name.upper(), "") != ""
        }
        settings = cls(**values)
        settings._check()
        settings._check_jwt()
        return settings

    def _check(self) -> None:
        if self.default_dpi > self.max_dpi:
            raise BadSetting(f"DEFAULT_DPI={self.default_dpi} is above MAX_DPI={self.max_dpi}; lower it")
        for variable, url in (("REDIS_URL", self.redis_url), ("SPOOL_URL", self.spool_url)):
            if url and not _is_redis_url(url):
                raise BadSetting(
                    f"{variable} will not do: use redis://[user:password@]host:port/0, rediss:// or unix:///path; "
                    "a password of other than letters and digits has / as %2F, @ as %40, # as %23"
                )
        _check_root(self.application_root)
        if "*" in self.cors_origins:
            raise BadSetting("CORS_ORIGINS=* will not do: name the origins, such as https://app.example.com")
        if self.debug and self.flask_env == "production":
            raise BadSetting("DEBUG=true is refused in production: unset it, or set FLASK_ENV=development")
        for name, secret in self._secrets():
            if self.flask_env == "production" and _is_example(secret):
                raise BadSetting(
                    f"{name} looks like an example and is refused in production: "
                    "set one that nobody else knows (env.example says how), or set FLASK_ENV=development"
                )

    def _check_jwt(self) -> None:
        if "jwt" not in self.ways_in:
            return
        if bool(self.jwt_jwks_url) == bool(self.jwt_public_key_file):
            raise BadSetting(f"AUTH={self.auth} needs one of JWT_JWKS_URL and JWT_PUBLIC_KEY_FILE")
        if self.jwt_jwks_url and urlsplit(self.jwt_jwks_url).scheme not in ("https", "http"):
            raise BadSetting("JWT_JWKS_URL will not do: use https://issuer/path")
        if not self.jwt_issuer or not self.jwt_audience:
            raise BadSetting(
                f"AUTH={self.auth} needs JWT_ISSUER and JWT_AUDIENCE, or tokens made for others would be taken"
            )
        if not self.jwt_algorithms or set(self.jwt_algorithms) - ALGORITHMS:
            raise BadSetting(f"JWT_ALGORITHMS will not do: choose from {', '.join(sorted(ALGORITHMS))}")

    def _secrets(self) -> Iterator[tuple[str, str]]:
        """What nobody else may know, with words for where it stands."""
        for variable, several in (("SECRET_KEY", self.secret_key), ("WEBHOOK_SECRET", self.webhook_secret)):
            yield from ((variable, name) for name in _names(several))
        for variable, url in (("REDIS_URL", self.redis_url), ("SPOOL_URL", self.spool_url)):
            if password := urlsplit(url).password:
                yield f"the password in {variable}", unquote(password)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_root(path: str) -> None:
    if path and not is_prefix(path):
        raise BadSetting(f"APPLICATION_ROOT={path!r} will not do: use a path such as /documents, no slash at its end")


def environment() -> dict[str, str]:
    """What was given: the environment over `.env`. Raises BadSetting where that file cannot be read."""
    return {**_dotenv(), **os.environ}


def _dotenv() -> dict[str, str]:
    try:
        return {name: value for name, value in dotenv_values(ROOT / ".env").items() if value is not None}
    except (OSError, UnicodeDecodeError):
        raise BadSetting(".env cannot be read: it has to be a text file in UTF-8") from None


def _is_example(secret: str) -> bool:
    """Whether others may know it: a word from examples, in it or in its base64, or hardly more than one character."""
    try:
        decoded = base64.b64decode(secret.removeprefix("whsec_"), validate=True).decode("ascii")
    except ValueError:
        decoded = ""
    plain, inner = (re.sub(r"[^a-z0-9]", "", text.removeprefix("whsec_").lower()) for text in (secret, decoded))
    return (
        plain in EXAMPLES
        or len(set(plain)) <= 2
        or any(word in text for word in EXAMPLE_PARTS for text in (plain, inner))
    )


def _is_redis_url(url: str) -> bool:
    """The value itself may hold a password and is not for messages."""
    try:
        parts = urlsplit(url)
        if parts.scheme == "unix":
            return bool(parts.path)
        return (
            parts.scheme in ("redis", "rediss")
            and parts.port != 0
            and parts.path.strip("/").isdecimal() | (parts.path in ("", "/"))
        )
    except ValueError:
        return False


def _value(variable: str, raw: str, hint: object, limits: Mapping[str, Any]) -> object:
    try:
        value = _CASTS[Path if hint == (Path | None) else hint](raw)
    except (ValueError, RuntimeError) as error:
        reason = "use a whole number" if hint is int else str(error)
        raise BadSetting(f"{variable}={raw!r} will not do: {reason}") from None
    low, high, choices = limits.get("low"), limits.get("high"), limits.get("choices")
    if choices and value not in choices:
        raise BadSetting(f"{variable}={raw!r} will not do: choose from {', '.join(choices)}")
    if isinstance(value, int) and low is not None and value < low:
        raise BadSetting(f"{variable}={raw!r} will not do: the smallest value is {low}")
    if isinstance(value, int) and high is not None and value > high:
        raise BadSetting(f"{variable}={raw!r} will not do: the largest value is {high}")
    return value
