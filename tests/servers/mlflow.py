"""MLflow's tracking server, with its database in PostgreSQL and its artifacts in S3."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.moto import CREDENTIALS
from tests.servers.process import answers, free_port, running
from tests.servers.programs import server_command


@contextmanager
def tracking_server(folder: Path, *, database: str, artifacts: str, endpoint: str) -> Iterator[str]:
    """Run a server; yield its URI.

    Args:
        folder: Where it runs and logs.
        database: URI of its database for SQLAlchemy. It holds the password, so it goes through
            the environment.
        artifacts: `s3://` URL below which it keeps artifacts; clients send them to the server.
        endpoint: Of the object store.
    """
    port = free_port()
    uri = f"http://127.0.0.1:{port}"
    with running(
        "mlflow",
        [
            *(server_command("python"), "-m", "mlflow", "server"),
            *("--host", "127.0.0.1", "--port", str(port), "--workers", "1"),
            *("--serve-artifacts", "--artifacts-destination", artifacts),
        ],
        folder=folder,
        ready=lambda _: answers(f"{uri}/health"),
        environment={
            # MLflow looks for uvicorn on the path.
            "PATH": f"{server_command('mlflow').parent}:{os.environ.get('PATH', '')}",
            "HOME": str(folder),
            "MLFLOW_BACKEND_STORE_URI": database,
            "MLFLOW_S3_ENDPOINT_URL": endpoint,
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "DO_NOT_TRACK": "true",
            **CREDENTIALS,
        },
    ):
        yield uri
