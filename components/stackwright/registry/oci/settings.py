"""What a user writes about a registry that is already there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from stackwright.blueprint.base import Wording
from stackwright.claims import Layer
from stackwright.tool import ToolSettings

_LABEL = r"[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_HOST = rf"({_LABEL}(\.{_LABEL})+(:[0-9]{{1,5}})?|{_LABEL}:[0-9]{{1,5}})"
_PATH = r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*"

RegistryUrl = Annotated[
    str,
    StringConstraints(pattern=rf"^{_HOST}(/{_PATH})*$", max_length=200),
    Wording(
        "a host and path in lower case, without https:// and without a tag, such as ghcr.io/acme,"
    ),
]
"""Where images are (OCI distribution specification, "Pulling manifests", for the path)."""


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
