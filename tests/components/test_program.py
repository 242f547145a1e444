from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import settings

from stackwright import program
from stackwright.claims import Layer
from stackwright.component import ToolComponent
from stackwright.environment import load_environment
from stackwright.errors import BlueprintError, NotDeployable, UnknownName
from stackwright.plan import graph
from stackwright.plan.recorder import record
from stackwright.program import Platform, build, find_blueprint

TRACKING = "tracking: {kind: tracker, replicas: 3}\n"

Built = Callable[..., graph.Layer]


@pytest.fixture
def blueprint(planted: str, tmp_path: Path) -> Path:
    path = tmp_path / "blueprint.yaml"
    path.write_text(f"{planted}{TRACKING}environments: {{prod: {{}}, dev: {{}}}}\n")
    return path


@pytest.fixture
def built(tmp_path: Path) -> Built:
    """Record a program as a stack called `prod`."""

    def run(
        make: Callable[[], Any],
        foreign: Mapping[str, Mapping[str, graph.JsonValue]] | None = None,
        stack: str = "prod",
    ) -> graph.Layer:
        return record(
            make,
            layer="layer",
            project="acme-layer",
            stack=stack,
            root_directory=str(tmp_path),
            foreign=foreign or {},
        )

    return run


def named(layer: graph.Layer, name: str) -> graph.Resource:
    return next(found for found in layer.resources if found.name == name)


def test_a_layer_holds_every_part_that_it_has(blueprint: Path, built: Built) -> None:
    made: list[Platform] = []
    layer = built(lambda: made.append(build("foundation", blueprint)))
    assert list(made[0].components) == ["storage", "database"]
    assert [found.name for found in layer.resources if found.custom] == [
        "aws",
        "storage-bucket",
        "database-database",
    ]


def test_the_stack_says_which_environment_is_built(blueprint: Path, built: Built) -> None:
    made: list[Platform] = []
    built(lambda: made.append(build("foundation", blueprint)), stack="dev")
    assert made[0].environment.scope["environment"] == "dev"
    with pytest.raises(UnknownName, match="no environment is called"):
        built(lambda: build("foundation", blueprint), stack="test")


def test_a_provider_knows_its_consumers_and_where_they_live(blueprint: Path, built: Built) -> None:
    layer = built(lambda: build("foundation", blueprint))
    assert named(layer, "storage-bucket").inputs["consumers"] == {
        "database-backups": {"purpose": "logs", "access": "read-write"},
        "tracking-artifacts": {
            "purpose": "artifacts",
            "access": "read-write",
            "namespace": "acme-prod-tracking",
        },
    }


def test_written_settings_reach_the_component(blueprint: Path, built: Built) -> None:
    layer = built(lambda: build("platform", blueprint))
    assert named(layer, "tracking-server").inputs["replicas"] == 3


def test_the_foundation_exports_what_the_platform_reads(blueprint: Path, built: Built) -> None:
    layer = built(lambda: build("foundation", blueprint))
    assert sorted(layer.outputs) == [
        "database/tracking-backend/host",
        "storage/tracking-artifacts/bucket",
        "storage/tracking-artifacts/url",
        "storage/wiring/artifacts_url",
        "storage/wiring/data_url",
        "storage/wiring/region",
    ]


def test_the_platform_reads_the_foundation_by_output(blueprint: Path, built: Built) -> None:
    given: dict[str, graph.JsonValue] = {
        "storage/tracking-artifacts/bucket": "runs",
        "storage/tracking-artifacts/url": "s3://runs/tracking",
        "database/tracking-backend/host": "db.internal",
        "storage/wiring/artifacts_url": "s3://a",
        "storage/wiring/data_url": "s3://d",
        "storage/wiring/region": "eu-west-1",
    }
    layer = built(
        lambda: build("platform", blueprint), {"organization/acme-foundation/prod": given}
    )
    inputs = named(layer, "tracking-server").inputs
    assert (inputs["artifacts"], inputs["host"]) == ("s3://runs/tracking", "db.internal")


def test_a_missing_binding_is_unknown_in_a_preview(blueprint: Path, built: Built) -> None:
    foreign = {"organization/acme-foundation/prod": {"storage/wiring/region": "eu-west-1"}}
    layer = built(lambda: build("platform", blueprint), foreign)
    host = named(layer, "tracking-server").inputs["host"]
    assert isinstance(host, dict)
    assert "$unknown" in host


def test_the_platform_exports_the_wiring(blueprint: Path, built: Built) -> None:
    wiring = built(lambda: build("platform", blueprint)).outputs["wiring"]
    assert isinstance(wiring, dict)
    assert {key: wiring[key] for key in ("schema", "platform", "environment", "target")} == {
        "schema": "stackwright.wiring/v1",
        "platform": "acme",
        "environment": "prod",
        "target": "aws",
    }
    assert wiring["contracts"] == {"storage": "ObjectStore", "tracking": "ExperimentTracker"}


def test_without_a_platform_the_foundation_exports_the_wiring(
    planted: str, tmp_path: Path, built: Built
) -> None:
    alone = tmp_path / "blueprint.yaml"
    alone.write_text(f"{planted}storage: {{kind: store}}\nenvironments: {{prod: {{}}}}\n")
    wiring = built(lambda: build("foundation", alone)).outputs["wiring"]
    assert isinstance(wiring, dict)
    assert wiring["schema"] == "stackwright.wiring/v1"
    assert wiring["contracts"] == {"storage": "ObjectStore"}


def test_text_made_from_an_output_is_an_error_once_a_layer_is_built(
    blueprint: Path, built: Built
) -> None:
    def careless() -> str:
        os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "false"
        return str(build("foundation", blueprint).components["storage"].urn)

    with pytest.raises(Exception, match="Calling __str__ on an Output"):
        built(careless)


def test_wiring_that_breaks_its_promise_is_refused(
    blueprint: Path, built: Built, monkeypatch: pytest.MonkeyPatch
) -> None:
    import planted_components  # type: ignore[import-not-found]

    monkeypatch.setattr(planted_components.TrackerComponent, "wiring", lambda _: {"url": "x"})
    with pytest.raises(Exception, match="never promised"):
        built(lambda: build("platform", blueprint))


@pytest.fixture
def deploying(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer as the SDK does in `pulumi up`."""
    monkeypatch.setattr(settings, "is_dry_run", lambda: False)
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: False)
    monkeypatch.setattr(pulumi, "get_stack", lambda: "prod")


def test_pulumi_shows_what_is_wrong_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "blueprint.yaml").write_text("name: [\n", encoding="utf-8")
    with pytest.raises(BlueprintError) as caught:
        build("foundation", tmp_path / "blueprint.yaml")
    assert isinstance(caught.value, pulumi.RunError)
    assert caught.value.problems[0].line > 0


@pytest.mark.usefixtures("deploying")
def test_deploying_with_example_values_is_refused_with_all_of_them(blueprint: Path) -> None:
    text = blueprint.read_text(encoding="utf-8").replace("111122223333", "123456789012")
    blueprint.write_text(f"{text}storage: {{kind: store, owner: somebody@example.com}}\n")
    with pytest.raises(NotDeployable) as caught:
        build("foundation", blueprint)
    assert [problem.path for problem in caught.value.problems] == [
        "storage.owner",
        "target.account",
    ]


def test_example_values_do_not_keep_a_preview_from_planning(blueprint: Path, built: Built) -> None:
    text = blueprint.read_text(encoding="utf-8").replace("111122223333", "123456789012")
    blueprint.write_text(text)
    layer = built(lambda: build("foundation", blueprint))
    assert named(layer, "aws").inputs["allowedAccountIds"] == '["123456789012"]'


def test_a_wrong_blueprint_is_told_before_anything_is_made(blueprint: Path, built: Built) -> None:
    blueprint.write_text(blueprint.read_text(encoding="utf-8") + "storage: {kind: shop}\n")
    with pytest.raises(BlueprintError):
        built(lambda: build("foundation", blueprint))


def test_the_blueprint_is_found_in_the_folder_or_above(tmp_path: Path) -> None:
    inside = tmp_path / "stacks" / "platform"
    inside.mkdir(parents=True)
    assert find_blueprint(inside) == inside / "blueprint.yaml"
    (tmp_path / "blueprint.yaml").touch()
    assert find_blueprint(inside) == tmp_path / "blueprint.yaml"


def test_a_layer_that_is_not_there_names_those_that_are(blueprint: Path) -> None:
    with pytest.raises(UnknownName, match="no layer is called foundaton; there are: foundation"):
        build("foundaton", blueprint)


def test_while_a_plan_is_made_the_environment_is_not_read_again(
    blueprint: Path, built: Built
) -> None:
    environment = load_environment(blueprint, "prod")
    blueprint.unlink()
    made: list[Platform] = []
    token = program.planned_environment.set(environment)
    try:
        built(lambda: made.append(build(Layer.FOUNDATION)))
    finally:
        program.planned_environment.reset(token)
    assert made[0].environment is environment
    assert all(isinstance(found, ToolComponent) for found in made[0].components.values())
