"""`python -m services.publishers [job id | all]`: the webhooks that were given up, or one or all of them sent again."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from config import BadSetting, Settings
from services.embedded import away, redis_url
from services.errors import BrokerUnavailable
from services.jobs.broker import connect
from services.publishers.deliveries import Deliveries, GivenUp

NONE = "No webhook was given up."


def main(arguments: Sequence[str]) -> int:
    """1 where there is nothing to send again, or no server."""
    try:
        settings = Settings.from_env()
        deliveries = Deliveries(connect(redis_url(settings), patience=0))
        return resend(deliveries, arguments[0]) if arguments else show(deliveries)
    except BadSetting as error:
        print(error, file=sys.stderr)
    except BrokerUnavailable:
        print(away(settings), file=sys.stderr)
    return 1


def show(deliveries: Deliveries) -> int:
    """One line for each, the oldest first."""
    print("\n".join(map(line, deliveries.failed())) or NONE)
    return 0


def line(one: GivenUp) -> str:
    at = datetime.fromtimestamp(one.at, UTC).isoformat(timespec="seconds")
    return f"{one.job_id}  {at}  {one.host}  {one.reason}"


def resend(deliveries: Deliveries, which: str) -> int:
    """`which` is the id of a job, or `all`."""
    wanted = [one.job_id for one in deliveries.failed()] if which == "all" else [which]
    sent = sum(deliveries.resend(job_id) for job_id in wanted)
    print(f"{sent} will be sent again.")
    return 0 if sent or which == "all" else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
