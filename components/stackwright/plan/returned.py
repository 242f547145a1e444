"""What a registration returns: every output property of a resource, as far as text can say it.

Inputs echo as outputs, as providers do in a preview. A property that is text and was not given
becomes a symbol. All others stay unknown, each with a marker that names it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from inspect import isclass
from typing import Any, get_origin

from google.protobuf.struct_pb2 import Struct, Value
from pulumi import _types
from pulumi.runtime.proto.resource_pb2 import RegisterResourceRequest, RegisterResourceResponse

from stackwright.plan import values
from stackwright.plan.graph import symbol

_ASSIGNED_METADATA = ("name", "namespace", "uid")
"""What the Kubernetes API server assigns in `metadata` when it is not given."""


class Returned:
    """Makes responses; keeps what it learnt about each resource class while one program runs."""

    def __init__(self) -> None:
        self._properties: dict[type, dict[str, Any]] = {}

    def response(
        self, request: RegisterResourceRequest, urn: str, resource_class: type | None
    ) -> RegisterResourceResponse:
        """Return the answer to `request`.

        Args:
            request: What the SDK asked to register.
            urn: URN given to the resource.
            resource_class: Python class of the resource; None when it could not be found.
        """
        response = RegisterResourceResponse(
            urn=urn, id=symbol(urn, "id") if request.custom else "", object=request.object
        )
        if (request.custom or request.remote) and resource_class is not None:
            self._complete(response, request, urn, resource_class)
        if request.custom and request.type.startswith("kubernetes:"):
            _assign_metadata(response.object, urn)
        return response

    def _complete(
        self,
        response: RegisterResourceResponse,
        request: RegisterResourceRequest,
        urn: str,
        resource_class: type,
    ) -> None:
        secret = set(request.additionalSecretOutputs)
        fields = response.object.fields
        for name, kind in self._kinds(resource_class).items():
            if kind is str:
                _complete_text(fields[name], symbol(urn, name), name in secret)
                continue
            if name in fields and not _fits(fields[name], kind):
                del fields[name]
            if name in fields and not request.type.startswith("kubernetes:"):
                _complete_object(fields[name], kind, f"{urn}#{name}")
            if name not in fields or name in secret or name in request.propertyDependencies:
                response.propertyDependencies[name].urns.append(values.marker(urn, name))
            if name in secret:
                values.set_secret(fields[name], values.UNKNOWN)

    def _kinds(self, resource_class: type) -> dict[str, Any]:
        kinds = self._properties.get(resource_class)
        if kinds is None:
            found = _types.resource_types(resource_class)
            kinds = {
                name: _types.unwrap_optional_type(kind)
                for name, kind in sorted(found.items())
                if name not in ("urn", "id")
            }
            self._properties[resource_class] = kinds
        return kinds


def _complete_text(value: Value, text: str, secret: bool) -> None:
    """Keep the text that was given, else put the symbol `text`; a secret is always a symbol."""
    secret = secret or values.is_secret(value)
    is_text = value.WhichOneof("kind") == "string_value"
    if is_text and not secret and value.string_value != values.UNKNOWN:
        text = value.string_value
    if secret:
        values.set_secret(value, text)
    else:
        value.string_value = text


def _complete_object(value: Value, kind: Any, path: str) -> None:
    """Put symbols for text that a provider computes inside an object that was given.

    Kubernetes objects are left as they are: each has hundreds of fields that stay absent.
    """
    if value.WhichOneof("kind") != "struct_value" or values.is_secret(value):
        return
    if not _types.is_output_type(kind):
        return
    urn, _, name = path.partition("#")
    fields = value.struct_value.fields
    for key, nested in _types.output_type_types(kind).items():
        nested_kind = _types.unwrap_optional_type(nested)
        if nested_kind is str and key not in fields:
            fields[key].string_value = symbol(urn, f"{name}.{key}")
        elif key in fields:
            _complete_object(fields[key], nested_kind, f"{path}.{key}")


def _fits(value: Value, kind: Any) -> bool:
    """Tell whether the SDK can read the input `value` as an output of the type `kind`."""
    if values.is_secret(value):
        return _fits(value.struct_value.fields["value"], kind)
    shape = value.WhichOneof("kind")
    origin = get_origin(kind) or kind
    if kind is Any or value.string_value == values.UNKNOWN:
        return True
    if shape == "struct_value":
        return origin in (dict, Mapping) or _types.is_output_type(kind)
    if shape == "list_value":
        return origin in (list, Sequence)
    if isclass(kind) and issubclass(kind, Enum):
        return value.string_value in {member.value for member in kind}
    return True


def _assign_metadata(outputs: Struct, urn: str) -> None:
    metadata = outputs.fields["metadata"]
    if metadata.WhichOneof("kind") == "string_value" or values.is_secret(metadata):
        return
    fields = metadata.struct_value.fields
    for name in _ASSIGNED_METADATA:
        if name not in fields:
            fields[name].string_value = symbol(urn, f"metadata.{name}")
