"""What a test plans for a stand-in provider: faults, drift and outputs, in one JSON file.

The provider reads the file at every call, so that a test can change its mind in mid-run.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any


class Effect(StrEnum):
    """What happens at a call."""

    FAIL = "fail"
    """The call is answered with an error."""
    HANG = "hang"
    """The call waits for `seconds`, then goes on."""
    CRASH = "crash"
    """The provider dies, as by kill -9."""


class Moment(StrEnum):
    """When it happens."""

    BEFORE = "before"
    """Nothing was done yet."""
    AFTER = "after"
    """The work is done, and the engine is not told."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One planned fault."""

    method: str
    """Method of the protocol, such as `Create`; a pattern with `*` and `?`."""
    urn: str = "*"
    """Pattern of the resource's URN; calls that name no resource have an empty one."""
    nth: int = 1
    """The first call that it happens at, of those that match; the first is 1."""
    times: int | None = 1
    """How many calls it happens at; None for every one from then on."""
    effect: Effect = Effect.FAIL
    moment: Moment = Moment.BEFORE
    code: str = "UNKNOWN"
    """Name of a gRPC status; providers of clouds answer UNKNOWN to most that goes wrong."""
    message: str = "planned fault"
    seconds: float = 3600.0

    def matches(self, method: str, urn: str) -> bool:
        """Tell whether a call is one that this fault counts."""
        return fnmatchcase(method, self.method) and fnmatchcase(urn, self.urn)

    def strikes(self, count: int) -> bool:
        """Tell whether it happens at the call that is number `count` of those that match."""
        return count >= self.nth and (self.times is None or count < self.nth + self.times)


@dataclass(frozen=True, slots=True)
class Drift:
    """What somebody did to a resource by hand; seen when it is read."""

    urn: str
    """Pattern of the resource's URN."""
    changes: Mapping[str, Any] = field(default_factory=dict)
    """Top-level properties that are different now."""
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Control:
    """All that is planned."""

    faults: Sequence[Fault] = ()
    drifts: Sequence[Drift] = ()
    outputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Type of resource -> outputs that every one has, in the place of made-up ones."""

    def write(self, path: Path) -> None:
        """Write the file that the provider reads; at no moment half of it is there."""
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(asdict(self)), encoding="utf-8")
        beside.replace(path)

    @classmethod
    def read(cls, path: Path | None) -> Control:
        """Return what is planned; nothing when there is no file."""
        if path is None or not path.is_file():
            return cls()
        data = json.loads(path.read_text(encoding="utf-8"))
        faults = [
            Fault(**{**item, "effect": Effect(item["effect"]), "moment": Moment(item["moment"])})
            for item in data["faults"]
        ]
        return cls(faults, [Drift(**item) for item in data["drifts"]], data["outputs"])


def throttled(method: str, **where: Any) -> Fault:
    """Return the answer of a service that is asked too often (HTTP 429)."""
    message = "ThrottlingException: Rate exceeded, https response error StatusCode: 429"
    return Fault(method, message=message, **where)


def broken(method: str, **where: Any) -> Fault:
    """Return the answer of a service that is broken (HTTP 500)."""
    message = "InternalFailure: https response error StatusCode: 500"
    return Fault(method, message=message, **where)


def conflicting(method: str, **where: Any) -> Fault:
    """Return the answer of a service where somebody else makes the same (HTTP 409)."""
    message = "ConflictException: operation in progress, https response error StatusCode: 409"
    return Fault(method, message=message, **where)


def timed_out(method: str, **where: Any) -> Fault:
    """Return the answer to a call that took too long."""
    return Fault(method, code="DEADLINE_EXCEEDED", message="timeout while waiting", **where)
