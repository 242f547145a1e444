"""`wiring/<environment>.json` of a project: what it relies on in one environment.

The file is committed, edited by nobody, and read by the project without Stackwright.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints

from stackwright.blueprint.base import (
    BlueprintModel,
    DnsLabel,
    Text,
    Wording,
    require_readable,
)
from stackwright.blueprint.names import EnvironmentName, InstanceName, PlatformName
from stackwright.blueprint.shown import dotted, nearest, shown
from stackwright.blueprint.validation import check
from stackwright.errors import InputError, Problem
from stackwright.secret_reference import SecretReference
from stackwright.wiring import CONTRACTS, plain_node, value_problems

SCHEMA: Final = "stackwright.project-wiring/v1"

FOLDER = "wiring"

LOCAL = "local"
"""The environment that every project has by itself, without wiring."""

MAX_BYTES = 256 * 1024
"""Largest file that is read, in bytes."""


class KnownEntry(BlueprintModel):
    """A value that is known."""

    state: Literal["known"] = "known"
    value: Annotated[str, StringConstraints(max_length=500)]
    """What it is; held to the type of its key."""

    def plain(self) -> Any:
        """Return the value as JSON data."""
        return self.value


class PendingEntry(BlueprintModel):
    """A value that will be known after deployment."""

    state: Literal["pending"] = "pending"
    origin: Text = Field(alias="from")
    """What it will come from."""


class SecretEntry(BlueprintModel):
    """A secret, by where it is kept."""

    state: Literal["secret-reference"] = "secret-reference"
    reference: SecretReference
    """Where it is kept."""

    def plain(self) -> Any:
        """Return the value as JSON data."""
        return self.reference.model_dump(mode="json", by_alias=True)


Entry = Annotated[KnownEntry | PendingEntry | SecretEntry, Field(discriminator="state")]


BlueprintPath = Annotated[
    str,
    StringConstraints(pattern=r"^[^/]", max_length=1000),
    AfterValidator(require_readable),
    Wording("a path of at most 1000 visible characters that does not begin with a slash"),
]
"""Where a blueprint is, seen from a project's folder, with slashes."""


class RecordedSource(BlueprintModel):
    """What the wiring was made from."""

    kind: Literal["blueprint", "plan", "outputs"]
    path: BlueprintPath | None = None
    """Path of a blueprint; absent for what is printed once and thrown away."""
    sha256: Annotated[
        str,
        StringConstraints(pattern=r"^[0-9a-f]{64}$"),
        Wording("a SHA-256 digest in hexadecimal digits"),
    ]
    """Digest of that file's bytes."""


class ProjectWiring(BlueprintModel):
    """The whole file."""

    schema_: Literal["stackwright.project-wiring/v1"] = Field(default=SCHEMA, alias="schema")
    """Version of this format."""
    platform: PlatformName
    """Name of the platform."""
    environment: EnvironmentName
    """Name of the environment."""
    project: DnsLabel
    """Name of the project."""
    production: bool
    """True where a model is promoted only after a person's approval."""
    instances: dict[str, InstanceName] = Field(default_factory=dict, max_length=20)
    """The instance that the user chose, by contract, where several give it."""
    source: RecordedSource
    """What the wiring was made from."""
    values: dict[str, Entry] = Field(max_length=200)
    """Value by `Contract.key`."""

    def text(self) -> str:
        """Return the file's text: sorted JSON in ASCII."""
        data = self.model_dump(mode="json", by_alias=True, exclude_none=True)
        return json.dumps(data, indent=2, sort_keys=True) + "\n"


def path_of(project: Path, environment: str) -> Path:
    """Return where a project has the wiring of an environment.

    Raises:
        InputError: The name is no environment that can be wired.
    """
    from pydantic import TypeAdapter, ValidationError

    if environment == LOCAL:
        message = f"environment {LOCAL} is the project's own and needs no wiring."
        raise InputError([Problem(message, hint="Name an environment of the platform with -e.")])
    try:
        TypeAdapter(EnvironmentName).validate_python(environment)
    except ValidationError:
        message = f"{shown(environment)} is no name of an environment."
        raise InputError([Problem(message)]) from None
    return project / FOLDER / f"{environment}.json"


def read_wiring(file: Path) -> ProjectWiring:
    """Return the wiring in a file.

    Raises:
        InputError: The file is not there or is not what `stackwright wire` writes; all problems
            are listed.
    """
    try:
        root = plain_node(_load(file))
    except ValueError as error:
        raise _damaged(file, str(error)) from None
    wiring, problems = check(ProjectWiring, root, str(file))
    if wiring is not None:
        problems += _value_problems(wiring, str(file))
    if wiring is None or problems:
        raise InputError(problems)
    return wiring


def _load(file: Path) -> dict[str, Any]:
    try:
        if not file.is_file() or file.is_symlink():
            raise _damaged(file, "there is no such regular file")
        with file.open("rb") as stream:
            text = stream.read(MAX_BYTES + 1)
        data = json.loads(text) if len(text) <= MAX_BYTES else None
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(file, f"it is no JSON file that can be read: {error}") from None
    if not isinstance(data, dict):
        raise _damaged(file, "it is not what `stackwright wire` writes")
    return data


def _damaged(file: Path, reason: str) -> InputError:
    environment = file.stem
    hint = f"Write it anew: stackwright wire -e {environment} --from FILE."
    return InputError([Problem(f"{reason}.", str(file), hint=hint)])


def _value_problems(wiring: ProjectWiring, file: str) -> list[Problem]:
    found: list[Problem] = []
    known = {f"{name}.{key}" for name, model in CONTRACTS.items() for key in sorted(model.keys())}
    for name, entry in wiring.values.items():
        if name not in known:
            place, hint = dotted(("values", name)), nearest(name, known)
            found.append(Problem("no platform gives such a key.", file, path=place, hint=hint))
        elif not isinstance(entry, PendingEntry):
            contract, _, key = name.partition(".")
            others = CONTRACTS[contract].keys() - {key}
            value = {key: entry.plain()}
            found += value_problems(contract, value, file, ("values", contract), others)
    for contract in sorted(set(wiring.instances) - set(CONTRACTS)):
        place = dotted(("instances", contract))
        found.append(Problem("there is no such contract.", file, path=place))
    return found
