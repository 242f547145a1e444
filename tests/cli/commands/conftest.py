"""A small blueprint in an empty folder, for the tests of the commands."""

from __future__ import annotations

from pathlib import Path

import pytest

BLUEPRINT = """\
apiVersion: stackwright/v1
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "210987654321"}
network: {kind: vpc, zones: [a, b]}
storage: {kind: s3}
environments:
  dev: {profile: development}
  prod:
    storage: {log_retention_days: 400}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def blueprint(folder: Path) -> Path:
    """Write a valid blueprint with two environments where the commands look for it."""
    path = folder / "blueprint.yaml"
    path.write_text(BLUEPRINT, encoding="utf-8")
    return path
