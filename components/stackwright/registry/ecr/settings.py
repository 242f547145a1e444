"""What a user writes about Amazon ECR."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from stackwright.blueprint.base import clash
from stackwright.blueprint.names import ImageRepositoryName
from stackwright.claims import Layer
from stackwright.tool import AWS, AwsToolSettings


class EcrSettings(AwsToolSettings):
    """Amazon ECR: private, scanned repositories with tags that cannot be moved."""

    title: ClassVar[str] = "Amazon ECR"
    parts: ClassVar[Mapping[Layer, str]] = {Layer.FOUNDATION: "Ecr"}
    contract: ClassVar[str] = "ImageRegistry"
    gives: ClassVar[tuple[str, ...]] = ("url", "policy", "arn_prefix")
    wires: ClassVar[tuple[str, ...]] = ("url",)
    default_for: ClassVar[frozenset[str]] = frozenset({AWS})
    profiles: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "production": {"keep_images": 200},
        "development": {"keep_images": 30},
    }

    kind: Literal["ecr"]
    repositories: list[ImageRepositoryName] = Field(
        default=["models", "services"],
        min_length=1,
        max_length=100,
        examples=[["models", "services"]],
    )
    """Repositories that are made; platform and environment come before each name."""
    keep_images: int = Field(default=200, ge=1, le=10000)
    """How many images each repository keeps; the oldest go first."""
    untagged_days: int = Field(default=14, ge=1, le=365)
    """Days that an image without a tag is kept."""

    @clash("repositories")
    def _repositories_differ(self) -> str | None:
        if len(set(self.repositories)) == len(self.repositories):
            return None
        return "a repository is named twice; name each once."
