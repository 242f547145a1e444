"""Projects that a change breaks: keys of the wiring that they rely on and that it takes away.

A registration says which keys of a contract a project needs and not which tool gives them. So a
project with one tool to choose from is broken by a second one, and by another name of the tool.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_origin

from stackwright.blueprint.document import Document, Location
from stackwright.blueprint.reader import read
from stackwright.blueprint.shown import listed
from stackwright.diff.findings import Breakage, BrokenProject
from stackwright.errors import InputError, Problem
from stackwright.plan.graph import Plan
from stackwright.project_requirement import ProjectRequirement, requirement
from stackwright.wiring import CONTRACTS


@dataclass(frozen=True, slots=True)
class Registration:
    """One file of `projects:`, and what it says."""

    document: Document
    requirement: ProjectRequirement

    def line(self, *location: str | int) -> int:
        """Return the line of a value in the file."""
        return self.document.mark(location).line


def registered(folder: Path, pattern: str, root: Path | None = None) -> tuple[Registration, ...]:
    """Read every file that the blueprint's `projects:` names.

    Args:
        folder: Folder of the blueprint.
        pattern: What `projects:` says.
        root: Folder that the names of the files are told from; the blueprint's by default.

    Raises:
        InputError: A file registers no project; every problem is listed. What a project relies on
            would not be checked otherwise.
    """
    found: list[Registration] = []
    problems: list[Problem] = []
    for file in sorted(folder.glob(pattern)):
        try:
            document = read(file)
            if document.problems:
                raise InputError(document.problems)
            named = Document(_relative(file, root or folder), document.root)
            found.append(Registration(named, requirement(document)))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(found)


def broken_projects(
    registrations: Sequence[Registration], base: Mapping[str, Plan], head: Mapping[str, Plan]
) -> tuple[tuple[BrokenProject, ...], tuple[str, ...]]:
    """Return the needs that a change takes away, and a note on each that was not met before it.

    Args:
        registrations: The projects that are registered after the change.
        base: Plans before it, by environment.
        head: Plans after it; an environment that is in neither is left out.
    """
    broken: list[BrokenProject] = []
    notes: list[str] = []
    for registration in registrations:
        for index, name in enumerate(registration.requirement.environments):
            before, after = _wiring(base.get(name)), _wiring(head.get(name))
            if before is not None and after is None:
                broken.append(_environment_gone(registration, name, index))
            elif after is not None:
                check = _Check(registration, name, before or _Offers({}), after)
                broken += check.broken()
                notes += check.missing()
    return tuple(broken), tuple(notes)


def unregistered(base: Sequence[Registration], head: Sequence[Registration]) -> tuple[str, ...]:
    """Return a note on each project whose registration a change takes away, and so its check.

    Args:
        base: The projects that are registered before the change.
        head: Those after it.
    """
    still = {one.requirement.name for one in head}
    return tuple(
        f"{one.document.file}: {one.requirement.name} is no longer registered, so what it relies"
        " on was not checked."
        for one in base
        if one.requirement.name not in still
    )


@dataclass(frozen=True, slots=True)
class _Offers:
    """What the wiring of one environment gives."""

    wiring: Mapping[str, Any]

    def instances(self, contract: str) -> dict[str, Mapping[str, Any]]:
        """Return the values of each tool that gives a contract, by instance."""
        tools = self.wiring.get("tools", {})
        found = self.wiring.get("contracts", {})
        return {name: tools.get(name, {}) for name, one in found.items() if one == contract}


@dataclass(frozen=True, slots=True)
class _Check:
    """One project in one environment."""

    registration: Registration
    environment: str
    before: _Offers
    after: _Offers

    def broken(self) -> Iterator[BrokenProject]:
        """Yield every key that was there and can no longer be relied on."""
        for contract, key, at in self._needs():
            old, new = self.before.instances(contract), self.after.instances(contract)
            if any(key in values for values in old.values()):
                found = _breakage(contract, key, old, new)
                if found is not None:
                    yield self._broken(contract, key, at, *found)

    def missing(self) -> Iterator[str]:
        """Yield a note on every key that is not there and was not there before."""
        project = self.registration.requirement.name
        for contract, key, at in self._needs():
            both = (*self.before.instances(contract).values(), *self._now(contract).values())
            if not any(key in values for values in both):
                place = f"{self.registration.document.file}:{self.registration.line(*at)}"
                yield (
                    f"{place}: {project} needs {contract}.{key} in {self.environment}, which was"
                    " already missing before this change."
                )

    def _now(self, contract: str) -> dict[str, Mapping[str, Any]]:
        return self.after.instances(contract)

    def _needs(self) -> Iterator[tuple[str, str, Location]]:
        for contract, keys in self.registration.requirement.needs.items():
            for index, key in enumerate(keys):
                yield contract, key, ("needs", contract, index)

    def _broken(
        self, contract: str, key: str, at: Location, breakage: Breakage, sentence: str
    ) -> BrokenProject:
        return BrokenProject(
            project=self.registration.requirement.name,
            file=self.registration.document.file,
            line=self.registration.line(*at),
            repository=self.registration.requirement.repository or "",
            environment=self.environment,
            contract=contract,
            key=key,
            breakage=breakage,
            sentence=sentence,
        )


def _breakage(
    contract: str, key: str, old: Mapping[str, Any], new: Mapping[str, Any]
) -> tuple[Breakage, str] | None:
    """Return what becomes of a key that one tool at least gave before; None when it holds."""
    givers = [name for name, values in old.items() if key in values]
    now = [name for name, values in new.items() if key in values]
    if not now:
        return _gone(contract, key, givers, old, new)
    if len(givers) == 1 and len(now) > 1:
        return Breakage.AMBIGUOUS, (
            f"{listed(now, 'and')} give {contract}.{key} now, where only {givers[0]} did: the"
            " project has to choose one."
        )
    if not set(givers) & set(now):
        return Breakage.RENAMED, (
            f"{listed(givers, 'and')} gave {contract}.{key}, now {listed(now, 'and')} does: wire"
            " the project again."
        )
    for name in (name for name in givers if name in now):
        changed = _type_change(contract, key, old[name][key], new[name][key])
        if changed:
            return Breakage.TYPE_CHANGED, f"{contract}.{key} of {name} {changed}."
    return None


def _gone(
    contract: str, key: str, givers: Sequence[str], old: Mapping[str, Any], new: Mapping[str, Any]
) -> tuple[Breakage, str]:
    for name in (name for name in givers if name in new):
        others = [
            other
            for other, value in new[name].items()
            if other not in old[name] and value == old[name][key]
        ]
        if len(others) == 1:
            said = f"{contract}.{key} of {name} is called {others[0]} now."
            return Breakage.RENAMED, said
    if new:
        return Breakage.REMOVED, f"{listed(new, 'and')} gives no {contract}.{key}."
    return Breakage.REMOVED, f"nothing gives {contract} any more; {listed(givers, 'and')} did."


def _type_change(contract: str, key: str, before: Any, after: Any) -> str:
    """Return how a value is another kind of thing now; empty when it is not."""
    kinds = _kind(before), _kind(after)
    if kinds[0] != kinds[1]:
        return f"was {kinds[0]} and is {kinds[1]} now"
    if before != after and _is_choice(contract, key):
        return f"was {before} and is {after} now"
    return ""


def _kind(value: Any) -> str:
    if isinstance(value, Mapping) and "$unknown" not in value:
        return "the place of a secret"
    return "a text"


def _is_choice(contract: str, key: str) -> bool:
    """Tell whether a key holds one of a few words, each of which means another kind of thing."""
    model = CONTRACTS.get(contract)
    info = model.model_fields.get(key) if model else None
    return info is not None and get_origin(info.annotation) is Literal


def _environment_gone(registration: Registration, name: str, index: int) -> BrokenProject:
    return BrokenProject(
        project=registration.requirement.name,
        file=registration.document.file,
        line=registration.line("environments", index),
        repository=registration.requirement.repository or "",
        environment=name,
        contract="",
        key="",
        breakage=Breakage.ENVIRONMENT_REMOVED,
        sentence=f"environment {name} is gone.",
    )


def _wiring(plan: Plan | None) -> _Offers | None:
    return _Offers(plan.wiring) if plan is not None else None


def _relative(file: Path, root: Path) -> str:
    place = file.parent.resolve() / file.name
    root = root.resolve()
    return str(place.relative_to(root) if place.is_relative_to(root) else file)
