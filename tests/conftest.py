"""A small catalog of planted tools, so that tests of the core do not depend on the real ones.

`store` (default) and `vault` keep objects, `base` (default) is a database that uses a store,
`tracker` needs both and, where there is one, the monitoring `watch`; `guard` and `mirror` need
each other. They live in AWS, the tracker and `watch` in the platform layer.
"""

# The plugin host's rule holds for components here too: no postponed annotations.

import os
import signal
import sys
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import Any, ClassVar, Literal

import pulumi
import pytest
from hypothesis import HealthCheck, settings
from pulumi import Output
from pydantic import Field

from stackwright import catalog
from stackwright.blueprint.model import blueprint_model
from stackwright.claims import (
    Access,
    CertificatesClaim,
    Claim,
    DatabaseClaim,
    Layer,
    MonitoringClaim,
    Need,
    ObjectStoreClaim,
)
from stackwright.component import ToolComponent
from stackwright.tool import AWS, ToolSettings

FOUNDATION, PLATFORM = Layer.FOUNDATION, Layer.PLATFORM

# A shell lets what it starts in the background ignore SIGINT, and so would every command that a
# test interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A proxy of the shell has no part in what tests say to their own servers.
for _name in ("no_proxy", "NO_PROXY"):
    os.environ[_name] = ",".join(filter(None, [os.environ.get(_name), "127.0.0.1", "localhost"]))

# A slow machine is no fault. CI tries the same examples each time: what it says of a change is
# no matter of luck, and every other run looks further.
settings.register_profile(
    "stackwright",
    deadline=None,
    derandomize=bool(os.environ.get("CI")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("stackwright")


class Planted(ToolSettings):
    """What every planted tool has."""

    targets: ClassVar[frozenset[str]] = frozenset({AWS})

    @classmethod
    def component_path(cls, layer: Layer) -> tuple[str, str]:
        """Return the planted module."""
        return "planted_components", cls.parts[layer]


class StoreSettings(Planted):
    """A store of objects."""

    title: ClassVar[str] = "Store"
    parts: ClassVar[Mapping[Layer, str]] = {FOUNDATION: "StoreComponent"}
    contract: ClassVar[str] = "ObjectStore"
    gives: ClassVar[tuple[str, ...]] = ("bucket", "url")
    wires: ClassVar[tuple[str, ...]] = ("data_url", "artifacts_url", "region")
    default_for: ClassVar[frozenset[str]] = frozenset({AWS})
    profiles: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "production": {"copies": 3},
        "development": {"copies": 1},
    }

    kind: Literal["store"]
    copies: int = Field(default=2, ge=1, le=9)
    """How many copies are kept; each is paid."""
    days: int = Field(default=30, ge=1)
    """Days that a copy is kept."""
    owner: str = Field(
        default="", examples=["somebody@example.com"], json_schema_extra={"x-example-only": True}
    )
    """Who is asked."""


class VaultSettings(StoreSettings):
    """Another store of objects, never assumed."""

    title: ClassVar[str] = "Vault"
    parts: ClassVar[Mapping[Layer, str]] = {FOUNDATION: "StoreComponent"}
    default_for: ClassVar[frozenset[str]] = frozenset()
    profiles: ClassVar[Mapping[str, Mapping[str, Any]]] = {}

    kind: Literal["vault"]  # type: ignore[assignment]
    doors: int = Field(default=1, ge=1)
    """How many doors there are."""


class BaseSettings(Planted):
    """A database with its backups in a store."""

    title: ClassVar[str] = "Base"
    parts: ClassVar[Mapping[Layer, str]] = {FOUNDATION: "BaseComponent"}
    contract: ClassVar[str] = "RelationalDatabase"
    gives: ClassVar[tuple[str, ...]] = ("host",)
    default_for: ClassVar[frozenset[str]] = frozenset({AWS})

    kind: Literal["base"]

    def claims(self, layer: Layer) -> dict[str, Claim]:
        """Return the place of the backups."""
        return {"backups": ObjectStoreClaim(purpose="logs", access=Access.READ_WRITE)}


class TrackerSettings(Planted):
    """A tracker of runs."""

    title: ClassVar[str] = "Tracker"
    parts: ClassVar[Mapping[Layer, str]] = {PLATFORM: "TrackerComponent"}
    contract: ClassVar[str] = "ExperimentTracker"
    namespaced: ClassVar[bool] = True

    kind: Literal["tracker"]
    replicas: int = Field(default=1, ge=1, le=9)
    """How many answer."""

    def claims(self, layer: Layer) -> dict[str, Claim]:
        """Return a store, a database, and monitoring where there is one."""
        return {
            "artifacts": ObjectStoreClaim(),
            "backend": DatabaseClaim(database="runs"),
            "monitoring": MonitoringClaim(),
        }


class WatchSettings(Planted):
    """Monitoring."""

    title: ClassVar[str] = "Watch"
    parts: ClassVar[Mapping[Layer, str]] = {PLATFORM: "WatchComponent"}
    contract: ClassVar[str] = "Monitoring"

    kind: Literal["watch"]


class GuardSettings(Planted):
    """Needs certificates, which only the mirror gives."""

    title: ClassVar[str] = "Guard"
    parts: ClassVar[Mapping[Layer, str]] = {PLATFORM: "WatchComponent"}
    contract: ClassVar[str] = ""

    kind: Literal["guard"]

    def claims(self, layer: Layer) -> dict[str, Claim]:
        """Return certificates."""
        return {"certificates": CertificatesClaim()}


class MirrorSettings(Planted):
    """Gives certificates, and needs a guard."""

    title: ClassVar[str] = "Mirror"
    parts: ClassVar[Mapping[Layer, str]] = {PLATFORM: "WatchComponent"}
    contract: ClassVar[str] = ""

    kind: Literal["mirror"]

    def claims(self, layer: Layer) -> dict[str, Claim]:
        """Return a guard, which is called a model server here."""
        return {"guard": GuardClaim(need=Need.REQUIRED)}


class GuardClaim(Claim):
    """A guard."""

    capability = "serving"
    contract = ""


class Thing(pulumi.CustomResource):
    """Something that is made."""

    made: Output[str]

    def __init__(self, kind: str, name: str, inputs: dict[str, Any], opts: Any) -> None:
        super().__init__(f"planted:index:{kind}", name, {**inputs, "made": None}, opts)


class StoreComponent(ToolComponent[StoreSettings]):
    """A bucket."""

    _settings_class = StoreSettings

    bucket: Output[str]

    def __init__(self, name: str, args: Any, opts: pulumi.ResourceOptions | None = None) -> None:
        if args.get("settings", {}).get("kind") == "vault":
            self._settings_class = VaultSettings  # type: ignore[misc,assignment]
        super().__init__(name, args, opts)
        inputs = {"copies": self._settings.copies, "consumers": args.get("consumers", {})}
        thing = Thing("Bucket", f"{name}-bucket", inputs, self.child())
        self.bucket = thing.made
        self.register()

    def binding(self, consumer: str) -> Mapping[str, Any]:
        return {"bucket": self.bucket, "url": Output.format("s3://{0}/{1}", self.bucket, consumer)}

    def wiring(self) -> Mapping[str, Any]:
        url = Output.format("s3://{0}", self.bucket)
        return {"data_url": url, "artifacts_url": url, "region": "eu-west-1"}


class BaseComponent(ToolComponent[BaseSettings]):
    """A database."""

    _settings_class = BaseSettings

    host: Output[str]

    def __init__(self, name: str, args: Any, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        inputs = {"backups": args["backups"]["url"], "consumers": args.get("consumers", {})}
        self.host = Thing("Database", f"{name}-database", inputs, self.child()).made
        self.register()

    def binding(self, consumer: str) -> Mapping[str, Any]:
        return {"host": self.host}


class TrackerComponent(ToolComponent[TrackerSettings]):
    """A server."""

    _settings_class = TrackerSettings

    uri: Output[str]

    def __init__(self, name: str, args: Any, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        inputs = {
            "replicas": self._settings.replicas,
            "artifacts": args["artifacts"]["url"],
            "host": args["backend"]["host"],
        }
        server = Thing("Server", f"{name}-server", inputs, self.child())
        self.uri = Output.format("http://{0}", server.made)
        self.register()

    def wiring(self) -> Mapping[str, Any]:
        return {"uri": self.uri, "artifact_root": "s3://runs"}


class WatchComponent(ToolComponent[WatchSettings]):
    """Monitoring."""

    _settings_class = WatchSettings

    def __init__(self, name: str, args: Any, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self.register()

    def binding(self, consumer: str) -> Mapping[str, Any]:
        return {"label": "watch", "prometheus_url": "http://watch"}

    def wiring(self) -> Mapping[str, Any]:
        return {"label": "watch", "prometheus_url": "http://watch"}


PLANTED: Mapping[str, Mapping[str, type[ToolSettings]]] = {
    "certificates": {"mirror": MirrorSettings},
    "database": {"base": BaseSettings},
    "monitoring": {"watch": WatchSettings},
    "serving": {"guard": GuardSettings},
    "storage": {"store": StoreSettings, "vault": VaultSettings},
    "tracking": {"tracker": TrackerSettings},
}

HEADER = """\
apiVersion: stackwright/v1
name: acme
target: {kind: aws, region: eu-west-1, account: "111122223333"}
"""


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Put the planted tools in the place of the real ones; return the header of a blueprint."""
    module = ModuleType("planted_components")
    for component in (StoreComponent, BaseComponent, TrackerComponent, WatchComponent):
        setattr(module, component.__name__, component)
    monkeypatch.setitem(sys.modules, "planted_components", module)
    monkeypatch.setattr(catalog, "capabilities", lambda: PLANTED)
    blueprint_model.cache_clear()
    yield HEADER
    blueprint_model.cache_clear()
