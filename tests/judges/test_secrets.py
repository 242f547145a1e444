"""What looks like a secret in a project, by detect-secrets."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest
from tests.judges.support import asked, judge

ACCEPTED = {
    "correct-horse-battery-staple": "the token that the tests of the webhook know",
    "secret": "the password of a proxy or URL that a test refuses",
    "password": "the password of a URL that a test refuses",
    "word": "the password of a URL that a test refuses",
    "1c5fba225f164f5e9d6c1d4f1a2b3c4d": "the identifier of a prediction",
    "0123abcdef": "a commit",
}
"""Values in the tests of a project that look like secrets and are none: value, and why."""

COPIES = r"^(\./)?\.stackwright/base\.json$"
"""Holds copies of files that are judged themselves."""

# In two pieces, so that nobody takes this file for one that holds a secret.
PLANTED = {
    "AWS Access Key": "access_key: AKIA" + "QX7H2LMZ5VKW3RTB",
    "Private Key": "-----BEGIN RSA " + "PRIVATE KEY-----",
    "GitHub Token": "token: ghp_" + "x7Kq2LmZ5vKw3RtB9nYc4HdJ6sPf8GaE1uWo",
    "Basic Auth Credentials": "tracker: https://churn:" + "hunter2@tracking.example.com",
}


def findings(project: Path, copy: Path) -> set[tuple[str, str, str]]:
    """Return file, kind and SHA-1 of what looks like a secret; comments silence nothing.

    Of YAML, detect-secrets reads values only; in the copy, each such file is there as text too.
    """
    shutil.copytree(project, copy)
    for file in [*copy.rglob("*.yaml"), *copy.rglob("*.yml")]:
        shutil.copyfile(file, file.with_name(f"{file.name}.txt"))
    options = ["--all-files", "--no-verify", "--exclude-files", COPIES]
    allowed = ["--disable-filter", "detect_secrets.filters.allowlist.is_line_allowlisted"]
    command = [judge("detect-secrets", "secrets"), "scan", *options, *allowed, "."]
    report = json.loads(asked(command, copy))
    return {
        (file, item["type"], item["hashed_secret"])
        for file, items in report["results"].items()
        for item in items
    }


def digest(value: str) -> str:
    return hashlib.sha1(value.encode()).hexdigest()


def test_a_project_has_no_secret_but_words_of_its_tests(project: Path, tmp_path: Path) -> None:
    accepted = {digest(value) for value in ACCEPTED}
    assert {
        (file, kind)
        for file, kind, value in findings(project, tmp_path / "copy")
        if value not in accepted or not file.startswith("tests/")
    } == set()


def test_what_is_accepted_is_still_found(projects: dict[str, Path], tmp_path: Path) -> None:
    found = {value for _, _, value in findings(projects["everyday"], tmp_path / "copy")}
    assert {value for value in ACCEPTED if digest(value) not in found} == set()


@pytest.mark.parametrize("kind", PLANTED)
@pytest.mark.parametrize("comment", ["", "# "], ids=["value", "comment"])
@pytest.mark.parametrize("name", ["monitoring/alerts.yaml", ".github/workflows/checks.yml"])
def test_a_planted_secret_is_found(
    projects: dict[str, Path], tmp_path: Path, name: str, comment: str, kind: str
) -> None:
    file = tmp_path / "project" / name
    file.parent.mkdir(parents=True)
    shutil.copyfile(projects["everyday"] / name, file)
    with file.open("a", encoding="utf-8") as stream:
        stream.write(f"\n{comment}{PLANTED[kind]}  # pragma: allowlist secret\n")
    found = findings(tmp_path / "project", tmp_path / "copy")
    assert kind in {kind for _, kind, _ in found}


def test_a_planted_secret_in_python_is_found(tmp_path: Path) -> None:
    file = tmp_path / "project" / "module.py"
    file.parent.mkdir()
    file.write_text('PASSWORD = "tr0ub4dor-and-3"  # pragma: allowlist secret\n', encoding="utf-8")
    found = findings(tmp_path / "project", tmp_path / "copy")
    assert found == {("module.py", "Secret Keyword", digest("tr0ub4dor-and-3"))}
