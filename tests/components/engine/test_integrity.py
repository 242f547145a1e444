"""A state that is not whole is told apart from one that is, by the engine's own rules."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackwright.engine.integrity import problems
from stackwright.engine.state import Manifest, Resource, State

STACK = Resource(urn="stack", type="pulumi:pulumi:Stack")
PROVIDER = Resource(urn="aws", type="pulumi:providers:aws", custom=True, id="p")
NETWORK = Resource(
    urn="network", type="aws:ec2:Vpc", custom=True, id="v", parent="stack", provider="aws::p"
)
SUBNET = Resource(
    urn="subnet",
    type="aws:ec2:Subnet",
    custom=True,
    id="s",
    parent="stack",
    provider="aws::p",
    dependencies=("network",),
    property_dependencies={"vpcId": ("network",)},
    deleted_with="network",
)
WHOLE = (STACK, PROVIDER, NETWORK, SUBNET)


def found(*resources: Resource) -> list[str]:
    return [
        f"{problem.path}: {problem.message}" for problem in problems(State(resources=resources))
    ]


def test_what_the_engine_wrote_has_no_problem() -> None:
    assert problems(State(resources=WHOLE)) == ()
    assert problems(State()) == ()


@pytest.mark.parametrize(
    ("resources", "problem"),
    [
        ((PROVIDER, NETWORK), "network: its parent stack is missing."),
        ((NETWORK, PROVIDER, STACK), "network: its parent stack comes after it."),
        ((STACK, NETWORK), "network: its provider aws::p is missing."),
        ((STACK, NETWORK, PROVIDER), "network: its provider aws::p comes after it."),
        ((STACK, PROVIDER, SUBNET), "subnet: its dependency network is missing."),
        ((STACK, PROVIDER, SUBNET, NETWORK), "subnet: its dependency network comes after it."),
        ((*WHOLE, NETWORK), "network: the resource is there 2 times."),
        ((replace(STACK, id="x"),), "stack: a component cannot have an id."),
        ((replace(PROVIDER, id=""),), "aws: a provider needs an id."),
        (
            (STACK, replace(NETWORK, deleted_with="gone", provider="")),
            "network: its resource to be deleted with gone is missing.",
        ),
        (
            (STACK, replace(NETWORK, replace_with=("gone",), provider="")),
            "network: its resource to be replaced with gone is missing.",
        ),
    ],
)
def test_what_the_engine_refuses_is_told_in_words(
    resources: tuple[Resource, ...], problem: str
) -> None:
    assert problem in found(*resources)


def test_all_problems_are_told_and_each_once() -> None:
    assert found(PROVIDER, NETWORK, SUBNET) == [
        "network: its parent stack is missing.",
        "subnet: its parent stack is missing.",
    ]


def test_a_replaced_resource_that_waits_to_be_deleted_is_no_duplicate() -> None:
    assert found(*WHOLE, replace(NETWORK, delete=True)) == []


def test_a_resource_whose_replacement_was_not_made_may_lack_its_provider() -> None:
    assert found(STACK, replace(NETWORK, pending_replacement=True)) == []


def test_a_state_whose_version_was_edited_is_told() -> None:
    manifest = Manifest(magic="0" * 64, version="v3.260.0")
    assert [one.path for one in problems(State(manifest=manifest))] == ["manifest.magic"]


@given(st.permutations(range(len(WHOLE))))
def test_only_an_order_in_which_everything_comes_before_its_use_is_whole(order: list[int]) -> None:
    place = {index: position for position, index in enumerate(order)}
    sorted_right = place[0] < place[2] < place[3] and place[1] < place[2]
    assert (found(*(WHOLE[index] for index in order)) == []) is sorted_right


@given(st.sets(st.sampled_from(range(len(WHOLE)))))
def test_a_resource_that_others_need_cannot_be_left_out(left_out: set[int]) -> None:
    kept = [resource for index, resource in enumerate(WHOLE) if index not in left_out]
    has = {resource.urn for resource in kept}
    needs = {"network": {"stack", "aws"}, "subnet": {"stack", "aws", "network"}}
    whole = all(needs.get(resource.urn, set()) <= has for resource in kept)
    assert (found(*kept) == []) is whole
