"""Amazon ECR as a component: repositories keyed by name, and a policy for pulling."""

import json
from collections.abc import Mapping
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws
from pulumi import Output

from stackwright import naming
from stackwright.aws import policy
from stackwright.aws.key import encryption_key
from stackwright.aws.region import dns_suffix
from stackwright.component import ToolComponent
from stackwright.contracts import ImageRegistry
from stackwright.registry.ecr.settings import EcrSettings
from stackwright.scope import Scope

_PULL = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")


class EcrSettingsArgs(TypedDict):
    """Settings of Amazon ECR."""

    repositories: NotRequired[list[str]]
    """Repositories that are made. Default models and services."""
    keep_images: NotRequired[int]
    """How many images each repository keeps. Default 200."""
    untagged_days: NotRequired[int]
    """Days that an image without a tag is kept. Default 14."""
    tags: NotRequired[dict[str, str]]
    """AWS tags for every resource, besides those of the platform."""


class EcrArgs(TypedDict):
    """Arguments of Ecr."""

    scope: Scope
    """Environment that the repositories belong to."""
    settings: NotRequired[EcrSettingsArgs]
    """What is configured; defaults are secure."""


class Ecr(ToolComponent[EcrSettings]):
    """Amazon ECR: private, scanned repositories with tags that cannot be moved."""

    _settings_class = EcrSettings

    url: Output[str]
    """Host and path that a repository's name is appended to."""

    def __init__(
        self, name: str, args: EcrArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(name, args, opts)
        region, account = self._scope["region"], self._scope["account"]
        self._prefix = naming.repository(self._scope, "").rstrip("/")
        self._url = f"{account}.dkr.ecr.{region}.{dns_suffix(region)}/{self._prefix}"
        self.url = Output.from_input(self._url)
        key = encryption_key(
            f"{name}-key", self._scope, name, opts=self.child(), tags=self._settings.tags
        )
        for repository in self._settings.repositories:
            self._repository(repository, key)
        self.register()

    def binding(self, consumer: str) -> ImageRegistry:
        """Return where images are, what allows pulling them, and how repositories are named."""
        return ImageRegistry(
            url=self._url, policy=self._pull_policy(), arn_prefix=f"{self._arn_prefix()}/"
        )

    def wiring(self) -> Mapping[str, pulumi.Input[str]]:
        """Return where projects push their images."""
        return {"url": self._url}

    def _repository(self, repository: str, key: aws.kms.Key) -> None:
        name = f"{self._instance}-{repository}"
        made = aws.ecr.Repository(
            name,
            name=naming.repository(self._scope, repository),
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": key.arn}],
            force_delete=False,
            tags=self._settings.tags,
            opts=self.child(protect=True),
        )
        aws.ecr.LifecyclePolicy(
            f"{name}-lifecycle",
            repository=made.name,
            policy=self._lifecycle(),
            opts=self.child(),
        )

    def _lifecycle(self) -> str:
        untagged = {
            "tagStatus": "untagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": self._settings.untagged_days,
        }
        oldest = {
            "tagStatus": "any",
            "countType": "imageCountMoreThan",
            "countNumber": self._settings.keep_images,
        }
        rules = [
            {"rulePriority": place, "selection": selection, "action": {"type": "expire"}}
            for place, selection in enumerate((untagged, oldest), 1)
        ]
        return json.dumps({"rules": rules})

    def _pull_policy(self) -> Output[str]:
        return policy.document(
            [
                # A token is for the whole registry: the action knows no resource.
                {"Effect": "Allow", "Action": ["ecr:GetAuthorizationToken"], "Resource": "*"},
                {
                    "Effect": "Allow",
                    "Action": list(_PULL),
                    "Resource": f"{self._arn_prefix()}/*",
                },
            ]
        )

    def _arn_prefix(self) -> str:
        region, account = self._scope["region"], self._scope["account"]
        registry = f"arn:{naming.partition(region)}:ecr:{region}:{account}:repository"
        return f"{registry}/{self._prefix}"
