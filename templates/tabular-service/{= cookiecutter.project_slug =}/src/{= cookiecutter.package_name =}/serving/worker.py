"""One worker: a process that answers requests on a socket that was opened for it."""

from __future__ import annotations

import argparse
import asyncio
import signal
import socket
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING

import uvicorn

from .application import Service, create_application
from .holder import Holder
from .lifetime import (
    configure_logging,
    end_well_on_sigterm,
    end_with_parent,
    requests_end_seconds,
)
from .metrics import Metrics
from .prediction_log import LogLimits, PredictionLog
from .protocol import protocol_with
from .reports import ReportGauges
from .servable import RegistrySource

if TYPE_CHECKING:
    from ..project import Project

QUEUE_ROWS = 50_000
"""Rows of the prediction log kept in memory while the storage fails: some tens of megabytes."""
KEEP_ALIVE_SECONDS = 75
"""How long an idle connection stays open: longer than what load balancers use by default."""


class DrainingServer(uvicorn.Server):
    """A server that first says that it is not ready, and ends a while later.

    After SIGTERM it still answers for `drain_seconds`, so that a load balancer sees it. Then it
    takes no more connections, answers what it has, and ends the application.
    """

    def __init__(self, config: uvicorn.Config, service: Service, drain_seconds: float) -> None:
        """Serve `config`; `drain_seconds` lie between SIGTERM and the last new connection."""
        super().__init__(config)
        self._service = service
        self._drain_seconds = drain_seconds

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end; Ctrl-C, or a second signal, skips the wait."""
        # In a signal handler a lock may be held by the very code that was interrupted.
        asyncio.get_running_loop().call_soon_threadsafe(self._begin_to_end, sig)

    def _begin_to_end(self, sig: int) -> None:
        wait = sig == signal.SIGTERM and not self._service.draining
        self._service.drain()
        asyncio.get_running_loop().call_later(self._drain_seconds if wait else 0, self._end)

    def _end(self) -> None:
        self.should_exit = True


def create_server(service: Service, drain_seconds: float) -> DrainingServer:
    """Return the server of a service; its `run` takes the sockets to listen on."""
    config = uvicorn.Config(
        create_application(service),
        http=protocol_with(service.request_seconds),
        loop="asyncio",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=requests_end_seconds(service.request_seconds),
    )
    return DrainingServer(config, service, drain_seconds)


def create_service(project: Project) -> Service:
    """Return the parts of the service, joined; nothing is started.

    Raises:
        InputError: The configuration or the wiring is not complete.
    """
    settings = project.settings.serving
    metrics = Metrics()
    limits = LogLimits(
        batch_rows=settings.batch_rows,
        batch_seconds=settings.batch_seconds,
        queue_rows=max(QUEUE_ROWS, settings.maximum_rows, settings.batch_rows),
        retention_days=settings.retention_days,
    )
    return Service(
        holder=Holder(RegistrySource(project, settings.maximum_rows), settings.poll_seconds),
        log=PredictionLog(project.storage("predictions"), limits, metrics.log),
        metrics=metrics,
        report_lines=ReportGauges(project.storage("reports")).lines,
        maximum_body_bytes=settings.maximum_body_bytes,
        request_seconds=settings.request_seconds,
    )


def serve(project: Project, listener: socket.socket, drain_seconds: float) -> None:
    """Answer requests on `listener` until SIGTERM or SIGINT; return when all are answered."""
    create_server(create_service(project), drain_seconds).run(sockets=[listener])


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one of several workers; the supervisor starts it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--listener", type=int, required=True)
    parser.add_argument("--parent", type=int, required=True)
    parser.add_argument("--drain-seconds", type=float, required=True)
    parser.add_argument("--environment", required=True)
    given = parser.parse_args(arguments)
    end_well_on_sigterm()
    configure_logging()
    end_with_parent(given.parent)
    from ..project import open_project

    with socket.socket(fileno=given.listener) as listener:
        serve(open_project(given.environment), listener, given.drain_seconds)


if __name__ == "__main__":
    main()
