"""Receive alerts of Alertmanager, and start `retrain` when one of this project's asks for it."""

from __future__ import annotations

import ipaddress
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .. import PROJECT, console
from ..errors import InputError, ProjectError

if TYPE_CHECKING:
    from ..project import Project
    from ..retraining.job import Job
    from ..retraining.webhook import Receiver

logger = logging.getLogger(__name__)

GRACE_SECONDS = 20.0
"""How long a running retraining may take to end after SIGTERM; Kubernetes kills after 30 s."""


@click.command
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=9095,
    show_default=True,
    help="Port to listen on; 0 takes a free one.",
)
@click.option(
    "--token-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="File that holds the bearer token.",
)
@click.option("--token-variable", metavar="NAME", help="Variable that holds the bearer token.")
@click.option(
    "--remember-hours",
    type=click.FloatRange(min=0, min_open=True, max=24 * 365),
    default=12.0,
    show_default=True,
    help="Hours in which a repeated or replayed notification is dropped.",
)
@click.pass_obj
def command(
    project: Project,
    host: str,
    port: int,
    token_file: Path | None,
    token_variable: str | None,
    remember_hours: float,
) -> None:
    """Receive alerts of Alertmanager, and start `retrain` when one of this project's asks for it.

    Alertmanager posts to /alerts with the bearer token. Nothing of a notification reaches the
    retraining: it only decides whether the fixed command starts. Alerts that ask for it have the
    label `action: retrain` in monitoring/alerts.yaml. Runs until SIGTERM or Ctrl-C.
    """
    from ..monitoring.rules import FILE, read_rules, retraining_alerts
    from ..retraining.job import Job, process_starter
    from ..retraining.notification import Seen
    from ..retraining.token import read_token
    from ..retraining.webhook import Receiver, Trigger

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    token = read_token(token_file, token_variable, os.environ)
    names = retraining_alerts(read_rules(project.root / FILE))
    if not names:
        raise InputError([f"{project.root / FILE}: no alert has the label action: retrain"])
    environment = {name: value for name, value in os.environ.items() if name != token_variable} | {
        "PROJECT_ROOT": str(project.root)
    }
    job = Job(
        retraining_command(project.environment.name), process_starter(project.root, environment)
    )
    trigger = Trigger(job, names, PROJECT, Seen(remember_hours * 3600))
    try:
        receiver = Receiver((host, port), token, trigger)
    except OSError as error:
        raise ProjectError(f"{host} port {port}: cannot listen: {error.strerror}") from None
    _warn_if_open(host)
    console.out(f"listening on http://{host}:{receiver.server_address[1]}")
    _serve(receiver, job)


def retraining_command(environment: str) -> tuple[str, ...]:
    """Return the one command that alerts start."""
    package = __package__.partition(".")[0]
    return (sys.executable, "-m", package, "-e", environment, "retrain")


def _serve(receiver: Receiver, job: Job) -> None:
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    thread = threading.Thread(target=receiver.serve_forever, args=(0.2,))
    thread.start()
    ended.wait()
    logger.info("stopping")
    receiver.shutdown()
    thread.join()
    receiver.server_close()
    job.stop(GRACE_SECONDS)


def _warn_if_open(host: str) -> None:
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    if not loopback:
        logger.warning(
            "%s can be reached from outside this machine, and tokens travel unencrypted: "
            "let only Alertmanager through, by a network policy or a proxy with TLS",
            host,
        )
