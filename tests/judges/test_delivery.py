"""The Kubernetes manifests of a project, as judges and an API server read them."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.components import crds
from tests.components.kubernetes_schemas import VERSIONS, built_in
from tests.judges.delivery import IMAGE, MODES, Delivered, delivered, pods, with_plain_pods
from tests.judges.support import checkov_report, failed_checks, judge

CUSTOM = {
    "InferenceService": {"InferenceService", "PrometheusRule"},
    "Deployment": {"PrometheusRule", "ServiceMonitor"},
}
"""The kinds of each mode that are not Kubernetes' own."""

ACCEPTED = {
    "CKV_K8S_35": "the client of an object store reads its key from its environment; the Secret is "
    "optional, and where workloads have roles there is none",
}
"""Findings that are right and wanted: check, and why."""


@pytest.fixture(scope="session")
def deliveries(
    projects: dict[str, Path], tmp_path_factory: pytest.TempPathFactory
) -> list[Delivered]:
    """Return what each project delivers in each mode; tests do not change it."""
    folder = tmp_path_factory.mktemp("delivery")
    return [delivered(project, mode, folder) for project in projects.values() for mode in MODES]


@pytest.fixture(scope="session")
def report(deliveries: list[Delivered], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what checkov says about all of them."""
    judge("checkov")
    folder = tmp_path_factory.mktemp("judged")
    for delivery in deliveries:
        write(folder / f"{delivery.name}.yaml", delivery.documents)
    return checkov_report(folder)


def write(file: Path, documents: list[dict[str, Any]]) -> None:
    file.write_text(yaml.safe_dump_all(with_plain_pods(documents)), encoding="utf-8")


def kind_of(document: dict[str, Any]) -> tuple[str, str]:
    return document["apiVersion"], document["kind"]


def unfit(documents: list[dict[str, Any]], version: str) -> dict[str, str]:
    """Return what a Kubernetes version would refuse in its own kinds, unknown fields included."""
    return {
        f"{document['kind']} {document['metadata']['name']} {error.json_path}": error.message
        for document in with_plain_pods(documents)
        if (validator := built_in(version, *kind_of(document))) is not None
        for error in validator.iter_errors(document)
    }


def custom(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [found for found in documents if built_in(VERSIONS[0], *kind_of(found)) is None]


def test_checkov_finds_nothing_but_what_is_accepted(report: dict[str, Any]) -> None:
    failed = failed_checks(report)
    assert {check: places for check, places in failed.items() if check not in ACCEPTED} == {}


def test_checkov_reads_everything_and_is_silenced_nowhere(
    report: dict[str, Any], deliveries: list[Delivered]
) -> None:
    summary = report["summary"]
    assert (summary["parsing_errors"], summary["skipped"]) == (0, 0)
    documents = [found for delivery in deliveries for found in with_plain_pods(delivery.documents)]
    assert summary["resource_count"] >= len(documents) - len(custom(documents))


def test_what_is_accepted_is_still_found(report: dict[str, Any]) -> None:
    assert set(ACCEPTED) - set(failed_checks(report)) == set()


@pytest.mark.parametrize("mode", MODES)
def test_checkov_finds_planted_faults_in_every_workload(
    deliveries: list[Delivered], mode: str, tmp_path: Path
) -> None:
    documents = copy.deepcopy(next(found for found in deliveries if found.mode == mode).documents)
    planted = 0
    for _, pod in pods(documents):
        pod["containers"][0]["securityContext"]["privileged"] = True
        pod["containers"][0]["image"] = "registry.example.com/acme/churn:latest"
        planted += 1
    write(tmp_path / "manifests.yaml", documents)
    failed = failed_checks(checkov_report(tmp_path))
    assert planted == 3
    assert len(failed["CKV_K8S_16"]) == len(failed["CKV_K8S_14"]) == planted


@pytest.mark.parametrize("version", VERSIONS)
def test_every_object_fits_kubernetes(deliveries: list[Delivered], version: str) -> None:
    found = {delivery.name: unfit(delivery.documents, version) for delivery in deliveries}
    assert found == {delivery.name: {} for delivery in deliveries}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("version", VERSIONS)
def test_a_misspelt_field_of_every_pod_is_found(
    deliveries: list[Delivered], mode: str, version: str
) -> None:
    documents = copy.deepcopy(next(found for found in deliveries if found.mode == mode).documents)
    for _, pod in pods(documents):
        pod["serviceAcountName"] = pod.pop("serviceAccountName")
    found = {place.split(" ")[0] for place in unfit(documents, version)}
    assert found == {"CronJob", "Pod" if mode == "InferenceService" else "Deployment"}


def test_every_custom_resource_fits_its_definition(deliveries: list[Delivered]) -> None:
    for delivery in deliveries:
        resources = custom(delivery.documents)
        assert {resource["kind"] for resource in resources} == CUSTOM[delivery.mode]
        problems = {resource["kind"]: crds.problems(resource) for resource in resources}
        assert problems == {kind: [] for kind in CUSTOM[delivery.mode]}


def test_a_misspelt_field_of_every_custom_resource_is_found(deliveries: list[Delivered]) -> None:
    found = [resource for delivery in deliveries for resource in custom(delivery.documents)]
    assert {resource["kind"] for resource in found} == set().union(*CUSTOM.values())
    for resource in found:
        first = next(iter(resource["spec"]))
        spec = {f"{first}s": value for value in [resource["spec"][first]]}
        assert crds.problems({**resource, "spec": {**resource["spec"], **spec}}) != []


def test_everything_runs_the_image_by_its_digest(deliveries: list[Delivered]) -> None:
    for delivery in deliveries:
        running = list(pods(delivery.documents))
        assert sorted(kind for kind, _ in running) == sorted(["CronJob", "CronJob", delivery.mode])
        images = {item["image"] for _, pod in running for item in pod["containers"]}
        assert images == {IMAGE}


def test_everything_that_a_pod_reads_its_configuration_from_is_delivered(
    deliveries: list[Delivered],
) -> None:
    for delivery in deliveries:
        given = {
            document["metadata"]["name"]
            for document in delivery.documents
            if document["kind"] == "ConfigMap"
        }
        for kind, pod in pods(delivery.documents):
            volumes = {item["configMap"]["name"] for item in pod["volumes"] if "configMap" in item}
            variables = {
                source["configMapRef"]["name"]
                for source in pod["containers"][0]["envFrom"]
                if "configMapRef" in source
            }
            assert (kind, len(volumes), len(variables)) == (kind, 1, 1)
            assert volumes | variables <= given
