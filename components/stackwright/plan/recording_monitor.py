"""A recording monitor answers a Pulumi program as the engine would in a preview, and remembers.

It is handed to the SDK's settings in place of a gRPC stub: its methods carry the names and take
the messages of the ResourceMonitor and Engine services.
"""

# ruff: noqa: N802 - the methods have the names of the protocol.

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NoReturn

from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime._callbacks import _CallbackServicer
from pulumi.runtime.proto import callback_pb2, engine_pb2, resource_pb2

from stackwright.errors import PlanError
from stackwright.plan import values
from stackwright.plan.graph import JsonValue
from stackwright.plan.returned import Returned
from stackwright.plan.transforms import transformed

STACK_TYPE = "pulumi:pulumi:Stack"
REFERENCE_TYPE = "pulumi:pulumi:StackReference"

_FEATURES = (
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
    resource_pb2.RESOURCE_MONITOR_FEATURE_TRANSFORMS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_INVOKE_TRANSFORMS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_HOOKS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ERROR_HOOKS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_STATE_MIGRATIONS,
)
"""Without alias specs the SDK resolves aliases to URNs; without resource references and output
values it sends plain ids."""


class RefusedError(PlanError):
    """What a program asks for and a plan cannot give; the place is added by the recorder."""


class InProcessCallbacks(_CallbackServicer):
    """The SDK's table of transforms and hooks, without the server that it opens for them."""

    def __init__(self, monitor: RecordingMonitor) -> None:
        self._callbacks = {}
        self._transforms = {}
        self._state_migrations = {}
        self._monitor: Any = monitor
        self._target = "in-process"

    def function(self, token: str) -> Callable[[bytes], Awaitable[Any]]:
        """Return the registered function that `token` names."""
        return self._callbacks[token]


class RecordingMonitor:
    """Registers everything, looks nothing up."""

    def __init__(
        self, project: str, stack: str, foreign: Mapping[str, Mapping[str, JsonValue]]
    ) -> None:
        self._prefix = f"urn:pulumi:{stack}::{project}::"
        self._foreign = foreign
        self._returned = Returned()
        self._transforms: dict[str, list[str]] = {"": []}
        self._packages: dict[str, str] = {}
        self.callbacks = InProcessCallbacks(self)
        self.classes: dict[str, type] = {}
        """Python class of each resource, by URN."""
        self.requests: dict[str, resource_pb2.RegisterResourceRequest] = {}
        self.references: dict[str, resource_pb2.ReadResourceRequest] = {}
        self.outputs: dict[str, Struct] = {}
        self.warnings: set[str] = set()

    def urn(self, type_: str, name: str, parent: str) -> str:
        """Return the URN that the engine gives; the stack is no part of the chain of types."""
        chain = parent.split("::")[2] if parent else STACK_TYPE
        qualified = type_ if chain == STACK_TYPE else f"{chain}${type_}"
        return f"{self._prefix}{qualified}::{name}"

    def GetDeploymentInfo(self, request: Empty) -> resource_pb2.DeploymentInfo:
        """Say what this monitor can do."""
        return resource_pb2.DeploymentInfo(supportedFeatures=_FEATURES)

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> Any:
        """Record `request`; with transforms the answer is awaited, else it is given at once."""
        urn = self.urn(request.type, request.name, request.parent)
        own = [transform.token for transform in request.transforms]
        tokens = [*own, *self._inherited(request.parent)]
        self._transforms[urn] = own
        if tokens and request.type != STACK_TYPE:
            return self._transform(urn, request, tokens)
        return self._register(urn, request)

    def RegisterResourceOutputs(
        self, request: resource_pb2.RegisterResourceOutputsRequest
    ) -> Empty:
        """Record what a component or the stack exports."""
        self.outputs[request.urn] = request.outputs
        return Empty()

    def ReadResource(
        self, request: resource_pb2.ReadResourceRequest
    ) -> resource_pb2.ReadResourceResponse:
        """Answer a stack reference from the plan of the other layer; refuse every other read."""
        if request.type != REFERENCE_TYPE:
            self._refuse(f"reads the existing {request.type} '{request.id}'")
        urn = self.urn(request.type, request.name, request.parent)
        self.references[urn] = request
        known = self._foreign.get(request.id, {})
        properties = Struct()
        properties.update(
            {
                "name": request.id,
                "outputs": values.to_plain(known),
                "secretOutputNames": sorted(
                    name
                    for name, value in known.items()
                    if isinstance(value, Mapping) and "$secret" in value
                ),
            }
        )
        return resource_pb2.ReadResourceResponse(urn=urn, properties=properties, id=request.id)

    def Invoke(self, request: resource_pb2.ResourceInvokeRequest) -> NoReturn:
        """Refuse to look anything up."""
        self._refuse(f"looks up {request.tok}")

    def Call(self, request: resource_pb2.ResourceCallRequest) -> NoReturn:
        """Refuse to call a method of a resource."""
        self._refuse(f"calls {request.tok}")

    def ExistsResource(self, request: resource_pb2.ExistsResourceRequest) -> NoReturn:
        """Refuse to look for an existing resource."""
        self._refuse(f"asks whether the {request.type} '{request.id}' exists")

    def RegisterStackTransform(self, request: callback_pb2.Callback) -> Empty:
        """Apply a transform to every resource from now on."""
        self._transforms[""].append(request.token)
        return Empty()

    def RegisterStackInvokeTransform(self, request: callback_pb2.Callback) -> Empty:
        """Accept a transform of look-ups, which are refused anyway."""
        return Empty()

    def RegisterResourceHook(self, request: resource_pb2.RegisterResourceHookRequest) -> Empty:
        """Accept a hook; it runs in a deployment only."""
        return Empty()

    def RegisterErrorHook(self, request: resource_pb2.RegisterErrorHookRequest) -> Empty:
        """Accept a hook; it runs in a deployment only."""
        return Empty()

    def RegisterPackage(
        self, request: resource_pb2.RegisterPackageRequest
    ) -> resource_pb2.RegisterPackageResponse:
        """Name a package; its version is recorded with the resources that refer to it."""
        package = request.parameterization if request.HasField("parameterization") else request
        reference = f"{package.name}@{package.version}"
        self._packages[reference] = package.version
        return resource_pb2.RegisterPackageResponse(ref=reference)

    def SignalAndWaitForShutdown(self, request: Empty) -> Empty:
        """Let the program end."""
        return Empty()

    def Log(self, request: engine_pb2.LogRequest) -> Empty:
        """Keep warnings and errors of the program; drop the rest."""
        if request.severity in (engine_pb2.WARNING, engine_pb2.ERROR):
            self.warnings.add(request.message)
        return Empty()

    def RequirePulumiVersion(
        self, request: engine_pb2.RequirePulumiVersionRequest
    ) -> engine_pb2.RequirePulumiVersionResponse:
        """Accept any version: there is no command line tool to compare with."""
        return engine_pb2.RequirePulumiVersionResponse()

    async def _transform(
        self, urn: str, request: resource_pb2.RegisterResourceRequest, tokens: Sequence[str]
    ) -> resource_pb2.RegisterResourceResponse:
        functions = [self.callbacks.function(token) for token in tokens]
        return self._register(urn, await transformed(request, functions))

    def _register(
        self, urn: str, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        if urn in self.requests:
            raise RefusedError(f"two resources are registered with the same URN: {urn}")
        if request.packageRef and not request.version:
            request.version = self._packages.get(request.packageRef, "")
        if request.remote:
            self.warnings.add(
                f"{urn} is a component of another package; what it would create is not in the plan"
            )
        self.requests[urn] = request
        return self._returned.response(request, urn, self.classes.get(urn))

    def _inherited(self, parent: str) -> list[str]:
        """Return the transforms of all ancestors, nearest first, then those of the program."""
        tokens: list[str] = []
        while parent in self.requests:
            tokens += self._transforms[parent]
            parent = self.requests[parent].parent
        return tokens + self._transforms[""]

    def _refuse(self, what: str) -> NoReturn:
        raise RefusedError(f"the program {what}; state it instead: a plan looks nothing up")
