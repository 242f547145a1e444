"""What a user writes about Amazon S3."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from stackwright.claims import Layer
from stackwright.tool import AWS, AwsToolSettings


class S3Settings(AwsToolSettings):
    """Amazon S3: one private, encrypted, versioned bucket per purpose."""

    title: ClassVar[str] = "Amazon S3"
    parts: ClassVar[Mapping[Layer, str]] = {Layer.FOUNDATION: "S3"}
    contract: ClassVar[str] = "ObjectStore"
    gives: ClassVar[tuple[str, ...]] = ("bucket", "url", "region", "policy")
    wires: ClassVar[tuple[str, ...]] = ("data_url", "artifacts_url", "region")
    default_for: ClassVar[frozenset[str]] = frozenset({AWS})
    profiles: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "production": {"noncurrent_version_days": 90},
        "development": {"noncurrent_version_days": 7},
    }

    kind: Literal["s3"]
    noncurrent_version_days: int = Field(default=90, ge=1, le=3650)
    """Days that an overwritten or deleted object can still be brought back."""
    log_retention_days: int = Field(default=365, ge=184, le=3650)
    """Days that access logs are kept; 184 is the least that covers six months (EU AI Act,
    Article 19)."""
