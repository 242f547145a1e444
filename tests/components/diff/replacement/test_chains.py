"""A chain is a replacement with all that it forces, in both layers, told once."""

from __future__ import annotations

from tests.components.diff.two_sides import between, example, with_inputs

from stackwright.diff.changes import Action
from stackwright.diff.replacement.chains import chains
from stackwright.plan.graph import Plan

DEPLOYMENT = "kubernetes:apps/v1:Deployment::simple"


def names(urns: tuple[str, ...]) -> list[str]:
    return [urn.rpartition("::")[2] for urn in urns]


def test_another_role_of_the_cluster_is_one_chain_through_both_layers() -> None:
    base = example("aws-production", "prod")
    found = between(base, with_inputs(base, "aws:iam/role:Role::cluster-role", path="/other/"))
    (chain,) = chains(found)
    assert names((chain.root,)) == ["cluster-role"]
    assert chain.properties == ("path",)
    replaced = [change.urn for change in found if change.action is Action.REPLACE]
    assert [chain.root, *chain.links] == replaced
    assert names(chain.links).index("cluster") < names(chain.links).index("cluster-provider")


def test_another_region_is_one_chain_whose_root_is_the_provider() -> None:
    base = example("aws-production", "dev")
    head = with_inputs(base, "pulumi:providers:aws::aws", region="eu-west-3")
    (chain,) = chains(between(base, head))
    assert names((chain.root,)) == ["aws"]
    assert chain.properties == ("region",)


def test_a_replacement_that_forces_nothing_is_no_chain() -> None:
    base = example("aws-production", "prod")
    spec = {"selector": {"matchLabels": {"app": "other"}}}
    found = between(base, with_inputs(base, DEPLOYMENT, spec=spec))
    assert [change.action for change in found] == [Action.REPLACE]
    assert chains(found) == ()


def test_each_root_has_a_chain_of_its_own() -> None:
    base: Plan = example("aws-production", "prod")
    head = with_inputs(base, "aws:s3/bucket:Bucket::storage-data", bucket="other")
    head = with_inputs(head, "aws:ec2/subnet:Subnet::network-public-eu-west-1a", cidrBlock="x")
    found = chains(between(base, head))
    assert [names((chain.root,)) for chain in found] == [
        ["network-public-eu-west-1a"],
        ["storage-data"],
    ]
