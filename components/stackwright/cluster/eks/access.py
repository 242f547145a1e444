"""What a user writes about who reaches the cluster's API."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from stackwright.aws.addresses import AllowedRange, host_bits
from stackwright.blueprint.base import BlueprintModel, Text, Wording, clash


class PrivateAccess(BlueprintModel):
    """The API is reached only from inside the network."""

    endpoint: Literal["private"]
    via: Text = Field(examples=["vpn"])
    """How people and pipelines get into the network, for the reader: a VPN, a bastion."""
    allowed_cidrs: list[AllowedRange] = Field(
        default_factory=list, max_length=40, examples=[["10.99.0.0/16"]]
    )
    """Ranges that may reach the API besides the network itself, such as a peered VPN."""

    @clash("allowed_cidrs")
    def _ranges(self) -> str | None:
        return _first_problem(self.allowed_cidrs)


class PublicAccess(BlueprintModel):
    """The API is also reached from named ranges of the internet."""

    endpoint: Literal["public"]
    allowed_cidrs: list[AllowedRange] = Field(
        min_length=1, max_length=40, examples=[["203.0.113.0/24"]]
    )
    """Public ranges that may reach the API; never wider than /16."""

    @clash("allowed_cidrs")
    def _ranges(self) -> str | None:
        return _first_problem(self.allowed_cidrs)


Access = Annotated[PrivateAccess | PublicAccess, Field(discriminator="endpoint")]
"""Who reaches the API, told apart by `endpoint`."""

RoleArn = Annotated[
    str,
    StringConstraints(
        pattern=r"^arn:aws(-cn|-us-gov)?:iam::[0-9]{12}:role/([A-Za-z0-9_+=,.@-]+/)*"
        r"[A-Za-z0-9_+=,.@-]{1,64}$",
        max_length=600,
    ),
    Wording("the ARN of an IAM role, such as arn:aws:iam::123456789012:role/platform-admin,"),
]
"""One role of IAM: no user, no root, no wildcard."""


def _first_problem(ranges: list[str]) -> str | None:
    if len(set(ranges)) < len(ranges):
        return "allowed_cidrs names a range twice; name each once."
    return next((problem for cidr in ranges if (problem := host_bits(cidr))), None)
