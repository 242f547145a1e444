from __future__ import annotations

import itertools

import pytest
from pulumi.runtime.proto.resource_pb2 import RegisterResourceRequest

from stackwright.plan.graph import Resource, ResourceOptions, symbol
from stackwright.plan.registration import in_order, recorded

PROVIDER = "urn:pulumi:dev::acme::pulumi:providers:aws::ireland"


def resource(urn: str, parent: str = "", *dependencies: str, deleted_with: str = "") -> Resource:
    return Resource(
        urn=urn,
        type="t",
        name=urn,
        custom=True,
        inputs={},
        parent=parent,
        dependencies=dependencies,
        options=ResourceOptions(deleted_with=deleted_with),
    )


def test_the_order_does_not_depend_on_the_order_of_arrival() -> None:
    resources = [
        resource("stack"),
        resource("a", "stack", "d"),
        resource("b", "stack", deleted_with="c"),
        resource("c", "stack"),
        resource("d", "c"),
    ]
    program = {"stack": 0, "a": 1, "b": 2, "c": 3, "d": 4}
    orders = {
        tuple(found.urn for found in in_order(arrival, program))
        for arrival in itertools.permutations(resources)
    }
    assert orders == {("stack", "c", "b", "d", "a")}


def test_a_resource_that_the_program_order_lacks_comes_by_urn() -> None:
    found = in_order([resource("z"), resource("y"), resource("known")], {"known": 0})
    assert [item.urn for item in found] == ["known", "y", "z"]


def test_what_another_stack_has_is_not_waited_for() -> None:
    assert len(in_order([resource("a", "", "urn:elsewhere")], {})) == 1


@pytest.mark.parametrize("identity", [symbol(PROVIDER, "id"), "04da6b54-80e4", "known-id"])
def test_a_provider_is_named_by_its_urn_alone(identity: str) -> None:
    request = RegisterResourceRequest(type="t", name="n", provider=f"{PROVIDER}::{identity}")
    assert recorded("urn", request, {}).provider == PROVIDER


def test_options_that_were_not_given_are_at_their_defaults() -> None:
    request = RegisterResourceRequest(type="t", name="n", custom=True)
    assert recorded("urn", request, {}).options == ResourceOptions()


def test_an_explicit_false_is_not_the_default() -> None:
    request = RegisterResourceRequest(type="t", name="n", deleteBeforeReplaceDefined=True)
    assert recorded("urn", request, {}).options.delete_before_replace is False


def test_hooks_are_named_with_their_moment() -> None:
    request = RegisterResourceRequest(type="t", name="n")
    request.hooks.before_create.append("check")
    request.hooks.on_error.append("retry")
    assert recorded("urn", request, {}).options.hooks == ("before_create:check", "on_error:retry")
