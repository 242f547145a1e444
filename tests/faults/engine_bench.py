"""An environment on a stub engine, and the real commands on it, again and again."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.engine_stub.bench import end_of, left_of
from tests.engine_stub.control import Fault, Program, Resource
from tests.engine_stub.stub import Stub, stub_engine
from tests.faults.engine_driver import Run

_DRIVER = Path(__file__).with_name("engine_driver.py")

CANARY = 'canary-9f2c/7b1e+4d&"ü'
"""A secret that must come out nowhere; with all that JSON, URLs and Base64 write otherwise."""

BLUEPRINT = """\
apiVersion: stackwright/v1
name: acme
target: {kind: aws, region: eu-west-1, account: "210987654321"}
storage: {kind: s3}
allow_replacement:
  - {resource: aws:s3/bucket:Bucket::bucket-2, reason: it is a test, expires: "9999-12-31"}
  - {resource: aws:s3/bucket:Bucket::bucket-3, reason: it is a test, expires: "9999-12-31"}
environments: {prod: {}}
"""

COUNT = 9
"""Buckets of a program: with them a run has more than 40 points."""

_GONE_WITHIN = 30.0


def bucket(number: int, **differing: str) -> Resource:
    """Return a bucket; its id is its name, as with AWS."""
    name = differing.get("bucket", f"acme-{number}")
    return Resource(
        "aws:s3/bucket:Bucket",
        f"bucket-{number}",
        "store",
        inputs={"bucket": name, "tags": {"platform": "acme"}, **differing},
        replaces=("bucket",),
        identity=name,
    )


def program(*buckets: Resource) -> Program:
    """Return a program of a provider, a component and buckets in it."""
    provider = Resource(
        "pulumi:providers:aws", "provider", inputs={"region": "eu-west-1"}, identity="provider-id"
    )
    store = Resource("stackwright:index:Bucket", "store", custom=False)
    return Program((provider, store, *buckets), outputs={"bucket": "acme-1"})


WHOLE = program(*map(bucket, range(1, COUNT + 1)))

CHANGED = program(
    replace(bucket(1), inputs={**bucket(1).inputs, "acl": "private"}),
    bucket(2, bucket="acme-2-new"),
    *map(bucket, range(4, COUNT + 2)),
)
"""Another version of the program: an update, a replacement, a deletion and a creation."""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    """Exit code; a negative number is the signal that ended it."""
    output: str

    @property
    def last_line(self) -> str:
        """What stands last on the screen."""
        return next(iter(self.output.strip().splitlines()[::-1]), "")


@dataclass(frozen=True)
class Driver:
    """The process that runs the command in forks of itself."""

    process: subprocess.Popen[str]
    output: Path
    """Where the command writes to."""

    def run(
        self,
        arguments: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        meanwhile: Callable[[int], None] = lambda _: None,
    ) -> Ended:
        """Run the command to its end.

        Args:
            arguments: Of the command.
            folder: Working directory.
            environment: All its variables.
            meanwhile: Called with its process when it is started.
        """
        run = Run(
            arguments=list(arguments),
            folder=str(folder),
            output=str(self.output),
            environment=dict(environment),
        )
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(run) + "\n")
        self.process.stdin.flush()
        process = self._answer()
        try:
            meanwhile(process)
        finally:
            code = os.waitstatus_to_exitcode(self._answer())
        text = self.output.read_text(encoding="utf-8", errors="replace")
        assert code != -signal.SIGALRM, f"{arguments} hung:\n{text}"
        return Ended(code, text)

    def _answer(self) -> int:
        assert self.process.stdout is not None
        answer = self.process.stdout.readline()
        assert answer, "the driver of the fault tests ended"
        return int(answer)


@contextmanager
def driver(folder: Path) -> Iterator[Driver]:
    """Start the driver; what the command writes goes to a file in the folder."""
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", str(_DRIVER)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONHASHSEED": "0"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield Driver(process, folder / "output")
        finally:
            process.kill()


@dataclass(frozen=True)
class Bench:
    """A folder in which an environment lives, and a driver that runs the command."""

    folder: Path
    driver: Driver

    @property
    def stub(self) -> Stub:
        """The engine."""
        return Stub(self.folder / "stub")

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
            "PATH": os.pathsep.join([str(self.stub.bin), "/usr/bin", "/bin"]),
            "HOME": str(self.folder / "home"),
            "TMPDIR": str(self.folder / "tmp"),
            "LANG": "C.UTF-8",
            "PULUMI_BACKEND_URL": (self.folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": f"passphrase {CANARY}",
            "PULUMI_ACCESS_TOKEN": f"token {CANARY}",
            "AWS_EC2_METADATA_DISABLED": "true",
            **others,
        }
        return {name: value for name, value in found.items() if value}

    def run(self, *arguments: str, **variables: str) -> Ended:
        """Run the command to its end."""
        return self.driver.run(arguments, self.platform, self.environment(**variables))

    def begin(self, deployed: bool) -> None:
        """Make what is there when a case begins, and nothing else."""
        for name in ("platform", "state", "stub", "home", "tmp"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        source = self.folder / ("deployed" if deployed else "empty")
        shutil.copytree(source, self.folder, dirs_exist_ok=True, symlinks=True)

    def left(self) -> list[str]:
        """Return what still runs of the engine when it has had time to end."""
        end = time.monotonic() + _GONE_WITHIN
        while (found := left_of(self.stub)) and time.monotonic() < end:
            time.sleep(0.05)
        if found:
            end_of(self.stub)
        return found


def up(bench: Bench, *options: str, **variables: str) -> Ended:
    """Run `stackwright up`, agreed to beforehand."""
    return bench.run("up", "-e", "prod", "--yes", *options, **variables)


def destroy(bench: Bench, *options: str, **variables: str) -> Ended:
    """Run `stackwright destroy`, with the loss of all data agreed to."""
    return bench.run("destroy", "-e", "prod", "--confirm", "prod", *options, **variables)


def recover(bench: Bench, **variables: str) -> Ended:
    """Run `stackwright recover`, with everything agreed to."""
    return bench.run("recover", "-e", "prod", "--yes", **variables)


@contextmanager
def engine_bench(folder: Path) -> Iterator[Bench]:
    """Make an environment that is not deployed and one that is, and start the driver."""
    with driver(folder) as running:
        made = Bench(folder, running)
        _prepare(made)
        yield made


def _prepare(bench: Bench) -> None:
    stub = stub_engine(bench.stub.folder)
    stub.plan({"acme-foundation": WHOLE})
    program = bench.platform / "stacks" / "foundation"
    program.mkdir(parents=True)
    (program / "Pulumi.yaml").write_text("name: acme-foundation\nruntime: python\n")
    (bench.platform / "blueprint.yaml").write_text(BLUEPRINT, encoding="utf-8")
    for name in ("state", "home", "tmp"):
        (bench.folder / name).mkdir()
    _keep(bench, "empty")
    ended = up(bench)
    assert ended.code == 0, ended.output
    _keep(bench, "deployed")


def _keep(bench: Bench, name: str) -> None:
    for part in ("platform", "state", "stub", "home", "tmp"):
        shutil.copytree(bench.folder / part, bench.folder / name / part)


def plan(bench: Bench, wanted: Program, faults: Sequence[Fault] = ()) -> None:
    """Say what the program is from now on, and what goes wrong."""
    bench.stub.plan({"acme-foundation": wanted}, tuple(faults))
