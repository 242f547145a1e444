from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pulumi
import pytest
from pulumi import _types, log, output
from pulumi import resource as sdk_resource
from pulumi.runtime import resource, rpc
from pulumi.runtime import stack as sdk_stack

from stackwright.errors import PlanError
from stackwright.plan import collector, speed
from stackwright.plan.graph import Layer
from stackwright.plan.recorder import record

Patch = Callable[[], AbstractContextManager[None]]
REPLACED: tuple[tuple[Any, str], ...] = (
    (log, "debug"),
    (resource, "_get_stack_trace"),
    (resource, "wrap_with_context"),
    (resource, "create_urn"),
    (resource, "collapse_alias_to_urn"),
    (sdk_resource, "collapse_alias_to_urn"),
    (rpc, "transfer_properties"),
    (sdk_stack, "asyncio"),
    (rpc, "contains_unknowns"),
    (output, "contains_unknowns"),
    (pulumi.Output, "_track"),
    (pulumi.Output, "from_input"),
    (pulumi.Output, "all"),
    (_types, "unwrap_type"),
)


class Record(pulumi.CustomResource):
    address: pulumi.Output[str]
    size: pulumi.Output[int]

    def __init__(
        self, name: str, value: Any = None, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("acme:index:Record", name, {"value": value, "address": None}, opts)


def program() -> None:
    first = Record("first", {"password": pulumi.Output.secret("canary"), "list": [1, "two", None]})
    options = pulumi.ResourceOptions(parent=first, aliases=[pulumi.Alias(name="older")])
    second = Record("second", pulumi.Output.concat(first.address, "/", first.id), options)
    joined = pulumi.Output.all(first.address, "known", [second.id])
    pulumi.export("joined", joined)
    pulumi.export("text", pulumi.Output.format("{0}:{port}", first.address, port=80))
    pulumi.export("json", pulumi.Output.json_dumps({"address": second.address, "nested": [1]}))


def recorded(patches: bool) -> Layer:
    return record(
        program, layer="x", project="acme", stack="dev", root_directory=".", patches=patches
    )


def stored() -> list[Any]:
    return [vars(owner)[name] for owner, name in REPLACED]


@pytest.mark.parametrize("patch", speed.PATCHES, ids=lambda patch: str(patch.__name__))
def test_each_patch_alone_gives_the_same_plan(
    patch: Patch, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = recorded(patches=False)
    monkeypatch.setattr(speed, "PATCHES", (patch,))
    assert recorded(patches=True) == plain


def test_all_patches_together_give_the_same_plan() -> None:
    assert recorded(patches=True) == recorded(patches=False)


def test_every_patch_takes_hold_of_the_installed_sdk() -> None:
    before = stored()
    with speed.patched():
        assert all(new is not old for new, old in zip(stored(), before, strict=True))
        assert not gc.isenabled()
    assert stored() == before
    assert gc.isenabled()


@pytest.mark.parametrize("patches", [True, False], ids=["patched", "plain"])
def test_a_failure_is_told_although_another_output_is_waited_for(patches: bool) -> None:
    def failing() -> None:
        never = asyncio.get_running_loop().create_future()
        pulumi.export("never", pulumi.Output.from_input(never))
        pulumi.export("fails", pulumi.Output.from_input("text").apply(lambda _: 1 / 0))

    with pytest.raises(PlanError, match="ZeroDivisionError"):
        record(failing, layer="x", project="a", stack="b", root_directory=".", patches=patches)


def test_a_patch_is_undone_when_the_program_fails() -> None:
    before = stored()
    with pytest.raises(ZeroDivisionError), speed.patched():
        raise ZeroDivisionError
    assert stored() == before
    assert gc.isenabled()


@pytest.mark.parametrize(("owner", "name"), REPLACED, ids=str)
def test_a_patch_leaves_an_sdk_of_another_shape_alone(
    owner: Any, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other_shape(something: Any, entirely: Any, different: Any) -> None: ...

    replacement = staticmethod(other_shape) if isinstance(owner, type) else other_shape
    monkeypatch.setattr(owner, name, replacement)
    with speed.patched():
        assert vars(owner)[name] is replacement


@pytest.mark.parametrize("patches", [True, False], ids=["patched", "plain"])
def test_an_alias_of_any_shape_gives_the_same_urn_with_and_without_patches(patches: bool) -> None:
    def aliased() -> None:
        group = pulumi.ComponentResource("acme:index:Group", "group")
        other = pulumi.Output.from_input("other")
        aliases: list[Any] = [
            "urn:pulumi:dev::acme::acme:index:Record::text",
            pulumi.Output.concat("urn:pulumi:dev::acme::acme:index:Record::", other),
            pulumi.Alias(name="name"),
            pulumi.Alias(type_="acme:index:Type"),
            pulumi.Alias(name="parentless", parent=pulumi.ROOT_STACK_RESOURCE),
            pulumi.Alias(name="child", parent=group),
            pulumi.Alias(name="urn", parent="urn:pulumi:dev::acme::acme:index:Group::gone"),
            pulumi.Alias(name="stack", stack="old", project="older"),
            pulumi.Alias(name="output", stack=other),
        ]
        options = pulumi.ResourceOptions(parent=group, aliases=aliases)
        Record("record", opts=options)
        Record("rootless", opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="older")]))

    layer = record(
        aliased, layer="x", project="acme", stack="dev", root_directory=".", patches=patches
    )
    found = {resource.name: set(resource.options.aliases) for resource in layer.resources}
    below = "urn:pulumi:dev::acme::acme:index:Group$"
    assert found["record"] == {
        "urn:pulumi:dev::acme::acme:index:Record::text",
        "urn:pulumi:dev::acme::acme:index:Record::other",
        f"{below}acme:index:Record::name",
        f"{below}acme:index:Type::record",
        "urn:pulumi:dev::acme::acme:index:Record::parentless",
        f"{below}acme:index:Record::child",
        f"{below}acme:index:Record::urn",
        f"{below}acme:index:Record::stack",
        f"{below}acme:index:Record::output",
    }
    assert found["rootless"] == {"urn:pulumi:dev::acme::acme:index:Record::older"}


@pytest.mark.parametrize(
    "name", ["outputs_without_tasks", "plain_inputs_at_once", "aliases_at_once"]
)
def test_a_patch_that_fills_outputs_wants_their_fields(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pulumi.output._OutputData", object)
    before = stored()
    with getattr(speed, name)():
        assert stored() == before


@pytest.mark.parametrize(
    ("argument", "switch", "expected"),
    [(None, None, True), (None, "off", False), (True, "off", True), (False, None, False)],
)
def test_an_argument_goes_before_the_environment(
    argument: bool | None, switch: str | None, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(speed.SWITCH, raising=False)
    if switch is not None:
        monkeypatch.setenv(speed.SWITCH, switch)
    assert speed.wanted(argument) is expected


def test_the_collector_stays_off_until_the_outer_scope_ends() -> None:
    with collector.collector_off():
        with collector.collector_off():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_the_collector_is_switched_on_again_only_where_it_is_off() -> None:
    frozen = gc.get_freeze_count()
    collector.collect_from_now_on()
    assert gc.get_freeze_count() == frozen
    gc.disable()
    try:
        collector.collect_from_now_on()
        assert gc.isenabled()
        assert gc.get_freeze_count() > frozen
    finally:
        gc.unfreeze()
        gc.enable()
