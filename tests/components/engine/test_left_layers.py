"""A deployed layer that the blueprint has no tool for any more, on the stub engine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.engine_stub.stub import Stub, generated
from tests.engine_stub.two_layers import two_layers

from stackwright.engine.command import EngineCommand
from stackwright.engine.destruction import Destruction
from stackwright.engine.events import Event
from stackwright.engine.lifecycle import Lifecycle
from stackwright.environment import Environment, load_environment
from stackwright.errors import InputError

WITHOUT_CLUSTER = """\
apiVersion: stackwright/v1
name: acme
target: {kind: aws, region: eu-west-1, account: "210987654321"}
storage: {kind: s3}
environments: {prod: {}}
"""

BLUEPRINT = f"""\
{WITHOUT_CLUSTER}network: {{kind: vpc}}
cluster:
  kind: eks
  access: {{endpoint: private, via: vpn}}
  administrators: [arn:aws:iam::210987654321:role/platform]
"""


@dataclass
class Bench:
    """A platform whose blueprint is edited between runs."""

    folder: Path
    stub: Stub
    events: list[Event] = field(default_factory=list)

    def environment(self, blueprint: str) -> Environment:
        (self.folder / "blueprint.yaml").write_text(blueprint, encoding="utf-8")
        return load_environment(self.folder / "blueprint.yaml", "prod")

    def lifecycle(self, blueprint: str) -> Lifecycle:
        environment = self.environment(blueprint)
        return Lifecycle(environment, self.folder, EngineCommand(), tell=self.events.append)

    def up(self, blueprint: str) -> bool:
        return self.lifecycle(blueprint).up(lambda _: True, lambda _: None)

    def preview(self, blueprint: str) -> object:
        return self.lifecycle(blueprint).preview()

    def forecast(self, blueprint: str) -> object:
        environment = self.environment(blueprint)
        destruction = Destruction(
            environment, self.folder, EngineCommand(), tell=self.events.append
        )
        return destruction.forecasts


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    platform, stub = two_layers(tmp_path, BLUEPRINT, monkeypatch)
    stub.plan({"acme-foundation": generated(3), "acme-platform": generated(2)})
    return Bench(platform, stub)


@pytest.mark.parametrize("command", [Bench.up, Bench.preview, Bench.forecast])
def test_the_layer_below_is_not_touched_before_the_forgotten_one_is_gone(
    bench: Bench, command: Callable[[Bench, str], object]
) -> None:
    bench.up(BLUEPRINT)
    bench.events.clear()
    with pytest.raises(InputError) as caught:
        command(bench, WITHOUT_CLUSTER)
    (problem,) = caught.value.problems
    assert problem.message == (
        "the platform layer of prod is deployed, and the blueprint has no tool for it any more."
    )
    assert problem.hint.endswith(": stackwright destroy -e prod --layer platform")
    assert bench.events == []


@pytest.mark.parametrize("command", [Bench.up, Bench.preview, Bench.forecast])
def test_a_folder_of_state_that_is_not_there_is_named_before_the_engine_is_asked(
    bench: Bench, command: Callable[[Bench, str], object]
) -> None:
    (bench.folder.parent / "state").rmdir()
    with pytest.raises(InputError, match="the state of this platform is kept in this folder"):
        command(bench, WITHOUT_CLUSTER)
    assert bench.stub.points("stack select") == []


def test_a_layer_that_holds_nothing_is_not_missed(bench: Bench) -> None:
    bench.up(BLUEPRINT)
    bench.stub.plan({"acme-foundation": generated(3), "acme-platform": generated(0)})
    bench.up(BLUEPRINT)
    assert bench.up(WITHOUT_CLUSTER) is False


def test_a_layer_that_was_never_deployed_is_not_missed(bench: Bench) -> None:
    assert bench.up(WITHOUT_CLUSTER)
    assert bench.forecast(WITHOUT_CLUSTER)
