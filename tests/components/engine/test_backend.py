"""Where state is, who holds its lock and which backups exist is read from the engine's files."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from stackwright.engine.backend import Backend, Holder, Kind, Lock, backend_at, backend_of
from stackwright.errors import StackwrightError

LOCK = {
    "pid": 22488,
    "username": "ada",
    "hostname": "laptop",
    "timestamp": "2026-11-21T17:01:35.381582718Z",
}


def folder(path: Path, url: str = "", variables: dict[str, str] | None = None) -> Any:
    """Return what of a layer's folder tells where state is."""
    project = {"name": "shop", "backend": {"url": url}} if url else {"name": "shop"}
    home = {"PULUMI_HOME": str(path), "PULUMI_BACKEND_URL": ""}
    return SimpleNamespace(
        folder=path, project=project, process_variables={**os.environ, **home, **(variables or {})}
    )


def put(root: Path, key: str, content: str | bytes) -> None:
    file = root / key
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content.encode() if isinstance(content, str) else content)


def test_nothing_keeps_state_where_nobody_said_so(tmp_path: Path) -> None:
    assert backend_of(folder(tmp_path)) == Backend(Kind.NONE, "")


def test_the_engine_finds_its_backend_by_variable_then_project_then_login(tmp_path: Path) -> None:
    put(tmp_path, "credentials.json", '{"current": "https://api.pulumi.com"}')
    assert backend_of(folder(tmp_path)).kind is Kind.CLOUD
    assert backend_of(folder(tmp_path, "gs://bucket")).url == "gs://bucket"
    variables = {"PULUMI_BACKEND_URL": "s3://first/part?region=eu-west-1"}
    found = backend_of(folder(tmp_path, "gs://bucket", variables))
    assert (found.kind, found.url) == (Kind.S3, "s3://first/part")


@pytest.mark.parametrize("content", ["", "[]", "{", '{"current": null}'])
def test_a_login_that_cannot_be_read_is_none(tmp_path: Path, content: str) -> None:
    put(tmp_path, "credentials.json", content)
    assert backend_of(folder(tmp_path)).kind is Kind.NONE


def test_a_relative_folder_begins_where_the_engine_runs(tmp_path: Path) -> None:
    assert backend_at("file://./state?no_tmp_dir=true", tmp_path).url == f"file://{tmp_path}/state"
    assert backend_at("file://~/state", tmp_path).url == f"file://{Path.home()}/state"


def test_no_password_of_a_backend_is_shown(tmp_path: Path) -> None:
    found = backend_at("postgres://ada:canary@db.acme-shop.com/state?password=canary", tmp_path)
    assert (found.kind, found.url) == (Kind.OTHER, "postgres://db.acme-shop.com/state")
    assert "canary" not in repr(found)


def test_a_lock_names_its_holder(tmp_path: Path) -> None:
    put(tmp_path, ".pulumi/locks/organization/shop/prod/a.json", json.dumps(LOCK))
    put(tmp_path, ".pulumi/locks/organization/shop/prod/a.json.attrs", "{}")
    put(tmp_path, ".pulumi/locks/organization/shop/dev/b.json", json.dumps(LOCK))
    [lock] = backend_at(f"file://{tmp_path}", tmp_path).locks("shop", "prod")
    assert str(lock) == "ada on laptop, process 22488, since 2026-11-21 17:01 UTC"
    assert lock.holder is Holder.ELSEWHERE


def test_a_stack_that_nobody_works_on_has_no_lock(tmp_path: Path) -> None:
    assert backend_at(f"file://{tmp_path}", tmp_path).locks("shop", "prod") == ()


@pytest.mark.parametrize("content", ["", "{}", '{"pid": "x"}', "[]", b"\xff"])
def test_a_lock_that_cannot_be_read_has_an_unknown_holder(tmp_path: Path, content: str) -> None:
    put(tmp_path, ".pulumi/locks/organization/shop/prod/a.json", content)
    [lock] = backend_at(f"file://{tmp_path}", tmp_path).locks("shop", "prod")
    assert lock.holder is Holder.UNKNOWN
    assert str(lock).endswith("prod/a.json, which cannot be read")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is called as the engine is."""
    program = tmp_path / "pulumi"
    shutil.copy("/bin/sleep", program)
    with subprocess.Popen([program, "60"]) as process:
        yield process
        process.kill()


def held(pid: int, since: datetime) -> Lock:
    return Lock("key", pid, "ada", socket.gethostname(), since)


def test_an_engine_that_still_runs_is_alive(engine: subprocess.Popen[bytes]) -> None:
    assert held(engine.pid, datetime.now(UTC) + timedelta(seconds=5)).holder is Holder.ALIVE


def test_an_engine_is_alive_though_the_clock_was_set_forward_meanwhile(
    engine: subprocess.Popen[bytes],
) -> None:
    taken = datetime.now(UTC) - timedelta(seconds=30)
    assert held(engine.pid, taken).holder is Holder.ALIVE


def test_only_a_stack_that_was_deployed_has_a_history(tmp_path: Path) -> None:
    backend = backend_at(f"file://{tmp_path}", tmp_path)
    (tmp_path / ".pulumi/history/shop/test").mkdir(parents=True)
    put(tmp_path, ".pulumi/history/shop/prod/prod-1.checkpoint.json", "{}")
    assert backend.has_history("shop", "prod")
    assert not backend.has_history("shop", "test")
    assert not backend.has_history("shop", "dev")


def test_an_engine_that_was_killed_is_dead_even_before_its_parent_looked(
    engine: subprocess.Popen[bytes],
) -> None:
    engine.kill()
    os.waitid(os.P_PID, engine.pid, os.WEXITED | os.WNOWAIT)
    assert held(engine.pid, datetime.now(UTC)).holder is Holder.DEAD
    engine.wait()
    assert held(engine.pid, datetime.now(UTC)).holder is Holder.DEAD


def test_a_process_that_got_the_number_of_a_dead_engine_is_not_that_engine(
    engine: subprocess.Popen[bytes],
) -> None:
    assert held(os.getpid(), datetime.now(UTC)).holder is Holder.DEAD
    assert held(engine.pid, datetime(2026, 1, 1, tzinfo=UTC)).holder is Holder.DEAD


def test_backups_come_newest_first_of_each_place(tmp_path: Path) -> None:
    for key in (
        "stacks/shop/prod.json",
        "stacks/shop/prod.json.attrs",
        "stacks/shop/prod.json.bak",
        "stacks/shop/prod.json.bak.attrs",
        "stacks/shop/dev.json.bak",
        "stacks/shop/other-prod.json.bak",
        "backups/shop/prod/prod.1795279954730205433.json",
        "backups/shop/prod/prod.1795279965940200239.json",
        "history/shop/prod/prod-1795279965939204582.history.json",
        "history/shop/prod/prod-1795279965939204582.checkpoint.json",
    ):
        put(tmp_path, f".pulumi/{key}", key)
    backend = backend_at(f"file://{tmp_path}", tmp_path)
    assert [backup.read().decode() for backup in backend.backups("shop", "prod")] == [
        "stacks/shop/prod.json.bak",
        "backups/shop/prod/prod.1795279965940200239.json",
        "backups/shop/prod/prod.1795279954730205433.json",
        "history/shop/prod/prod-1795279965939204582.checkpoint.json",
    ]
    state = backend.state_file("shop", "prod")
    assert state is not None
    assert state.read() == b"stacks/shop/prod.json"
    assert backend.state_file("shop", "test") is None


def test_a_compressed_state_is_read(tmp_path: Path) -> None:
    put(tmp_path, ".pulumi/stacks/shop/prod.json.gz", gzip.compress(b"{}"))
    backend = backend_at(f"file://{tmp_path}", tmp_path)
    state = backend.state_file("shop", "prod")
    assert state is not None
    assert state.read() == b"{}"
    put(tmp_path, ".pulumi/stacks/shop/prod.json.gz", gzip.compress(b"{}")[:-4])
    with pytest.raises(StackwrightError, match="no whole gzip file"):
        state.read()


def test_pulumi_cloud_has_no_files_to_look_into(tmp_path: Path) -> None:
    cloud = backend_at("https://api.pulumi.com", tmp_path)
    assert cloud.locks("shop", "prod") == ()
    assert cloud.state_file("shop", "prod") is None
    assert list(cloud.backups("shop", "prod")) == []
