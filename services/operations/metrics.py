"""What the service did and has to do, for Prometheus and for status routes.

What it did is counted in `services.redis.counters`, histograms with one series a bucket. Only answered requests are
gathered for a second, because writing each would cost a fast one a third of its time. What it has to do is asked of the
jobs themselves, at each scrape.
"""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import generate_latest
from prometheus_client.core import (
    CollectorRegistry,
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from services.errors import BrokerUnavailable
from services.jobs.store.figures import Figures
from services.jobs.workers import WorkerRegistry
from services.redis.connection import Memory
from services.redis.counters import Counters, series

GATHERED_SECONDS = 1.0

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0)
"""Upper bounds in seconds."""

COUNTERS = {
    "ocr_http_requests": ("HTTP requests by route, method and status", ("route", "method", "status")),
    "ocr_http_errors": ("Errors answered by route, method and code", ("route", "method", "code")),
    "ocr_jobs": ("Jobs by what became of them", ("outcome",)),
    "ocr_tenant_jobs": ("Jobs by whose they are and what became of them", ("tenant", "outcome")),
    "ocr_pages": ("Pages read", ("success",)),
    "ocr_cache": ("Submissions by whether a cached result answered them", ("result",)),
    "ocr_webhooks": ("Tries to deliver a webhook by what came of it", ("outcome",)),
    "ocr_units_lost": ("Units of work taken back from workers that died", ()),
}
HISTOGRAMS = {
    "ocr_http_request_seconds": ("Time to answer, by route", ("route",)),
    "ocr_stage_seconds": ("Engine time per page, by stage", ("stage",)),
}


Gathered = defaultdict[str, defaultdict[str, float]]
"""Amounts by series and tenant; those of all are under the empty name."""


class Metrics:
    """Counting never fails a request: while Redis is away, nothing is counted."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._lock = threading.Lock()
        self._gathered: Gathered = defaultdict(lambda: defaultdict(float))

    def count(self, name: str, *labels: str) -> None:
        """Add one to a series of COUNTERS."""
        self._counters.add([_one(name, *labels)])

    def request(self, route: str, method: str, status: int, seconds: float, error: str = "", tenant: str = "") -> None:
        """An answered HTTP request. It shows within GATHERED_SECONDS, and at once where this process is asked.

        `error` is the code of the error that it was answered with. With a tenant it counts for that one too.
        """
        counted = [_one("ocr_http_requests", route, method, str(status))]
        counted += [_one("ocr_http_errors", route, method, error)] if error else []
        self._gather([*counted, *_duration("ocr_http_request_seconds", seconds, route)], tenant)

    def stage(self, stage: str, seconds: float) -> None:
        """A stage of the pipeline, done for one page."""
        self._counters.add(_duration("ocr_stage_seconds", seconds, stage))

    def _gather(self, amounts: Iterable[tuple[str, float]], tenant: str) -> None:
        with self._lock:
            first = not self._gathered
            for field, amount in amounts:
                for whose in {"", tenant}:
                    self._gathered[whose][field] += amount
        if first:
            later = threading.Timer(GATHERED_SECONDS, self._flush)
            later.daemon = True
            later.start()

    def _flush(self) -> None:
        with self._lock:
            gathered, self._gathered = self._gathered, defaultdict(lambda: defaultdict(float))
        for tenant, amounts in gathered.items():
            self._counters.add(amounts.items(), tenant)

    def read(self, tenant: str = "") -> dict[str, float]:
        """Every series with its value; those of one tenant, or of all. Raises BrokerUnavailable."""
        self._flush()
        return self._counters.read(tenant)


@dataclass(frozen=True, slots=True)
class QueueStatus:
    """Jobs that wait, jobs that are read, and jobs that have failed since the figures were begun."""

    pending_jobs: int = 0
    processing_jobs: int = 0
    failed_jobs: int = 0


def queue_status(metrics: Metrics, figures: Figures) -> QueueStatus:
    """Raises BrokerUnavailable."""
    load = figures.load()
    failed = metrics.read().get(series("ocr_jobs", "failed"), 0)
    return QueueStatus(load.queued_jobs, load.processing_jobs, int(failed))


@dataclass(frozen=True, slots=True)
class Requests:
    """Answered uploads: how many, how many with an error (4xx or 5xx), the errors by their `code`, the mean time."""

    total: int
    errors: int
    by_code: Mapping[str, int]
    mean_seconds: float


def posted(metrics: Metrics, prefix: str, tenant: str) -> Requests:
    """Of the routes below `prefix`, by one tenant, or by all where that is empty.

    What is POSTed to an address without a job's id is an upload. Raises BrokerUnavailable.
    """
    sums = metrics.read(tenant)
    answered, failed = (_posted(sums, name, prefix) for name in ("ocr_http_requests", "ocr_http_errors"))
    total = sum(count for _, _, count in answered)
    errors = sum(count for _, status, count in answered if int(status) >= 400)
    routes = {route for route, _, _ in answered}
    seconds = sum(sums.get(series("ocr_http_request_seconds", route, "sum"), 0.0) for route in routes)
    codes: Counter[str] = Counter()
    for _, code, count in failed:
        codes[code] += count
    return Requests(total, errors, codes, seconds / total if total else 0.0)


def _posted(sums: Mapping[str, float], name: str, prefix: str) -> list[tuple[str, str, int]]:
    """Route, last label and count."""
    fields = ((field.split("|"), count) for field, count in sums.items() if field.startswith(series(name, prefix)))
    return [
        (route, last, int(count)) for (_, route, method, last), count in fields if method == "POST" and "<" not in route
    ]


def _one(name: str, *labels: str) -> tuple[str, float]:
    return series(name, *labels), 1


def _duration(name: str, seconds: float, *labels: str) -> list[tuple[str, float]]:
    bound = BUCKETS[i] if (i := bisect_left(BUCKETS, seconds)) < len(BUCKETS) else "+Inf"
    return [(series(name, *labels, str(bound)), 1), (series(name, *labels, "sum"), seconds)]


class ServiceCollector(Collector):
    """Turns the series in Redis into Prometheus metrics at each scrape. `memory` is that of the broker, if it says."""

    def __init__(
        self, metrics: Metrics, figures: Figures, workers: WorkerRegistry, memory: Callable[[], Memory | None]
    ) -> None:
        self._metrics = metrics
        self._figures = figures
        self._workers = workers
        self._broker = memory

    def collect(self) -> Iterator[Metric]:
        try:
            sums = self._metrics.read()
            gauges = [*self._queue(), self._memory(), *self._broker_memory()]
        except BrokerUnavailable:
            yield GaugeMetricFamily("ocr_broker_up", "1 when the broker answers", value=0)
            return
        yield GaugeMetricFamily("ocr_broker_up", "1 when the broker answers", value=1)
        yield from gauges
        yield from (_counter(name, sums) for name in COUNTERS)
        yield from (_histogram(name, sums) for name in HISTOGRAMS)

    def _queue(self) -> Iterator[Metric]:
        load = self._figures.load()
        jobs = GaugeMetricFamily("ocr_open_jobs", "Jobs that have not ended, by state", labels=("state",))
        jobs.add_metric(("queued",), load.queued_jobs)
        jobs.add_metric(("processing",), load.processing_jobs)
        yield jobs
        yield GaugeMetricFamily("ocr_queue_units", "Units of work that wait", value=load.waiting_units)
        yield GaugeMetricFamily("ocr_running_units", "Units of work that run", value=load.running_units)
        yield GaugeMetricFamily("ocr_failed_jobs", "Failed jobs that an operator may run again", value=load.failed_jobs)
        oldest = load.oldest_seconds
        yield GaugeMetricFamily("ocr_queue_oldest_seconds", "How long the oldest unit has waited", value=oldest)

    def _broker_memory(self) -> Iterator[Metric]:
        """A full server takes nothing in, counts of refusals neither. Nothing where the service may not ask."""
        if memory := self._broker():
            yield GaugeMetricFamily("ocr_broker_memory_bytes", "Memory that the broker's data take", value=memory.used)
            yield GaugeMetricFamily("ocr_broker_memory_limit_bytes", "Its maxmemory; 0 for none", value=memory.limit)

    def _memory(self) -> Metric:
        family = GaugeMetricFamily("ocr_worker_rss_bytes", "Memory of worker processes", labels=("host", "pid"))
        for state in self._workers.all():
            for pid, size in state.rss.items():
                family.add_metric((state.host, pid), size)
        return family


def _counter(name: str, sums: dict[str, float]) -> Metric:
    text, labels = COUNTERS[name]
    family = CounterMetricFamily(name, text, labels=labels)
    for field, value in sorted(sums.items()):
        metric, *values = field.split("|")
        if metric == name:
            family.add_metric(values, value)
    if not labels and not family.samples:
        family.add_metric((), 0.0)  # so that the first one shows as an increase
    return family


def _histogram(name: str, sums: dict[str, float]) -> Metric:
    text, labels = HISTOGRAMS[name]
    family = HistogramMetricFamily(name, text, labels=labels)
    parts: dict[tuple[str, ...], dict[str, float]] = {}
    for field, value in sums.items():
        metric, _, rest = field.partition("|")
        if metric == name:
            *values, bound = rest.split("|")
            parts.setdefault(tuple(values), {})[bound] = value
    for key, bounds in sorted(parts.items()):
        family.add_metric(key, _cumulative(bounds), bounds.get("sum", 0.0))
    return family


def _cumulative(bounds: dict[str, float]) -> list[tuple[str, float]]:
    total, buckets = 0.0, []
    for bound in (*BUCKETS, "+Inf"):
        total += bounds.get(str(bound), 0.0)
        buckets.append((str(bound), total))
    return buckets


def render(collector: ServiceCollector) -> bytes:
    """The text exposition format of Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    return generate_latest(registry)
