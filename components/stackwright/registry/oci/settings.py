"""What a user writes about a registry that is already there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from stackwright.claims import Layer
from stackwright.tool import ToolSettings
from stackwright.wiring_values import RegistryUrl


class OciRegistrySettings(ToolSettings):
    """A container registry that is already there, of any maker."""

    title: ClassVar[str] = "OCI registry"
    parts: ClassVar[Mapping[Layer, str]] = {Layer.PLATFORM: "OciRegistry"}
    contract: ClassVar[str] = "ImageRegistry"

    kind: Literal["oci"]
    url: RegistryUrl = Field(
        examples=["registry.example.com/acme"], json_schema_extra={"x-example-only": True}
    )
    """Host and path that an image's name is appended to."""
