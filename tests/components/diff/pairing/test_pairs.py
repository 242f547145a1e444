from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pulumi
import pulumi_aws as aws

from stackwright.diff.pairing.pairs import Pairing, pair
from stackwright.plan.graph import Plan
from stackwright.plan.recorder import record

PREFIX = "urn:pulumi:dev::acme::"


def planned(program: Callable[[], object], layer: str = "foundation") -> Plan:
    recorded = record(
        program, layer=layer, project="acme", stack="dev", root_directory=".", foreign={}
    )
    return Plan("acme", "dev", "aws", (recorded,))


class Storage(pulumi.ComponentResource):
    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("acme:index:Storage", name, {}, opts)
        own = pulumi.ResourceOptions(parent=self)
        bucket = aws.s3.Bucket(f"{name}-data", bucket=f"acme-{name}-data", opts=own)
        aws.s3.BucketVersioning(
            f"{name}-versioning",
            bucket=bucket.id,
            versioning_configuration={"status": "Enabled"},
            opts=own,
        )


def storage(name: str, *aliases: pulumi.Alias | str) -> Plan:
    return planned(lambda: Storage(name, pulumi.ResourceOptions(aliases=list(aliases))))


def names(pairing: Pairing) -> list[tuple[str, str]]:
    return [(before.resource.name, after.resource.name) for before, after in pairing.pairs]


def test_the_same_plan_twice_is_pairs_alone_and_without_its_stack() -> None:
    plan = storage("files")
    found = pair(plan, plan)
    assert names(found) == [(name, name) for name in ("files", "files-data", "files-versioning")]
    assert (found.new, found.gone, dict(found.twins)) == ((), (), {})
    assert found.renamed == {}


def test_an_environment_on_one_side_only_is_new_or_gone_as_a_whole() -> None:
    plan = storage("files")
    appeared, left = pair(None, plan), pair(plan, None)
    assert [one.resource.name for one in appeared.new] == [
        "files",
        "files-data",
        "files-versioning",
    ]
    assert [one.resource.name for one in left.gone] == ["files", "files-data", "files-versioning"]
    assert (appeared.gone, appeared.pairs, left.new, left.pairs) == ((), (), (), ())


def test_the_alias_of_a_component_takes_its_children_along() -> None:
    found = pair(storage("files"), storage("lake", pulumi.Alias(name="files")))
    assert names(found) == [
        ("files", "lake"),
        ("files-data", "lake-data"),
        ("files-versioning", "lake-versioning"),
    ]
    assert (found.new, found.gone) == ((), ())
    assert found.renamed[f"{PREFIX}acme:index:Storage::files"] == (
        f"{PREFIX}acme:index:Storage::lake"
    )


def test_a_component_renamed_without_an_alias_is_seen_with_all_that_is_in_it() -> None:
    found = pair(storage("files"), storage("lake"))
    below = f"{PREFIX}acme:index:Storage$aws:s3/"
    assert dict(found.twins) == {
        f"{PREFIX}acme:index:Storage::lake": f"{PREFIX}acme:index:Storage::files",
        f"{below}bucket:Bucket::lake-data": f"{below}bucket:Bucket::files-data",
        f"{below}bucketVersioning:BucketVersioning::lake-versioning": (
            f"{below}bucketVersioning:BucketVersioning::files-versioning"
        ),
    }


def test_a_resource_in_another_layer_is_the_twin_of_the_one_that_is_gone() -> None:
    plan = planned(lambda: aws.s3.Bucket("data", bucket="acme-data"))
    (foundation,) = plan.layers
    moved = tuple(
        replace(one, urn=one.urn.replace("::acme::", "::acme-platform::"))
        for one in foundation.resources
    )
    platform = replace(foundation, name="platform", project="acme-platform", resources=moved)
    found = pair(plan, replace(plan, layers=(platform,)))
    assert dict(found.twins) == {
        "urn:pulumi:dev::acme-platform::aws:s3/bucket:Bucket::data": (
            f"{PREFIX}aws:s3/bucket:Bucket::data"
        )
    }
    assert found.new[0].layer.name == "platform"
    assert found.gone[0].layer.name == "foundation"


def test_nothing_of_one_region_is_told_to_be_something_of_another() -> None:
    def address(name: str, region: str) -> Plan:
        def program() -> None:
            provider = aws.Provider("aws", region=region)
            aws.ec2.Eip(name, domain="vpc", opts=pulumi.ResourceOptions(provider=provider))

        return planned(program)

    first = address("first", "eu-west-1")
    assert len(pair(first, address("second", "eu-west-1")).twins) == 1
    assert pair(first, address("second", "eu-west-2")).twins == {}
