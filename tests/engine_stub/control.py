"""What a test plans for the stub engine: its version, its programs and its faults, in one file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

VERSION = "v3.260.0"


class Effect(StrEnum):
    """What happens at a point of a run."""

    FAIL = "fail"
    """The provider answers with an error: `message`."""
    SIGNAL = "signal"
    """The `signals` are sent to the engine itself, or to the command that started it."""
    HANG = "hang"
    """Nothing goes on for `seconds`, or until `Stub.release`; a second Ctrl-C still ends it,
    unless it is `deaf`."""
    EXIT = "exit"
    """The engine ends at once with exit code `code`, saying no more."""
    SAY = "say"
    """`message` is written to `stream`, `times_said` times."""
    LEAK = "leak"
    """Every secret of the environment is said: stdout, stderr and a diagnostic."""
    NO_SPACE = "no-space"
    """From here on the state cannot be saved: the disk is full."""
    RAW_EVENT = "raw-event"
    """`message` is sent as an event, whatever it is."""


class Target(StrEnum):
    """Who gets a signal."""

    ENGINE = "engine"
    COMMAND = "command"
    """The process that started the engine."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One planned fault."""

    effect: Effect
    command: str = "up"
    """Pattern of the CLI command, such as `up` or `stack *`."""
    point: int = 0
    """Number of the point in that command's run, from 1; 0 for any."""
    moment: str = "*"
    """Pattern of the point's name, see `points.Moment`."""
    urn: str = "*"
    """Pattern of the resource's URN; points of no resource have an empty one."""
    times: int | None = 1
    """How often it happens, counted over all runs; None for always."""
    signals: tuple[str, ...] = ()
    target: Target = Target.ENGINE
    message: str = "planned fault"
    stream: str = "stdout"
    times_said: int = 1
    code: int = 0
    seconds: float = 3600.0
    deaf: bool = False

    def matches(self, command: str, number: int, moment: str, urn: str) -> bool:
        """Tell whether it is planned for a point."""
        return (
            fnmatchcase(command, self.command)
            and self.point in (0, number)
            and fnmatchcase(moment, self.moment)
            and fnmatchcase(urn, self.urn)
        )


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource of a program."""

    type: str
    name: str
    parent: str = ""
    """Name of the resource above; empty for the stack."""
    custom: bool = True
    inputs: Mapping[str, Any] = field(default_factory=dict)
    replaces: tuple[str, ...] = ()
    """Inputs that replace the resource when they change."""
    dependencies: tuple[str, ...] = ()
    """Names of resources that must be there before."""
    protect: bool = False
    retain: bool = False
    identity: str = ""
    """Id that the real thing gets; empty for one that only its provider makes up."""


@dataclass(frozen=True, slots=True)
class Program:
    """What a project registers, in this order."""

    resources: tuple[Resource, ...] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    """What the program raises when it has registered everything; empty when it does not."""


@dataclass(frozen=True, slots=True)
class Drift:
    """What somebody did to a resource by hand; seen by a refresh."""

    urn: str
    changes: Mapping[str, Any] = field(default_factory=dict)
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Control:
    """All that is planned."""

    version: str | None = VERSION
    """What `pulumi version` says; None when it fails."""
    programs: Mapping[str, Program] = field(default_factory=dict)
    """By project name; `*` for every other."""
    faults: tuple[Fault, ...] = ()
    drifts: tuple[Drift, ...] = ()

    def write(self, path: Path) -> None:
        """Write the file that the stub reads when it starts."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Control:
        """Return what is planned."""
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            data["version"],
            {name: _program(item) for name, item in data["programs"].items()},
            tuple(_fault(item) for item in data["faults"]),
            tuple(Drift(**item) for item in data["drifts"]),
        )

    def program(self, project: str) -> Program:
        """Return the program of a project."""
        return self.programs.get(project) or self.programs.get("*", Program())


def _program(item: dict[str, Any]) -> Program:
    resources = tuple(
        Resource(
            **{
                **one,
                "replaces": tuple(one["replaces"]),
                "dependencies": tuple(one["dependencies"]),
            }
        )
        for one in item["resources"]
    )
    return Program(resources, item["outputs"], item["error"])


def _fault(item: dict[str, Any]) -> Fault:
    made = {
        "effect": Effect(item["effect"]),
        "target": Target(item["target"]),
        "signals": tuple(item["signals"]),
    }
    return Fault(**{**item, **made})
