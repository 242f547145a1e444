"""What the diff of two plans says and what the real engine says of the same change.

AWS is a stand-in of ours.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.engine.providers import control_file, stand_in
from tests.engine.real_engine import Engine, require_pulumi
from tests.engine.stand_in.control import Control, Drift
from tests.engine.test_drift_and_destroy import Platform
from tests.engine.workspace import copy_example

from stackwright.diff.compare import compare
from stackwright.diff.preview.compared import Previewed, previewed
from stackwright.diff.preview.reasons import Reason
from stackwright.diff.preview.stream import read_preview
from stackwright.plan.make import plan_environment

pytestmark = pytest.mark.slow

BASE = """\
apiVersion: stackwright/v1
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "210987654321"}
storage: {kind: s3}
registry: {kind: ecr, repositories: [models, services], keep_images: 200}
environments:
  prod: {}
"""

HEAD = """\
apiVersion: stackwright/v1
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "210987654321"}
storage: {kind: s3, noncurrent_version_days: 7}
registry: {kind: ecr, repositories: [models, services, evaluation], keep_images: 100}
environments:
  prod: {}
"""


def test_the_engine_agrees_until_somebody_changes_something_by_hand(tmp_path: Path) -> None:
    program = require_pulumi()
    with stand_in("aws", tmp_path) as port:
        folder = tmp_path / "platform"
        folder.mkdir()
        blueprint = copy_example("aws-starter", folder, "oci://registry.acme.test")
        shutil.rmtree(folder / "stacks" / "platform")
        platform = Platform(folder, Engine(program, tmp_path / "engine", {"aws": port}), "prod")
        blueprint.write_text(BASE, encoding="utf-8")
        base = plan_environment(blueprint, "prod")
        platform.deploy()
        blueprint.write_text(HEAD, encoding="utf-8")
        head = plan_environment(blueprint, "prod")
        diff = compare(base, head)

        def asked(*words: str) -> Previewed:
            _, answer, _ = platform.stackwright("preview", "--format", "json", *words)
            return previewed(diff, read_preview(answer.encode(), "preview.jsonl"), head)

        agreed = asked()
        assert agreed.differences == ()
        assert dict(agreed.counts) == diff.counts()
        suspended = {"versioningConfiguration": {"status": "Suspended"}}
        drifts = [
            Drift("*::storage-data-versioning", suspended),
            Drift("*::registry-models-lifecycle", gone=True),
        ]
        Control(drifts=drifts).write(control_file(tmp_path, "aws"))
        found = {one.urn.split("::")[-1]: one for one in asked("--refresh").differences}
        assert {name: one.reason for name, one in found.items()} == {
            "storage-data-versioning": Reason.DRIFT,
            "registry-models-lifecycle": Reason.DRIFT,
        }
        assert found["storage-data-versioning"].properties == ("versioningConfiguration",)
        # The state is ahead now: what the diff still calls a change is deployed already.
        control_file(tmp_path, "aws").unlink()
        platform.engine.run(platform.projects[0], "up", "--yes", "--skip-preview")
        ahead = {one.reason for one in asked().differences}
        assert ahead == {Reason.STATE}
