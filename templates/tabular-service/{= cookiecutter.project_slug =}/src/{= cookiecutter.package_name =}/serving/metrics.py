"""The service's metrics in Prometheus' text format, right for one worker and for many.

With several workers every one keeps its numbers in files of the folder that the variable
PROMETHEUS_MULTIPROC_DIR names, and whichever is asked adds them up. The `serve` command makes the
folder and sets the variable before this module is imported.
"""

from __future__ import annotations

import os
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)

from .. import PROJECT

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.001, 0.002, 0.004, 0.008, 0.016, 0.032, 0.064, 0.125, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the latency buckets; 0.008 is the service's goal for 99 of 100 requests."""


class Metrics:
    """What one worker counts."""

    def __init__(self) -> None:
        """Make every metric, so that a scrape shows zeros before the first request."""
        self._registry = CollectorRegistry()
        self._routes: dict[tuple[str, str, int], Counter] = {}
        self._durations: dict[tuple[str, str], Histogram] = {}
        self._requests = Counter(
            "http_requests_total",
            "Requests by method, route and status.",
            ["method", "route", "status"],
            registry=self._registry,
        )
        self._duration = Histogram(
            "http_request_duration_seconds",
            "Time from the request's headers to the end of the answer.",
            ["method", "route"],
            buckets=SECONDS,
            registry=self._registry,
        )
        predictions = Counter(
            "model_predictions_total",
            "Predicted rows by decision; 1 is a score of at least the threshold.",
            ["model", "decision"],
            registry=self._registry,
        )
        self._decisions = [predictions.labels(PROJECT, str(value)) for value in (0, 1)]
        self._version = Gauge(
            "model_version_workers",
            "Workers that serve a version of the model.",
            ["model", "version"],
            registry=self._registry,
            multiprocess_mode="livesum",
        )
        self._loaded = Gauge(
            "model_loaded_timestamp_seconds",
            "When the model that is served was loaded; the oldest worker's.",
            ["model"],
            registry=self._registry,
            multiprocess_mode="livemin",
        ).labels(PROJECT)
        self._ready = Gauge(
            "model_ready",
            "1 when every worker holds a verified model and takes requests, else 0.",
            ["model"],
            registry=self._registry,
            multiprocess_mode="livemin",
        ).labels(PROJECT)
        self._degraded = Gauge(
            "model_degraded",
            "1 when a worker serves, but not the registry's champion: it is refused or unknown.",
            ["model"],
            registry=self._registry,
            multiprocess_mode="livemax",
        ).labels(PROJECT)
        rows = Counter(
            "prediction_log_rows_total",
            "Rows of the prediction log by what became of them.",
            ["result"],
            registry=self._registry,
        )
        self._log_rows = {result: rows.labels(result) for result in ("written", "dropped")}
        self._log_failures = Counter(
            "prediction_log_failures_total",
            "Writes of the prediction log that failed.",
            registry=self._registry,
        )
        self._ready.set(0)
        self._served = ""

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        key = (method, route, status)
        counter = self._routes.get(key)
        if counter is None:
            counter = self._routes[key] = self._requests.labels(method, route, str(status))
        counter.inc()
        duration = self._durations.get((method, route))
        if duration is None:
            duration = self._durations[method, route] = self._duration.labels(method, route)
        duration.observe(seconds)

    def predictions(self, positive: int, negative: int) -> None:
        """Count predicted rows."""
        self._decisions[1].inc(positive)
        self._decisions[0].inc(negative)

    def model(self, version: int | None, loaded: float, *, degraded: bool) -> None:
        """Note which version this worker serves; None is none. `loaded` is in Unix time."""
        if self._served:
            self._version.labels(PROJECT, self._served).set(0)
        self._served = "" if version is None else str(version)
        if self._served:
            self._version.labels(PROJECT, self._served).set(1)
            self._loaded.set(loaded)
        self._ready.set(0 if version is None else 1)
        self._degraded.set(1 if degraded and version is not None else 0)

    def draining(self) -> None:
        """Note that this worker takes no more requests."""
        self._ready.set(0)

    def log(self, name: str, number: int) -> None:
        """Count `written` or `dropped` rows of the prediction log, or a `failure` to write."""
        if name == "failure":
            self._log_failures.inc(number)
        else:
            self._log_rows[name].inc(number)

    def text(self) -> bytes:
        """Return all metrics of all workers."""
        registry = self._registry
        if FOLDER_VARIABLE in os.environ:
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)


def forget_worker(process: int) -> None:
    """Remove what a worker that ended says about the present; what it counted stays."""
    folder = os.environ.get(FOLDER_VARIABLE)
    if folder is not None and Path(folder).is_dir():
        multiprocess.mark_process_dead(process, folder)  # type: ignore[no-untyped-call]
