"""The checks of a cluster, against a real API server."""

from __future__ import annotations

from pathlib import Path

import yaml
from tests.cluster.control_plane import CONTEXT, ControlPlane

from stackwright.checks import (
    ClockAgrees,
    ClusterIdentity,
    ClusterReached,
    CustomResourcesInstalled,
    DefaultStorageClass,
    NamespaceNotForeign,
    ObjectExists,
    OperatorNotForeign,
)
from stackwright.cluster_access import KubeconfigContext
from stackwright.engine.preflight.result import State
from stackwright.engine.preflight.verify import verify_checks


def reached(kubeconfig: str) -> ClusterReached:
    return ClusterReached(access=KubeconfigContext(context=CONTEXT, kubeconfig=kubeconfig))


def changed(given: ControlPlane, folder: Path, section: str, **keys: str) -> str:
    """Write the kubeconfig anew with other keys in its cluster or user; return its path."""
    document = yaml.safe_load(Path(given.kubeconfig).read_text())
    content = document[f"{section}s"][0][section]
    content.update(keys)
    for name in [name for name, value in keys.items() if not value]:
        del content[name]
    (folder / "config").write_text(yaml.safe_dump(document))
    return str(folder / "config")


def test_a_real_cluster_is_reached_and_every_check_of_it_is_answered(
    control_plane: ControlPlane,
) -> None:
    answer = control_plane.client.request("GET", "/api/v1/namespaces/kube-system")
    uid = answer.body["metadata"]["uid"]
    checks = (
        reached(control_plane.kubeconfig),
        ClusterIdentity(uid=uid),
        DefaultStorageClass(),
        ObjectExists(kind="Namespace", name="default", path="/api/v1/namespaces/default"),
        NamespaceNotForeign(name="free-for-us", platform="acme-ml", environment="prod"),
        OperatorNotForeign(names=("things.example.com/v1",), namespace="acme-ml-prod-things"),
        ClockAgrees(),
    )
    results = verify_checks(checks)
    assert [r.found for r in results if r.state is not State.OK] == []


def test_what_a_real_cluster_does_not_have_fails(control_plane: ControlPlane) -> None:
    checks = (
        reached(control_plane.kubeconfig),
        ClusterIdentity(uid="1f0c7a52-6d34-4f0e-9f27-3a1f0d8c5b6e"),
        ObjectExists(kind="Namespace", name="gone", path="/api/v1/namespaces/gone"),
        NamespaceNotForeign(name="kube-system", platform="acme-ml", environment="prod"),
        CustomResourcesInstalled(names=("things.example.com/v1",)),
    )
    states = [result.state for result in verify_checks(checks)]
    assert states == [State.OK, *[State.FAILED] * 4]


def test_a_token_that_a_real_cluster_does_not_know_is_told(
    control_plane: ControlPlane, tmp_path: Path
) -> None:
    (result,) = verify_checks([reached(changed(control_plane, tmp_path, "user", token="other"))])
    assert (result.state, "does not know you (401)" in result.found) == (State.FAILED, True)


def test_nobody_is_not_taken_for_somebody_by_a_real_cluster(
    control_plane: ControlPlane, tmp_path: Path
) -> None:
    (result,) = verify_checks([reached(changed(control_plane, tmp_path, "user", token=""))])
    assert (result.state, "does not know you (401)" in result.found) == (State.FAILED, True)


def test_a_certificate_that_the_kubeconfig_says_to_ignore_is_ignored(
    control_plane: ControlPlane, tmp_path: Path
) -> None:
    document = yaml.safe_load(Path(control_plane.kubeconfig).read_text())
    cluster = document["clusters"][0]["cluster"]
    document["clusters"][0]["cluster"] = {
        "server": cluster["server"],
        "insecure-skip-tls-verify": True,
    }
    (tmp_path / "config").write_text(yaml.safe_dump(document))
    (result,) = verify_checks([reached(str(tmp_path / "config"))])
    assert result.state is State.OK, result.found


def test_a_real_cluster_of_another_authority_is_not_trusted(
    control_plane: ControlPlane, tmp_path: Path
) -> None:
    document = yaml.safe_load(Path(control_plane.kubeconfig).read_text())
    given = [key for key in document["clusters"][0]["cluster"] if key.startswith("certificate-")]
    kubeconfig = changed(control_plane, tmp_path, "cluster", **dict.fromkeys(given, ""))
    (result,) = verify_checks([reached(kubeconfig)])
    assert (result.state, "is not trusted" in result.found) == (State.FAILED, True), result.found
