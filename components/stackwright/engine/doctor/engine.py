"""Looks at the engine of this machine and at the plugins that it needs."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from pulumi.automation import CommandError

from stackwright.engine.command import EngineCommand, EngineStopped
from stackwright.engine.doctor.finding import Finding, Health

ENGINE = "engine"
PLUGINS = "plugins"

INSTALL = "curl -fsSL https://get.pulumi.com | sh"
"""How Pulumi's own pages install the CLI on Linux and macOS."""


def engine(command: EngineCommand) -> Finding:
    """Return that an engine was found, and which."""
    version = f"Pulumi {command.version}" if command.version else "Pulumi, of a version of its own"
    return Finding(ENGINE, Health.OK, f"{version}, at {command.command}.")


def no_engine(reason: str) -> Finding:
    """Return that there is no engine that can be used."""
    return Finding(ENGINE, Health.WRONG, reason.partition(" Install")[0], INSTALL)


def plugins(command: EngineCommand, packages: Sequence[str]) -> Iterator[Finding]:
    """Yield a finding for each plugin that the installed packages need.

    Args:
        command: The engine.
        packages: Python packages of providers, such as `pulumi_aws`.
    """
    try:
        there = _installed(command)
    except (CommandError, EngineStopped, ValueError, KeyError, TypeError, AttributeError):
        found = "the engine does not say which plugins it has."
        yield Finding(PLUGINS, Health.UNKNOWN, found, "pulumi plugin ls")
        return
    for name, version in _needed(packages):
        subject = f"plugin {name}"
        if (name, version) in there or shutil.which(f"pulumi-resource-{name}"):
            yield Finding(subject, Health.OK, f"{version} is installed.")
        else:
            yield Finding(
                subject,
                Health.WRONG,
                f"{version} is not installed; the engine tries to fetch it when it needs it.",
                f"pulumi plugin install resource {name} v{version}",
            )


def _installed(command: EngineCommand) -> frozenset[tuple[str, str]]:
    answer = command.run(["plugin", "ls", "--json"], str(Path.cwd()), {}).stdout
    return frozenset(
        (item["name"], str(item.get("version", "")).removeprefix("v"))
        for item in json.loads(answer)
        if item["kind"] == "resource"
    )


def _needed(packages: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the plugin that each package was made for: name and version."""
    for package in packages:
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            continue
        file = Path(spec.origin).with_name("pulumi-plugin.json")
        told = json.loads(file.read_text(encoding="utf-8"))
        yield told["name"], told["version"]
