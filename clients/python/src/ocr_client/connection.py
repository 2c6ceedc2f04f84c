"""How both clients reach the service."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import Any

from ocr_client.values import Job
from ocr_client.version import VERSION

DEFAULT_URL = "http://127.0.0.1:5000"
TIMEOUT = 60.0
JOB_TIMEOUT = 3600.0


@dataclass(frozen=True)
class Connection:
    """`timeout` is how many seconds the service may be silent within one request."""

    base_url: str
    api_key: str | None
    timeout: float
    verify: bool | ssl.SSLContext

    def __post_init__(self) -> None:
        if not self.base_url.startswith(("http://", "https://")):
            raise ValueError(f"{self.base_url!r} is no address of a service; it starts with http:// or https://.")

    def arguments(self) -> dict[str, Any]:
        """What httpx's clients take."""
        headers = {"User-Agent": f"ocr-client/{VERSION}"} | ({"X-API-Key": self.api_key} if self.api_key else {})
        return {"base_url": self.base_url, "headers": headers, "timeout": self.timeout, "verify": self.verify}


def id_of(job: Job | str) -> str:
    return job if isinstance(job, str) else job.id
