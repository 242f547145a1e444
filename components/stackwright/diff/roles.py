"""What the tools of a platform are to the people who build models on it."""

from __future__ import annotations

from collections.abc import Mapping

from stackwright.plan.graph import Plan, Tool

ROLES: Mapping[str, str] = {
    "certificates": "certificates",
    "cluster": "cluster",
    "database": "database",
    "delivery": "delivery pipeline",
    "features": "feature store",
    "identity": "workload identity",
    "monitoring": "monitoring",
    "network": "network",
    "registry": "image registry",
    "secrets": "secret store",
    "serving": "model server",
    "storage": "object store",
    "tracking": "tracking server",
}
"""Capability -> what one tool of it is called; another capability is called by its own name."""


def role(tool: Tool) -> str:
    """Return what a tool is, such as `tracking server (MLflow)`."""
    name = ROLES.get(tool.capability, tool.capability.replace("-", " "))
    if tool.title.lower().startswith(name):
        return f"{tool.title[:1].lower()}{tool.title[1:]}"
    return f"{name} ({tool.title})"


def roles(base: Plan | None, head: Plan | None) -> dict[str, str]:
    """Return instance -> what it is; both, where another tool takes over the instance."""
    found = {tool.instance: role(tool) for tool in base.tools} if base else {}
    for tool in head.tools if head else ():
        later = role(tool)
        earlier = found.get(tool.instance, later)
        found[tool.instance] = later if earlier == later else f"{earlier}, then {later}"
    return found
