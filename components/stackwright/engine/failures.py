"""Why the engine failed, in words for the person who asked, and the one command that goes on."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pulumi.automation import CommandError, ConcurrentUpdateError

from stackwright.engine.events import Diagnostic, Event
from stackwright.errors import StackwrightError
from stackwright.urns import name_of

if TYPE_CHECKING:
    from stackwright.engine.workspace import LayerFolder

_PROGRAM_ENDED = re.compile(r"program exited with non-zero exit code", re.I)
_PROGRAM_RAISED = "Program failed with an unhandled exception:"
_COUNTED = re.compile(r"^(preview|update|destroy|refresh) failed$")
_STOPPED = re.compile(r"^(error: )?(preview|update|destroy|refresh) cancell?ed$", re.M)
_AT_ONCE = 8
"""Exit code of an engine that was told to leave what was in flight."""

_SAVING = re.compile(r"^(pre|post)-step event returned an error")
"""The engine speaks of itself, though it names the resource at which it happened."""

_FRAME = re.compile(r"^ *File \"(?P<file>[^\"]+)\", line (?P<line>\d+)", re.M)


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


_NO_REASON = Failure("the engine failed and said no reason.", mend="Next: stackwright doctor")


class EngineFailed(StackwrightError):
    """A command of the engine failed before anything could be done."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(str(failure))
        self.failure = failure


@dataclass(frozen=True, slots=True)
class _Known:
    pattern: re.Pattern[str]
    message: str
    mend: str
    """`{environment}` stands for the name of the environment."""
    recover: bool = False
    anywhere: bool = False
    """True when it is known from what a provider or the program says, too."""


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
        "Make room, then: stackwright recover -e {environment}",
        recover=True,
    ),
    _Known(
        re.compile(
            r"newer version of the Pulumi CLI|unsupported .*schema|deployment version"
            r"|unsupported (checkpoint|deployment) version",
            re.I,
        ),
        "the state was written by a newer Pulumi than this one.",
        "Install the newer Pulumi CLI.",
    ),
    _Known(
        re.compile(r"^error: (unexpected end of JSON input|invalid character.*)$", re.M),
        "a file that the engine keeps cannot be read: a lock, or the state, was cut short.",
        "Next: stackwright recover -e {environment}",
        recover=True,
    ),
    _Known(
        re.compile(
            r"snapshot integrity|could not deserialize deployment|failed to load checkpoint"
            r"|unmarshall?ing|unexpected end of JSON input|invalid character",
            re.I,
        ),
        "the state cannot be read: it is damaged or was edited.",
        "It is left as it is. Next: stackwright recover -e {environment}",
        recover=True,
    ),
    _Known(
        re.compile(r"unknown stack \"[^\"]+-foundation/"),
        "the foundation layer was never deployed, and the platform is made from it.",
        "First: stackwright up -e {environment} --layer foundation",
        anywhere=True,
    ),
    _Known(
        re.compile(r"Default provider for '[^']+' disabled", re.I),
        "a resource names no provider.",
        "Give it `provider=platform.provider` in stacks/.",
        anywhere=True,
    ),
    _Known(
        re.compile(r"no resource plugin|could not find plugin|plugin .* not found", re.I),
        "a plugin of the engine is missing.",
        "Next: stackwright doctor",
        anywhere=True,
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
    stderr = _stderr(said)
    if cut := _cut_short(_code(said), [*(one.message for one in errors), stderr], folder):
        return cut
    own = "\n".join([*(one.message for one in errors if _of_engine(one)), stderr])
    every = "\n".join([*(one.message for one in errors), stderr])
    for known in _KNOWN:
        if known.pattern.search(every if known.anywhere else own):
            mend = known.mend.format(environment=folder.environment)
            return Failure(known.message, mend=mend, recover=known.recover)
    told = [_told(one, folder) for one in errors] or [_last_lines(stderr or _printed(events))]
    message = "\n".join(filter(None, told))
    return Failure(message) if message else _NO_REASON


def _cut_short(code: int, said: Sequence[str], folder: LayerFolder) -> Failure | None:
    """Return what ended the engine from outside; None when nothing did."""
    recover = f"Next: stackwright recover -e {folder.environment}"
    if code < 0:
        return Failure(f"the engine was killed ({_signal(-code)}).", mend=recover, recover=True)
    if not any(_STOPPED.search(one) for one in said):
        return None
    if code == _AT_ONCE:
        return Failure("somebody stopped the engine at once.", mend=recover, recover=True)
    return interrupted()


def interrupted() -> Failure:
    """Return what became of an engine that another process told to stop."""
    return Failure(
        "somebody stopped the engine; it saved its state.", mend="Run it again to go on."
    )


def _errors(events: Sequence[Event]) -> Iterator[Diagnostic]:
    """Yield what went wrong, the engine's repetitions left out."""
    seen: set[tuple[str, str]] = set()
    for event in events:
        if not isinstance(event, Diagnostic) or event.severity != "error":
            continue
        message = event.message.strip()
        if _COUNTED.match(message) or _PROGRAM_ENDED.search(message):
            continue
        if (event.urn, message) not in seen:
            seen.add((event.urn, message))
            yield event


def _of_engine(said: Diagnostic) -> bool:
    """Tell whether the engine speaks of itself: no provider, no program."""
    if said.urn:
        return bool(_SAVING.match(said.message))
    return not said.message.startswith(_PROGRAM_RAISED)


def _told(said: Diagnostic, folder: LayerFolder) -> str:
    message = said.message.strip()
    if message.startswith(_PROGRAM_RAISED):
        return _raised(message, folder)
    return f"{name_of(said.urn)}: {message}" if said.urn else message


def _raised(message: str, folder: LayerFolder) -> str:
    """Return what a program raised, and where in the user's own files."""
    found = list(_FRAME.finditer(message))
    lines = message[found[-1].end() if found else 0 :].splitlines()
    # What is raised follows the source lines, which are indented; it may be of several lines.
    told = (line for line in lines[1:] if line.strip() and not line[0].isspace())
    reason = next(told, lines[-1]).strip()
    frames = [(one["file"], one["line"]) for one in found]
    own = [frame for frame in frames if frame[0].startswith(f"{folder.folder}/")] or frames
    place = f" ({own[-1][0]}, line {own[-1][1]})" if own else ""
    return f"the program of the {folder.layer} layer failed: {reason}{place}"


def _printed(events: Sequence[Event]) -> str:
    """Return what the program printed before it ended."""
    said = (event for event in events if isinstance(event, Diagnostic))
    return "\n".join(one.message for one in said if one.severity == "info")


def _code(said: str) -> int:
    found = re.match(r"\s*code: (-?\d+)$", said, re.M)
    return int(found[1]) if found else 0


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _lock(said: str) -> str:
    holder = re.search(r"created by (?P<who>.+?) \(pid (?P<pid>\d+)\) at (?P<when>\S+)", said)
    if holder is None:
        return "somebody else is working on this environment."
    return (
        f"{holder['who']} is working on this environment: process {holder['pid']}, "
        f"since {holder['when']}."
    )


def _stderr(said: str) -> str:
    return said.partition("\n stderr: ")[2].strip()


def _last_lines(text: str, count: int = 8) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return "\n".join(lines[-count:]).removeprefix("error: ")
