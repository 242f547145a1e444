from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from stackwright.database.login_job import SCRIPT

PASSWORD = "a1B2c3D4e5"

PSQL = """#!/bin/sh
umask 077
printf '%s\\n' "$@" >FOLDER/arguments
env >FOLDER/environment
cat >FOLDER/input
stat -c %a "$PGPASSFILE" >FOLDER/mode
cp "$PGPASSFILE" FOLDER/passfile
"""
"""Writes down how it was called, in place of the real psql."""


@pytest.fixture
def called(tmp_path: Path) -> dict[str, Any]:
    """Run the Job's script with folders of the test's own; return what psql saw, by kind."""
    for name, key, value in (
        ("administrator", "pgpass", "*:*:*:*:secret-of-the-administrator"),
        ("login", "password", PASSWORD),
    ):
        (tmp_path / "secrets" / name).mkdir(parents=True)
        (tmp_path / "secrets" / name / key).write_text(value, encoding="utf-8")
    psql = tmp_path / "bin" / "psql"
    psql.parent.mkdir()
    psql.write_text(PSQL.replace("FOLDER", str(tmp_path)), encoding="utf-8")
    psql.chmod(0o755)
    script = SCRIPT.replace("/tmp/", "TEMPORARY/").replace("/secrets/", f"{tmp_path}/secrets/")
    subprocess.run(
        ["/bin/sh", "-ceu", script.replace("TEMPORARY/", f"{tmp_path}/")],
        env={"PATH": f"{psql.parent}:{os.environ['PATH']}", "LOGIN": "tracking_mlflow"},
        check=True,
    )
    names = ("arguments", "environment", "input", "mode", "passfile", "login.sql")
    return {name: (tmp_path / name).read_text(encoding="utf-8") for name in names}


def test_no_password_is_an_argument_or_a_variable(called: dict[str, Any]) -> None:
    seen = called["arguments"] + called["environment"] + called["login.sql"]
    assert PASSWORD not in seen
    assert "secret-of-the-administrator" not in seen


def test_psql_reads_the_password_twice_as_it_asks_for_it(called: dict[str, Any]) -> None:
    assert called["input"] == f"{PASSWORD}\n{PASSWORD}\n"
    assert "\\password :login\n" in called["login.sql"]


def test_the_administrators_password_file_is_private_as_libpq_demands(
    called: dict[str, Any],
) -> None:
    assert called["mode"].strip() == "600"
    assert called["passfile"] == "*:*:*:*:secret-of-the-administrator"


def test_the_first_error_ends_the_job(called: dict[str, Any]) -> None:
    arguments = called["arguments"].splitlines()
    assert "--set=ON_ERROR_STOP=1" in arguments
    assert "--no-psqlrc" in arguments
    assert "--set=login=tracking_mlflow" in arguments


def test_what_is_there_already_is_not_made_again() -> None:
    for kind, catalog in (("ROLE", "pg_roles"), ("DATABASE", "pg_database")):
        made = SCRIPT.index(f"CREATE {kind} %I")
        assert f"WHERE NOT EXISTS (SELECT FROM {catalog}" in SCRIPT[made : made + 200]


def test_the_script_holds_no_value_of_the_blueprint() -> None:
    assert "tracking" not in SCRIPT
