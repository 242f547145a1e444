from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.judges.support import checkov_report, failed_checks, judge

from stackwright.blueprint.load import environment_names
from stackwright.blueprint.reader import read
from stackwright.plan.make import plan_environment
from stackwright.report.manifests import manifests

EXAMPLES = Path(__file__).parents[2] / "examples"

ACCEPTED: Mapping[str, str] = {
    "CKV_K8S_11": "CPU has no limit, so that idle time of a node can be used; memory has one",
    "CKV_K8S_15": "images have versions that do not move, so a pulled one need not be pulled again",
    "CKV_K8S_35": "MLflow takes the URI of its database from its environment only; files are not "
    "read, and the command line would show it in the process list",
    "CKV_K8S_43": "digests are known after a mirror was filled; see docs/decisions/0008",
}
"""Findings that are right and wanted: check, and why."""

PRIVILEGED = """
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: b}
spec:
  containers:
    - {name: c, image: "registry.example.com/a:1", securityContext: {privileged: true}}
"""


def write_examples(folder: Path) -> None:
    blueprints = sorted(EXAMPLES.glob("*/blueprint.yaml"))
    assert blueprints, "there are no examples to judge"
    for blueprint in blueprints:
        for name in environment_names(read(blueprint)):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                plan = plan_environment(blueprint, name)
            for path, text in manifests(plan).items():
                file = folder / blueprint.parent.name / name / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What checkov says about the manifests of every example in every environment."""
    judge("checkov")
    folder = tmp_path_factory.mktemp("manifests")
    write_examples(folder)
    return checkov_report(folder)


def test_checkov_finds_nothing_but_what_is_accepted(report: dict[str, Any]) -> None:
    wrong = {
        f"{item['check_id']} {item['check_name']}: {item['file_path']} {item['resource']}"
        for item in report["results"]["failed_checks"]
        if item["check_id"] not in ACCEPTED
    }
    assert wrong == set()


def test_checkov_can_read_every_manifest(report: dict[str, Any]) -> None:
    summary = report["summary"]
    assert (summary["parsing_errors"], summary["skipped"]) == (0, 0)
    assert summary["resource_count"] > 100


def test_what_is_accepted_is_still_found(report: dict[str, Any]) -> None:
    found = {item["check_id"] for item in report["results"]["failed_checks"]}
    assert set(ACCEPTED) - found == set()


def test_a_privileged_pod_is_found(tmp_path: Path) -> None:
    (tmp_path / "pod.yaml").write_text(PRIVILEGED, encoding="utf-8")
    assert "CKV_K8S_16" in failed_checks(checkov_report(tmp_path))
