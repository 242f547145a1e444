"""The AWS provider of an environment: one account, one region, tags on everything."""

from __future__ import annotations

import pulumi_aws as aws

from stackwright import naming
from stackwright.scope import Scope


def aws_provider(scope: Scope) -> aws.Provider:
    """Make the provider; it refuses to work in any other account than the blueprint's."""
    return aws.Provider(
        "aws",
        region=scope["region"],
        allowed_account_ids=[scope["account"]],
        default_tags={"tags": naming.tags(scope)},
    )
