"""Tests of the folders that the engine works in, on a stub of the engine."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.engine_stub.bench import CANARY, Bench, bench
from tests.engine_stub.control import Effect, Fault

from stackwright.engine.command import EngineCommand
from stackwright.engine.failures import EngineFailed
from stackwright.engine.workspace import (
    StackMissing,
    engine_variables,
    layer_folders,
    project_settings,
)
from stackwright.environment import load_environment
from stackwright.errors import InputError

BLUEPRINT = """\
apiVersion: stackwright/v1
name: acme
target: {kind: aws, region: eu-west-1, account: "210987654321"}
storage: {kind: s3}
environments: {prod: {}}
"""


@pytest.fixture
def ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A project on the stub engine."""
    return bench(tmp_path, monkeypatch)


def test_a_stack_that_was_never_made_is_missing(ready: Bench) -> None:
    with pytest.raises(StackMissing, match="the platform layer of dev was never deployed"):
        ready.layer().stack()


def test_a_stack_is_made_where_the_project_says_and_found_again(ready: Bench) -> None:
    ready.layer().made_stack("passphrase")

    assert ready.layer().stack().name == "dev"
    assert ready.layer().made_stack("passphrase").name == "dev"
    assert ready.state_file.is_file()
    assert "encryptionsalt" in ready.layer().settings_file.read_text(encoding="utf-8")


def test_a_stack_that_somebody_else_makes_at_the_same_time_is_taken(ready: Bench) -> None:
    missing = Fault(
        Effect.SAY, "stack select", message="error: no stack named 'dev' found\n", stream="stderr"
    )
    ready.layer().made_stack("passphrase")
    ready.stub.plan(faults=(missing, Fault(Effect.EXIT, "stack select", code=6)))

    assert ready.layer().made_stack("passphrase").name == "dev"


@pytest.mark.parametrize("command", ["stack select", "stack init"])
@pytest.mark.parametrize("code", [1, 255])
def test_an_engine_that_cannot_tell_is_no_bug_of_ours(
    command: str, code: int, ready: Bench
) -> None:
    said = Fault(Effect.SAY, command, message="error: out of reach\n", stream="stderr")
    ready.stub.plan(faults=(said, Fault(Effect.EXIT, command, code=code)))

    with pytest.raises(EngineFailed, match=r"^out of reach$"):
        ready.layer().made_stack("passphrase")


def test_an_engine_that_is_killed_while_a_stack_is_chosen_is_told(ready: Bench) -> None:
    killed = Fault(Effect.SIGNAL, "stack select", signals=("SIGKILL",))
    ready.stub.plan(faults=(killed,))

    with pytest.raises(EngineFailed, match=r"the engine was killed \(SIGKILL\)") as raised:
        ready.layer().stack()

    assert raised.value.failure.recover


def test_a_stack_does_not_read_outputs_with_their_secrets_in_plain_text(ready: Bench) -> None:
    stack = ready.layer().made_stack("passphrase")

    assert stack.outputs() == {}
    assert stack.info().kind == "update"
    assert ready.stub.points("stack output") == []


def test_what_the_engine_runs_with_writes_no_byte_code() -> None:
    found = engine_variables()

    assert found["PYTHONDONTWRITEBYTECODE"] == "1"
    assert found["PULUMI_SKIP_UPDATE_CHECK"] == "true"


def test_a_project_file_that_is_no_yaml_is_told_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.yaml"
    file.write_text("name: [\n", encoding="utf-8")

    with pytest.raises(InputError) as raised:
        project_settings(file)

    assert f"{file}:2:1" in str(raised.value)


def test_a_project_file_that_is_no_mapping_is_told(tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.yaml"
    file.write_text("- name\n", encoding="utf-8")

    with pytest.raises(InputError, match="a mapping is expected"):
        project_settings(file)


def test_a_project_of_another_name_than_the_blueprint_is_refused(ready: Bench) -> None:
    folder = ready.project.parent
    program = folder / "stacks" / "foundation"
    program.mkdir(parents=True)
    (program / "Pulumi.yaml").write_text("name: other-foundation\nruntime: python\n")
    (folder / "blueprint.yaml").write_text(BLUEPRINT, encoding="utf-8")
    environment = load_environment(folder / "blueprint.yaml", "prod")

    with pytest.raises(InputError) as raised:
        layer_folders(environment, folder, EngineCommand())

    (problem,) = raised.value.problems
    assert problem.file == str(program / "Pulumi.yaml")
    assert "called 'other-foundation', and in a platform called acme it is acme-foundation" in (
        problem.message
    )
    assert "write name: acme-foundation" in problem.hint


def test_no_secret_is_written_beside_the_program(ready: Bench) -> None:
    ready.layer().made_stack("passphrase")

    files = [path for path in ready.project.rglob("*") if path.is_file()]
    texts = "".join(path.read_text(encoding="utf-8") for path in files)
    assert CANARY not in texts
    assert json.dumps(CANARY)[1:-1] not in texts
