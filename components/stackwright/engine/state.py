"""The state of one layer, as the engine keeps it: read, checked, and with no secret in it.

State is read as the engine exports it, with its secrets still encrypted, and their places are
marked. A document that is cut short, edited or of a newer version is refused with words.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, TypeAlias

from pulumi.automation import CommandError, Stack
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    with_config,
)
from pydantic.alias_generators import to_camel

from stackwright.engine.integrity import problems
from stackwright.engine.redaction import HIDDEN
from stackwright.errors import Problem, StackwrightError
from stackwright.urns import name_of

NEWEST_VERSION = 4
"""The newest form of the engine's state that is read here."""

OLDEST_VERSION = 3
"""The oldest form that is read here."""

STACK_TYPE = "pulumi:pulumi:Stack"

_SIGNATURE = "4dabf18193072939515e22adb298388d"
"""Key by which the engine marks a value as no ordinary one."""
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105  # the mark, no secret
"""What stands under that key when the value is a secret."""


class StateDamaged(StackwrightError):
    """A state that cannot be what the engine wrote: cut short, edited, or torn apart."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        more = f" ({len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"the state is damaged: {problems[0]}{more}")


class StateTooNew(StackwrightError):
    """A newer engine wrote the state, in a form not known here."""


class StateOutOfReach(StackwrightError):
    """The engine could not read the state; the message is its own."""


def masked(value: Any) -> Any:
    """Return a property value of a state with `[secret]` in place of every secret."""
    if isinstance(value, dict):
        if value.get(_SIGNATURE) == _SECRET:
            return HIDDEN
        return {key: masked(item) for key, item in value.items()}
    return [masked(item) for item in value] if isinstance(value, list) else value


def _none_is(empty: Any) -> BeforeValidator:
    """The engine writes null where it has nothing."""
    return BeforeValidator(lambda value: empty if value is None else value)


_Time: TypeAlias = Annotated[datetime | None, Field(strict=False)]
_Text: TypeAlias = Annotated[str, Field(min_length=1)]
_Urns: TypeAlias = Annotated[tuple[str, ...], _none_is(()), Field(strict=False)]
_Properties: TypeAlias = Annotated[Mapping[str, _Urns], _none_is({})]
_Values: TypeAlias = Annotated[Mapping[str, Any], _none_is({}), AfterValidator(masked)]


@with_config(ConfigDict(strict=True, alias_generator=to_camel))
@dataclass(frozen=True, slots=True)
class Resource:
    """One resource of a state."""

    urn: _Text
    type: _Text
    custom: bool = False
    """True for a real thing that a provider answers for; False for a component."""
    id: str = ""
    """The provider's own name of the real thing; empty for components."""
    external: bool = False
    """True when it is only read, and managed elsewhere."""
    parent: str = ""
    provider: str = ""
    """`URN::ID` of its provider; empty for components and providers themselves."""
    dependencies: _Urns = ()
    property_dependencies: _Properties = field(default_factory=dict)
    """Name of an input -> URNs that it depends on."""
    deleted_with: str = ""
    replace_with: _Urns = ()
    inputs: _Values = field(default_factory=dict)
    """What the program gave; secrets are `[secret]`."""
    outputs: _Values = field(default_factory=dict)
    """What the provider returned; secrets are `[secret]`."""
    protect: bool = False
    retain_on_delete: bool = False
    """True when the real thing stays when the resource is deleted."""
    delete: bool = False
    """True when its replacement is there and it waits to be deleted."""
    pending_replacement: bool = False
    """True when it is deleted and its replacement was not made yet."""
    init_errors: _Urns = ()
    """Why it is there but not ready, in the provider's words."""
    created: _Time = None
    modified: _Time = None

    @property
    def name(self) -> str:
        """Its name in the program."""
        return name_of(self.urn)

    @property
    def key(self) -> str:
        """`TYPE::NAME`, the words by which a blueprint names a resource."""
        return f"{self.type}::{self.name}"


@with_config(ConfigDict(strict=True))
@dataclass(frozen=True, slots=True)
class PendingOperation:
    """Something that was begun on a resource and of which no end is known."""

    resource: Resource
    type: _Text
    """`creating`, `updating`, `deleting`, `reading` or `importing`."""


@with_config(ConfigDict(strict=True))
@dataclass(frozen=True, slots=True)
class Manifest:
    """When and by which engine a state was written."""

    time: _Time = None
    magic: str = ""
    """Checksum of the version."""
    version: str = ""
    """Version of the engine, such as `v3.260.0`."""


_Resources: TypeAlias = Annotated[tuple[Resource, ...], _none_is(()), Field(strict=False)]
_Operations: TypeAlias = Annotated[tuple[PendingOperation, ...], _none_is(()), Field(strict=False)]


@with_config(ConfigDict(strict=True))
@dataclass(frozen=True)
class State:
    """The state of one stack.

    It is what the document says, and its integrity is not proven; see `integrity.problems`.
    """

    manifest: Manifest = field(default_factory=Manifest)
    resources: _Resources = ()
    """In the order of their making; the stack itself is the first."""
    pending_operations: _Operations = ()
    secrets_providers: Mapping[str, Any] | None = None
    version: int = NEWEST_VERSION
    """Form of the document."""

    @property
    def time(self) -> datetime | None:
        """When it was written."""
        return self.manifest.time

    @property
    def outputs(self) -> Mapping[str, Any]:
        """What the stack hands out; secrets are `[secret]`."""
        return next((one.outputs for one in self.resources if one.type == STACK_TYPE), {})

    @cached_property
    def by_urn(self) -> Mapping[str, Resource]:
        """The resources that live, those that wait to be deleted left out."""
        return {one.urn: one for one in self.resources if not one.delete}

    @property
    def secrets_provider(self) -> str:
        """What encrypts the secrets, such as `passphrase`; empty when there are none."""
        return str((self.secrets_providers or {}).get("type", ""))


@dataclass(frozen=True, slots=True)
class _Checkpoint:
    latest: State | None


@dataclass(frozen=True, slots=True)
class _Kept:
    """The file that the engine keeps."""

    checkpoint: _Checkpoint


@dataclass(frozen=True, slots=True)
class _Exported:
    """What the engine exports."""

    deployment: State | None


@dataclass(frozen=True, slots=True)
class _Head:
    version: Annotated[int, Field(strict=True)]
    checkpoint: Any = None


_KEPT = TypeAdapter(_Kept)
_EXPORTED = TypeAdapter(_Exported)
_HEADS = TypeAdapter(_Head)


def read_state(stack: Stack) -> State:
    """Return the state of a stack, proven whole.

    Raises:
        StateDamaged: It is not what the engine wrote.
        StateTooNew: A newer engine wrote it.
        StateOutOfReach: The engine could not read it.
    """
    state = parse_state(exported(stack))
    if found := problems(state):
        raise StateDamaged(found)
    return state


def exported(stack: Stack) -> bytes:
    """Return what the engine exports of a stack, its secrets encrypted.

    Raises:
        StateOutOfReach: The engine could not read it.
    """
    workspace = stack.workspace
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "state.json")
        command = ["stack", "export", "--stack", stack.name, "--file", os.fspath(file)]
        try:
            workspace.pulumi_command.run(command, workspace.work_dir, workspace.env_vars)
            return file.read_bytes()
        except CommandError as error:
            raise StateOutOfReach(_reason(str(error))) from None
        except FileNotFoundError:
            raise StateOutOfReach("the engine says it exported the state, but did not.") from None


def parse_state(document: bytes | str) -> State:
    """Return what a document of the engine says: an export, or a file of a file backend.

    Raises:
        StateDamaged: It is no such document.
        StateTooNew: A newer engine wrote it.
    """
    try:
        head = _HEADS.validate_json(document)
        _require_known(head.version)
        if head.checkpoint is None:
            found = _EXPORTED.validate_json(document).deployment
        else:
            found = _KEPT.validate_json(document).checkpoint.latest
    except ValidationError as error:
        raise StateDamaged(tuple(_problems(error))) from None
    return replace(found or State(), version=head.version)


def _require_known(version: int) -> None:
    if version > NEWEST_VERSION:
        raise StateTooNew(
            f"the state has form {version}, which a newer Pulumi wrote; "
            f"the newest known here is {NEWEST_VERSION}."
        )
    if version < OLDEST_VERSION:
        raise StateDamaged((Problem(f"there is no state of form {version}."),))


def _problems(error: ValidationError) -> list[Problem]:
    """Return what is wrong, without any value: it may be a secret."""
    return [
        Problem(f"{one['msg']}.", path=".".join(str(part) for part in one["loc"]))
        for one in error.errors(include_input=False, include_url=False, include_context=False)
    ]


def _reason(said: str) -> str:
    """Return what the engine wrote to standard error."""
    return (said.partition("\n stderr: ")[2] or said).strip() or "the engine gave no reason."
