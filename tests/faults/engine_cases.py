"""Every way in which the engine is disturbed under our commands: a table, generated."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tests.engine_stub.control import Effect, Fault, Program, Target
from tests.engine_stub.points import Moment
from tests.faults.engine_bench import CHANGED, WHOLE, Bench

POINTS = tuple(round(1 + number * 49 / 39) for number in range(40))
"""40 of the 50 points of a run of `up`; a run of `destroy` has one more."""

KILLED, CTRL_C, TERMINATED = -9, 130, 143

MEGABYTES_200 = 200


def nothing(_: Bench) -> None:
    """Prepare nothing."""


@dataclass(frozen=True)
class Case:
    """One command, and what disturbs it."""

    name: str
    command: str
    """`up` or `destroy`."""
    faults: tuple[Fault, ...] = ()
    codes: tuple[int, ...] = (1,)
    """Exit codes that are true."""
    says: str = ""
    """What must be said; a regular expression."""
    program: Program = WHOLE
    deployed: bool | None = None
    """Whether it is deployed when it begins; as the command needs it, if None."""
    prepare: Callable[[Bench], None] = nothing
    variables: dict[str, str] = field(default_factory=dict)
    options: tuple[str, ...] = ()
    unlocked: bool = True
    """Whether the lock is gone in the end; not when the engine itself was killed."""
    recovers: tuple[int, ...] = (0,)
    """Exit codes of `recover`."""
    mend: Callable[[Bench], None] = nothing
    """What a person does before `recover`, such as making room."""
    ends: bool = True
    """Whether the command comes to its full end afterwards."""
    counted: bool = True
    """Whether the sentence at the end can be held against what was really done."""

    def __str__(self) -> str:
        return self.name

    @property
    def begins_deployed(self) -> bool:
        """Whether the environment is deployed when the case begins."""
        if self.deployed is not None:
            return self.deployed
        return self.command == "destroy" or self.program is not WHOLE


SIGNALS = {
    "kill": ("SIGKILL",),
    "ctrl-c": ("SIGINT",),
    "ctrl-c-twice": ("SIGINT", "SIGINT"),
    "term": ("SIGTERM",),
}

_OURS = {"kill": (KILLED,), "ctrl-c": (CTRL_C,), "ctrl-c-twice": (CTRL_C,), "term": (TERMINATED,)}


def signals() -> Iterator[Case]:
    """Yield every signal to the command and to the engine, at every point."""
    for command in ("up", "destroy"):
        for target in Target:
            for name, sent in SIGNALS.items():
                for point in POINTS:
                    yield _signalled(command, target, name, sent, point)


def _signalled(command: str, target: Target, name: str, sent: tuple[str, ...], point: int) -> Case:
    fault = Fault(Effect.SIGNAL, command, point, signals=sent, target=target)
    by_us = target is Target.COMMAND
    # When all is done, an engine that is asked to stop has done what it was asked to do.
    codes = _OURS[name] if by_us else (1,) if name == "kill" else (0, 1)
    return Case(
        f"{command}-{target}-{name}-{point:02}",
        command,
        (fault,),
        codes,
        unlocked=by_us or name != "kill",
    )


PROVIDER_FAULTS = {
    "429": "ThrottlingException: Rate exceeded, https response error StatusCode: 429",
    "500": "InternalFailure: https response error StatusCode: 500",
    "409": "ConflictException: operation in progress, StatusCode: 409",
    "time-out": "rpc error: code = DeadlineExceeded desc = timeout while waiting for state",
    "crash": "rpc error: code = Unavailable desc = error reading from server: EOF",
    "secret": "AccessDenied: the token canary-9f2c was refused",
}

CALLS = {
    "create": ("up", WHOLE, "*bucket-4"),
    "update": ("up", CHANGED, "*bucket-1"),
    "replace": ("up", CHANGED, "*bucket-2"),
    "delete-in-up": ("up", CHANGED, "*bucket-3"),
    "delete": ("destroy", WHOLE, "*bucket-4"),
}


def providers() -> Iterator[Case]:
    """Yield every fault of a provider on every kind of call, before it is done and after."""
    for call, (command, program, urn) in CALLS.items():
        for name, message in PROVIDER_FAULTS.items():
            if name == "secret":
                continue
            for moment in (Moment.INTENDED, Moment.MADE):
                fault = Fault(Effect.FAIL, command, moment=moment, urn=urn, message=message)
                lost = moment is Moment.MADE and call in ("create", "replace")
                yield Case(
                    f"{call}-{name}-{'answer-lost' if moment is Moment.MADE else 'refused'}",
                    command,
                    (fault,),
                    says=r"StatusCode|rpc error",
                    program=program,
                    # What the engine was told was not made is not looked for: see `Case.ends`.
                    ends=not lost,
                    counted=not lost,
                )


def hangs() -> Iterator[Case]:
    """Yield a provider that does not answer, on every kind of call, with a limit of time."""
    for call, (command, program, urn) in CALLS.items():
        fault = Fault(Effect.HANG, command, moment=Moment.INTENDED, urn=urn, seconds=4.5)
        yield Case(
            f"{call}-hangs",
            command,
            (fault,),
            says=r"limit of",
            program=program,
            options=("--timeout", "0.05"),
        )


_COMMANDS_OF = {
    "up": ("version", "stack select", "preview", "up"),
    "destroy": ("version", "stack select", "destroy"),
}


def engines() -> Iterator[Case]:
    """Yield an engine that behaves in no good way, at each of the commands it is asked for."""
    for command, asked in _COMMANDS_OF.items():
        for one in asked:
            yield from _bad_engines(command, one)


def _bad_engines(command: str, asked: str) -> Iterator[Case]:
    changing = asked == command
    at: dict[str, Any] = {"command": asked, "moment": Moment.STARTED if changing else "begun"}
    if asked == "preview":
        at["moment"] = Moment.STARTED
    say = {"effect": Effect.SAY, **at}
    floods = {
        f"{stream}-{kind}": Fault(**say, message=text, stream=stream, times_said=MEGABYTES_200)
        for stream in ("stdout", "stderr")
        for kind, text in (("one-line", "x" * (1 << 20)), ("lines", ("y" * 1023 + "\n") * 1024))
    }
    quiet = asked not in ("version",)
    for name, fault in floods.items():
        if asked in ("version", "up", "destroy"):
            codes = (0,) if quiet or "stderr" in name else (1,)
            yield Case(f"{command}-{asked}-200-megabytes-{name}", command, (fault,), codes)
    for name, text in (("garbage", "\x00\x01{]\n<html>"), ("nothing", "")):
        said = Fault(**say, message=text)
        ended = Fault(Effect.EXIT, **at)
        # A stack that is there was chosen by its name alone, and needs no more.
        chosen = asked == "stack select" and command == "destroy"
        codes = (0,) if chosen else (1,)
        yield Case(
            f"{command}-{asked}-{name}-and-exit-0",
            command,
            (said, ended),
            codes,
            unlocked=not changing,
        )
    for code in (1, 255):
        ended = Fault(Effect.EXIT, **at, code=code)
        yield Case(f"{command}-{asked}-exit-{code}", command, (ended,), unlocked=not changing)
    if quiet:
        yield Case(f"{command}-{asked}-secret", command, (_leaking(at),), (0,))
    killed = Fault(Effect.SIGNAL, **at, signals=("SIGKILL",))
    yield Case(f"{command}-{asked}-killed", command, (killed,), unlocked=not changing)


def _leaking(at: dict[str, Any]) -> Fault:
    return Fault(Effect.LEAK, **at)


def versions() -> Iterator[Case]:
    """Yield engines that are missing, too old, too new or say no version."""
    for command in ("up", "destroy"):
        for name, version in (("old", "v3.0.0"), ("of-another-age", "v4.0.0"), ("mute", "")):
            yield Case(
                f"{command}-engine-{name}",
                command,
                says=r"Stackwright needs|does not say its version",
                prepare=partial(_version, version=version),
                mend=partial(_version, version="v3.260.0"),
            )
        yield Case(
            f"{command}-engine-missing",
            command,
            says=r"not on PATH. Install it",
            prepare=partial(_hide, hidden=True),
            mend=partial(_hide, hidden=False),
        )
        yield Case(
            f"{command}-engine-not-executable",
            command,
            says=r"not on PATH. Install it",
            prepare=lambda bench: (bench.stub.bin / "pulumi").chmod(0o644),
            mend=lambda bench: (bench.stub.bin / "pulumi").chmod(0o755),
        )


def _version(bench: Bench, version: str) -> None:
    bench.stub.plan(version=version)


def _hide(bench: Bench, *, hidden: bool) -> None:
    here, there = bench.stub.bin / "pulumi", bench.stub.folder / "hidden"
    (here if hidden else there).rename(there if hidden else here)


def states() -> Iterator[Case]:
    """Yield states that were cut short, edited, written by a newer engine, or locked."""
    for command in ("up", "destroy"):
        for eighth in range(8):
            yield _damaged(command, f"cut-at-{eighth}-eighths", _cut(eighth))
        for name, edit in EDITS.items():
            yield _damaged(command, name, _edited(edit))
        yield Case(
            f"{command}-state-of-a-newer-engine",
            command,
            deployed=True,
            says=r"newer|unsupported checkpoint version",
            prepare=_edited(lambda document: document.update(version=99)),
            recovers=(1,),
            mend=_edited(lambda document: document.update(version=3)),
        )
        for name, content in LOCKS.items():
            yield Case(
                f"{command}-locked-{name}",
                command,
                deployed=True,
                program=CHANGED if command == "up" else WHOLE,
                says=r"is working on this environment|lock",
                prepare=partial(lock, content=content),
                unlocked=False,
                # A lock that cannot be read is left to the person.
                recovers=(0,) if content.endswith("}") else (0, 1),
                mend=_unlocked,
            )


def _unlocked(bench: Bench) -> None:
    for path in bench.locks:
        path.unlink()


def _damaged(command: str, name: str, prepare: Callable[[Bench], None]) -> Case:
    return Case(
        f"{command}-state-{name}",
        command,
        deployed=True,
        # `destroy` says it in the words of the engine.
        says=r"damaged|cannot be read|cut short|failed to load checkpoint",
        prepare=prepare,
    )


def _cut(eighths: int) -> Callable[[Bench], None]:
    def cut(bench: Bench) -> None:
        whole = bench.state_file.read_bytes()
        bench.state_file.write_bytes(whole[: len(whole) * eighths // 8])

    return cut


def _edited(edit: Callable[[dict[str, Any]], Any]) -> Callable[[Bench], None]:
    def edited(bench: Bench) -> None:
        document = json.loads(bench.state_file.read_text(encoding="utf-8"))
        edit(document)
        bench.state_file.write_text(json.dumps(document), encoding="utf-8")

    return edited


def _resources(document: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document["checkpoint"]["latest"]["resources"]
    return found


EDITS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "without-a-parent": lambda document: _resources(document).pop(2),
    "with-one-twice": lambda document: _resources(document).append(_resources(document)[5]),
}

_HOLDER = {"username": "ann", "timestamp": "2026-01-02T03:04:05.123456789Z"}

LOCKS: dict[str, str] = {
    "by-one-that-is-dead": json.dumps({**_HOLDER, "pid": 4194303, "hostname": "HERE"}),
    "by-one-elsewhere": json.dumps({**_HOLDER, "pid": 1, "hostname": "another-machine"}),
    "by-one-that-is-no-engine": json.dumps({**_HOLDER, "pid": 1, "hostname": "HERE"}),
    "cut-short": '{"pid":41943',
    "empty": "",
}


def lock(bench: Bench, content: str) -> None:
    """Put a lock in place."""
    import socket

    folder = bench.folder / "state/.pulumi/locks/organization/acme-foundation/prod"
    folder.mkdir(parents=True, exist_ok=True)
    text = content.replace("HERE", socket.gethostname())
    (folder / "0f0e.json").write_text(text, encoding="utf-8")


def passphrases() -> Iterator[Case]:
    """Yield a passphrase that is wrong or missing."""
    for command in ("up", "destroy"):
        yield Case(
            f"{command}-wrong-passphrase",
            command,
            deployed=True,
            program=CHANGED if command == "up" else WHOLE,
            says=r"not the one that the stack's secrets were encrypted with",
            variables={"PULUMI_CONFIG_PASSPHRASE": "another one"},
        )
        yield Case(
            f"{command}-no-passphrase",
            command,
            deployed=True,
            codes=(1, 2),
            program=CHANGED if command == "up" else WHOLE,
            says=r"is not given",
            variables={"PULUMI_CONFIG_PASSPHRASE": ""},
        )


def full_disks() -> Iterator[Case]:
    """Yield a disk that is full from some point on."""
    for command in ("up", "destroy"):
        for point in POINTS[1:-2:5]:
            yield Case(
                f"{command}-disk-full-{point:02}",
                command,
                (Fault(Effect.NO_SPACE, command, point),),
                says=r"disk is full",
                # The real engine unlocks; what is in flight cannot be written any more.
                counted=False,
            )


def every() -> tuple[Case, ...]:
    """Return all cases."""
    makers: Sequence[Callable[[], Iterable[Case]]] = (
        *(signals, providers, hangs, engines, versions, states, passphrases, full_disks),
    )
    return tuple(case for make in makers for case in make())


def slow_ones(cases: Iterable[Case]) -> tuple[Case, ...]:
    """Return those that are run: of the signals a quarter, at each point another four.

    All of them took a quarter of an hour.
    """
    kept = []
    for number, case in enumerate(cases):
        row, column = divmod(number, len(POINTS))
        if number >= len(POINTS) * 16 or (row + column) % 4 == 0:
            kept.append(case)
    return tuple(kept)


def sample(cases: Sequence[Case], count: int = 20) -> tuple[Case, ...]:
    """Return a fixed sample: one in so many, from the beginning to the end of the table."""
    step = len(cases) / count
    return tuple(cases[int(number * step)] for number in range(count))
