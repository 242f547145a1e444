"""Prometheus and Alertmanager on loopback: they scrape, judge rules and call a webhook."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.servers.process import answers, free_port, running
from tests.servers.programs import program


@dataclass(frozen=True)
class Monitoring:
    """A running Prometheus, and the Alertmanager that it tells."""

    prometheus: str
    alertmanager: str

    def value(self, query: str) -> float | None:
        """Return the value of the first series that a query finds."""
        url = f"{self.prometheus}/api/v1/query?query={urllib.parse.quote(query)}"
        found = _get(url)["data"]["result"]
        return float(found[0]["value"][1]) if found else None

    def alerts(self) -> dict[str, str]:
        """Return the state, `pending` or `firing`, of each alert of Prometheus by its name."""
        found = _get(f"{self.prometheus}/api/v1/alerts")["data"]["alerts"]
        return {alert["labels"]["alertname"]: alert["state"] for alert in found}


@contextmanager
def monitoring(
    folder: Path, *, target: str, rules: Path, webhook: str, token: Path
) -> Iterator[Monitoring]:
    """Run both until the block ends.

    Args:
        folder: Where they run, log and keep their data.
        target: `host:port` whose /metrics is scraped each second.
        rules: The rule file, judged each second.
        webhook: The URL that Alertmanager calls for each alert.
        token: File with the bearer token that it shows.
    """
    ports = free_port(), free_port()
    receiver = {
        "url": webhook,
        "send_resolved": False,
        "http_config": {
            "authorization": {"type": "Bearer", "credentials_file": str(token)},
        },
    }
    _write(
        folder / "alertmanager.yaml",
        {
            "route": {
                "receiver": "project",
                "group_by": ["alertname"],
                "group_wait": "0s",
                "group_interval": "1s",
            },
            "receivers": [{"name": "project", "webhook_configs": [receiver]}],
        },
    )
    _write(
        folder / "prometheus.yaml",
        {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(rules)],
            "scrape_configs": [
                {"job_name": "project", "static_configs": [{"targets": [target]}]},
            ],
            "alerting": {
                "alertmanagers": [{"static_configs": [{"targets": [f"127.0.0.1:{ports[1]}"]}]}]
            },
        },
    )
    with _alertmanager(folder, ports[1]) as alertmanager, _prometheus(folder, ports[0]) as server:
        yield Monitoring(server, alertmanager)


@contextmanager
def _alertmanager(folder: Path, port: int) -> Iterator[str]:
    url = f"http://127.0.0.1:{port}"
    with running(
        "alertmanager",
        [
            program("prometheus-alertmanager"),
            f"--config.file={folder / 'alertmanager.yaml'}",
            f"--storage.path={folder / 'alertmanager'}",
            f"--web.listen-address=127.0.0.1:{port}",
            # Without this it opens a port for others of its kind.
            "--cluster.listen-address=",
        ],
        folder=folder,
        ready=lambda _: answers(f"{url}/-/ready"),
    ):
        yield url


@contextmanager
def _prometheus(folder: Path, port: int) -> Iterator[str]:
    url = f"http://127.0.0.1:{port}"
    with running(
        "prometheus",
        [
            program("prometheus"),
            f"--config.file={folder / 'prometheus.yaml'}",
            f"--storage.tsdb.path={folder / 'prometheus'}",
            f"--web.listen-address=127.0.0.1:{port}",
        ],
        folder=folder,
        ready=lambda _: answers(f"{url}/-/ready"),
    ):
        yield url


def _write(path: Path, content: Any) -> None:
    # Both read YAML, of which JSON is a part.
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")


def _get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=10) as response:
        return json.load(response)
