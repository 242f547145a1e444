"""What is measured of a diff, and of Terraform beside it."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
from benchmarks.diff import cases, workplace

from stackwright.plan.graph import Plan
from stackwright_cli import main


@pytest.mark.slow
def test_both_compare_the_same_resources(capsys: pytest.CaptureFixture[str]) -> None:
    with workplace(count=126) as work:
        before = Plan.from_json((work / "before.json").read_text(encoding="utf-8"))
        assert sum(before.counts().values()) == 126
        stored = str(work / "before.json"), str(work / "after.json")
        assert main(["diff", *stored, "--format", "json"]) == 0
        ours = json.loads(capsys.readouterr().out)
        (environment,) = ours["environments"]
        assert [change["action"] for change in environment["changes"]] == ["update"] * 3
        blueprint = str(work / "platform" / "blueprint.yaml")
        assert main(["diff", "-f", blueprint, "-e", "prod"]) == 0
        assert "tracking.replicas: 2 -> 3" in capsys.readouterr().out
        if shutil.which("terraform"):
            *_, terraform = cases(work)
            done = subprocess.run(terraform.command, check=True, capture_output=True, text=True)
            assert "Plan: 0 to add, 3 to change, 0 to destroy." in done.stdout
