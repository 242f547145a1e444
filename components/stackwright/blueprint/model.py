"""The blueprint as a model: what a user may write, assembled from the catalog's tools."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag, create_model

from stackwright import catalog
from stackwright.blueprint.allowed import EXAMPLE, Allowed
from stackwright.blueprint.base import BlueprintModel, Wording, clash
from stackwright.blueprint.labels import LabelKey, LabelValue
from stackwright.blueprint.names import EnvironmentName, InstanceName, PlatformName
from stackwright.blueprint.requirement import Requirement
from stackwright.blueprint.restrictions import Known, Refused
from stackwright.data.aws_regions import AS_OF, REGIONS
from stackwright.tool import ToolSettings

API_VERSION = "stackwright/v1"

EXAMPLE_ACCOUNT = "123456789012"
"""Stands for an account until the user gives one (AWS documentation's example account)."""

Region = Annotated[
    str,
    Known(
        tuple(region for regions in REGIONS.values() for region in regions),
        f"a region of AWS as of {AS_OF}; the code of a region such as eu-west-1 is expected",
    ),
    Wording("the code of a region of AWS, such as eu-west-1,"),
]

Account = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{12}$"),
    Wording("the number of an AWS account, 12 digits in quotes,"),
]

NO_LINK_LOCAL = Refused(
    r"(^|//)(169\.254\.|metadata\.google\.internal)",
    "is an address that gives out the credentials of a machine; name a registry.",
)
"""The link-local addresses where clouds serve metadata (RFC 3927; Amazon EC2 user guide)."""

ChartRepository = Annotated[
    str,
    StringConstraints(
        pattern=r"^(|(https|oci)://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._/-]*)?"
        r"|http://(localhost|127\.0\.0\.1)(:[0-9]+)?(/[A-Za-z0-9._/-]*)?)$",
        max_length=500,
    ),
    NO_LINK_LOCAL,
    Wording("an address that starts with oci:// or https:// and holds no user or password"),
]

ImageRegistry = Annotated[
    str,
    StringConstraints(
        pattern=r"^(|[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/[a-z0-9._-]+)*)$", max_length=500
    ),
    NO_LINK_LOCAL,
    Wording("a registry and path such as registry.example.com/mirror, without https://,"),
]

_FILE_NAME = r"[A-Za-z0-9_*?][A-Za-z0-9_.*?-]*"

FilePattern = Annotated[
    str,
    StringConstraints(pattern=rf"^(|({_FILE_NAME}/)*{_FILE_NAME}\.ya?ml)$", max_length=200),
    Wording("a pattern of YAML files below this one's folder, such as projects/*.yaml,"),
]


class Profile(StrEnum):
    """A set of defaults."""

    DEVELOPMENT = "development"
    """Smaller and cheaper, still encrypted and private."""
    PRODUCTION = "production"
    """Survives the loss of a zone, keeps backups, refuses accidental deletion."""


class AwsTarget(BlueprintModel):
    """An AWS account."""

    kind: Literal["aws"]
    region: Region = Field(examples=["eu-west-1"])
    """Region that everything is made in."""
    account: Account = Field(examples=[EXAMPLE_ACCOUNT], json_schema_extra={"x-example-only": True})
    """Account of 12 digits; quote it, it is a name and not a number."""


class ExistingClusterTarget(BlueprintModel):
    """A Kubernetes cluster that is already there."""

    kind: Literal["existing-cluster"]


Target = Annotated[AwsTarget | ExistingClusterTarget, Field(discriminator="kind")]


class Mirrors(BlueprintModel):
    """Where charts and images come from instead of their own registries."""

    charts: ChartRepository = Field(default="", examples=["oci://registry.example.com/charts"])
    """Repository that holds every chart under its own name; empty for the charts' own."""
    images: ImageRegistry = Field(default="", examples=["registry.example.com/mirror"])
    """Registry and path that images are pulled from, under their own names; empty for theirs."""


class BlueprintHeader(BlueprintModel):
    """What a blueprint says besides its tools."""

    api_version: Literal["stackwright/v1"] = Field(alias="apiVersion", examples=[API_VERSION])
    """Version of the blueprint's own format."""
    requires: Requirement = Field(default="", examples=[">=0.1,<0.2"])
    """Versions of Stackwright that this file was written for, in pip's words."""
    name: PlatformName = Field(examples=["acme-ml"])
    """Name of the platform; every resource's name begins with it."""
    target: Target
    """Where the platform is made."""
    profile: Profile = Profile.PRODUCTION
    """Set of defaults for what is not written: `development` or `production`."""
    labels: dict[LabelKey, LabelValue] = Field(
        default_factory=dict, max_length=20, examples=[{"team": "ml-platform"}]
    )
    """Labels and tags for everything that is made."""
    mirrors: Mirrors = Field(default_factory=Mirrors)
    """Where charts and images come from instead of their own registries."""
    environments: dict[EnvironmentName, dict[str, Any]] = Field(
        default_factory=dict, max_length=20, examples=[{"dev": {"profile": "development"}}]
    )
    """Environments by name; each holds only what differs from the rest of the file."""
    projects: FilePattern = Field(default="", examples=["projects/*.yaml"])
    """Files that say which wiring each ML project relies on, as a pattern."""

    allow_replacement: list[Allowed] = Field(
        default_factory=list, max_length=100, examples=[[EXAMPLE]]
    )
    """Resources that may be replaced or deleted with the data they hold, each with a reason and
    the last day on which that is allowed; a resource that is named here is not protected."""

    @clash("labels")
    def _labels_differ_in_more_than_case(self) -> str | None:
        # IAM takes tags whose keys differ only in case for one (IAM user guide, tagging rules).
        by_lower: dict[str, str] = {}
        for key in self.labels:
            first = by_lower.setdefault(key.lower(), key)
            if first != key:
                return f"{first} and {key} are one key to AWS; keep one."
        return None

    @clash("allow_replacement")
    def _resources_are_named_once(self) -> str | None:
        named = {allowed.resource for allowed in self.allow_replacement}
        if len(named) == len(self.allow_replacement):
            return None
        return "a resource is named twice; name each once."

    def capability(self, name: str) -> Mapping[str, ToolSettings]:
        """Return the tools of a capability by instance name; empty when it has none."""
        value = getattr(self, name)
        if value is None:
            return {}
        return {name: value} if isinstance(value, ToolSettings) else dict(value)


@cache
def blueprint_model() -> type[BlueprintHeader]:
    """Return the model of a whole blueprint: the header and one key per capability."""
    fields: dict[str, Any] = {
        capability: (
            _one_or_many(tuple(tools.values())),
            Field(default=None, description=catalog.meaning(capability)),
        )
        for capability, tools in catalog.capabilities().items()
    }
    return create_model("Blueprint", __base__=BlueprintHeader, __doc__=_MEANING, **fields)


_MEANING = "One platform: where it is made, and the tool for each capability."


def _one_or_many(tools: tuple[type[ToolSettings], ...]) -> Any:
    union: Any = reduce(or_, tools)
    tool = Annotated[union, Field(discriminator="kind")] if len(tools) > 1 else union
    many: Any = dict[InstanceName, tool]  # type: ignore[valid-type]
    return (
        Annotated[
            Annotated[tool, Tag("one")] | Annotated[many, Tag("many")],
            Discriminator(_shape),
        ]
        | None
    )


def _shape(value: Any) -> str:
    if isinstance(value, ToolSettings):
        return "one"
    return "many" if isinstance(value, dict) and _holds_tools(value) else "one"


def _holds_tools(value: Mapping[str, Any]) -> bool:
    return "kind" not in value and any(isinstance(item, Mapping) for item in value.values())
