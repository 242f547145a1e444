"""The latest monitoring report as lines of `/metrics`."""

from __future__ import annotations

import json
import logging
import threading
import time
from typing import Protocol

from ..monitoring.gauges import lines

LOGGER = logging.getLogger(__name__)
CACHE_SECONDS = 15.0
"""How long a report is shown before the storage is asked again."""
LATEST = "latest.json"
"""The key of the latest report."""


class ReportStorage(Protocol):
    """What is needed of a storage."""

    def read(self, key: str) -> bytes:
        """Return an object; KeyError when there is none."""


class ReportGauges:
    """Reads the latest report, at most every 15 seconds.

    No report gives no lines: Prometheus then sees absent gauges, and the alert on a stale monitor
    fires. So does a report that does not change while the storage cannot be read, as the gauge of
    the last success grows old.
    """

    def __init__(self, storage: ReportStorage) -> None:
        """Read nothing yet."""
        self._storage = storage
        self._lock = threading.Lock()
        self._lines = ""
        self._fresh_until = 0.0

    def lines(self) -> str:
        """Return the gauges of the latest report; empty when there is none that can be read."""
        with self._lock:
            if time.monotonic() >= self._fresh_until:
                self._lines = self._read()
                self._fresh_until = time.monotonic() + CACHE_SECONDS
            return self._lines

    def _read(self) -> str:
        try:
            return lines(json.loads(self._storage.read(LATEST)))
        except KeyError:
            return ""
        except ValueError as error:
            LOGGER.error("the monitoring report %s is not valid: %s", LATEST, error)
            return ""
        except Exception as error:
            LOGGER.error("the monitoring report cannot be read: %s", error)
            return self._lines
