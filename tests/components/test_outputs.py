from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi import Output

from stackwright import outputs
from stackwright.errors import StackwrightError


class Stack:
    """A stack reference that exports `ready` only."""

    def get_output(self, key: str) -> Output[Any]:
        return Output.from_input({"ready": "yes"}.get(key))


def resolved(make: Callable[[], Output[Any]]) -> tuple[Any, bool]:
    """Return the value of an output and whether it is known."""

    async def run() -> tuple[Any, bool]:
        output = make()
        return await output.future(with_unknowns=True), await output.is_known()

    return asyncio.run(run())


@pytest.fixture
def preview(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: True)


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: False)


def exported(key: str) -> Output[Any]:
    stack: Any = Stack()
    return outputs.stack_output(stack, key, "foundation")


@pytest.mark.usefixtures("preview")
def test_an_output_that_is_not_there_is_unknown_in_a_preview() -> None:
    value, known = resolved(lambda: exported("missing"))
    assert not known
    assert value != "yes"


@pytest.mark.usefixtures("deployment")
def test_an_output_that_is_not_there_names_the_layer_while_deploying() -> None:
    with pytest.raises(StackwrightError) as caught:
        resolved(lambda: exported("missing"))
    assert str(caught.value) == (
        "The foundation stack exports no 'missing'. Deploy the foundation layer first."
    )


@pytest.mark.parametrize("run", ["preview", "deployment"])
def test_an_output_that_is_there_is_read(run: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(run)
    assert resolved(lambda: exported("ready")) == ("yes", True)


def test_an_element_is_read_by_position_and_key() -> None:
    def second() -> Output[Any]:
        return outputs.element(Output.from_input([{"issuer": "a"}, {"issuer": "b"}]), 1, "issuer")

    assert resolved(second) == ("b", True)


def test_an_entry_of_an_object_with_attributes_is_read() -> None:
    class Issuer:
        url = "https://issuer"

    assert resolved(lambda: outputs.entry(Output.from_input(Issuer()), "url")) == (
        "https://issuer",
        True,
    )


@pytest.mark.usefixtures("preview")
def test_an_entry_that_the_provider_has_yet_to_add_is_unknown_in_a_preview() -> None:
    _, known = resolved(lambda: outputs.entry(Output.from_input({"uid": None}), "uid"))
    assert not known


@pytest.mark.usefixtures("deployment")
def test_an_entry_that_is_none_after_a_deployment_is_none() -> None:
    assert resolved(lambda: outputs.entry(Output.from_input({"uid": None}), "uid")) == (None, True)
