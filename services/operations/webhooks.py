"""`python -m services.operations.webhooks [job id | all]`: webhooks that were given up, to be seen and sent again."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

import redis

from config import Settings
from services.operations.operator import ALL, on_server
from services.publishers.deliveries import Deliveries, GivenUp

NONE = "No webhook was given up."
UNKNOWN = "No webhook of this job was given up: `make webhooks-failed` lists those that were."


def main(arguments: Sequence[str]) -> int:
    """1 where there is nothing to send again, or no server."""
    return on_server(partial(_operate, arguments))


def _operate(arguments: Sequence[str], _settings: Settings, client: redis.Redis) -> int:
    deliveries = Deliveries(client)
    return resend(deliveries, arguments[0]) if arguments else show(deliveries)


def show(deliveries: Deliveries) -> int:
    """One line for each, the oldest first."""
    print("\n".join(map(line, deliveries.failed())) or NONE)
    return 0


def line(one: GivenUp) -> str:
    at = datetime.fromtimestamp(one.at, UTC).isoformat(timespec="seconds")
    return f"{one.job_id}  {at}  {one.host}  {one.reason}"


def resend(deliveries: Deliveries, which: str) -> int:
    """`which` is the id of a job, or `all`."""
    wanted = [delivery.job_id for delivery in deliveries.failed()] if which == ALL else [which]
    sent = sum(deliveries.resend(job_id) for job_id in wanted)
    print(f"{sent} will be sent again." if sent else NONE if which == ALL else UNKNOWN)
    return 0 if sent or which == ALL else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
