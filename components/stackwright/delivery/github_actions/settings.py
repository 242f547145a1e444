"""What a user writes about GitHub Actions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from stackwright import naming
from stackwright.blueprint.base import BlueprintModel, Wording
from stackwright.blueprint.names import ImageRepositoryName, ProjectName, RepositoryName
from stackwright.checks import Check
from stackwright.checks import IdentityProvider as ProviderCheck
from stackwright.claims import Claim, ImageRegistryClaim, Layer
from stackwright.scope import Scope
from stackwright.tool import AwsToolSettings

GitRef = Annotated[
    str,
    StringConstraints(
        pattern=r"^refs/(heads|tags)/[A-Za-z0-9][A-Za-z0-9_-]*([./][A-Za-z0-9_-]+)*$",
        max_length=255,
    ),
    Wording("a full git ref such as refs/heads/main, without a pattern,"),
]
"""A branch or tag by its full name."""

GitHubEnvironment = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]*$", max_length=255),
    Wording("a name of letters, digits, dots, hyphens and underscores"),
]
"""Name of a deployment environment in the repository's settings."""


class IdentityProvider(StrEnum):
    """Who makes the account's trust in GitHub's tokens, of which an account has only one."""

    CREATE = "create"
    EXISTING = "existing"


class Pipeline(BlueprintModel):
    """The one job that may act for a project: this repository, this ref, this environment."""

    repository: RepositoryName = Field(examples=["acme/churn-model"])
    """Repository on GitHub, as OWNER/REPOSITORY."""
    ref: GitRef = Field(default="refs/heads/main", examples=["refs/heads/main"])
    """Branch or tag that the job runs on."""
    environment: GitHubEnvironment = Field(examples=["prod"])
    """Deployment environment of the job; its reviewers and branch rules are set on GitHub."""
    images: list[ImageRepositoryName] = Field(min_length=1, max_length=10, examples=[["services"]])
    """Repositories of the registry that the job may push images to."""


class GitHubActionsSettings(AwsToolSettings):
    """GitHub Actions: projects push images with a role that needs no key."""

    title: ClassVar[str] = "GitHub Actions"
    parts: ClassVar[Mapping[Layer, str]] = {Layer.FOUNDATION: "GitHubActions"}
    contract: ClassVar[str] = "Delivery"
    wires: ClassVar[tuple[str, ...]] = ("role_prefix",)

    kind: Literal["github-actions"]
    identity_provider: IdentityProvider = IdentityProvider.CREATE
    """`create` makes the account's trust in GitHub's tokens; `existing` uses the one that is
    there, for every further environment in the same account."""
    projects: dict[ProjectName, Pipeline] = Field(
        default_factory=dict,
        max_length=100,
        examples=[
            {"churn-model": {"repository": "acme/churn-model", "environment": "prod"}},
        ],
    )
    """The pipeline of each ML project, by the project's name."""

    def claims(self, layer: Layer) -> dict[str, Claim]:
        """Return the registry that images are pushed to."""
        return {"images": ImageRegistryClaim()}

    def checks(self, scope: Scope, instance: str) -> Iterator[Check]:
        """Yield that the trust in GitHub's tokens is made by one side only."""
        create = self.identity_provider is IdentityProvider.CREATE
        other = IdentityProvider.EXISTING if create else IdentityProvider.CREATE
        yield ProviderCheck(
            issuer="token.actions.githubusercontent.com",
            name="the account's trust in GitHub's tokens",
            made_here=create,
            otherwise=other.value,
            owner=tuple(naming.tags(scope).items()),
            verifies=("identity_provider",),
        )
