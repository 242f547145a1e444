"""Wiring a project: the keys that it needs, from what one environment of a platform offers.

For `new --environment` and `wire`:

    text = wiring_file_text(Path("blueprint.yaml"), "dev", "churn", lock.wiring, folder)

`folder` is the project's: a blueprint is remembered by its path from there. `needs` is the
`wiring` of `stackwright.lock` or of a template's manifest. Nothing is written here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from pydantic import TypeAdapter, ValidationError

from stackwright.blueprint.shown import listed, nearest, shown
from stackwright.errors import InputError, Problem
from stackwright.secret_reference import SecretReference
from stackwright.wiring import CONTRACTS
from stackwright_cli.projects.manifest import Need, Needs, required_keys
from stackwright_cli.projects.wiring_file import (
    BlueprintPath,
    Entry,
    KnownEntry,
    PendingEntry,
    ProjectWiring,
    RecordedSource,
    SecretEntry,
    path_of,
    read_wiring,
)
from stackwright_cli.projects.wiring_source import Offer, Pending, Source, Value, read_offer

Choices: TypeAlias = Mapping[str, str]
"""Instance to use, by contract."""


def wiring_file_text(
    source: Path,
    environment: str,
    project: str,
    needs: Needs,
    folder: Path,
    use: Choices | None = None,
) -> str:
    """Return the text of a project's `wiring/<environment>.json`.

    Args:
        source: A blueprint, a stored plan, or outputs of a stack.
        environment: Name of the environment.
        project: Name of the project.
        needs: Keys that the project uses.
        folder: Folder of the project; it need not exist yet.
        use: Instance to use for a contract that several instances give.

    Raises:
        InputError: The source is not what is expected, a tool that the project needs is missing,
            or several could be meant. All problems are listed.
    """
    return wired(read_offer(source, environment), project, needs, folder, use or {}).text()


def wired(
    offer: Offer, project: str, needs: Needs, folder: Path, use: Choices | None = None
) -> ProjectWiring:
    """Return the wiring of a project, from what an environment offers.

    Without a word from the user, an instance that was chosen before stays chosen.

    Raises:
        InputError: As `wiring_file_text`.
    """
    environment = offer.wiring.environment
    chosen = {**_remembered(path_of(folder, environment)), **(use or {})}
    problems = list(_unused(use or {}, needs))
    instances: dict[str, str] = {}
    for contract in needs:
        instance, problem = _instance(offer, contract, needs[contract], chosen.get(contract))
        if problem is not None:
            problems.append(problem)
        elif instance:
            instances[contract] = instance
    if problems:
        raise InputError(problems)
    several = [name for name in instances if len(offer.instances(name)) > 1]
    return ProjectWiring(
        schema="stackwright.project-wiring/v1",
        platform=offer.wiring.platform,
        environment=environment,
        project=project,
        production=offer.wiring.profile == "production",
        instances={contract: instances[contract] for contract in several},
        source=_recorded(offer.source, folder),
        values=dict(_values(offer, needs, instances)),
    )


def pending_keys(wiring: ProjectWiring) -> dict[str, str]:
    """Return what each value that is not there yet will come from, by key."""
    return {
        key: entry.origin for key, entry in wiring.values.items() if isinstance(entry, PendingEntry)
    }


def missing_keys(wiring: ProjectWiring, needs: Needs) -> list[str]:
    """Return the keys that a project cannot do without and that its wiring lacks."""
    names = (
        f"{contract}.{key}" for contract in sorted(needs) for key in required_keys(needs[contract])
    )
    return [name for name in names if name not in wiring.values]


def _remembered(file: Path) -> Choices:
    """Return what was chosen before; a file that is damaged is written anew and says nothing."""
    try:
        return read_wiring(file).instances
    except InputError:
        return {}


def _unused(use: Choices, needs: Needs) -> Iterator[Problem]:
    for contract in sorted(set(use) - set(needs)):
        message = f"--use: the project uses no {shown(contract)}."
        yield Problem(message, hint=nearest(contract, needs) or f"It uses {listed(needs, 'and')}.")


def _instance(
    offer: Offer, contract: str, keys: Mapping[str, Need], chosen: str | None
) -> tuple[str, Problem | None]:
    """Return the instance to use, or empty when the project goes without; or what is wrong."""
    candidates = offer.instances(contract)
    required = set(required_keys(keys))
    fitting = [name for name in candidates if required <= set(offer.values[name])]
    choices = listed(f"--use {contract}={name}" for name in fitting)
    if chosen is not None and chosen in fitting:
        return chosen, None
    if chosen is not None and candidates:
        message = f"{shown(chosen)} is no {contract} of the platform that the project could use."
        return "", Problem(message, hint=f"Give {choices}." if fitting else "")
    if not candidates:
        return "", _no_tool(contract) if required else None
    if not fitting:
        lacking = sorted(set.intersection(*(required - set(offer.values[n]) for n in candidates)))
        message = f"no {contract} of the platform gives {listed(lacking or required, 'and')}."
        return "", Problem(message, hint=f"There is {listed(candidates, 'and')}.")
    if len(fitting) > 1:
        message = f"several tools of the platform are a {contract}, and one is used."
        return "", Problem(message, hint=f"Give {choices}.")
    return fitting[0], None


def _no_tool(contract: str) -> Problem:
    from stackwright import catalog

    capabilities = [
        name
        for name, tools in sorted(catalog.capabilities().items())
        if any(tool.contract == contract for tool in tools.values())
    ]
    add = listed(f"`{name}:`" for name in capabilities)
    message = f"the platform has no {contract}: add {add} to the blueprint."
    return Problem(message, hint="`stackwright catalog` lists the tools.")


def _values(offer: Offer, needs: Needs, instances: Choices) -> Iterator[tuple[str, Entry]]:
    for contract, instance in instances.items():
        given = offer.values[instance]
        for key in needs[contract]:
            if key in given:
                yield f"{contract}.{key}", _entry(contract, key, given[key])


def _entry(contract: str, key: str, value: Value) -> Entry:
    if isinstance(value, Pending):
        return PendingEntry.model_validate({"from": value.origin})
    checked = CONTRACTS[contract].value(key, value)
    if isinstance(checked, str):
        return KnownEntry(value=checked)
    reference: SecretReference = checked
    return SecretEntry(reference=reference)


def _recorded(source: Source, folder: Path) -> RecordedSource:
    return RecordedSource(kind=source.kind, path=_path(source, folder), sha256=source.sha256)


def _path(source: Source, folder: Path) -> str | None:
    """Return the path of a blueprint, unless it would name folders of this machine alone.

    A path that the file cannot hold, such as one with a line end, is not remembered either.
    """
    file, start = source.file.resolve(), folder.resolve()
    near = set(file.parents) & set(start.parents) - {Path(start.anchor)}
    if source.kind != "blueprint" or not near:
        return None
    path = Path(os.path.relpath(file, start)).as_posix()
    try:
        return TypeAdapter[str](BlueprintPath).validate_python(path)
    except ValidationError:
        return None
