"""The jobs of an ML project, without words of any forge.

A step is a task of the project's Makefile wherever one does the work, so that a person can run
every step, and every forge runs the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class When(Enum):
    """What starts a pipeline."""

    PULL_REQUEST = "pull request"
    """Someone proposes a change; the code may come from a stranger."""
    MAIN = "main"
    """A change was merged."""
    MANUAL = "manual"
    """A person chose an environment."""


class Fact(Enum):
    """A value that the forge knows when a job runs."""

    ENVIRONMENT = "environment"
    """Name of the environment that is delivered to."""
    COMMIT = "commit"
    """Commit that the job works on."""
    RUN = "run"
    """Number that no other try of any run has."""
    BRANCH = "branch"
    """Branch that the job works on."""


@dataclass(frozen=True)
class Output:
    """A value that an earlier step, or a job that was waited for, printed as NAME=VALUE."""

    source: str
    """Key of the step or job."""
    name: str


Value = str | Fact | Output


class Right(Enum):
    """What a job may do besides reading the repository."""

    IDENTITY = "identity"
    """Ask the forge for a token that says which job it is; the cloud trusts that token."""
    PROPOSE = "propose"
    """Push a branch and open a pull request."""


@dataclass(frozen=True)
class Run:
    """A command. Values reach it as variables only, never as text of the command."""

    name: str
    command: str
    variables: Mapping[str, Value] = field(default_factory=dict)
    key: str = ""
    """Name by which later steps read its outputs; empty when it has none."""
    outputs: tuple[str, ...] = ()
    """Names that its standard output gives values to, one NAME=VALUE a line."""


@dataclass(frozen=True)
class SignIn:
    """Take a role of the cloud with the job's own identity, without a stored key."""

    name: str
    role: Value
    region: Value


@dataclass(frozen=True)
class Propose:
    """Open a pull request with one changed file."""

    name: str
    file: str
    """Path of the file; `$ENVIRONMENT` in it is the environment's name."""
    branch: str
    """Name of the branch; `$ENVIRONMENT` and `$COMMIT` are filled in."""
    title: str
    body: str


Step = Run | SignIn | Propose


@dataclass(frozen=True)
class Job:
    """Steps that run on one machine, one after the other."""

    key: str
    title: str
    steps: tuple[Step, ...]
    minutes: int
    """How long it may take, in minutes."""
    needs: tuple[str, ...] = ()
    """Keys of the jobs that must have ended well."""
    rights: frozenset[Right] = frozenset()
    installs: bool = True
    """Whether Python and the locked packages are installed first."""
    deploys: bool = False
    """Whether the forge's rules of the environment hold for it: reviewers, branches."""
    only_if: Output | None = None
    """An output that must be `true`."""
    outputs: Mapping[str, Output] = field(default_factory=dict)
    """Values for later jobs."""


@dataclass(frozen=True)
class Pipeline:
    """Jobs that start together."""

    key: str
    title: str
    when: tuple[When, ...]
    jobs: tuple[Job, ...]
    ignores: tuple[str, ...] = ()
    """Paths whose change alone starts nothing."""


CHECKS = Pipeline(
    key="checks",
    title="Checks",
    when=(When.PULL_REQUEST,),
    jobs=(
        Job("lint", "Style", (Run("Check style and format", "make lint"),), minutes=10),
        Job("types", "Types", (Run("Check types", "make types"),), minutes=10),
        Job("test", "Tests", (Run("Run the tests", "make test"),), minutes=20),
        Job(
            "model",
            "Data, training and gate",
            (
                Run("Check the data", "make prepare"),
                Run("Train on the sample", "make train"),
                Run("Ask the gate", "make evaluate"),
                Run("Show the model card", "cat state/artifacts/*/artifacts/card.md"),
            ),
            minutes=20,
        ),
        Job(
            "build",
            "Image builds",
            (Run("Build the image, push nothing", "make image"),),
            minutes=20,
            installs=False,
        ),
    ),
)
"""What every change must pass. The code may be a stranger's, so no job has a right."""

# The image is built for good below, so it need not be built on trial.
_AGAIN = tuple(job for job in CHECKS.jobs if job.key != "build")

DELIVER = Pipeline(
    key="deliver",
    title="Deliver",
    when=(When.MAIN, When.MANUAL),
    # What the last job itself changes: delivering that would never end.
    ignores=("deploy/environments/**",),
    jobs=(
        *_AGAIN,
        Job(
            "wired",
            "Is there a platform",
            (
                Run(
                    "Look for the wiring of the environment",
                    'if [ -f "wiring/$ENVIRONMENT.json" ]\n'
                    "then echo wired=true\n"
                    "else echo wired=false\n"
                    "fi",
                    {"ENVIRONMENT": Fact.ENVIRONMENT},
                    key="wiring",
                    outputs=("wired",),
                ),
            ),
            minutes=5,
            needs=tuple(job.key for job in _AGAIN),
            installs=False,
            outputs={"wired": Output("wiring", "wired")},
        ),
        Job(
            "image",
            "Image",
            (
                Run(
                    "Read role and registry from the wiring",
                    "make --silent pipeline",
                    {"ENVIRONMENT": Fact.ENVIRONMENT},
                    key="wiring",
                    outputs=("role", "region", "registry", "image"),
                ),
                SignIn(
                    "Take the role of the wiring",
                    role=Output("wiring", "role"),
                    region=Output("wiring", "region"),
                ),
                Run(
                    "Sign in at the registry",
                    "make login",
                    {"REGISTRY": Output("wiring", "registry")},
                ),
                Run(
                    "Build and push the image",
                    'make publish IMAGE="$NAME:$COMMIT-$RUN"',
                    {"NAME": Output("wiring", "image"), "COMMIT": Fact.COMMIT, "RUN": Fact.RUN},
                ),
                Run(
                    "Read the digest",
                    "sed 's/^/image=/' build/image.txt",
                    key="pushed",
                    outputs=("image",),
                ),
                Run(
                    "Show that its manifests can be written",
                    "make manifests",
                    {"ENVIRONMENT": Fact.ENVIRONMENT, "IMAGE": Output("pushed", "image")},
                ),
            ),
            minutes=30,
            needs=("wired",),
            rights=frozenset({Right.IDENTITY}),
            deploys=True,
            only_if=Output("wired", "wired"),
            outputs={"image": Output("pushed", "image")},
        ),
        # It installs nothing: no code of others runs beside the right to push a branch.
        Job(
            "propose",
            "Deploy by pull request",
            (
                Run(
                    "Set the image of the environment",
                    'mkdir -p "deploy/environments/$ENVIRONMENT"\n'
                    "printf 'image: %s\\n' \"$IMAGE\""
                    ' > "deploy/environments/$ENVIRONMENT/image.yaml"',
                    {"ENVIRONMENT": Fact.ENVIRONMENT, "IMAGE": Output("image", "image")},
                ),
                Propose(
                    "Open a pull request",
                    file="deploy/environments/$ENVIRONMENT/image.yaml",
                    branch="deploy/$ENVIRONMENT/$COMMIT",
                    title="Deploy $COMMIT to $ENVIRONMENT",
                    body="Sets the image of $ENVIRONMENT. A job opened this, so its checks wait"
                    " until someone with write access approves them.",
                ),
            ),
            minutes=10,
            needs=("image",),
            rights=frozenset({Right.PROPOSE}),
            installs=False,
        ),
    ),
)
"""What happens to a merged change: an image, and a pull request that asks to run it."""

PIPELINES = (CHECKS, DELIVER)
