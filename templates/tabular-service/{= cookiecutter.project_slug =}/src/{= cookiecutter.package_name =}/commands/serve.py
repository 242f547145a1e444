"""Serve the champion over HTTP.

Prints one line, `listening on URL`, when connections are taken; whether predictions can be asked
for is what `/readyz` says. Ends with 0 after SIGTERM or Ctrl-C, when all requests are answered and
the prediction log is written.
"""

from __future__ import annotations

import os
import socket
import tempfile

import click

from .. import console
from ..errors import ProjectError
from ..project import Project
from ..serving.lifetime import configure_logging, end_well_on_sigterm, longest_end_seconds

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Numerical libraries read these when they are imported. One row is too small for threads."""
BACKLOG = 2048


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8000,
    show_default=True,
    help="Port to listen on; 0 takes a free one, which is printed.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=1,
    show_default=True,
    help="Processes that answer requests.",
)
@click.option(
    "--drain-seconds",
    type=click.FloatRange(0, 300),
    default=1.0,
    show_default=True,
    help="After SIGTERM: how long to say not ready, and still answer, before closing.",
)
@click.pass_obj
def command(project: Project, host: str, port: int, workers: int, drain_seconds: float) -> None:
    """Serve the champion over HTTP."""
    for variable in THREAD_VARIABLES:
        os.environ.setdefault(variable, "1")
    end_well_on_sigterm()
    configure_logging()
    _check(project)
    with (
        _listener(host, port) as listener,
        # The metrics read the variable when they are imported, so it is set before that.
        tempfile.TemporaryDirectory(prefix="metrics-", ignore_cleanup_errors=True) as folder,
    ):
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
        os.environ["PROJECT_ROOT"] = str(project.root)
        _serve(project, listener, workers, drain_seconds)


def _serve(project: Project, listener: socket.socket, workers: int, drain_seconds: float) -> None:
    address, port = listener.getsockname()[:2]
    console.out(f"listening on http://{f'[{address}]' if ':' in address else address}:{port}")
    if workers == 1:
        from ..serving.worker import serve

        serve(project, listener, drain_seconds)
        return
    from ..serving.supervisor import Supervisor, worker_command

    Supervisor(
        worker_command(project.environment.name, drain_seconds),
        workers,
        listener,
        longest_end_seconds(project.settings.serving.request_seconds, drain_seconds),
    ).run()


def _check(project: Project) -> None:
    """Read all that the workers will read, so that mistakes are told here and once."""
    _ = project.settings, project.contract, project.environment.tracking_uri
    project.storage("predictions")
    project.storage("reports")


def _listener(host: str, port: int) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        # Python adds the address once more; a name that cannot be resolved has its own words.
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise ProjectError(f"{host} port {port}: {reason}") from None
