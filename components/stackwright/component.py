"""The base of every component: type token, settings, outputs and the options of children."""

import json
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar, cast

import pulumi

from stackwright.scope import Scope
from stackwright.tool import ToolSettings
from stackwright.urns import COMPONENT_PREFIX

SettingsT = TypeVar("SettingsT", bound=ToolSettings)


class ToolComponent(pulumi.ComponentResource, Generic[SettingsT]):
    """One tool as a Pulumi component, usable from any Pulumi program.

    A subclass names its settings class, makes its children and ends its constructor with
    `self.register()`, which registers every output that the class annotates.
    """

    _settings_class: ClassVar[type[ToolSettings]]
    _settings: SettingsT
    _scope: Scope
    _instance: str

    def __init__(
        self, name: str, args: Mapping[str, Any], opts: pulumi.ResourceOptions | None
    ) -> None:
        """Register the component and validate its settings.

        Raises:
            pydantic.ValidationError: The settings are not valid.
        """
        super().__init__(f"{COMPONENT_PREFIX}{type(self).__name__}", name, {}, opts)
        settings = {**_whole(args.get("settings", {})), "kind": self._settings_class.kind_name()}
        self._settings = cast(
            "SettingsT", self._settings_class.model_validate_json(json.dumps(settings))
        )
        self._scope = args["scope"]
        self._instance = name

    def child(
        self,
        *,
        protect: bool | None = None,
        depends_on: list[pulumi.Resource] | None = None,
        **options: Any,
    ) -> pulumi.ResourceOptions:
        """Return the options of a child resource."""
        return pulumi.ResourceOptions(
            parent=self, protect=protect, depends_on=depends_on, **options
        )

    def register(self) -> None:
        """Register every annotated output of the class."""
        names = [
            name
            for cls in reversed(type(self).__mro__)
            if issubclass(cls, ToolComponent) and cls is not ToolComponent
            for name in cls.__annotations__
            if not name.startswith("_")
        ]
        self.register_outputs({name: getattr(self, name) for name in dict.fromkeys(names)})

    def binding(self, consumer: str) -> Mapping[str, Any]:
        """Return what the tool gives a consumer, as its capability's contract.

        Args:
            consumer: Key in the `consumers` that the component was made with.
        """
        raise NotImplementedError(f"{type(self).__name__} answers no claims")

    def handover(self) -> Mapping[str, Any]:
        """Return what the tool's own platform part needs: the settings' `hands_over`."""
        raise NotImplementedError(f"{type(self).__name__} hands nothing over")

    @property
    def cluster_provider(self) -> pulumi.ProviderResource | None:
        """Provider for what runs in the cluster, when this component connects to one."""
        return None

    def wiring(self) -> Mapping[str, Any]:
        """Return what projects may rely on: the keys of the capability's wiring model."""
        return {}


def _whole(value: Any) -> Any:
    """Return settings with whole numbers as such: the engine carries every number as a float."""
    if isinstance(value, Mapping):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
