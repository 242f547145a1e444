"""PostgreSQL on loopback, with a password."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.process import Server, free_port, running
from tests.servers.programs import FETCHED, program

USER = "stackwright"
DATABASE = "postgres"

_NOBODY = 65534
"""A user with no rights, as which PostgreSQL runs when the tests run as root: it refuses root."""


@contextmanager
def postgresql() -> Iterator[str]:
    """Run an empty server; yield the URI of its database for SQLAlchemy, with the password."""
    # Not in pytest's folder, which another user cannot enter.
    with tempfile.TemporaryDirectory(prefix="stackwright-postgresql-") as name:
        folder = Path(name)
        user = _NOBODY if os.geteuid() == 0 else None
        initdb, postgres = _programs(folder, user)
        password = secrets.token_hex(16)
        data = folder / "data"
        _initialize(initdb, data, password, user)
        port = free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(port),
            "unix_socket_directories": "",
            "fsync": "off",
            "jit": "off",
        }
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with running(
            "postgresql",
            [postgres, "-D", data, *options],
            folder=folder,
            ready=_is_ready,
            user=user,
            stop_by=signal.SIGINT,
        ):
            yield f"postgresql+psycopg2://{USER}:{password}@127.0.0.1:{port}/{DATABASE}"


def _is_ready(server: Server) -> bool:
    return "database system is ready to accept connections" in server.text()


def _programs(folder: Path, user: int | None) -> tuple[Path, Path]:
    """Return `initdb` and `postgres`, copied where the user can reach them.

    The folder that they were fetched to may lie below one that only its owner can enter.
    """
    initdb, postgres = program("initdb"), program("postgres")
    if user is None:
        return initdb, postgres
    os.chown(folder, user, user)
    if initdb.is_relative_to(FETCHED):
        copied = folder / "programs"
        shutil.copytree(FETCHED, copied, symlinks=True, ignore=shutil.ignore_patterns("prom*"))
        return copied / "bin" / "initdb", copied / "bin" / "postgres"
    return initdb, postgres


def _initialize(initdb: Path, data: Path, password: str, user: int | None) -> None:
    file = data.parent / "password"
    file.touch(mode=0o600)
    file.write_text(password, encoding="utf-8")
    if user is not None:
        os.chown(file, user, user)
    done = subprocess.run(
        [
            *(initdb, "-D", data, "-U", USER, "--pwfile", file),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
        ],
        cwd=data.parent,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, f"initdb failed: {done.stdout}{done.stderr}"
