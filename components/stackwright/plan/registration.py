"""A registration is one request of the SDK, turned into a resource of the plan."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping

from pulumi.runtime.proto.alias_pb2 import Alias
from pulumi.runtime.proto.resource_pb2 import ReadResourceRequest, RegisterResourceRequest

from stackwright.plan import values
from stackwright.plan.graph import JsonValue, Resource, ResourceOptions

_HOOKS = (
    "before_create",
    "after_create",
    "before_update",
    "after_update",
    "before_delete",
    "after_delete",
    "on_error",
)
_TIMEOUTS = ("create", "read", "update", "delete")


def recorded(
    urn: str, request: RegisterResourceRequest, outputs: Mapping[str, JsonValue]
) -> Resource:
    """Return the resource that `request` registers as `urn`."""
    made_from = {
        name: list(dependencies.urns) for name, dependencies in request.propertyDependencies.items()
    }
    real = {name: values.without_markers(urns) for name, urns in made_from.items()}
    return Resource(
        urn=urn,
        type=request.type,
        name=request.name,
        custom=request.custom,
        inputs=values.struct_to_json(request.object, made_from),
        outputs=outputs,
        parent=request.parent,
        provider=_provider(request.provider),
        dependencies=values.without_markers(request.dependencies),
        property_dependencies={name: urns for name, urns in sorted(real.items()) if urns},
        options=_options(request),
    )


def reference(urn: str, request: ReadResourceRequest) -> Resource:
    """Return the resource that stands for another stack whose outputs are read."""
    return Resource(
        urn=urn,
        type=request.type,
        name=request.name,
        custom=True,
        inputs={"name": request.id},
        parent=request.parent,
        dependencies=values.without_markers(request.dependencies),
    )


def in_order(resources: Iterable[Resource], program: Mapping[str, int]) -> tuple[Resource, ...]:
    """Return `resources` so that each stands after everything that it needs.

    Args:
        resources: In any order, with distinct URNs.
        program: Position of each URN in the program; it decides between resources that need
            nothing of each other, and the URN decides where it is missing.
    """
    known = {resource.urn: resource for resource in resources}
    waiting = {urn: _needs(resource) & known.keys() for urn, resource in known.items()}
    needed_by: dict[str, list[str]] = {}
    for urn, needs in waiting.items():
        for need in needs:
            needed_by.setdefault(need, []).append(urn)
    last = len(program)
    ready = [(program.get(urn, last), urn) for urn, needs in waiting.items() if not needs]
    heapq.heapify(ready)
    result: list[Resource] = []
    while ready:
        _, urn = heapq.heappop(ready)
        result.append(known[urn])
        for dependent in needed_by.get(urn, ()):
            waiting[dependent].discard(urn)
            if not waiting[dependent]:
                heapq.heappush(ready, (program.get(dependent, last), dependent))
    return tuple(result)


def _needs(resource: Resource) -> set[str]:
    options = resource.options
    return {
        resource.parent,
        resource.provider,
        options.deleted_with,
        *options.replace_with,
        *options.providers.values(),
        *resource.dependencies,
    } - {resource.urn}


def _options(request: RegisterResourceRequest) -> ResourceOptions:
    timeouts = request.customTimeouts
    return ResourceOptions(
        protect=request.protect,
        retain_on_delete=request.retainOnDelete,
        delete_before_replace=(
            request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None
        ),
        ignore_changes=tuple(request.ignoreChanges),
        replace_on_changes=tuple(request.replaceOnChanges),
        additional_secret_outputs=tuple(sorted(request.additionalSecretOutputs)),
        hide_diffs=tuple(request.hideDiffs),
        aliases=(*sorted(request.aliasURNs), *(_alias(alias) for alias in request.aliases)),
        custom_timeouts={
            name: getattr(timeouts, name) for name in _TIMEOUTS if getattr(timeouts, name)
        },
        deleted_with=request.deletedWith,
        replace_with=tuple(sorted(request.replace_with)),
        import_id=request.importId,
        version=request.version,
        plugin_download_url=request.pluginDownloadURL,
        providers={
            name: _provider(provider) for name, provider in sorted(request.providers.items())
        },
        hooks=_hooks(request),
        replacement_trigger=(
            values.to_json(request.replacement_trigger, ())
            if request.HasField("replacement_trigger")
            else None
        ),
    )


def _hooks(request: RegisterResourceRequest) -> tuple[str, ...]:
    if not request.HasField("hooks"):
        return ()
    return tuple(f"{moment}:{name}" for moment in _HOOKS for name in getattr(request.hooks, moment))


def _alias(alias: Alias) -> JsonValue:
    spec = alias.spec
    given = {
        "name": spec.name,
        "type": spec.type,
        "stack": spec.stack,
        "project": spec.project,
        "parent": spec.parentUrn,
        "no_parent": spec.noParent,
    }
    return {name: value for name, value in given.items() if value}


def _provider(provider_reference: str) -> str:
    """Return the URN in a provider reference, which is the URN, two colons and the id."""
    if not provider_reference:
        return ""
    urn, separator, _ = provider_reference.partition("::${output:")
    return urn if separator else provider_reference.rpartition("::")[0]
