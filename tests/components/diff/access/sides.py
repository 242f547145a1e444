"""Two small plans, and what differs in access between them."""

from __future__ import annotations

import json

from stackwright.diff.access import access_changes
from stackwright.diff.changes import Action, ResourceChange
from stackwright.diff.findings import AccessChange
from stackwright.plan.graph import JsonValue, Layer, Plan, Resource, symbol

SOMETHING = (ResourceChange("urn:x", "x:y:Z", "x", "foundation", "", "", True, Action.UPDATE),)
"""That something changes at all; access is compared by the plans."""


def urn(token: str, name: str) -> str:
    return f"urn:pulumi:prod::acme-ml-foundation::{token}::{name}"


def resource(
    token: str, name: str, inputs: dict[str, JsonValue], tool: str = "storage"
) -> Resource:
    return Resource(urn(token, name), token, name, True, inputs, tool=tool)


def kubernetes(kind: str, name: str, body: dict[str, JsonValue], space: str = "ml") -> Resource:
    metadata = {"name": name, "namespace": space}
    inputs = {"kind": kind.rpartition(":")[2], "metadata": metadata, **body}
    return resource(f"kubernetes:{kind}", f"{space}-{name}", inputs, "tracking")


def output(token: str, name: str, path: str) -> str:
    return symbol(urn(token, name), path)


def plan(*resources: Resource) -> Plan:
    return Plan("acme", "prod", "aws", (Layer("foundation", "p", "prod", resources),))


def differing(base: Plan | None, head: Plan | None) -> tuple[AccessChange, ...]:
    return access_changes(SOMETHING, base, head)


def the_only(base: Plan | None, head: Plan | None) -> AccessChange:
    (found,) = differing(base, head)
    return found


def document(*statements: JsonValue) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(
    actions: JsonValue, resources: JsonValue = "*", **more: JsonValue
) -> dict[str, JsonValue]:
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}
