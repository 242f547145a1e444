from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pytest

from stackwright.database.rds.settings import RdsSettings
from stackwright.kubernetes.objects import ObjectNames
from stackwright.kubernetes.secret_store import cluster_secret_store, namespace_store
from stackwright.kubernetes.secrets import AFTER
from stackwright.plan.graph import Resource
from stackwright.scope import Scope


def test_a_store_reads_named_secrets_as_an_account_that_may_do_nothing_else(
    scope: Scope, in_cluster: Any
) -> None:
    def program(opts: Any) -> None:
        namespace_store(
            "keys",
            ObjectNames(scope, "database", RdsSettings(kind="rds")),
            "acme-ml-prod-keys",
            secrets=["b", "a", "b"],
            readers=["z", "y", "z"],
            namespace="vault",
            after="acme-ml-prod-secrets",
            opts=pulumi.ResourceOptions(provider=opts.providers[0]),
        )

    made: Mapping[str, Resource] = in_cluster(program)
    account, role = made["keys-account"].inputs, made["keys-role"].inputs
    binding, store = made["keys-role-binding"].inputs, made["keys-store"].inputs
    assert account["automountServiceAccountToken"] is False
    assert account["metadata"]["namespace"] == "acme-ml-prod-database"
    assert {rule["resources"][0]: rule["verbs"] for rule in role["rules"]} == {
        "secrets": ["get"],
        "selfsubjectrulesreviews": ["create"],
    }
    assert role["rules"][0]["resourceNames"] == ["a", "b"]
    assert {item["metadata"]["namespace"] for item in (role, binding)} == {"vault"}
    assert binding["subjects"] == [
        {
            "kind": "ServiceAccount",
            "name": "acme-ml-prod-keys",
            "namespace": "acme-ml-prod-database",
        }
    ]
    assert store["spec"]["conditions"] == [{"namespaces": ["y", "z"]}]
    assert store["spec"]["provider"]["kubernetes"]["auth"] == {
        "serviceAccount": {"name": "acme-ml-prod-keys", "namespace": "acme-ml-prod-database"}
    }
    assert store["metadata"]["annotations"] == {AFTER: "acme-ml-prod-secrets"}
    assert made["keys-role-binding"].urn in made["keys-store"].dependencies


def test_a_store_without_readers_is_refused(scope: Scope) -> None:
    with pytest.raises(ValueError, match="open to every namespace"):
        cluster_secret_store(
            "keys",
            ObjectNames(scope, "database", RdsSettings(kind="rds")),
            "acme-ml-prod-keys",
            provider={},
            readers=[],
            opts=pulumi.ResourceOptions(),
        )
