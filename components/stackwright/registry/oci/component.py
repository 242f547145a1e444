"""A given registry as a component: it makes nothing and says where images are."""

from collections.abc import Mapping
from typing import TypedDict

import pulumi
from pulumi import Output

from stackwright.component import ToolComponent
from stackwright.contracts import ImageRegistry
from stackwright.registry.oci.settings import OciRegistrySettings
from stackwright.scope import Scope


class OciRegistrySettingsArgs(TypedDict):
    """Settings of a registry that is already there."""

    url: str
    """Host and path that an image's name is appended to."""


class OciRegistryArgs(TypedDict):
    """Arguments of OciRegistry."""

    scope: Scope
    """Environment that takes its images from the registry."""
    settings: OciRegistrySettingsArgs
    """Which registry it is."""


class OciRegistry(ToolComponent[OciRegistrySettings]):
    """A container registry that is already there, of any maker."""

    _settings_class = OciRegistrySettings

    url: Output[str]
    """Host and path that an image's name is appended to."""

    def __init__(
        self, name: str, args: OciRegistryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args, opts)
        self.url = Output.from_input(self._settings.url)
        self.register()

    def binding(self, consumer: str) -> ImageRegistry:
        """Return where images are."""
        return ImageRegistry(url=self._settings.url)

    def wiring(self) -> Mapping[str, pulumi.Input[str]]:
        """Return where projects push their images."""
        return {"url": self._settings.url}
