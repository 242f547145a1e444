"""Why the engine failed, in words for the person who asked, and the one command that goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi.automation import CommandError, ConcurrentUpdateError

from stackwright.engine.events import Diagnostic, Event, name_of

if TYPE_CHECKING:
    from stackwright.engine.workspace import LayerFolder

_PROGRAM_ENDED = re.compile(r"Program exited with non-zero exit code|unhandled exception")
_COUNTED = re.compile(r"^(preview|update|destroy|refresh) failed$")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run of the engine did not come to its end."""

    message: str
    """What happened, one sentence or the engine's own lines."""
    mend: str = ""
    """What to do, such as a command to type; empty when the message says it all."""
    locked: bool = False
    """True when somebody else works on the stack."""
    recover: bool = False
    """True when `stackwright recover` is the way on."""

    def __str__(self) -> str:
        return f"{self.message} {self.mend}".strip()


@dataclass(frozen=True, slots=True)
class _Known:
    pattern: re.Pattern[str]
    message: str
    mend: str
    recover: bool = False


_KNOWN = (
    _Known(
        re.compile(r"incorrect passphrase|invalid passphrase|message authentication failed", re.I),
        "the passphrase is not the one that the stack's secrets were encrypted with.",
        "Set PULUMI_CONFIG_PASSPHRASE to the right one.",
    ),
    _Known(
        re.compile(r"passphrase must be set|PULUMI_CONFIG_PASSPHRASE", re.I),
        "the passphrase of the stack's secrets is not given.",
        "Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.",
    ),
    _Known(
        re.compile(r"no space left on device|disk quota exceeded", re.I),
        "the disk is full, so the engine could not save its state.",
        "Make room, then: stackwright recover",
        recover=True,
    ),
    _Known(
        re.compile(
            r"snapshot integrity|could not deserialize deployment|failed to load checkpoint"
            r"|unmarshall?ing|unexpected end of JSON input|invalid character",
            re.I,
        ),
        "the state cannot be read: it is damaged or was edited.",
        "It is left as it is. Next: stackwright recover",
        recover=True,
    ),
    _Known(
        re.compile(
            r"newer version of the Pulumi CLI|unsupported .*schema|deployment version", re.I
        ),
        "the state was written by a newer Pulumi than this one.",
        "Install the newer Pulumi CLI.",
    ),
    _Known(
        re.compile(r"Default provider for '[^']+' disabled", re.I),
        "a resource names no provider.",
        "Give it `provider=platform.provider` in stacks/.",
    ),
    _Known(
        re.compile(r"no resource plugin|could not find plugin|plugin .* not found", re.I),
        "a plugin of the engine is missing.",
        "Next: stackwright doctor",
    ),
)


def explain(error: CommandError, events: Sequence[Event], folder: LayerFolder) -> Failure:
    """Return why a run failed, from what the engine said.

    Args:
        error: The failure as the Automation API tells it; its text has secrets hidden.
        events: What was read of the run.
        folder: The layer.
    """
    said = str(error)
    if isinstance(error, ConcurrentUpdateError) or "currently locked by" in said:
        return Failure(
            _lock(said),
            mend=f"If it is dead: stackwright recover -e {folder.environment}",
            locked=True,
        )
    errors = tuple(_errors(events))
    text = "\n".join([*(message for message in errors), _stderr(said)])
    for known in _KNOWN:
        if known.pattern.search(text):
            return Failure(known.message, mend=known.mend, recover=known.recover)
    if errors:
        return Failure("\n".join(errors))
    return Failure(_last_lines(_stderr(said)) or "the engine failed and said no reason.")


def _errors(events: Sequence[Event]) -> Iterator[str]:
    """Yield what went wrong, the engine's repetitions left out."""
    seen: set[str] = set()
    for event in events:
        if not isinstance(event, Diagnostic) or event.severity != "error":
            continue
        message = event.message.strip()
        if _COUNTED.match(message) or _PROGRAM_ENDED.search(message) or message in seen:
            continue
        seen.add(message)
        yield f"{name_of(event.urn)}: {message}" if event.urn else message


def _lock(said: str) -> str:
    holder = re.search(r"created by (?P<who>\S+) \(pid (?P<pid>\d+)\) at (?P<when>\S+)", said)
    if holder is None:
        return "somebody else is working on this environment."
    return (
        f"{holder['who']} is working on this environment: process {holder['pid']}, "
        f"since {holder['when']}."
    )


def _stderr(said: str) -> str:
    return said.partition("\n stderr: ")[2] or said


def _last_lines(text: str, count: int = 8) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join(lines[-count:])
