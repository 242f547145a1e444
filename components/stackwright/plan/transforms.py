"""Transforms change a registration before it is made; the engine asks for them, so we do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from pulumi.runtime.proto.resource_pb2 import (
    RegisterResourceRequest,
    TransformRequest,
    TransformResourceOptions,
)

_SAME = {
    "protect": "protect",
    "retainOnDelete": "retain_on_delete",
    "deletedWith": "deleted_with",
    "version": "version",
    "pluginDownloadURL": "plugin_download_url",
    "provider": "provider",
    "importId": "import",
}
"""Options with one value, by their names in a registration and in a transform."""

_LISTS = {
    "ignoreChanges": "ignore_changes",
    "replaceOnChanges": "replace_on_changes",
    "additionalSecretOutputs": "additional_secret_outputs",
    "replace_with": "replace_with",
    "hideDiffs": "hide_diff",
    "dependencies": "depends_on",
}


async def transformed(
    request: RegisterResourceRequest, functions: Sequence[Callable[[bytes], Awaitable[Any]]]
) -> RegisterResourceRequest:
    """Return a copy of `request` as `functions` change it, one after the other.

    Args:
        request: What the SDK asked to register.
        functions: Callbacks of the SDK: they take and give messages of the engine's protocol.
    """
    result = RegisterResourceRequest()
    result.CopyFrom(request)
    for function in functions:
        answer = await function(_question(result).SerializeToString())
        result.object.CopyFrom(answer.properties)
        if answer.HasField("options"):
            _apply(result, answer.options)
    return result


def _question(request: RegisterResourceRequest) -> TransformRequest:
    options = TransformResourceOptions()
    for ours, theirs in _SAME.items():
        setattr(options, theirs, getattr(request, ours))
    for ours, theirs in _LISTS.items():
        getattr(options, theirs).extend(getattr(request, ours))
    for urn in request.aliasURNs:
        options.aliases.add(urn=urn)
    if request.deleteBeforeReplaceDefined:
        options.delete_before_replace = request.deleteBeforeReplace
    if request.HasField("customTimeouts"):
        options.custom_timeouts.CopyFrom(request.customTimeouts)
    options.providers.update(request.providers)
    return TransformRequest(
        type=request.type,
        name=request.name,
        custom=request.custom,
        parent=request.parent,
        properties=request.object,
        options=options,
    )


def _apply(request: RegisterResourceRequest, options: TransformResourceOptions) -> None:
    for ours, theirs in _SAME.items():
        setattr(request, ours, getattr(options, theirs))
    for ours, theirs in _LISTS.items():
        del getattr(request, ours)[:]
        getattr(request, ours).extend(getattr(options, theirs))
    del request.aliasURNs[:]
    request.aliasURNs.extend(alias.urn for alias in options.aliases if alias.urn)
    del request.aliases[:]
    request.aliases.extend(alias for alias in options.aliases if not alias.urn)
    request.deleteBeforeReplaceDefined = options.HasField("delete_before_replace")
    request.deleteBeforeReplace = options.delete_before_replace
    request.ClearField("customTimeouts")
    if options.HasField("custom_timeouts"):
        request.customTimeouts.CopyFrom(options.custom_timeouts)
    request.providers.clear()
    request.providers.update(options.providers)
