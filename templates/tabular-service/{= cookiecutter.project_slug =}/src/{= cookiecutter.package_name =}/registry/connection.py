"""Connects to MLflow: a SQLite file locally, an HTTP server on a platform."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InputError, ProjectError

if TYPE_CHECKING:
    from mlflow.tracking import MlflowClient

_SQLITE = "sqlite:///"
_SQLITE_BEGIN = b"SQLite format 3\x00"

_DEFAULTS = {
    # Nothing is sent to anyone but the registry.
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING": "false",
    # A server that does not answer is named after seconds; MLflow alone would try for minutes.
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    # Standard output is for the answers of our commands.
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "GIT_PYTHON_REFRESH": "quiet",
}
"""Variables that MLflow reads when it is imported; those that are set already stay."""


def sqlite_file(uri: str) -> Path | None:
    """The database file of a `sqlite:///` address; None for the address of a server.

    Raises:
        InputError: The address is of neither kind.
    """
    if uri.startswith(_SQLITE):
        return Path(uri.removeprefix(_SQLITE)).absolute()
    if re.match(r"https?://[^/]", uri):
        return None
    raise InputError(
        [f"tracking address {without_password(uri)}: expected sqlite:///FILE or http(s)://SERVER"]
    )


def without_password(uri: str) -> str:
    """The address without user and password, for messages."""
    return re.sub(r"(?<=://)[^/@]*@", "", uri)


def connect(
    uri: str,
    *,
    create: bool,
    object_store_endpoint: str | None = None,
    region: str | None = None,
) -> MlflowClient:
    """A client of the registry at this address.

    Args:
        uri: `sqlite:///FILE` or `http(s)://SERVER`.
        create: Make the database file when there is none. Without it a missing one is an error.
        object_store_endpoint: URL of an S3 store other than Amazon's, where a server tells its
            clients to write files there themselves.
        region: What requests to that store are signed for.

    Raises:
        InputError: The address is of no known kind, or there is no database file.
        ProjectError: The registry does not answer, or the file is no database.
    """
    file = sqlite_file(uri)
    for name, value in _DEFAULTS.items():
        os.environ.setdefault(name, value)
    if object_store_endpoint:
        os.environ.setdefault("MLFLOW_S3_ENDPOINT_URL", object_store_endpoint)
    if region:
        os.environ.setdefault("AWS_DEFAULT_REGION", region)
    if file is not None:
        _check_file(file, create=create)
    with failures_named(uri):
        if file is not None and not file.exists():
            _create_database(file)
        return _client(uri)


@contextmanager
def failures_named(uri: str) -> Iterator[None]:
    """Turn a failure of MLflow, its database or the network into words that name the address."""
    from mlflow.exceptions import MlflowException

    try:
        yield
    except (MlflowException, OSError) as error:
        raise _failure(uri, error) from error
    except ModuleNotFoundError as error:
        # Some servers tell their clients to read and write the files in S3 themselves.
        problem = f"the registry's files need {error.name}: install the dependency group `s3`"
        raise InputError([f"{problem} (uv sync --group s3)"]) from error
    except Exception as error:
        # The database's own errors: its library is only there where a file is used.
        if type(error).__module__.startswith(("sqlalchemy", "sqlite3", "botocore", "boto3")):
            raise _failure(uri, error) from error
        raise


def _failure(uri: str, error: Exception) -> ProjectError:
    shown = without_password(uri)
    text = without_password(" ".join(str(error).split()))
    if "Max retries exceeded" in text or isinstance(error, ConnectionError):
        reason = "it does not answer. Is the server running, and may this machine reach it?"
    else:
        reason = text[:500]
    return ProjectError(f"model registry {shown}: {reason}")


def _check_file(file: Path, *, create: bool) -> None:
    """Refuse what is no database at once; MLflow would try for more than a minute to open it."""
    try:
        with file.open("rb") as opened:
            begin = opened.read(len(_SQLITE_BEGIN))
    except FileNotFoundError:
        if not create:
            raise InputError([f"{file}: there is no model registry yet; run `train`"]) from None
        return
    except OSError as error:
        raise ProjectError(f"model registry {file}: {error.strerror}") from None
    if begin != _SQLITE_BEGIN:
        raise ProjectError(f"model registry {file}: this file is no SQLite database")


def _create_database(file: Path) -> None:
    """Make a whole database or none: it gets its name when all its tables are there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.new")
    with file.with_name(f".{file.name}.lock").open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if file.exists():
            return
        for path in (unfinished, unfinished.with_name(unfinished.name + "-journal")):
            path.unlink(missing_ok=True)
        _client(f"{_SQLITE}{unfinished}")
        unfinished.replace(file)


def _client(uri: str) -> MlflowClient:
    from mlflow.tracking import MlflowClient

    return MlflowClient(tracking_uri=uri, registry_uri=uri)
