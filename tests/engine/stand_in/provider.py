"""A provider without a cloud: it accepts everything, makes ids, and computes plausible outputs."""

# ruff: noqa: N802 - the methods have the names of the protocol.

from __future__ import annotations

import importlib.metadata
import uuid
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NoReturn

import grpc  # type: ignore[import-untyped]  # it ships no types
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc
from tests.engine.stand_in import cluster, computed
from tests.engine.stand_in.control import Control, Drift
from tests.engine.stand_in.differing import (
    Difference,
    provider_difference,
    resource_difference,
)

PACKAGES = ("aws", "kubernetes")


def version(package: str) -> str:
    """Return the version that the program's package asks for."""
    return importlib.metadata.version(f"pulumi-{package}")


class StandIn(provider_pb2_grpc.ResourceProviderServicer):
    """Serves one package."""

    def __init__(self, package: str, control: Path | None = None) -> None:
        self._package = package
        self._control = control

    def Handshake(self, request: Any, context: Any) -> provider_pb2.ProviderHandshakeResponse:
        """Say what is understood: secrets."""
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def Attach(self, request: Any, context: Any) -> Empty:
        """Serve another engine."""
        return Empty()

    def Cancel(self, request: Any, context: Any) -> Empty:
        """Have nothing to cancel."""
        return Empty()

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:
        """Say which version this is."""
        return plugin_pb2.PluginInfo(version=version(self._package))

    def CheckConfig(self, request: Any, context: Any) -> provider_pb2.CheckResponse:
        """Accept every configuration."""
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> provider_pb2.DiffResponse:
        """Compare configurations."""
        old, new = _plain(request.old_inputs), _plain(request.news)
        return _answer(provider_difference(self._package, old, new))

    def Configure(self, request: Any, context: Any) -> provider_pb2.ConfigureResponse:
        """Accept every configuration."""
        return provider_pb2.ConfigureResponse(acceptSecrets=True, supportsPreview=True)

    def Check(self, request: Any, context: Any) -> provider_pb2.CheckResponse:
        """Accept all inputs; a Kubernetes object gets a name, and keeps it."""
        given, old = _plain(request.news), _plain(request.olds)
        if self._package == "kubernetes":
            unique = _old_suffix(request.urn, old) or uuid.uuid4().hex[:8]
            given = cluster.named(_type(request.urn), _name(request.urn), given, unique)
        return provider_pb2.CheckResponse(inputs=_struct(given))

    def Diff(self, request: Any, context: Any) -> provider_pb2.DiffResponse:
        """Compare inputs by the replacement facts."""
        old, new = _plain(request.old_inputs), _plain(request.news)
        found = resource_difference(_type(request.urn), old, new, request.ignoreChanges)
        return _answer(found)

    def Create(self, request: Any, context: Any) -> provider_pb2.CreateResponse:
        """Make an id that was never there, so that dependents of a replacement change too."""
        identity = f"{_name(request.urn)}-{uuid.uuid4().hex[:8]}"
        made = self._outputs(request.urn, _plain(request.properties), identity, request.preview)
        if request.preview:
            return provider_pb2.CreateResponse(properties=_struct(made))
        if self._package == "kubernetes":
            identity = cluster.object_id(made)
        return provider_pb2.CreateResponse(id=identity, properties=_struct(made))

    def Update(self, request: Any, context: Any) -> provider_pb2.UpdateResponse:
        """Take the new inputs and keep what was computed."""
        given, old = _plain(request.news), _plain(request.olds)
        old_inputs = _plain(request.old_inputs)
        made = self._outputs(request.urn, given, request.id, request.preview)
        kept = computed.kept(made, old, given, old_inputs)
        return provider_pb2.UpdateResponse(properties=_struct(kept))

    def Read(self, request: Any, context: Any) -> provider_pb2.ReadResponse:
        """Return what the state says, with the planned drift."""
        inputs = _plain(request.inputs)
        made = _plain(request.properties) or self._outputs(
            request.urn, inputs, request.id, preview=False
        )
        for drift in self._drifts(request.urn):
            if drift.gone:
                return provider_pb2.ReadResponse()
            made |= drift.changes
            inputs |= drift.changes
        return provider_pb2.ReadResponse(
            id=request.id, properties=_struct(made), inputs=_struct(inputs)
        )

    def Delete(self, request: Any, context: Any) -> Empty:
        """Forget the resource."""
        return Empty()

    def Invoke(self, request: Any, context: Any) -> NoReturn:
        """Refuse to look anything up: our programs do not."""
        _refuse(context, f"the program looks something up: {request.tok}")

    def Call(self, request: Any, context: Any) -> NoReturn:
        """Refuse to call a method: our programs do not."""
        _refuse(context, f"the program calls a method: {request.tok}")

    def _outputs(
        self, urn: str, given: Mapping[str, Any], identity: str, preview: bool
    ) -> dict[str, Any]:
        type_ = _type(urn)
        planned = Control.read(self._control).outputs.get(type_, {})
        if self._package == "kubernetes":
            return {**cluster.outputs(type_, given, identity, preview), **planned}
        made = {**computed.outputs(type_, given, identity), **planned}
        if not preview:
            return made
        return {
            name: computed.unknown_in_preview(value, given.get(name))
            for name, value in made.items()
        }

    def _drifts(self, urn: str) -> list[Drift]:
        drifts = Control.read(self._control).drifts
        return [drift for drift in drifts if fnmatchcase(urn, drift.urn)]


def _type(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]


def _old_suffix(urn: str, old: Mapping[str, Any]) -> str:
    """Return how the name ends that the object got when it was made; empty when it is new."""
    given = old if _type(urn) == cluster.RELEASE else old.get("metadata") or {}
    name = given.get("name") if isinstance(given, Mapping) else ""
    start = f"{_name(urn)}-"
    return name.removeprefix(start) if isinstance(name, str) and name.startswith(start) else ""


def _answer(found: Difference) -> provider_pb2.DiffResponse:
    response = provider_pb2.DiffResponse
    return response(
        changes=response.DIFF_SOME if found.changed else response.DIFF_NONE,
        diffs=found.changed,
        replaces=found.replacing,
        deleteBeforeReplace=bool(found.replacing) and found.delete_first,
    )


def _refuse(context: Any, message: str) -> NoReturn:
    context.abort(grpc.StatusCode.UNIMPLEMENTED, message)
    raise AssertionError("abort raises")


def _plain(message: Struct) -> dict[str, Any]:
    plain: dict[str, Any] = MessageToDict(message)
    return plain


def _struct(value: Mapping[str, Any]) -> Struct:
    return ParseDict(dict(value), Struct())
