"""An environment of one layer and a stub engine for it, below the working directory."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.engine_stub.stub import Stub, generated, stub_engine

BLUEPRINT = """\
apiVersion: stackwright/v1
name: acme
target: {kind: aws, region: eu-west-1, account: "210987654321"}
storage: {kind: s3}
environments: {prod: {}}
"""


@pytest.fixture
def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stub:
    """Make the environment, and take the world outside for as it should be."""
    folder = tmp_path / "platform" / "stacks" / "foundation"
    folder.mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text("name: acme-foundation\nruntime: python\n")
    (tmp_path / "platform" / "blueprint.yaml").write_text(BLUEPRINT, encoding="utf-8")
    (tmp_path / "state").mkdir()
    engine = stub_engine(tmp_path / "stub")
    engine.plan({"acme-foundation": generated(3)})
    monkeypatch.chdir(tmp_path / "platform")
    monkeypatch.setenv("PATH", f"{engine.bin}:/usr/bin:/bin")
    monkeypatch.setenv("PULUMI_BACKEND_URL", (tmp_path / "state").as_uri())
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "a passphrase of a test")
    monkeypatch.setattr("stackwright.engine.lifecycle.verify", lambda *_, **__: ())
    return engine
