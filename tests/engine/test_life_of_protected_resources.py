"""What the blueprint allows is replaced or deleted by the real engine, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.engine.providers import stand_in
from tests.engine.real_engine import Engine, require_pulumi

from stackwright.engine.command import EngineCommand
from stackwright.engine.events import Operation
from stackwright.engine.guard import (
    Loss,
    failed_for_protection,
    losses_of,
    no_longer_needed,
    unprotect,
)
from stackwright.engine.operations import Action, Outcome, run
from stackwright.engine.secrets_provider import provider_of_new_stack
from stackwright.engine.state import State, read_state
from stackwright.engine.workspace import LayerFolder, layer_folders
from stackwright.environment import Environment, load_environment
from stackwright.errors import StackwrightError
from stackwright_cli import main

pytestmark = pytest.mark.slow

BUCKETS = ("storage-artifacts", "storage-data", "storage-logs")

BLUEPRINT = """\
apiVersion: stackwright/v1
name: acme-ml
target: {kind: aws, region: eu-west-1, account: "210987654321"}
storage: {kind: s3}
"""

OTHER_ACCOUNT = BLUEPRINT.replace("210987654321", "210987654322")
"""The account is part of a bucket's name, and another name is another bucket."""

NO_BUCKETS = BLUEPRINT.replace("storage: {kind: s3}", "registry: {kind: ecr}")


STORE = """\
apiVersion: stackwright/v1
name: acme-ml
target: {kind: existing-cluster}
cluster: {kind: existing, context: lab, uid: 5b2d8e1c-3f4a-4c6b-9d7e-8a1f2c3d4e5f}
secrets: {kind: external-secrets}
storage: {kind: seaweedfs, mode: distributed}
"""

OTHER_MODE = STORE.replace("distributed", "single")

RELEASE = "kubernetes:helm.sh/v3:Release::storage-release"

RELEASE_WITHOUT_TRIGGER = """
import copy

import pulumi


def before(args):
    if args.name == "storage-release":
        options = copy.copy(args.opts)
        options.replacement_trigger = None
        return pulumi.ResourceTransformationResult(args.props, options)


pulumi.runtime.register_stack_transformation(before)
"""
"""A program as it was before the release had a trigger."""


def allowing(*names: str) -> str:
    return "".join(allowed(f"aws:s3/bucket:Bucket::{name}") for name in names)


def allowed(key: str, expires: str = "9999-12-31") -> str:
    return f"  - {{resource: {key}, reason: it is a test, expires: '{expires}'}}\n"


class Platform:
    """A platform that `init` made, with a blueprint of its own."""

    def __init__(self, folder: Path, engine: Engine) -> None:
        self.folder = folder
        self.engine = engine

    def write(self, blueprint: str) -> None:
        (self.folder / "blueprint.yaml").write_text(blueprint, encoding="utf-8")

    @property
    def environment(self) -> Environment:
        return load_environment(self.folder / "blueprint.yaml")

    @property
    def layer(self) -> LayerFolder:
        (layer,) = layer_folders(self.environment, self.folder, EngineCommand())
        return layer

    def run(self, action: Action) -> Outcome:
        layer = self.layer
        stack = layer.made_stack(provider_of_new_stack(layer))
        return run(layer, stack, action, frozenset(self.environment.instances))

    def state(self) -> State:
        return read_state(self.layer.stack())

    def names_in_state(self) -> set[str]:
        return {resource.name for resource in self.state().resources}

    def protected(self) -> set[str]:
        return {resource.name for resource in self.state().resources if resource.protect}

    def losses(self) -> tuple[Loss, ...]:
        return losses_of(self.environment, self.run(Action.PREVIEW).changes.real)


@contextmanager
def made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, target: str, blueprint: str
) -> Iterator[Platform]:
    program = require_pulumi()
    (tmp_path / "engine").mkdir()
    with stand_in(package, tmp_path / "engine") as port:
        state = {"PULUMI_BACKEND_URL": ""}
        engine = Engine(program, tmp_path / "engine", {package: port}, state)
        for name, value in engine.environment().items():
            monkeypatch.setenv(name, value)
        folder = tmp_path / "acme-ml"
        assert main(["init", str(folder), "--preset", "starter", "--target", target]) == 0
        platform = Platform(folder, engine)
        platform.write(blueprint)
        yield platform


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    with made(tmp_path, monkeypatch, "aws", "aws", BLUEPRINT) as platform:
        yield platform


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    with made(tmp_path, monkeypatch, "kubernetes", "existing-cluster", STORE) as platform:
        yield platform


def test_what_is_not_named_is_refused_by_the_guard_and_by_plain_pulumi(platform: Platform) -> None:
    assert platform.run(Action.UP).succeeded
    before = platform.names_in_state()
    platform.write(OTHER_ACCOUNT)
    preview = platform.run(Action.PREVIEW)
    assert failed_for_protection(preview)
    losses = losses_of(platform.environment, preview.changes.real)
    assert sorted(loss.change.name for loss in losses) == list(BUCKETS)
    assert not any(loss.allowed for loss in losses)
    platform.write(f"{OTHER_ACCOUNT}allow_replacement:\n{allowing('storage-data')}")
    assert [loss.change.name for loss in platform.losses() if loss.allowed] == ["storage-data"]
    expired = allowed("aws:s3/bucket:Bucket::storage-logs", expires="2026-01-01")
    platform.write(f"{OTHER_ACCOUNT}allow_replacement:\n{allowing('storage-data')}{expired}")
    assert [loss.change.name for loss in platform.losses() if loss.allowed] == ["storage-data"]
    with pytest.raises(AssertionError, match="currently marked for protection"):
        platform.engine.run(platform.layer.folder, "up", "--yes", "--stack", "default")
    assert platform.names_in_state() == before


def test_what_is_named_is_replaced_and_protected_again_later(platform: Platform) -> None:
    assert platform.run(Action.UP).succeeded
    platform.write(f"{OTHER_ACCOUNT}allow_replacement:\n{allowing(*BUCKETS)}")
    assert all(loss.allowed for loss in platform.losses())
    replaced = platform.run(Action.UP)
    assert replaced.succeeded, replaced.failure
    done = replaced.changes.of_operation(Operation.REPLACE)
    assert {*BUCKETS} <= {change.name for change in done}

    after = platform.run(Action.PREVIEW)
    assert losses_of(platform.environment, after.changes.real) == ()
    assert len(list(no_longer_needed(platform.environment, after.changes.every))) == len(BUCKETS)
    assert not {*BUCKETS} & platform.protected()

    platform.write(OTHER_ACCOUNT)
    assert platform.run(Action.UP).succeeded
    assert {*BUCKETS} <= platform.protected()


def test_what_left_the_program_is_deleted_once_it_is_unprotected(platform: Platform) -> None:
    assert platform.run(Action.UP).succeeded
    more = f"{allowing(*BUCKETS)}{allowed('aws:kms/key:Key::storage-key')}"
    platform.write(f"{NO_BUCKETS}allow_replacement:\n{more}")
    preview = platform.run(Action.PREVIEW)
    assert failed_for_protection(preview)
    stuck = [
        loss
        for loss in losses_of(platform.environment, preview.changes.real)
        if loss.must_be_unprotected
    ]
    assert sorted(loss.change.name for loss in stuck) == [
        "storage-artifacts",
        "storage-data",
        "storage-key",
        "storage-logs",
    ]
    with pytest.raises(StackwrightError, match="the protection of nothing was not lifted: error: "):
        unprotect(
            platform.layer.stack(), ["urn:pulumi:default::acme-ml-foundation::a:b:C::nothing"]
        )
    unprotect(platform.layer.stack(), [loss.change.urn for loss in stuck])
    assert all(loss.allowed for loss in platform.losses())
    done = platform.run(Action.UP)
    assert done.succeeded, done.failure
    assert not {*BUCKETS, "storage-key"} & platform.names_in_state()


def test_a_store_that_another_mode_would_empty_is_refused_until_it_is_named(
    cluster: Platform,
) -> None:
    assert cluster.run(Action.UP).succeeded
    cluster.write(OTHER_MODE)
    preview = cluster.run(Action.PREVIEW)
    assert failed_for_protection(preview)
    (loss,) = losses_of(cluster.environment, preview.changes.real)
    assert (loss.change.key, loss.change.operation) == (RELEASE, Operation.REPLACE)
    assert not loss.allowed
    with pytest.raises(AssertionError, match="currently marked for protection"):
        cluster.engine.run(cluster.layer.folder, "up", "--yes", "--stack", "default")

    cluster.write(f"{OTHER_MODE}allow_replacement:\n{allowed(RELEASE)}")
    done = cluster.run(Action.UP)
    assert done.succeeded, done.failure
    replaced = done.changes.of_operation(Operation.REPLACE, Operation.DELETE)
    assert [change.key for change in replaced] == [RELEASE]


def test_a_store_is_updated_by_all_that_empties_nothing(cluster: Platform) -> None:
    main_file = cluster.layer.folder / "__main__.py"
    program = main_file.read_text(encoding="utf-8")
    main_file.write_text(f"{RELEASE_WITHOUT_TRIGGER}{program}", encoding="utf-8")
    assert cluster.run(Action.UP).succeeded
    main_file.write_text(program, encoding="utf-8")
    upgraded = cluster.run(Action.UP)
    assert upgraded.succeeded, upgraded.failure
    assert upgraded.changes.real == ()
    cluster.write(STORE.replace("distributed", "distributed, volume_servers: 5, memory: 4Gi"))
    updated = cluster.run(Action.UP)
    assert updated.succeeded, updated.failure
    (change,) = updated.changes.real
    assert (change.key, change.operation) == (RELEASE, Operation.UPDATE)
    cluster.write(OTHER_MODE)
    assert [loss.change.key for loss in cluster.losses()] == [RELEASE]
