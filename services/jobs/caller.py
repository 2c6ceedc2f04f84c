"""Who sends a job in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from services.access.model import Allowance
from services.jobs.idempotency import Claim, claim_of
from services.jobs.model import Options, Upload


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: `owner` is the tenant and `user` who of it, `request_id` goes with the job through queue and worker.

    `family` is kept in the job for the family of routes that was called. `client` is who the rate limits count by, and
    who the queue is fair to; jobs keep the beginning of its hash. A request with the same `idempotency_key` as an
    earlier one of this owner to the same `route` is answered with the job that that one made. `callback_url` has been
    checked. `allowance` are the pages of the day that its tenant has, None where they are not
    counted. `root` is the path below which this caller has the service, empty for none.
    """

    owner: str
    request_id: str
    family: Mapping[str, Any] = field(default_factory=dict)
    client: str = ""
    user: str = ""
    allowance: Allowance | None = None
    route: str = ""
    root: str = ""
    idempotency_key: str = ""
    callback_url: str | None = field(default=None, repr=False)

    def claim(self, upload: Upload, options: Options) -> Claim | None:
        """Under which this upload may be sent again: whatever is said here decides, but who passes it on and when."""
        if not self.idempotency_key:
            return None
        told = asdict(replace(self, request_id="", client="", root=""))
        del told["user"], told["allowance"]
        return claim_of(self.idempotency_key, self.owner, (told, upload.sha256, asdict(options)))
