from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.components import crds

from stackwright import catalog, checks
from stackwright.certificates.cert_manager.settings import CertManagerSettings
from stackwright.checks import (
    AwsAccount,
    Check,
    ClusterReached,
    CustomResourcesInstalled,
    EksVersionOffered,
    ObjectExists,
    OperatorNotForeign,
    World,
)
from stackwright.claims import Layer
from stackwright.cluster_access import EksCluster, KubeconfigContext
from stackwright.monitoring.kube_prometheus_stack.settings import KubePrometheusStackSettings
from stackwright.scope import Scope
from stackwright.storage.s3.settings import S3Settings
from stackwright.tool import ReleaseSettings

SCOPE = Scope(name="acme-ml", environment="prod", account="123456789012", region="eu-west-1")
RELEASES = [
    tool
    for tools in catalog.capabilities().values()
    for tool in tools.values()
    if issubclass(tool, ReleaseSettings) and tool.once_per_cluster
]


def kinds() -> Iterator[type[Check]]:
    for found in vars(checks).values():
        if isinstance(found, type) and issubclass(found, Check) and hasattr(found, "title_text"):
            yield found


@pytest.mark.parametrize("kind", list(kinds()), ids=lambda kind: kind.__name__)
def test_every_check_says_where_it_looks_and_names_only_its_own_fields(kind: type[Check]) -> None:
    assert kind.world in World
    assert kind.layer in Layer
    names = {field.name: field.name for field in dataclasses.fields(kind)} | {"key": "key"}
    assert kind.title_text.format_map(names)
    assert kind.mend_text.format_map(names)


def test_a_check_tells_what_must_be_true_and_what_mends_it() -> None:
    check = EksVersionOffered(version="1.35", cluster="acme", verifies=("cluster.version",))
    assert check.title == "EKS offers Kubernetes 1.35"
    assert check.mend == "cluster.version: take a version that EKS offers"


def test_lists_are_told_as_words() -> None:
    check = CustomResourcesInstalled(names=("a/v1", "b/v1"), verifies=("certificates.install",))
    assert check.title == "the cluster has the custom resources a/v1, b/v1"
    assert check.mend == "certificates.install: true"


def test_a_way_into_a_cluster_is_told_in_words() -> None:
    context = ClusterReached(access=KubeconfigContext(context="mine"))
    eks = ClusterReached(access=EksCluster(name="acme", region="eu-west-1"))
    assert context.title == "the cluster of context mine answers"
    assert eks.title == "the cluster acme answers"


def test_equal_checks_are_one() -> None:
    first = AwsAccount(account="1", region="a")
    assert (
        len({first, AwsAccount(account="1", region="a"), AwsAccount(account="2", region="a")}) == 2
    )


def test_a_tool_checks_nothing_unless_it_says_so() -> None:
    settings = S3Settings.model_validate({"kind": "s3"})
    assert list(settings.checks(SCOPE, "storage")) == []


@pytest.mark.parametrize("tool", RELEASES, ids=lambda tool: tool.kind_name())
def test_an_operator_is_of_the_cluster_or_of_this_environment_never_both(
    tool: type[ReleaseSettings],
) -> None:
    assert tool.custom_resources
    given = tool.model_construct(kind=tool.kind_name(), install=True)
    (ours,) = ReleaseSettings.checks(given, SCOPE, "thing")
    assert ours == OperatorNotForeign(
        names=tool.custom_resources,
        namespace="acme-ml-prod-thing",
        verifies=("install",),
    )
    theirs = tool.model_construct(kind=tool.kind_name(), install=False)
    assert list(ReleaseSettings.checks(theirs, SCOPE, "thing")) == [
        CustomResourcesInstalled(names=tool.custom_resources, verifies=("install",))
    ]


@pytest.mark.parametrize("tool", RELEASES, ids=lambda tool: tool.kind_name())
def test_the_custom_resources_of_an_operator_are_those_that_it_publishes(
    tool: type[ReleaseSettings],
) -> None:
    published = {_name_of(file): file for file in crds.files().values()}
    for full in tool.custom_resources:
        name, _, version = full.partition("/")
        assert re.search(rf"^ *-? *name: {version}$", published[name].read_text(), re.M), full


def _name_of(file: Path) -> str:
    found = re.search(r"^  name: *(\S+)$", file.read_text(encoding="utf-8"), re.M)
    assert found, file
    return found[1]


def test_an_issuer_of_the_cluster_must_be_there() -> None:
    settings = CertManagerSettings.model_validate(
        {"kind": "cert-manager", "install": False, "issuer": "internal-ca"}
    )
    *_, found = settings.checks(SCOPE, "certificates")
    assert found == ObjectExists(
        kind="ClusterIssuer",
        name="internal-ca",
        path="/apis/cert-manager.io/v1/clusterissuers/internal-ca",
        verifies=("issuer",),
    )


def test_the_namespace_of_a_prometheus_of_the_cluster_must_be_there() -> None:
    settings = KubePrometheusStackSettings.model_validate(
        {"kind": "kube-prometheus-stack", "install": False, "prometheus_namespace": "metrics"}
    )
    *_, found = settings.checks(SCOPE, "monitoring")
    assert isinstance(found, ObjectExists)
    assert found.path == "/api/v1/namespaces/metrics"


def test_checks_load_neither_pulumi_nor_boto3() -> None:
    source = "import sys, stackwright.checks; print({'pulumi', 'boto3'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"
