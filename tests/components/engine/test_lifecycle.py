"""The whole way of an environment, on the stub engine: what is done, asked, and never done."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from tests.engine_stub.control import Effect, Fault, Program, Resource
from tests.engine_stub.stub import Stub, generated
from tests.engine_stub.two_layers import two_layers

from stackwright.claims import Layer
from stackwright.engine.command import EngineCommand
from stackwright.engine.events import Event, Operation, Phase, Status
from stackwright.engine.lifecycle import Lifecycle
from stackwright.engine.proposal import DataWouldBeLost, Proposal, Refused
from stackwright.environment import load_environment
from stackwright.errors import InputError, NotDeployable, StackwrightError

BLUEPRINT = """\
apiVersion: stackwright/v1
name: acme
target: {kind: aws, region: eu-west-1, account: "210987654321"}
network: {kind: vpc}
cluster:
  kind: eks
  access: {endpoint: private, via: vpn}
  administrators: [arn:aws:iam::210987654321:role/platform]
storage: {kind: s3}
environments: {prod: {}}
"""

ALLOWED = """\
allow_replacement:
  - {resource: aws:s3/bucket:Bucket::data, reason: all of it was copied, expires: "9999-12-31"}
"""

BUCKET = Resource("aws:s3/bucket:Bucket", "data", inputs={"bucket": "acme"}, replaces=("bucket",))


@dataclass
class Bench:
    """An environment of two layers, and a stub engine for it."""

    folder: Path
    stub: Stub
    events: list[Event] = field(default_factory=list)
    asked: list[Proposal] = field(default_factory=list)

    def lifecycle(self, layer: Layer | None = None) -> Lifecycle:
        environment = load_environment(self.folder / "blueprint.yaml", "prod")
        return Lifecycle(environment, self.folder, EngineCommand(), layer, tell=self.events.append)

    def up(self, *, agrees: bool = True, layer: Layer | None = None) -> bool:
        """Deploy, without looking at the world outside."""
        return self.lifecycle(layer).up(self.agree(agrees), lambda _: None)

    def agree(self, answer: bool) -> Callable[[Proposal], bool]:
        def agree(proposal: Proposal) -> bool:
            self.asked.append(proposal)
            return answer

        return agree

    @property
    def phases(self) -> list[tuple[str, str, str]]:
        phases = [event for event in self.events if isinstance(event, Phase)]
        return [(phase.layer, phase.action, phase.status.value) for phase in phases]


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    platform, stub = two_layers(tmp_path, BLUEPRINT, monkeypatch)
    stub.plan({"acme-foundation": generated(3), "acme-platform": generated(2)})
    return Bench(platform, stub)


def test_both_layers_are_previewed_before_one_question_and_then_deployed_in_order(
    bench: Bench,
) -> None:
    assert bench.up()
    assert bench.phases == [
        ("foundation", "preview", "started"),
        ("foundation", "preview", "done"),
        ("platform", "preview", "started"),
        ("platform", "preview", "done"),
        ("foundation", "up", "started"),
        ("foundation", "up", "done"),
        ("platform", "up", "started"),
        ("platform", "up", "done"),
    ]
    (asked,) = bench.asked
    assert {change.operation for change in asked.changes} == {Operation.CREATE}


def test_a_second_time_there_is_nothing_to_do_and_nobody_is_asked(bench: Bench) -> None:
    bench.up()
    bench.asked.clear()
    bench.events.clear()
    assert not bench.up()
    assert bench.asked == []
    assert {action for _, action, _ in bench.phases} == {"preview"}


def test_who_says_no_has_changed_nothing(bench: Bench) -> None:
    with pytest.raises(Refused, match="nobody agreed"):
        bench.up(agrees=False)
    assert {action for _, action, _ in bench.phases} == {"preview"}


def test_a_check_that_fails_ends_it_before_the_engine_is_asked(bench: Bench) -> None:
    def check(layers: Collection[Layer]) -> None:
        raise Refused("the account is another.")

    with pytest.raises(Refused, match="the account is another"):
        bench.lifecycle().up(bench.agree(True), check)
    assert bench.events == []


def test_example_values_are_never_deployed(bench: Bench) -> None:
    path = bench.folder / "blueprint.yaml"
    path.write_text(path.read_text().replace("210987654321", "123456789012"), encoding="utf-8")
    with pytest.raises(NotDeployable, match="123456789012"):
        bench.up()
    assert bench.events == []


def test_data_is_not_lost_unless_the_blueprint_names_it(bench: Bench) -> None:
    bench.stub.plan({"acme-foundation": Program((BUCKET,)), "acme-platform": generated(1)})
    bench.up()
    bench.stub.plan({"acme-foundation": Program(()), "acme-platform": generated(1)})
    with pytest.raises(DataWouldBeLost, match="allow_replacement") as caught:
        bench.up()
    assert caught.value.exit_code == 2
    blueprint = bench.folder / "blueprint.yaml"
    allowed = BLUEPRINT + ALLOWED
    blueprint.write_text(allowed, encoding="utf-8")
    bench.asked.clear()
    assert bench.up()
    (asked,) = bench.asked
    assert [loss.change.key for loss in asked.losses] == ["aws:s3/bucket:Bucket::data"]


def test_what_is_protected_and_allowed_to_go_goes(bench: Bench) -> None:
    kept = Resource("aws:s3/bucket:Bucket", "data", inputs={"bucket": "acme"}, protect=True)
    bench.stub.plan({"acme-foundation": Program((kept,)), "acme-platform": generated(1)})
    bench.up()
    allowed = BLUEPRINT + ALLOWED
    (bench.folder / "blueprint.yaml").write_text(allowed, encoding="utf-8")
    bench.stub.plan({"acme-foundation": Program(()), "acme-platform": generated(1)})
    assert bench.up()
    foundation = bench.lifecycle(Layer.FOUNDATION)
    assert not foundation.up(bench.agree(True), lambda _: None)


def test_a_layer_that_fails_keeps_the_next_one_from_being_touched(bench: Bench) -> None:
    failing = Fault(Effect.FAIL, command="up", urn="*::thing-2", message="429 Too Many Requests")
    bench.stub.plan(faults=(failing,))
    with pytest.raises(StackwrightError, match="429 Too Many Requests"):
        bench.up()
    assert ("foundation", "up", "failed") in bench.phases
    assert not any(layer == "platform" and action == "up" for layer, action, _ in bench.phases)
    assert bench.up(), "the same command again goes on"


def test_a_preview_that_fails_changes_nothing(bench: Bench) -> None:
    broken = Program(error="ZeroDivisionError: division by zero")
    bench.stub.plan({"acme-foundation": generated(2), "acme-platform": broken})
    with pytest.raises(Refused, match="the preview failed") as caught:
        bench.up()
    assert "division by zero" in str(caught.value)
    assert bench.asked == []


def test_a_layer_alone_names_the_layer_that_comes_first(bench: Bench) -> None:
    with pytest.raises(InputError, match="stackwright up -e prod --layer foundation"):
        bench.up(layer=Layer.PLATFORM)
    assert bench.events == []


def test_a_layer_alone_is_previewed_before_the_one_below_is_deployed(bench: Bench) -> None:
    (outcome,) = bench.lifecycle(Layer.PLATFORM).preview()
    assert outcome.succeeded
    assert bench.phases[0] == ("platform", "preview", "started")


def test_a_refresh_of_what_was_never_deployed_says_so(bench: Bench) -> None:
    with pytest.raises(StackwrightError, match="was never deployed"):
        bench.lifecycle().refresh()


def test_without_a_passphrase_nothing_begins(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    with pytest.raises(InputError, match="PULUMI_CONFIG_PASSPHRASE"):
        bench.up()
    assert bench.events == []


def test_a_layer_whose_state_was_lost_is_not_made_a_second_time(bench: Bench) -> None:
    bench.up()
    (state,) = (bench.folder.parent / "state").glob(".pulumi/stacks/acme-platform/prod.json")
    state.unlink()
    bench.events.clear()
    with pytest.raises(InputError, match="stackwright recover -e prod"):
        bench.up()
    assert bench.phases == []


def test_outputs_are_those_of_the_last_layer(bench: Bench) -> None:
    bench.up()
    assert bench.lifecycle().outputs() == {"count": 2}
    assert bench.lifecycle(Layer.FOUNDATION).outputs() == {"count": 3}
    assert bench.lifecycle().wiring() == {}


def test_what_was_done_is_known_when_a_later_layer_fails(bench: Bench) -> None:
    bench.stub.plan(faults=(Fault(Effect.FAIL, command="up", urn="*platform*::thing-1"),))
    lifecycle = bench.lifecycle()
    with pytest.raises(StackwrightError, match="planned fault"):
        lifecycle.up(bench.agree(True), lambda _: None)
    assert [(one.layer, one.succeeded) for one in lifecycle.done] == [
        ("foundation", True),
        ("platform", False),
    ]
    assert all(change.status is Status.DONE for change in lifecycle.done[0].changes.real)


def test_what_the_second_layer_assumes_is_checked_again_once_the_first_is_there(
    bench: Bench,
) -> None:
    asked: list[tuple[Layer, ...]] = []
    bench.lifecycle().up(bench.agree(True), lambda layers: asked.append(tuple(layers)))
    assert asked == [(Layer.FOUNDATION, Layer.PLATFORM), (Layer.PLATFORM,)]


def test_each_stack_is_looked_for_once_however_often_it_is_worked_on(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.up()
    original, asked = EngineCommand.run, []

    def run(self: EngineCommand, args: list[str], cwd: str, *rest: Any, **named: Any) -> Any:
        asked.append((Path(cwd).name, *args[:2]))
        return original(self, args, cwd, *rest, **named)

    monkeypatch.setattr(EngineCommand, "run", run)
    life = bench.lifecycle()
    life.up(bench.agree(True), lambda _: None)
    life.wiring()
    selected = [folder for folder, *words in asked if words == ["stack", "select"]]
    assert sorted(selected) == ["foundation", "platform"]


@pytest.mark.parametrize("file", ["blueprint.yaml", "stacks/foundation/__main__.py"])
def test_what_was_changed_after_it_was_shown_is_not_deployed(bench: Bench, file: str) -> None:
    def agree(proposal: Proposal) -> bool:
        with (bench.folder / file).open("a", encoding="utf-8") as stream:
            stream.write("# changed\n")
        return True

    with pytest.raises(Refused, match=f"{file} changed since the preview"):
        bench.lifecycle().up(agree, lambda _: None)
    assert {action for _, action, _ in bench.phases} == {"preview"}


def test_a_blueprint_changed_while_the_first_layer_is_deployed_stops_before_the_second(
    bench: Bench,
) -> None:
    def check(layers: Collection[Layer]) -> None:
        if list(layers) == [Layer.PLATFORM]:
            (bench.folder / "blueprint.yaml").write_text(f"{BLUEPRINT}# changed\n")

    with pytest.raises(Refused, match=r"blueprint\.yaml changed since the preview"):
        bench.lifecycle().up(bench.agree(True), check)
    assert ("foundation", "up", "done") in bench.phases
    assert ("platform", "up", "started") not in bench.phases
