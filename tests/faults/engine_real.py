"""An environment on the real engine with a stand-in provider, and what disturbs them."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import psutil
import yaml
from tests.engine.providers import control_file, journal_file, stand_in
from tests.engine.real_engine import Engine
from tests.engine.stand_in.control import Control, Drift, Effect, Fault, Moment
from tests.engine.stand_in.journal import BEGIN, END, alive, entries
from tests.engine.stand_in.provider import version
from tests.engine.workspace import with_this_python
from tests.faults.engine_bench import BLUEPRINT, CANARY, Driver, Ended, driver

PROGRAM = Path(__file__).with_name("real_program")

COUNT = 5
"""Buckets of the program."""

_STRIKES_WITHIN = 60.0
_GONE_WITHIN = 60.0
"""Seconds; the engine first ends what is in flight, which took it 6 on a machine at rest."""

_PLACES = ("state", "platform")


@dataclass(frozen=True)
class RealBench:
    """A folder in which an environment lives, and all that serves it."""

    folder: Path
    engine: Engine
    driver: Driver

    @property
    def platform(self) -> Path:
        """Folder of the blueprint."""
        return self.folder / "platform"

    @property
    def state_file(self) -> Path:
        """The file that holds the state."""
        return self.folder / "state/.pulumi/stacks/acme-foundation/prod.json"

    @property
    def locks(self) -> list[Path]:
        """Locks of the stack."""
        folder = self.folder / "state/.pulumi/locks/organization/acme-foundation/prod"
        return list(folder.glob("*.json"))

    def environment(self, **others: str) -> dict[str, str]:
        """Return the variables of a command; an empty one is left out."""
        found = {
            **self.engine.environment(),
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "PULUMI_BACKEND_URL": (self.folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": f"passphrase {CANARY}",
            "AWS_EC2_METADATA_DISABLED": "true",
            "PROVIDER_VERSION": version("aws"),
            **others,
        }
        return {name: value for name, value in found.items() if value}

    def plan(self, *faults: Fault) -> None:
        """Say what goes wrong in the provider from now on; it reads what was really made."""
        there = {urn.rpartition("::")[2] for urn in self.buckets()}
        names = [f"bucket-{number}" for number in range(1, COUNT + 1)]
        # The provider itself takes everything for made that it is asked for.
        gone = [Drift(f"*::{name}", gone=True) for name in names if name not in there]
        Control(faults, gone).write(control_file(self.folder, "aws"))

    def run(
        self, *arguments: str, meanwhile: Callable[[int], None] = lambda _: None, **variables: str
    ) -> Ended:
        """Run the command to its end."""
        environment = self.environment(**variables)
        return self.driver.run(arguments, self.platform, environment, meanwhile)

    def up(self, meanwhile: Callable[[int], None] = lambda _: None, **variables: str) -> Ended:
        """Run `stackwright up`, agreed to beforehand."""
        return self.run("up", "-e", "prod", "--yes", meanwhile=meanwhile, **variables)

    def destroy(self, meanwhile: Callable[[int], None] = lambda _: None, **variables: str) -> Ended:
        """Run `stackwright destroy`, with the loss of all data agreed to."""
        return self.run(
            "destroy", "-e", "prod", "--confirm", "prod", meanwhile=meanwhile, **variables
        )

    def recover(self, **variables: str) -> Ended:
        """Run `stackwright recover`, with everything agreed to."""
        arguments = ("recover", "-e", "prod", "--yes")
        return self.driver.run(arguments, self.platform, self.environment(**variables))

    def begin(self, deployed: bool) -> None:
        """Make what is there when a case begins, and nothing else."""
        for name in (*_PLACES, "tmp"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        (self.folder / "tmp").mkdir()
        kept = self.folder / ("deployed" if deployed else "empty")
        shutil.copytree(kept, self.folder, dirs_exist_ok=True)
        self.journal.write_bytes((kept / "journal").read_bytes())
        self.plan()

    @property
    def journal(self) -> Path:
        """What the provider was asked."""
        return journal_file(self.folder, "aws")

    def buckets(self) -> dict[str, list[str]]:
        """Return the ids of what was made and not deleted, by URN."""
        found = alive(self.journal)
        return {urn: ids for urn, ids in found.items() if "::bucket-" in urn}

    def calls(self, method: str) -> Counter[str]:
        """Return how often each bucket was really made, or deleted."""
        return Counter(
            entry.urn.rpartition("::")[2]
            for entry in entries(self.journal)
            if entry.method == method and entry.moment == END and not entry.preview
            if "::bucket-" in entry.urn
        )

    def begun(self, method: str, number: int, moment: str) -> bool:
        """Tell whether a call on a bucket has begun, or was done."""
        return any(
            entry.method == method and not entry.preview and entry.moment == moment
            for entry in entries(self.journal)
            if entry.urn.endswith(f"::bucket-{number}")
        )

    def wait_for_provider(self, case: Case) -> None:
        """Wait until the provider has done what it was asked, though nobody waits for it."""
        end = time.monotonic() + _STRIKES_WITHIN
        while self.begun(case.method, case.number, BEGIN) and not self.begun(
            case.method, case.number, END
        ):
            assert time.monotonic() < end, "the provider does not end"
            time.sleep(0.05)

    def left(self) -> list[str]:
        """Return what still runs below this folder when it has had time to end."""
        end = time.monotonic() + _GONE_WITHIN
        while (found := _of(self.folder)) and time.monotonic() < end:
            time.sleep(0.1)
        return found


@dataclass(frozen=True)
class Case:
    """A signal, while the provider is at a call."""

    name: str
    command: str
    number: int
    """Which bucket is being made or deleted."""
    after: bool
    """Whether the provider has done it."""
    signals: tuple[str, ...] = ()
    to_engine: bool = False
    codes: tuple[int, ...] = (1,)
    message: str = ""
    """What the provider answers instead of being disturbed."""
    method: str = "Create"
    variables: dict[str, str] = field(default_factory=dict)
    seconds: float = 3.0
    """How long the provider waits; no two cases have the same, so that none counts for another."""

    def __str__(self) -> str:
        return self.name

    @property
    def fault(self) -> Fault:
        """What the provider does meanwhile."""
        moment = Moment.AFTER if self.after else Moment.BEFORE
        urn = f"*::bucket-{self.number}"
        if self.message:
            return Fault(self.method, urn, message=self.message, moment=moment, times=None)
        return Fault(self.method, urn, effect=Effect.HANG, moment=moment, seconds=self.seconds)

    def disturb(self, bench: RealBench) -> Callable[[int], None]:
        """Return what sends the signals when the provider is at the call."""

        def disturb(command: int) -> None:
            if not self.signals:
                return
            end = time.monotonic() + _STRIKES_WITHIN
            # What was done stands in the journal before the provider waits.
            moment = END if self.after else BEGIN
            while not bench.begun(self.method, self.number, moment):
                assert time.monotonic() < end, "the call was never made"
                time.sleep(0.02)
            process = _engine(command) if self.to_engine else command
            for name in self.signals:
                with suppress(ProcessLookupError):
                    os.kill(process, signal.Signals[name])
                time.sleep(0.3)

        return disturb


def cases() -> tuple[Case, ...]:
    """Return all cases."""
    found = (*_signals(), *_refusals())
    return tuple(replace(case, seconds=3.0 + number / 1000) for number, case in enumerate(found))


_SIGNALS = {
    "kill": (("SIGKILL",), (-9,)),
    "ctrl-c": (("SIGINT",), (130,)),
    "ctrl-c-twice": (("SIGINT", "SIGINT"), (130,)),
    "term": (("SIGTERM",), (143,)),
}


def _signals() -> Iterator[Case]:
    for command, method in (("up", "Create"), ("destroy", "Delete")):
        for to_engine in (False, True):
            for name, (sent, ours) in _SIGNALS.items():
                for number, after in ((1, False), (3, True), (5, False)):
                    target = "engine" if to_engine else "command"
                    yield Case(
                        f"{command}-{target}-{name}-bucket-{number}",
                        command,
                        number,
                        after,
                        sent,
                        to_engine,
                        (1,) if to_engine else ours,
                        method=method,
                    )


_REFUSALS = {
    "429": "ThrottlingException: Rate exceeded, https response error StatusCode: 429",
    "500": "InternalFailure: https response error StatusCode: 500",
    "409": "ConflictException: operation in progress, https response error StatusCode: 409",
    "time-out": "timeout while waiting for state to become 'available'",
}


def _refusals() -> Iterator[Case]:
    for name, message in _REFUSALS.items():
        for command, method in (("up", "Create"), ("up", "Update"), ("destroy", "Delete")):
            variables = {"PROGRAM_VERSION": "changed"} if method == "Update" else {}
            number = 1 if method == "Update" else 3
            yield Case(
                f"{method.lower()}-{name}",
                command,
                number,
                after=False,
                message=message,
                method=method,
                variables=variables,
            )


@contextmanager
def real_bench(folder: Path, program: Path) -> Iterator[RealBench]:
    """Serve the provider, make an environment that is not deployed and one that is."""
    with stand_in("aws", folder) as port, driver(folder) as running:
        engine = Engine(program, folder / "engine", {"aws": port})
        bench = RealBench(folder, engine, running)
        _prepare(bench)
        yield bench


def _prepare(bench: RealBench) -> None:
    program = bench.platform / "stacks" / "foundation"
    program.mkdir(parents=True)
    shutil.copy(PROGRAM / "__main__.py", program)
    project = with_this_python({"name": "acme-foundation", "runtime": "python"})
    (program / "Pulumi.yaml").write_text(yaml.safe_dump(project), encoding="utf-8")
    blueprint = BLUEPRINT.replace("environments:", "profile: development\nenvironments:")
    (bench.platform / "blueprint.yaml").write_text(blueprint, encoding="utf-8")
    for name in ("state", "home", "tmp"):
        (bench.folder / name).mkdir()
    bench.plan()
    _keep(bench, "empty")
    ended = bench.up()
    assert ended.code == 0, ended.output
    _keep(bench, "deployed")


def _keep(bench: RealBench, name: str) -> None:
    for part in _PLACES:
        shutil.copytree(bench.folder / part, bench.folder / name / part)
    bench.journal.touch()
    shutil.copy(bench.journal, bench.folder / name / "journal")


def _engine(command: int) -> int:
    """Return the engine that a command has started."""
    children = psutil.Process(command).children()
    return next(child.pid for child in children if child.name().startswith("pulumi"))


def _of(folder: Path) -> list[str]:
    """Return what works in a folder: the engine and what it has started."""
    found = []
    for process in psutil.process_iter():
        try:
            if Path(process.cwd()).is_relative_to(folder / "platform"):
                found.append(" ".join(process.cmdline()))
        except (psutil.NoSuchProcess, psutil.AccessDenied, OSError):
            continue
    return found
