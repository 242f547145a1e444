"""A scope says which environment of which platform a component belongs to; names follow from it.

Components of one environment share one scope. It is plain data, known before anything exists.
"""

from typing import NotRequired, TypedDict


class Scope(TypedDict):
    """Where a component stands: platform, environment and place."""

    name: str
    """Name of the platform, such as `acme-ml`: a DNS label of at most 16 characters."""
    environment: str
    """Name of the environment, such as `prod`: at most 10 lower-case letters and digits."""
    labels: NotRequired[dict[str, str]]
    """Put on every resource: Kubernetes labels, AWS tags."""
    account: NotRequired[str]
    """AWS account of 12 digits; absent outside AWS."""
    region: NotRequired[str]
    """AWS region, such as `eu-west-1`; absent outside AWS."""
    chart_mirror: NotRequired[str]
    """Where Helm charts come from instead of their own repositories; absent for those."""
    image_mirror: NotRequired[str]
    """Registry and path that container images come from instead of their own; absent for those."""
