from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Mapping
from typing import Any

import pulumi
import pytest
from pydantic import ValidationError

from stackwright.certificates.cert_manager.component import CertManager
from stackwright.certificates.cert_manager.settings import CertManagerSettings
from stackwright.claims import Layer
from stackwright.plan.graph import Resource
from stackwright.scope import Scope

InCluster = Callable[[Callable[[pulumi.ResourceOptions], object]], Mapping[str, Resource]]

MONITORING = {"label": "prometheus", "namespace": "acme-ml-prod-monitoring"}


def made(
    in_cluster: InCluster, scope: Scope, given: Any = None, **more: Any
) -> Mapping[str, Resource]:
    args: Any = {"scope": scope, "settings": given or {}, **more}
    found = in_cluster(lambda options: CertManager("certificates", args, options))
    return {name: resource for name, resource in found.items() if name != "cluster"}


def release_values(found: Mapping[str, Resource]) -> dict[str, Any]:
    values: dict[str, Any] = found["certificates-release"].inputs["values"]
    return values


def test_it_is_a_release_and_an_authority(in_cluster: InCluster, scope: Scope) -> None:
    found = made(in_cluster, scope)
    assert {name: r.type.split(":")[-1] for name, r in found.items()} == {
        "certificates-namespace": "Namespace",
        "certificates-deny-all": "NetworkPolicy",
        "certificates-network-policy": "NetworkPolicy",
        "certificates-release": "Release",
        "certificates-root": "ClusterIssuer",
        "certificates-authority": "Certificate",
        "certificates-issuer": "ClusterIssuer",
    }


def test_the_authority_signs_itself_and_the_issuer_signs_with_it(
    in_cluster: InCluster, scope: Scope
) -> None:
    found = made(in_cluster, scope)
    root, authority, issuer = (
        found[f"certificates-{name}"] for name in ("root", "authority", "issuer")
    )
    spec = authority.inputs["spec"]
    assert root.inputs["spec"] == {"selfSigned": {}}
    assert spec["isCA"] is True
    assert spec["issuerRef"]["name"] == root.inputs["metadata"]["name"]
    assert issuer.inputs["spec"] == {"ca": {"secretName": spec["secretName"]}}
    assert authority.inputs["metadata"]["namespace"] == "acme-ml-prod-certificates"


def test_each_comes_after_what_it_needs(in_cluster: InCluster, scope: Scope) -> None:
    found = made(in_cluster, scope)
    order = ["release", "root", "authority", "issuer"]
    for before, after in itertools.pairwise(order):
        urn = found[f"certificates-{before}"].urn
        assert urn in found[f"certificates-{after}"].dependencies


def test_the_authoritys_key_stays_when_its_certificate_is_renewed(
    in_cluster: InCluster, scope: Scope
) -> None:
    spec = made(in_cluster, scope)["certificates-authority"].inputs["spec"]
    assert spec["privateKey"]["rotationPolicy"] == "Never"


def test_definitions_are_installed_and_outlive_the_release(
    in_cluster: InCluster, scope: Scope
) -> None:
    found = made(in_cluster, scope)
    assert release_values(found)["crds"] == {"enabled": True, "keep": True}
    assert found["certificates-release"].inputs["version"] == "v1.21.1"


def test_replicas_get_a_disruption_budget_and_one_alone_gets_none(
    in_cluster: InCluster, scope: Scope
) -> None:
    many = release_values(made(in_cluster, scope))
    one = release_values(made(in_cluster, scope, {"replicas": 1, "webhook_replicas": 1}))
    assert [many["replicaCount"], many["webhook"]["replicaCount"]] == [2, 3]
    for values, expected in ((many, True), (one, False)):
        budgets = [values, values["webhook"], values["cainjector"]]
        assert {item["podDisruptionBudget"]["enabled"] for item in budgets} == {expected}


def test_the_webhook_is_the_only_way_in_without_monitoring(
    in_cluster: InCluster, scope: Scope
) -> None:
    spec = made(in_cluster, scope)["certificates-network-policy"].inputs["spec"]
    assert spec["ingress"] == [{"ports": [{"protocol": "TCP", "port": 10250}]}]
    assert [port["port"] for port in spec["egress"][0]["ports"]] == [443, 6443]


def test_monitoring_gets_a_monitor_and_a_way_in(in_cluster: InCluster, scope: Scope) -> None:
    found = made(in_cluster, scope, monitoring=MONITORING)
    ports = [
        rule["ports"][0]["port"]
        for rule in found["certificates-network-policy"].inputs["spec"]["ingress"]
    ]
    assert ports == [10250, 9402]
    assert release_values(found)["prometheus"]["servicemonitor"] == {
        "enabled": True,
        "labels": {"release": "prometheus"},
    }


def test_it_takes_no_rights_in_kube_system(in_cluster: InCluster, scope: Scope) -> None:
    election = release_values(made(in_cluster, scope))["global"]["leaderElection"]
    assert election == {"namespace": "acme-ml-prod-certificates"}


def test_images_come_from_the_mirror(in_cluster: InCluster, scope: Scope) -> None:
    mirrored = Scope(**{**scope, "image_mirror": "registry.example.com/mirror"})
    assert release_values(made(in_cluster, mirrored))["imageRegistry"] == (
        "registry.example.com/mirror"
    )
    assert "imageRegistry" not in release_values(made(in_cluster, scope))


def test_the_users_values_come_last(in_cluster: InCluster, scope: Scope) -> None:
    values = release_values(made(in_cluster, scope, {"helm_values": {"replicaCount": 4}}))
    assert values["replicaCount"] == 4


def test_without_installing_nothing_is_made(in_cluster: InCluster, scope: Scope) -> None:
    seen: dict[str, Any] = {}

    def program(options: pulumi.ResourceOptions) -> None:
        args: Any = {"scope": scope, "settings": {"install": False, "issuer": "internal-ca"}}
        component = CertManager("certificates", args, options)
        component.issuer.apply(lambda issuer: seen.update(issuer=issuer))

    assert list(in_cluster(program)) == ["cluster"]
    assert seen == {"issuer": "internal-ca"}


def test_monitoring_is_not_claimed_for_what_is_not_installed() -> None:
    text = json.dumps({"kind": "cert-manager", "install": False, "issuer": "internal-ca"})
    claims = CertManagerSettings.model_validate_json(text).claims(Layer.PLATFORM)
    assert list(claims) == ["cluster"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"install": False}, "needs issuer"),
        ({"issuer": "internal-ca"}, "leave issuer out"),
        ({"version": "v1.0.0"}, "not verified"),
        ({"replicas": 0}, "greater than or equal to 1"),
        ({"issuer": "Internal"}, "pattern"),
    ],
)
def test_settings_that_do_not_fit_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        CertManagerSettings.model_validate_json(json.dumps({"kind": "cert-manager", **settings}))
