"""The manifests of an environment: complete, restricted, and refused when something is missing."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from {= cookiecutter.package_name =} import PROJECT
from {= cookiecutter.package_name =}.command import main
from {= cookiecutter.package_name =}.delivery.manifests import write_manifests
from {= cookiecutter.package_name =}.environment import local_environment
from {= cookiecutter.package_name =}.errors import InputError
from {= cookiecutter.package_name =}.project import Project

from .conftest import DIGEST, IMAGE, REPOSITORY, wire, wired

KUBECTL = shutil.which("kubectl")
needs_kubectl = pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed")

Objects = dict[tuple[str, str], dict[str, Any]]


def kustomized(folder: Path) -> Objects:
    """Return what `kubectl kustomize` makes of a folder, by kind and name."""
    assert KUBECTL is not None
    ran = subprocess.run(
        [KUBECTL, "kustomize", str(folder)], capture_output=True, check=False, encoding="utf-8"
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    documents = yaml.safe_load_all(ran.stdout)
    return {(item["kind"], item["metadata"]["name"]): item for item in documents}


def made(root: Path, mode: str | None = None) -> Objects:
    """Return the objects of the environment `dev`."""
    return kustomized(write_manifests(wired(root), IMAGE, mode).folder)


def pods(objects: Objects) -> dict[str, dict[str, Any]]:
    """Return the pod specification of each workload."""
    found = {}
    for (kind, name), item in objects.items():
        spec = item.get("spec", {})
        if kind == "CronJob":
            found[name] = spec["jobTemplate"]["spec"]["template"]["spec"]
        elif kind == "Deployment":
            found[name] = spec["template"]["spec"]
        elif kind == "InferenceService":
            found[name] = spec["predictor"]
    return found


@needs_kubectl
@pytest.mark.parametrize("mode", ["InferenceService", "Deployment"])
def test_every_pod_runs_the_image_by_its_digest(root: Path, mode: str) -> None:
    found = pods(made(root, mode))

    assert sorted(found) == sorted([PROJECT, f"{PROJECT}-monitor", f"{PROJECT}-train"])
    for pod in found.values():
        assert [container["image"] for container in pod["containers"]] == [IMAGE]


@needs_kubectl
@pytest.mark.parametrize("mode", ["InferenceService", "Deployment"])
def test_every_pod_is_restricted_and_limited(root: Path, mode: str) -> None:
    for pod in pods(made(root, mode)).values():
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["runAsUser"] >= 10000
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        (container,) = pod["containers"]
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert set(container["resources"]["requests"]) == {"cpu", "memory"}
        limits, requests = (container["resources"][it] for it in ("limits", "requests"))
        assert limits["memory"] == requests["memory"]
        assert {mount["mountPath"] for mount in container["volumeMounts"]} >= {"/tmp"}


@needs_kubectl
@pytest.mark.parametrize("mode", ["InferenceService", "Deployment"])
def test_every_pod_reads_the_wiring_that_is_there(root: Path, mode: str) -> None:
    objects = made(root, mode)
    names = {name for kind, name in objects if kind == "ConfigMap"}

    for pod in pods(objects).values():
        (mounted,) = [it["configMap"]["name"] for it in pod["volumes"] if "configMap" in it]
        (container,) = pod["containers"]
        (variables,) = [
            it["configMapRef"]["name"] for it in container["envFrom"] if "configMapRef" in it
        ]
        assert {mounted, variables} <= names
        wiring = json.loads(objects["ConfigMap", mounted]["data"]["wiring.json"])
        assert wiring["environment"] == "dev"
        data = objects["ConfigMap", variables]["data"]
        (mount,) = [it for it in container["volumeMounts"] if it["name"] == "wiring"]
        assert data["PROJECT_WIRING"] == f"{mount['mountPath']}/wiring.json"
        assert data["PROJECT_ENVIRONMENT"] == "dev"


@needs_kubectl
@pytest.mark.parametrize("mode", ["InferenceService", "Deployment"])
def test_the_service_is_probed(root: Path, mode: str) -> None:
    (container,) = pods(made(root, mode))[PROJECT]["containers"]

    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert container["startupProbe"]["httpGet"]["path"] == "/healthz"


@needs_kubectl
def test_the_commands_of_the_pods_are_commands_of_the_project(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for mode in ("InferenceService", "Deployment"):
        for pod in pods(made(root, mode)).values():
            arguments = pod["containers"][0]["args"]
            assert main([arguments[0], "--help"]) == 0
            known = capsys.readouterr().out
            assert all(it in known for it in arguments if it.startswith("--"))


@needs_kubectl
@pytest.mark.parametrize("mode", ["InferenceService", "Deployment"])
def test_jobs_run_as_accounts_of_their_own_and_the_service_as_the_platforms(
    root: Path, mode: str
) -> None:
    objects = made(root, mode)
    own = [f"{PROJECT}-monitor", f"{PROJECT}-train"]
    accounts = {name: pod["serviceAccountName"] for name, pod in pods(objects).items()}

    assert accounts == {PROJECT: "model", **{name: name for name in own}}
    assert sorted(name for kind, name in objects if kind == "ServiceAccount") == own
    for name in own:
        assert objects["ServiceAccount", name]["automountServiceAccountToken"] is False


@needs_kubectl
def test_the_page_about_platforms_names_every_account_of_the_project(root: Path) -> None:
    page = (REPOSITORY / "docs" / "platform.md").read_text(encoding="utf-8")
    (written,) = re.findall(r"^  service_accounts: (\[.*\])$", page, re.MULTILINE)

    accounts = [name for kind, name in made(root) if kind == "ServiceAccount"]
    assert sorted(yaml.safe_load(written)) == sorted(accounts)


@needs_kubectl
@pytest.mark.parametrize("mode", ["InferenceService", "Deployment"])
def test_every_pod_takes_the_key_of_the_data_where_the_platform_has_one(
    root: Path, mode: str
) -> None:
    for pod in pods(made(root, mode)).values():
        (container,) = pod["containers"]
        secrets = [it["secretRef"] for it in container["envFrom"] if "secretRef" in it]
        assert secrets == [{"name": "data-access-key", "optional": True}]


@needs_kubectl
def test_training_never_starts_by_itself(root: Path) -> None:
    objects = made(root)

    assert objects["CronJob", f"{PROJECT}-train"]["spec"]["suspend"] is True
    assert "suspend" not in objects["CronJob", f"{PROJECT}-monitor"]["spec"]


@needs_kubectl
@pytest.mark.parametrize("mode", ["InferenceService", "Deployment"])
def test_all_traffic_is_denied_but_what_the_wiring_needs(root: Path, mode: str) -> None:
    objects = made(root, mode)
    denied = objects["NetworkPolicy", f"{PROJECT}-deny-all"]["spec"]
    egress = objects["NetworkPolicy", f"{PROJECT}-outside"]["spec"]["egress"]
    ingress = objects["NetworkPolicy", f"{PROJECT}-service"]["spec"]["ingress"]

    assert denied["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in denied
    assert "egress" not in denied
    opened = {port["port"] for rule in egress for port in rule["ports"]}
    assert opened == {53, 80, 443, 5000, 8333}
    assert {port["port"] for rule in ingress for port in rule["ports"]} == {8080}
    peers = [peer for rule in ingress for peer in rule["from"]]
    assert {
        "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "acme-dev-monitoring"}}
    } in peers
    assert "{}" not in [str(peer.get("namespaceSelector")) for peer in peers]


@needs_kubectl
@pytest.mark.parametrize("mode", ["InferenceService", "Deployment"])
def test_all_is_in_the_platforms_namespace_with_its_labels(root: Path, mode: str) -> None:
    for item in made(root, mode).values():
        assert item["metadata"]["namespace"] == "acme-dev-serving"
        assert item["metadata"]["labels"]["app.kubernetes.io/part-of"] == "acme"
        assert item["metadata"]["labels"]["app.kubernetes.io/name"] == PROJECT


@needs_kubectl
def test_the_budget_of_disruptions_and_the_service_find_the_pods(root: Path) -> None:
    objects = made(root, "Deployment")
    labels = objects["Deployment", PROJECT]["spec"]["template"]["metadata"]["labels"]

    budget = objects["PodDisruptionBudget", PROJECT]["spec"]["selector"]["matchLabels"]
    service = objects["Service", PROJECT]["spec"]["selector"]
    assert budget.items() <= labels.items()
    assert service.items() <= labels.items()


@needs_kubectl
def test_monitoring_finds_service_alerts_and_dashboard_by_its_label(root: Path) -> None:
    objects = made(root, "Deployment")
    rules = yaml.safe_load((root / "monitoring" / "alerts.yaml").read_bytes())

    for kind, name in (
        ("ServiceMonitor", PROJECT),
        ("PrometheusRule", PROJECT),
        ("ConfigMap", f"{PROJECT}-dashboard"),
    ):
        assert objects[kind, name]["metadata"]["labels"]["release"] == "kube-prometheus-stack"
    assert objects["PrometheusRule", PROJECT]["spec"] == rules


@needs_kubectl
def test_kserve_finds_the_metrics_by_annotations(root: Path) -> None:
    objects = made(root, "InferenceService")

    annotations = objects["InferenceService", PROJECT]["spec"]["predictor"]["annotations"]
    assert annotations["prometheus.kserve.io/port"] == "8080"
    assert not [name for kind, name in objects if kind == "ServiceMonitor"]


@needs_kubectl
def test_without_monitoring_nothing_of_it_is_made(root: Path) -> None:
    wire(root, without=("Monitoring.label", "Monitoring.prometheus_url"))

    kinds = {kind for kind, _ in made(root, "Deployment")}

    assert not {"ServiceMonitor", "PrometheusRule"} & kinds


@needs_kubectl
def test_the_digest_that_was_recorded_is_used(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)

    assert main(["-e", "dev", "manifests", "--image", IMAGE, "--record"]) == 0
    assert not (root / "build").exists()
    assert main(["-e", "dev", "manifests"]) == 0

    found = pods(kustomized(root / "build" / "manifests" / "dev"))
    assert DIGEST in found[PROJECT]["containers"][0]["image"]


def test_without_a_digest_nothing_is_written(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)

    assert main(["-e", "dev", "manifests"]) == 2
    assert main(["-e", "dev", "manifests", "--image", "registry.example.com/it:latest"]) == 2

    assert "has no image yet" in capsys.readouterr().err
    assert not (root / "build").exists()


def test_every_pending_value_is_named_with_the_missing_image(root: Path) -> None:
    wire(root, pending=("ObjectStore.data_url", "ModelServer.namespace"))

    with pytest.raises(InputError) as caught:
        write_manifests(wired(root), None, None)

    problems = "\n".join(caught.value.problems)
    assert len(caught.value.problems) == 3
    assert "ObjectStore.data_url is not known yet" in problems
    assert "ModelServer.namespace is not known yet" in problems
    assert "has no image yet" in problems
    assert not (root / "build").exists()


def test_a_refusal_keeps_the_manifests_that_there_are(root: Path) -> None:
    folder = write_manifests(wired(root), IMAGE, None).folder
    before = sorted(file.name for file in folder.iterdir())
    wire(root, pending=("ExperimentTracker.uri",))

    with pytest.raises(InputError):
        write_manifests(wired(root), IMAGE, None)

    assert sorted(file.name for file in folder.iterdir()) == before


def test_an_image_is_recorded_for_platforms_only(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)

    assert main(["manifests", "--image", IMAGE, "--record"]) == 2
    assert main(["-e", "dev", "manifests", "--record"]) == 2
    assert not (root / "deploy" / "environments").exists()


def test_scripts_read_what_was_written_as_json(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(root)

    assert main(["-e", "dev", "manifests", "--image", IMAGE, "--format", "json"]) == 0
    written = json.loads(capsys.readouterr().out)
    assert main(["-e", "dev", "manifests", "--image", IMAGE, "--record", "--format", "json"]) == 0
    recorded = json.loads(capsys.readouterr().out)

    assert written["schema"] == "manifests/v1"
    assert (written["mode"], written["namespace"]) == ("InferenceService", "acme-dev-serving")
    assert (Path(written["folder"]) / "kustomization.yaml").is_file()
    assert recorded == {"schema": "recorded-image/v1", "environment": "dev", "image": IMAGE}


def test_this_machine_has_no_manifests(root: Path) -> None:
    with pytest.raises(InputError, match="local has no platform"):
        write_manifests(Project(root, local_environment(root)), IMAGE, None)
