"""GitHub Actions as a component: one role per project, trusted for one job of one repository."""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws
from pulumi import Input, Output

from stackwright import naming
from stackwright.aws import policy
from stackwright.component import ToolComponent
from stackwright.contracts import ImageRegistry
from stackwright.delivery.github_actions.settings import (
    GitHubActionsSettings,
    IdentityProvider,
    Pipeline,
)
from stackwright.scope import Scope

ISSUER = "token.actions.githubusercontent.com"
AUDIENCE = "sts.amazonaws.com"
"""What `aws-actions/configure-aws-credentials` asks a token for."""

_PUSH = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:CompleteLayerUpload",
    "ecr:GetDownloadUrlForLayer",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)
"""Amazon ECR user guide, "IAM permissions for pushing an image"; reading is for layer caches."""


class PipelineArgs(TypedDict):
    """The one job that may act for a project."""

    repository: str
    """Repository on GitHub, as OWNER/REPOSITORY."""
    ref: NotRequired[str]
    """Branch or tag that the job runs on. Default refs/heads/main."""
    environment: str
    """Deployment environment of the job; its reviewers and branch rules are set on GitHub."""
    images: list[str]
    """Repositories of the registry that the job may push images to."""


class GitHubActionsSettingsArgs(TypedDict):
    """Settings of GitHub Actions."""

    identity_provider: NotRequired[str]
    """`create` makes the account's trust in GitHub's tokens; `existing` uses the one there."""
    projects: NotRequired[dict[str, PipelineArgs]]
    """The pipeline of each ML project, by the project's name."""
    tags: NotRequired[dict[str, str]]
    """AWS tags for every resource, besides those of the platform."""


class GitHubActionsArgs(TypedDict):
    """Arguments of GitHubActions."""

    scope: Scope
    """Environment that the roles belong to."""
    settings: NotRequired[GitHubActionsSettingsArgs]
    """What is configured."""
    images: ImageRegistry
    """Registry that images are pushed to."""


class GitHubActions(ToolComponent[GitHubActionsSettings]):
    """GitHub Actions: projects push images with a role that needs no key."""

    _settings_class = GitHubActionsSettings

    role_arns: Output[dict[str, str]]
    """ARN of each project's role, by the project's name."""

    def __init__(
        self, name: str, args: GitHubActionsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args, opts)
        self._images = args["images"]
        provider = self._identity_provider()
        roles = {
            project: self._role(project, pipeline, provider)
            for project, pipeline in sorted(self._settings.projects.items())
        }
        self.role_arns = Output.all(**{project: role.arn for project, role in roles.items()})
        self.register()

    def wiring(self) -> Mapping[str, pulumi.Input[str]]:
        """Return what every project's role begins with."""
        return {"role_prefix": f"{self._account()}:role/{self._role_name('')}"}

    def _account(self) -> str:
        partition = naming.partition(self._scope["region"])
        return f"arn:{partition}:iam::{self._scope['account']}"

    def _role_name(self, project: str) -> str:
        return f"{naming.stem(self._scope, 'ci')}-{project}"

    def _identity_provider(self) -> Input[str]:
        if self._settings.identity_provider is IdentityProvider.EXISTING:
            return f"{self._account()}:oidc-provider/{ISSUER}"
        return aws.iam.OpenIdConnectProvider(
            f"{self._instance}-github",
            url=f"https://{ISSUER}",
            client_id_lists=[AUDIENCE],
            tags=self._settings.tags,
            opts=self.child(),
        ).arn

    def _role(self, project: str, pipeline: Pipeline, provider: Input[str]) -> aws.iam.Role:
        role = aws.iam.Role(
            f"{self._instance}-{project}-role",
            name=self._role_name(project),
            assume_role_policy=_trust(pipeline, provider),
            tags=self._settings.tags,
            opts=self.child(),
        )
        aws.iam.RolePolicy(
            f"{self._instance}-{project}-push-policy",
            role=role.name,
            name="push",
            policy=self._push(pipeline),
            opts=self.child(),
        )
        return role

    def _push(self, pipeline: Pipeline) -> Output[str]:
        repositories: list[Any] = [
            Output.format("{0}{1}", self._images["arn_prefix"], name)
            for name in sorted(pipeline.images)
        ]
        return policy.document(
            [
                # A token is for the whole registry: the action knows no resource.
                {"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": "*"},
                {"Effect": "Allow", "Action": list(_PUSH), "Resource": repositories},
            ]
        )


def _trust(pipeline: Pipeline, provider: Input[str]) -> Output[str]:
    """Return a trust policy for the one job.

    AWS STS compares these claims of GitHub's tokens (IAM user guide, "Available keys for AWS OIDC
    federation"; `repository`, `ref` and `environment` since January 2026). `sub` alone cannot
    hold a ref and an environment together.
    """
    subject = f"repo:{pipeline.repository}:environment:{pipeline.environment}"
    return policy.document(
        [
            {
                "Effect": "Allow",
                "Principal": {"Federated": provider},
                "Action": ["sts:AssumeRoleWithWebIdentity"],
                "Condition": {
                    "StringEquals": {
                        f"{ISSUER}:aud": AUDIENCE,
                        f"{ISSUER}:sub": subject,
                        f"{ISSUER}:repository": pipeline.repository,
                        f"{ISSUER}:ref": pipeline.ref,
                        f"{ISSUER}:environment": pipeline.environment,
                    }
                },
            }
        ]
    )
