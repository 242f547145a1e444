"""Settings of Amazon EKS as arguments of its components, in words that every language has."""

from typing import NotRequired, TypedDict


class EksAccessSettingsArgs(TypedDict):
    """Who reaches the cluster's API."""

    endpoint: str
    """`private`: only from inside the network; `public`: also from named ranges."""
    via: NotRequired[str]
    """How people get into the network, for the reader; needed when private."""
    allowed_cidrs: NotRequired[list[str]]
    """Ranges that may reach the API; needed when public, and never wider than /16."""


class NodeTaintArgs(TypedDict):
    """Keeps pods off a node unless they accept it."""

    key: str
    """Key of the taint."""
    value: NotRequired[str]
    """Value of the taint. Default empty."""
    effect: NotRequired[str]
    """`NoSchedule`, `PreferNoSchedule` or `NoExecute`. Default NoSchedule."""


class NodePoolArgs(TypedDict):
    """Nodes of one kind, which grow and shrink together."""

    purpose: NotRequired[str]
    """What runs here, for people."""
    instance_types: NotRequired[list[str]]
    """EC2 instance types, most wanted first. Default m7i.xlarge."""
    min_size: NotRequired[int]
    """Fewest nodes. Default 2."""
    max_size: NotRequired[int]
    """Most nodes. Default 6."""
    desired_size: NotRequired[int]
    """Nodes at the start; the fewest when absent."""
    disk_gib: NotRequired[int]
    """Size of each node's encrypted disk in GiB. Default 100."""
    gpu: NotRequired[bool]
    """True for nodes with NVIDIA GPUs. Default false."""
    capacity: NotRequired[str]
    """`on-demand` or `spot`. Default on-demand."""
    labels: NotRequired[dict[str, str]]
    """Kubernetes labels of the nodes, besides `stackwright.dev/pool`."""
    taints: NotRequired[list[NodeTaintArgs]]
    """Taints of the nodes, besides that of GPUs."""


class EksSettingsArgs(TypedDict):
    """Settings of Amazon EKS."""

    version: NotRequired[str]
    """Minor version of Kubernetes. Default 1.35."""
    access: EksAccessSettingsArgs
    """Who reaches the cluster's API."""
    administrators: list[str]
    """ARNs of the IAM roles that administer the cluster."""
    node_pools: NotRequired[dict[str, NodePoolArgs]]
    """Pools of nodes by name. Default a general pool, and one of GPUs that is empty."""
    add_on_versions: NotRequired[dict[str, str]]
    """Versions of add-ons; absent for the one that EKS chooses."""
    log_retention_days: NotRequired[int]
    """Days that the control plane's logs are kept. Default 365."""
    deletion_protection: NotRequired[bool]
    """True keeps EKS from deleting the cluster. Default true."""
    volume_reclaim_policy: NotRequired[str]
    """What happens to a volume when its claim is deleted: `Delete` or `Retain`. Default Retain."""
    create_autoscaling_role: NotRequired[bool]
    """True in an account that never had an Auto Scaling group. Default false."""
    tags: NotRequired[dict[str, str]]
    """AWS tags for every resource, besides those of the platform."""
