from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.components.engine.fake_server import Reply, by_path, fake_server, refusal

from stackwright.checks import (
    Check,
    ClockAgrees,
    ClusterIdentity,
    ClusterReached,
    CustomResourcesInstalled,
    DefaultStorageClass,
    NamespaceNotForeign,
    ObjectExists,
    OperatorNotForeign,
    ServerVersion,
)
from stackwright.cluster_access import KubeconfigContext
from stackwright.engine.preflight.result import Result, State
from stackwright.engine.preflight.verify import verify_checks

UID = "1f0c7a52-6d34-4f0e-9f27-3a1f0d8c5b6e"
SYSTEM = "/api/v1/namespaces/kube-system"
CLASSES = "/apis/storage.k8s.io/v1/storageclasses"
DEFINITION = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/certificates.cert-manager.io"
CERTIFICATES = "certificates.cert-manager.io/v1"

HEALTHY = {
    "/version": {"gitVersion": "v1.35.4"},
    SYSTEM: {"kind": "Namespace", "metadata": {"name": "kube-system", "uid": UID}},
}


def write_kubeconfig(folder: Path, server: str) -> str:
    content = {
        "clusters": [{"name": "c", "cluster": {"server": server}}],
        "users": [{"name": "u", "user": {"token": "canary"}}],
        "contexts": [{"name": "mine", "context": {"cluster": "c", "user": "u"}}],
    }
    (folder / "config").write_text(json.dumps(content))
    return str(folder / "config")


def verified(
    folder: Path, replies: Mapping[str, Any], *checks: Check, context: str = "mine"
) -> tuple[Result, ...]:
    with fake_server(by_path({**HEALTHY, **replies})) as server:
        kubeconfig = write_kubeconfig(folder, server.url)
        access = KubeconfigContext(context=context, kubeconfig=kubeconfig)
        results = verify_checks([ClusterReached(access=access), *checks])
        assert {question.method for question in server.questions} <= {"GET"}
    assert "canary" not in "".join(f"{result.found}{result.mend}" for result in results)
    return results


def one(folder: Path, replies: Mapping[str, Any], check: Check) -> tuple[State, str]:
    _, result = verified(folder, replies, check)
    return result.state, result.found


def definition(*served: str, namespace: str = "") -> dict[str, Any]:
    annotations = {"meta.helm.sh/release-namespace": namespace} if namespace else {}
    versions = [{"name": name, "served": True} for name in served]
    return {"metadata": {"annotations": annotations}, "spec": {"versions": versions}}


def test_a_cluster_that_answers_is_reached(tmp_path: Path) -> None:
    (result,) = verified(tmp_path, {})
    assert result.state is State.OK
    assert result.found.endswith(" answers, Kubernetes v1.35.4.")


@pytest.mark.parametrize(
    ("replies", "words"),
    [
        ({"/version": refusal(401)}, "does not know you (401)"),
        ({SYSTEM: refusal(401)}, "does not know you (401)"),
        (
            {SYSTEM: refusal(403, 'User "system:anonymous" cannot get "namespaces"')},
            "does not know you (401)",
        ),
        ({"/version": refusal(500)}, "failed (500), at every try"),
        ({"/version": Reply(body=b"<html>Sign in</html>")}, "a proxy or a login page"),
        ({"/version": {}}, "is no API server"),
    ],
)
def test_a_cluster_that_cannot_be_asked_fails_once_and_the_rest_is_skipped(
    replies: Mapping[str, Any], words: str, tmp_path: Path
) -> None:
    reached, identity = verified(tmp_path, replies, ClusterIdentity(uid=UID))
    assert (reached.state, words in reached.found) == (State.FAILED, True), reached.found
    assert reached.mend == "kubectl --context mine get --raw /version"
    assert (identity.state, identity.found) == (
        State.SKIPPED,
        "not asked, because the cluster could not be.",
    )


def test_somebody_known_who_may_read_little_is_no_stranger(tmp_path: Path) -> None:
    reply = refusal(403, 'namespaces "kube-system" is forbidden: User "jane" cannot get')
    reached, identity = verified(tmp_path, {SYSTEM: reply}, ClusterIdentity(uid=UID))
    assert (reached.state, identity.state) == (State.OK, State.UNKNOWN)
    assert "you may not read" in identity.found


def test_a_library_that_is_missing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    (result,) = verified(tmp_path, {})
    assert (result.state, "pip install 'stackwright[kubernetes]'" in result.found) == (
        State.UNKNOWN,
        True,
    )


def test_a_wrong_context_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    (result,) = verified(tmp_path, {}, context="other")
    assert result.state is State.FAILED
    assert result.found == "the kubeconfig has no context other; it has mine."
    assert result.mend == "kubectl config get-contexts -o name"


def test_the_cluster_that_is_meant_is_told_from_another(tmp_path: Path) -> None:
    assert one(tmp_path, {}, ClusterIdentity(uid=UID))[0] is State.OK
    state, found = one(tmp_path, {}, ClusterIdentity(uid=UID.replace("1", "2")))
    assert (state, UID in found) == (State.FAILED, True)


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("v1.35.4", State.OK),
        ("v1.35.1-eks-abc", State.OK),
        ("v1.3.5", State.FAILED),
        ("soon", State.FAILED),
        ("v0.0.0-master+abc", State.UNKNOWN),
    ],
)
def test_a_version_is_one_of_the_supported(told: str, state: State, tmp_path: Path) -> None:
    replies = {"/version": {"gitVersion": told}}
    assert one(tmp_path, replies, ServerVersion(supported=("1.34", "1.35")))[0] is state


@pytest.mark.parametrize(
    ("reply", "state", "words"),
    [
        (definition("v1alpha2", "v1"), State.OK, "all are served"),
        (definition("v1alpha2"), State.FAILED, "in version v1 (it serves v1alpha2)"),
        (refusal(404), State.FAILED, "the cluster has no certificates.cert-manager.io."),
        (refusal(403), State.UNKNOWN, "you may not read"),
    ],
)
def test_what_is_not_installed_here_must_be_there(
    reply: Any, state: State, words: str, tmp_path: Path
) -> None:
    check = CustomResourcesInstalled(names=(CERTIFICATES,), verifies=("certificates.install",))
    found = one(tmp_path, {DEFINITION: reply}, check)
    assert (found[0], words in found[1]) == (state, True), found[1]


@pytest.mark.parametrize(
    ("reply", "state", "words"),
    [
        (refusal(404), State.OK, "does not have it yet"),
        (definition("v1", namespace="acme-ml-prod-certificates"), State.OK, "which is ours"),
        (definition("v1", namespace="acme-ml-prod-certificates-operator"), State.OK, "is ours"),
        (definition("v1", namespace="cert-manager"), State.FAILED, "the namespace cert-manager"),
        (definition("v1", namespace="acme-ml-prod-certificates2"), State.FAILED, "certificates2"),
        (definition("v1"), State.UNKNOWN, "not said who installed it"),
    ],
)
def test_what_is_installed_here_must_not_be_somebody_else_s(
    reply: Any, state: State, words: str, tmp_path: Path
) -> None:
    check = OperatorNotForeign(names=(CERTIFICATES,), namespace="acme-ml-prod-certificates")
    found = one(tmp_path, {DEFINITION: reply}, check)
    assert (found[0], words in found[1]) == (state, True), found[1]


def test_what_no_release_marks_is_taken_for_ours_where_our_namespace_is(tmp_path: Path) -> None:
    check = OperatorNotForeign(names=(CERTIFICATES,), namespace="acme")
    ours = {"metadata": {"labels": {"app.kubernetes.io/managed-by": "stackwright"}}}
    replies = {DEFINITION: definition("v1"), "/api/v1/namespaces/acme": ours}
    assert one(tmp_path, replies, check)[0] is State.OK


def test_an_object_that_is_named_must_be_there(tmp_path: Path) -> None:
    check = ObjectExists(kind="StorageClass", name="fast", path=f"{CLASSES}/fast")
    assert one(tmp_path, {f"{CLASSES}/fast": {}}, check)[0] is State.OK
    assert one(tmp_path, {}, check) == (State.FAILED, "the cluster has no StorageClass fast.")


def test_a_default_class_must_be_there_where_none_is_named(tmp_path: Path) -> None:
    annotations = {"storageclass.kubernetes.io/is-default-class": "true"}
    default = {"metadata": {"name": "a", "annotations": annotations}}
    other = {"metadata": {"name": "b"}}
    check = DefaultStorageClass()
    assert one(tmp_path, {CLASSES: {"items": [other, default]}}, check) == (State.OK, "it is a.")
    state, found = one(tmp_path, {CLASSES: {"items": [other]}}, check)
    assert (state, found.endswith("it has b.")) == (State.FAILED, True)


@pytest.mark.parametrize(
    ("labels", "state"),
    [
        (None, State.FAILED),
        ({"app.kubernetes.io/managed-by": "Helm"}, State.FAILED),
        (
            {
                "app.kubernetes.io/managed-by": "stackwright",
                "app.kubernetes.io/part-of": "acme-ml",
                "stackwright.dev/environment": "dev",
            },
            State.FAILED,
        ),
        (
            {
                "app.kubernetes.io/managed-by": "stackwright",
                "app.kubernetes.io/part-of": "acme-ml",
                "stackwright.dev/environment": "prod",
                "more": "labels",
            },
            State.OK,
        ),
    ],
)
def test_a_namespace_of_somebody_else_is_not_taken_over(
    labels: Mapping[str, str] | None, state: State, tmp_path: Path
) -> None:
    check = NamespaceNotForeign(name="acme", platform="acme-ml", environment="prod")
    replies = {"/api/v1/namespaces/acme": {"metadata": {"labels": labels}}}
    assert one(tmp_path, replies, check)[0] is state
    assert one(tmp_path, {}, check) == (State.OK, "it is not there yet.")


def test_a_wrong_clock_is_found_by_the_date_of_a_fake_cluster(tmp_path: Path) -> None:
    late = Reply(body=HEALTHY["/version"], ahead=3600)
    state, found = one(tmp_path, {"/version": late}, ClockAgrees())
    assert (state, " seconds behind that of the servers." in found) == (State.FAILED, True)
