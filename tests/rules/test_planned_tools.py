"""What is true of everything that tools plan, on both targets and in both profiles."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from stackwright import catalog
from stackwright.claims import Layer, OwnPartClaim
from stackwright.component import ToolComponent
from stackwright.data.stateful import losses
from stackwright.plan.graph import Plan, Resource
from stackwright.program import Platform
from stackwright.wiring import CONTRACTS, Wiring

Promises = list[tuple[str, set[str], set[str]]]


@pytest.mark.parametrize("case", ["aws-production", "aws-development"])
def test_a_foundation_part_gives_exactly_what_its_settings_promise(
    case: str, seen_in_foundation: Callable[[str, Callable[[Platform], Promises]], Promises]
) -> None:
    promises = seen_in_foundation(case, _promises)
    assert promises
    assert [item for item in promises if item[1] != item[2]] == []


def _promises(platform: Platform) -> Promises:
    """Return for each use and wiring of the foundation: its name, what is given, the promise."""
    environment, found = platform.environment, []
    for of in environment.parts(Layer.FOUNDATION):
        component = platform.components[of.instance]
        settings = environment.instances[of.instance].settings
        for use in environment.consumers(of):
            if isinstance(use.claim, OwnPartClaim):
                found.append((use.key, set(component.handover()), set(settings.hands_over)))
            else:
                found.append((use.key, set(component.binding(use.key)), set(settings.gives)))
        if Layer.PLATFORM not in settings.parts:
            found.append((of.instance, set(component.wiring()), set(settings.wires)))
    return found


def test_wiring_keeps_the_promise_of_each_contract(plan: Plan) -> None:
    tools, promised = plan.wiring["tools"], plan.wiring["contracts"]
    assert tools
    assert Wiring.model_validate(plan.wiring).environment == plan.environment
    for instance, keys in tools.items():
        model = CONTRACTS[promised[instance]]
        assert model.required_keys() <= set(keys) <= model.keys(), instance


def test_every_annotated_output_is_registered(plan: Plan) -> None:
    components = {component.__name__: component for component in component_classes()}
    missing = []
    for _, resource in plan.resources():
        if not resource.type.startswith("stackwright:index:"):
            continue
        component = components[resource.type.split(":")[-1]]
        wanted = {name for name in component.__annotations__ if not name.startswith("_")}
        missing += [f"{resource.name}.{name}" for name in wanted - set(resource.outputs)]
    assert missing == []


def test_a_childs_name_begins_with_its_components_name(plan: Plan) -> None:
    by_urn = {resource.urn: resource for _, resource in plan.resources()}
    wrong = [
        resource.urn
        for _, resource in plan.resources()
        if (owner := by_urn.get(resource.parent)) is not None
        and owner.type.startswith("stackwright:index:")
        and not resource.type.startswith("pulumi:")
        and resource.name != owner.name
        and not resource.name.startswith(f"{owner.name}-")
    ]
    assert wrong == []


def test_every_kubernetes_object_has_an_explicit_name(plan: Plan) -> None:
    wrong = [r.urn for r in kubernetes_objects(plan) if not r.inputs["metadata"].get("name")]
    assert wrong == []


def test_every_namespaced_object_says_its_namespace(plan: Plan) -> None:
    cluster_wide = {
        "Namespace", "ClusterRole", "ClusterRoleBinding", "StorageClass", "ClusterIssuer",
        "ClusterSecretStore", "PriorityClass", "CustomResourceDefinition", "NodePool",
    }  # fmt: skip
    wrong = [
        resource.urn
        for resource in kubernetes_objects(plan)
        if resource.inputs["kind"] not in cluster_wide
        and resource.inputs["metadata"].get("namespace") in (None, "", "default")
    ]
    assert wrong == []


ALLOWED_LEVELS = {"monitoring-nodes-namespace": "node exporter reads the node's files"}
"""Namespaces that enforce less than `restricted`, and why."""


def test_every_namespace_enforces_pod_security_and_denies_traffic(plan: Plan) -> None:
    denied = {
        resource.inputs["metadata"]["namespace"]
        for resource in kubernetes_objects(plan)
        if resource.inputs["kind"] == "NetworkPolicy"
        and resource.inputs["spec"].get("podSelector") == {}
        and set(resource.inputs["spec"]["policyTypes"]) == {"Ingress", "Egress"}
        and "ingress" not in resource.inputs["spec"]
    }
    for resource in kubernetes_objects(plan):
        if resource.inputs["kind"] != "Namespace":
            continue
        metadata = resource.inputs["metadata"]
        level = metadata["labels"]["pod-security.kubernetes.io/enforce"]
        assert level == "restricted" or resource.name in ALLOWED_LEVELS, resource.name
        assert metadata["name"] in denied, resource.name


def test_no_field_of_an_object_is_null(plan: Plan) -> None:
    wrong = [
        f"{resource.urn}: {path}"
        for resource in kubernetes_objects(plan)
        for path in nulls(resource.inputs)
    ]
    assert wrong == []


def test_every_service_is_inside_the_cluster(plan: Plan) -> None:
    kinds = {
        resource.urn: resource.inputs["spec"].get("type")
        for resource in kubernetes_objects(plan)
        if resource.inputs["kind"] == "Service"
    }
    assert set(kinds.values()) <= {"ClusterIP"}


def test_no_role_has_a_star(plan: Plan) -> None:
    wrong = [
        resource.urn
        for resource in kubernetes_objects(plan)
        for rule in resource.inputs.get("rules") or ()
        if any("*" in rule.get(key, ()) for key in ("verbs", "resources", "apiGroups"))
    ]
    assert wrong == []


def test_no_role_may_do_everything_of_a_service(plan: Plan) -> None:
    wrong = []
    for _, resource in plan.resources():
        for statement in statements(resource):
            actions = statement["Action"]
            listed = [actions] if isinstance(actions, str) else actions
            stars = any(action == "*" or action.endswith(":*") for action in listed)
            if stars and "Principal" not in statement:
                wrong.append(resource.urn)
    assert wrong == []


def test_no_policy_of_a_resource_is_for_everybody(plan: Plan) -> None:
    wrong = [
        resource.urn
        for _, resource in plan.resources()
        for statement in statements(resource)
        if statement.get("Principal") in ("*", {"AWS": "*"})
        and "Condition" not in statement
        # An endpoint's policy narrows what others allow; naming what is reached is enough.
        and not (
            resource.type == "aws:ec2/vpcEndpoint:VpcEndpoint" and statement["Resource"] != "*"
        )
    ]
    assert wrong == []


NOT_PROTECTED = {
    "kubernetes:core/v1:Namespace": "what it holds is protected where it keeps data",
    "kubernetes:helm.sh/v3:Release": "only where deleting it deletes other people's objects",
}
"""Types that lose something when deleted and are not protected, and why."""


def test_what_keeps_data_is_protected(plan: Plan) -> None:
    wrong = [
        resource.urn
        for _, resource in plan.resources()
        if resource.type in losses()
        and resource.type not in NOT_PROTECTED
        and not resource.options.protect
    ]
    assert wrong == []


def test_a_resource_depends_on_few_others(plan: Plan) -> None:
    counts = sorted(len(r.dependencies) for _, r in plan.resources() if r.custom)
    assert counts[len(counts) // 2] <= 6


def component_classes() -> Iterator[type[ToolComponent[Any]]]:
    for tools in catalog.capabilities().values():
        for settings in tools.values():
            for layer in settings.parts:
                module, name = settings.component_path(layer)
                yield getattr(importlib.import_module(module), name)


def kubernetes_objects(plan: Plan) -> Iterator[Resource]:
    for _, resource in plan.resources():
        if resource.type.startswith("kubernetes:") and "metadata" in resource.inputs:
            yield resource


def statements(resource: Resource) -> Iterator[Mapping[str, Any]]:
    """Yield the statements that allow something in a resource's IAM policy."""
    text = resource.inputs.get("policy")
    if not (resource.type.startswith("aws:") and isinstance(text, str) and text.startswith("{")):
        return
    for statement in json.loads(text).get("Statement", ()):
        if statement["Effect"] == "Allow":
            yield statement


def nulls(value: Any, path: str = "") -> Iterator[str]:
    """Yield where a value holds null, which the API server refuses in most fields."""
    if value is None:
        yield path
    items = value.items() if isinstance(value, Mapping) else ()
    for key, item in items if not isinstance(value, list) else enumerate(value):
        yield from nulls(item, f"{path}.{key}")
