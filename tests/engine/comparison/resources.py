"""Compares one resource of a plan with what the engine keeps and received of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from tests.engine.comparison import normalising
from tests.engine.comparison.deployed import Outputs, Resource
from tests.engine.comparison.report import Report
from tests.engine.comparison.values import ValueComparison

from stackwright.plan.graph import Resource as Planned
from stackwright.plan.graph import ResourceOptions

STACK = "pulumi:pulumi:Stack"
REFERENCE = "pulumi:pulumi:StackReference"
RELEASE = "kubernetes:helm.sh/v3:Release"

_LISTS = {
    "ignoreChanges": "ignore_changes",
    "replaceOnChanges": "replace_on_changes",
    "additionalSecretOutputs": "additional_secret_outputs",
    "hideDiff": "hide_diffs",
    "replaceWith": "replace_with",
}
"""Options as a state calls them, and as a plan does."""

_MOMENTS = {
    "before_create": "beforeCreate",
    "after_create": "afterCreate",
    "before_update": "beforeUpdate",
    "after_update": "afterUpdate",
    "before_delete": "beforeDelete",
    "after_delete": "afterDelete",
    "on_error": "onError",
}
"""Moments of hooks as a plan calls them, and as the engine's log does."""

Request = Mapping[str, Any]


def compare_resource(
    report: Report, outputs: Outputs, plan: Planned, state: Resource, request: Request | None
) -> None:
    """Compare everything of one resource.

    Args:
        report: Where differences go.
        outputs: What all deployed resources gave.
        plan: The resource of the plan.
        state: The resource of the exported state.
        request: The registration that the engine received; None for what is only read.
    """
    _identity(report, plan, state)
    _values(report, outputs, plan, state, request)
    _dependencies(report, plan, state)
    _kept_options(report, plan, state)
    if request is not None:
        _received_options(report, plan, request)
    elif plan.type == REFERENCE:
        report.equal(plan.urn, "options", asdict(plan.options), asdict(ResourceOptions()))
    else:
        report.differ(plan.urn, "request", "registered", "never received")


def _identity(report: Report, plan: Planned, state: Resource) -> None:
    report.equal(plan.urn, "name", plan.name, state["urn"].split("::", 3)[3])
    report.equal(plan.urn, "type", plan.type, state["type"])
    report.equal(plan.urn, "custom", plan.custom, state.get("custom", False))
    report.equal(plan.urn, "parent", plan.parent, state.get("parent", ""))
    provider = normalising.provider_urn(state.get("provider", ""))
    report.equal(plan.urn, "provider", plan.provider, provider)


def _values(
    report: Report, outputs: Outputs, plan: Planned, state: Resource, request: Request | None
) -> None:
    made_from = {name: frozenset(urns) for name, urns in plan.property_dependencies.items()}
    values = ValueComparison(report, outputs, plan.urn, made_from)
    # The real provider completes a Release from its chart, which is not the plan's promise.
    from_request = plan.type == RELEASE and request is not None
    engine = request.get("object", {}) if from_request and request else state.get("inputs", {})
    ours, theirs = (normalising.inputs(plan.type, side) for side in (plan.inputs, engine))
    values.compare("inputs", ours, theirs)
    if plan.custom or plan.type == STACK:
        # Outputs of custom resources are the provider's, those of the stack are the layer's.
        report.equal(plan.urn, "outputs", plan.outputs, {})
    else:
        values.compare("outputs", plan.outputs, state.get("outputs", {}))


def _dependencies(report: Report, plan: Planned, state: Resource) -> None:
    _sets(report, plan.urn, "dependencies", plan.dependencies, state.get("dependencies"))
    theirs = state.get("propertyDependencies") or {}
    for name in sorted({*plan.property_dependencies, *theirs}):
        where = f"propertyDependencies.{name}"
        ours = plan.property_dependencies.get(name, ())
        _sets(report, plan.urn, where, ours, theirs.get(name))


def _kept_options(report: Report, plan: Planned, state: Resource) -> None:
    options, urn = plan.options, plan.urn
    report.equal(urn, "options.protect", options.protect, state.get("protect", False))
    retained = state.get("retainOnDelete", False)
    report.equal(urn, "options.retain_on_delete", options.retain_on_delete, retained)
    report.equal(urn, "options.deleted_with", options.deleted_with, state.get("deletedWith", ""))
    for theirs, ours in _LISTS.items():
        _sets(report, urn, f"options.{ours}", getattr(options, ours), state.get(theirs))
    limits = {name: normalising.seconds(limit) for name, limit in options.custom_timeouts.items()}
    kept = (state.get("customTimeouts") or {}).items()
    real = {name: normalising.seconds(limit) for name, limit in kept if limit}
    report.equal(urn, "options.custom_timeouts", limits, real)


def _received_options(report: Report, plan: Planned, request: Request) -> None:
    """Compare the options that no export has."""
    options, urn = plan.options, plan.urn
    first = request.get("deleteBeforeReplace", False)
    given = first if request.get("deleteBeforeReplaceDefined") else None
    providers = request.get("providers", {}).items()
    real: dict[str, tuple[Any, Any]] = {
        "delete_before_replace": (options.delete_before_replace, given),
        "import_id": (options.import_id, request.get("importId", "")),
        "version": (options.version, request.get("version", "")),
        "plugin_download_url": (
            options.plugin_download_url,
            request.get("pluginDownloadURL", ""),
        ),
        "providers": (
            dict(options.providers),
            {name: normalising.provider_urn(reference) for name, reference in providers},
        ),
        "hooks": (set(options.hooks), _hooks(request)),
        "replacement_trigger": (options.replacement_trigger, request.get("replacementTrigger")),
    }
    for name, (ours, theirs) in real.items():
        report.equal(urn, f"options.{name}", ours, theirs)
    _sets(report, urn, "options.aliases", _planned_aliases(plan), _received_aliases(plan, request))


def _hooks(request: Request) -> set[str]:
    hooks = request.get("hooks") or {}
    return {f"{moment}:{name}" for moment, key in _MOMENTS.items() for name in hooks.get(key, ())}


def _planned_aliases(plan: Planned) -> Iterable[str]:
    for alias in plan.options.aliases:
        if isinstance(alias, str):
            yield alias
            continue
        spec = {**alias, "parentUrn": alias.get("parent"), "noParent": alias.get("no_parent")}
        yield _alias_urn(spec, plan)


def _received_aliases(plan: Planned, request: Request) -> Iterable[str]:
    yield from request.get("aliasURNs", ())
    for alias in request.get("aliases", ()):
        yield alias["urn"] if "urn" in alias else _alias_urn(alias["spec"], plan)


def _alias_urn(spec: Mapping[str, Any], plan: Planned) -> str:
    """Return the URN that the engine makes of an alias: what it does not say stays as it is."""
    stack, project = plan.urn.split("::")[0].rpartition(":")[2], plan.urn.split("::")[1]
    parent = "" if spec.get("noParent") else spec.get("parentUrn") or plan.parent
    above = (parent or STACK).split("::")[2 if parent.startswith("urn:") else 0]
    chain = "" if above == STACK else f"{above}$"
    return (
        f"urn:pulumi:{spec.get('stack') or stack}::{spec.get('project') or project}"
        f"::{chain}{spec.get('type') or plan.type}::{spec.get('name') or plan.name}"
    )


def _sets(
    report: Report, urn: str, where: str, plan: Iterable[str], engine: Iterable[str] | None
) -> None:
    ours, theirs = set(plan), set(engine or ())
    report.equal(urn, where, ours - theirs, theirs - ours)
