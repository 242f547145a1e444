"""An environment is taken away, on the stub engine: in order, as foretold, and no further."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.engine_stub.control import Effect, Fault, Program, Resource
from tests.engine_stub.stub import Stub
from tests.engine_stub.two_layers import two_layers

from stackwright.claims import Layer
from stackwright.engine.command import EngineCommand
from stackwright.engine.controllers import CLAIMS, SERVICES, Cluster
from stackwright.engine.destruction import ControllersNotDone, Destruction
from stackwright.engine.events import Event, Finding, Operation, Phase, ResourceEvent, Status
from stackwright.engine.operations import Action, run
from stackwright.engine.workspace import layer_folders
from stackwright.environment import Environment, load_environment
from stackwright.errors import InputError, StackwrightError

BLUEPRINT = """\
apiVersion: stackwright/v1
name: acme
target: {kind: aws, region: eu-west-1, account: "210987654321"}
network: {kind: vpc}
cluster:
  kind: eks
  access: {endpoint: private, via: vpn}
  administrators: [arn:aws:iam::210987654321:role/platform]
database: {kind: rds}
environments: {prod: {}}
"""

BUCKET = Resource("aws:s3/bucket:Bucket", "data", protect=True)
ROLE = Resource("aws:iam/role:Role", "role")
HOME = Resource("kubernetes:core/v1:Namespace", "home", inputs={"metadata": {"name": "home"}})


def things(count: int) -> Program:
    """Return a program of some resources that hold no data."""
    return Program(tuple(Resource("stub:index:Thing", f"thing-{one}") for one in range(count)))


class Answering:
    """A cluster that answers."""

    def __init__(self, **objects: list[Mapping[str, Any]]) -> None:
        self._objects = {SERVICES: objects.get("services", []), CLAIMS: objects.get("claims", [])}

    def items(self, path: str) -> list[Mapping[str, Any]]:
        return self._objects.get(path, [])


@dataclass
class Bench:
    """An environment of two layers that was deployed, and a stub engine for it."""

    folder: Path
    stub: Stub
    events: list[Event] = field(default_factory=list)

    @property
    def environment(self) -> Environment:
        return load_environment(self.folder / "blueprint.yaml", "prod")

    def up(self, foundation: Program, platform: Program) -> None:
        self.stub.plan({"acme-foundation": foundation, "acme-platform": platform})
        for one in layer_folders(self.environment, self.folder, EngineCommand()):
            outcome = run(one, one.made_stack("passphrase"), Action.UP, frozenset())
            assert outcome.succeeded, outcome.failure

    def destruction(self, *, cluster: Cluster | None = None, **options: Any) -> Destruction:
        def open_cluster(environment: Environment) -> Cluster:
            if cluster is None:
                raise StackwrightError("nobody answers.")
            return cluster

        return Destruction(
            self.environment,
            self.folder,
            EngineCommand(),
            tell=self.events.append,
            open_cluster=open_cluster,
            **options,
        )

    @property
    def deleted(self) -> list[tuple[str, str]]:
        return [
            (event.layer, event.name)
            for event in self.events
            if isinstance(event, ResourceEvent)
            and (event.operation, event.status) == (Operation.DELETE, Status.DONE)
            and event.custom
            and not event.type.startswith("pulumi:")
        ]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    platform, stub = two_layers(tmp_path, BLUEPRINT, monkeypatch)
    return Bench(platform, stub)


def test_the_platform_goes_completely_before_the_foundation_is_touched(bench: Bench) -> None:
    bench.up(things(3), things(2))
    destruction = bench.destruction(cluster=Answering())
    destruction.destroy()
    assert [layer for layer, _ in bench.deleted] == ["platform"] * 2 + ["foundation"] * 3
    assert sum(destruction.remaining().values()) == 0


def test_what_goes_is_what_was_foretold(bench: Bench) -> None:
    bench.up(Program((ROLE, BUCKET)), Program((HOME,)))
    destruction = bench.destruction(cluster=Answering())
    foretold = [fact.key.split("::")[1] for one in destruction.forecasts for fact in one.deleted]
    destruction.destroy()
    assert sorted(name for _, name in bench.deleted) == sorted(foretold) == ["data", "home", "role"]


def test_nothing_is_deleted_that_came_after_the_forecast(bench: Bench) -> None:
    bench.up(Program((ROLE,)), Program(()))
    destruction = bench.destruction(cluster=Answering())
    assert [len(one.deleted) for one in destruction.forecasts] == [0, 1]
    bench.up(Program((ROLE, BUCKET)), Program(()))
    with pytest.raises(StackwrightError, match="since the forecast"):
        destruction.destroy()
    assert bench.deleted == []


def test_what_holds_data_stays_and_everything_else_goes(bench: Bench) -> None:
    bench.up(Program((ROLE, BUCKET)), Program((HOME,)))
    destruction = bench.destruction(cluster=Answering(), keep_data=True)
    destruction.destroy()
    assert bench.deleted == [("platform", "home"), ("foundation", "role")]
    assert destruction.remaining() == {Layer.PLATFORM: 0, Layer.FOUNDATION: 1}


def test_keeping_data_a_second_time_deletes_nothing(bench: Bench) -> None:
    bench.up(Program((ROLE, BUCKET)), Program((HOME,)))
    bench.destruction(keep_data=True).destroy()
    bench.events.clear()
    again = bench.destruction(keep_data=True)
    assert [one.deleted for one in again.forecasts] == [(), ()]
    again.destroy()
    assert bench.deleted == []


def test_a_namespace_stays_that_holds_claims_as_the_cluster_says(bench: Bench) -> None:
    bench.up(Program(()), Program((HOME,)))
    claim = {"metadata": {"namespace": "home", "name": "disk"}}
    bench.destruction(cluster=Answering(claims=[claim]), keep_data=True).destroy()
    assert bench.deleted == []


def test_a_namespace_stays_when_the_cluster_does_not_say_what_it_holds(bench: Bench) -> None:
    bench.up(Program(()), Program((HOME,)))
    bench.destruction(keep_data=True).destroy()
    assert bench.deleted == []
    findings = [event for event in bench.events if isinstance(event, Finding)]
    assert [finding.state for finding in findings] == ["unknown"]
    assert "nobody answers" in findings[0].message


def test_the_foundation_stays_while_a_load_balancer_is_in_the_cluster(bench: Bench) -> None:
    bench.up(things(3), things(2))
    service = {"metadata": {"namespace": "a", "name": "b"}, "spec": {"type": "LoadBalancer"}}
    with pytest.raises(ControllersNotDone, match="Service a/b"):
        bench.destruction(cluster=Answering(services=[service])).destroy()
    assert {layer for layer, _ in bench.deleted} == {"platform"}


def test_a_cluster_that_does_not_answer_is_told_and_stops_nothing(bench: Bench) -> None:
    bench.up(things(1), things(1))
    bench.destruction().destroy()
    assert [layer for layer, _ in bench.deleted] == ["platform", "foundation"]
    assert any(isinstance(event, Finding) for event in bench.events)


def test_a_layer_that_fails_leaves_the_next_one_alone(bench: Bench) -> None:
    bench.up(things(2), things(2))
    bench.stub.plan(faults=(Fault(Effect.FAIL, "destroy", moment="intended", times=1),))
    destruction = bench.destruction(cluster=Answering())
    with pytest.raises(StackwrightError, match="planned fault"):
        destruction.destroy()
    assert [outcome.layer for outcome in destruction.done] == ["platform"]
    assert "foundation" not in {layer for layer, _ in bench.deleted}
    bench.stub.plan()
    again = bench.destruction(cluster=Answering())
    again.destroy()
    assert sum(again.remaining().values()) == 0
    assert len(bench.deleted) == len(set(bench.deleted)) == 4


def test_what_its_service_refuses_to_delete_is_refused_before_anything_is_done(
    bench: Bench,
) -> None:
    database = Resource("aws:rds/instance:Instance", "main", inputs={"deletionProtection": True})
    bench.up(Program((database,)), things(1))
    with pytest.raises(InputError) as caught:
        bench.destruction(cluster=Answering()).refuse()
    assert "aws:rds/instance:Instance::main" in str(caught.value)
    assert "stackwright up -e prod" in str(caught.value)
    assert [event for event in bench.events if isinstance(event, Phase)] == []
    bench.destruction(cluster=Answering(), keep_data=True).refuse()


def test_a_foundation_alone_is_refused_while_the_platform_stands_on_it(bench: Bench) -> None:
    bench.up(things(1), things(1))
    alone = bench.destruction(cluster=Answering(), layer=Layer.FOUNDATION)
    with pytest.raises(InputError, match="--layer platform"):
        alone.refuse()
    bench.destruction(layer=Layer.PLATFORM).destroy()
    bench.destruction(cluster=Answering(), layer=Layer.FOUNDATION).refuse()


def test_one_layer_leaves_the_other_alone(bench: Bench) -> None:
    bench.up(things(1), things(1))
    bench.destruction(layer=Layer.PLATFORM).destroy()
    assert {layer for layer, _ in bench.deleted} == {"platform"}


def test_an_environment_that_was_never_deployed_has_nothing_to_destroy(bench: Bench) -> None:
    destruction = bench.destruction()
    assert (destruction.forecasts, destruction.remaining()) == ((), {})
    destruction.destroy()
    assert bench.deleted == []


def test_only_a_stack_that_holds_nothing_is_removed(bench: Bench) -> None:
    bench.up(Program((BUCKET,)), things(1))
    destruction = bench.destruction(cluster=Answering(), keep_data=True)
    destruction.destroy()
    destruction.remove_stacks()
    assert set(bench.destruction().remaining()) == {Layer.FOUNDATION}
