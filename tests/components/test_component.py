from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest

from stackwright.component import ToolComponent
from stackwright.errors import PlanError
from stackwright.plan.graph import Resource
from stackwright.plan.recorder import record
from stackwright.scope import Scope
from stackwright.storage.s3.settings import S3Settings

SCOPE = Scope(name="acme", environment="prod")


class Store(ToolComponent[S3Settings]):
    """A component with two outputs, one of them inherited."""

    _settings_class = S3Settings

    days: pulumi.Output[int]
    """Days that versions are kept."""
    _hidden: str = ""

    def __init__(
        self, name: str, args: Mapping[str, Any], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args, opts)
        self.days = pulumi.Output.from_input(self._settings.noncurrent_version_days)
        self.made()
        self.register()

    def made(self) -> None:
        """Make nothing more."""


class NamedStore(Store):
    """A component with one output more."""

    label: pulumi.Output[str]
    """What it is called."""

    def made(self) -> None:
        """Set the further output."""
        self.label = pulumi.Output.from_input(self._instance)


def recorded(program: Callable[[], Any]) -> dict[str, Resource]:
    layer = record(
        program,
        layer="foundation",
        project="acme-foundation",
        stack="prod",
        root_directory=str(Path(__file__).parent),
    )
    return {resource.name: resource for resource in layer.resources}


def test_the_type_token_says_the_class() -> None:
    found = recorded(lambda: Store("storage", {"scope": SCOPE}))
    assert found["storage"].type == "stackwright:index:Store"


def test_every_annotated_output_is_registered_and_nothing_hidden() -> None:
    found = recorded(lambda: NamedStore("storage", {"scope": SCOPE}))
    assert found["storage"].outputs == {"days": 90, "label": "storage"}


def test_whole_numbers_may_come_as_floats_as_the_engine_carries_them() -> None:
    settings = {"noncurrent_version_days": 30.0, "tags": {"a": "b"}}
    found = recorded(lambda: Store("storage", {"scope": SCOPE, "settings": settings}))
    assert found["storage"].outputs == {"days": 30}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"noncurrent_version_days": 0}, "greater than or equal to 1"),
        ({"noncurrent_version_days": 1.5}, "valid integer"),
        ({"days": 3}, "Extra inputs are not permitted"),
    ],
)
def test_settings_are_validated_by_the_tools_own_model(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(PlanError, match=said):
        recorded(lambda: Store("storage", {"scope": SCOPE, "settings": settings}))


def test_a_component_that_answers_nothing_says_so() -> None:
    said: list[str] = []

    def program() -> None:
        store = Store("storage", {"scope": SCOPE})
        with pytest.raises(NotImplementedError) as caught:
            store.binding("x")
        said.append(str(caught.value))
        with pytest.raises(NotImplementedError) as caught:
            store.handover()
        said.append(str(caught.value))
        assert store.wiring() == {}
        assert store.cluster_provider is None

    recorded(program)
    assert said == ["Store answers no claims", "Store hands nothing over"]


def test_a_child_has_the_component_as_parent_and_keeps_other_options() -> None:
    def program() -> None:
        store = Store("storage", {"scope": SCOPE})
        pulumi.ComponentResource("planted:index:Part", "part", {}, store.child(protect=True))

    found = recorded(program)
    assert found["part"].parent == found["storage"].urn
    assert found["part"].options.protect
