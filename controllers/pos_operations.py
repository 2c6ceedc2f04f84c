"""How the service is, and what it counts, as `/api/v1` tells it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass

from controllers import Reply
from controllers.pos_errors import code_of
from services.errors import BrokerUnavailable
from services.operations.health import Health, uptime
from services.operations.metrics import QueueStatus, Requests


@dataclass(frozen=True, slots=True)
class PosOperations:
    """What the routes call.

    `models` are those that a worker loads before it is ready. `requests` counts the uploads of this family, by a tenant
    or by all. Both counts may raise BrokerUnavailable.
    """

    health: Health
    models: tuple[str, ...]
    queue: Callable[[], QueueStatus]
    requests: Callable[[str], Requests]

    def report(self) -> Reply:
        """How the service is, without asking more of a broker that is away."""
        whole = self.health.report()
        return Reply(
            {
                "status": whole["status"],
                "version": whole["version"],
                "uptime_seconds": round(uptime(), 1),
                "models_loaded": list(self.models) if whole["ocr_service"]["initialized"] else [],
                "queue_status": asdict(self._queue()),
            }
        )

    def counts(self, tenant: str) -> Reply:
        """Nobody can send feedback yet, so no field's accuracy is known. Raises BrokerUnavailable."""
        requests, by_type = self.requests(tenant), Counter[str]()
        for code, count in requests.by_code.items():
            by_type[code_of(code)] += count
        return Reply(
            {
                "total_requests": requests.total,
                "successful_requests": requests.total - requests.errors,
                "failed_requests": requests.errors,
                "average_processing_time_ms": round(1000 * requests.mean_seconds),
                "errors_by_type": dict(by_type),
                "accuracy_by_field": {},
                "model_accuracy": {"overall": None, "by_field": {}},
            }
        )

    def _queue(self) -> QueueStatus:
        with suppress(BrokerUnavailable):
            return self.queue()
        return QueueStatus()
