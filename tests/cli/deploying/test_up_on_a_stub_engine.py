"""`up`, `preview`, `refresh` and `outputs`, as a person and a script see them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.engine_stub.control import Effect, Fault, Program, Resource, Target
from tests.engine_stub.stub import Stub, generated

from stackwright.diff.digest import digest
from stackwright.engine.preflight.result import Result, State
from stackwright.plan.make import plan_environment
from stackwright_cli import main

Captured = pytest.CaptureFixture[str]


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_up_shows_what_changes_and_ends_with_what_was_done_and_what_is_next(
    stub: Stub, capfd: Captured
) -> None:
    assert main(["up", "-e", "prod", "--yes"]) == 0
    printed = capfd.readouterr()
    assert printed.out.splitlines()[:2] == [
        "foundation: 3 to create; 0 stay as they are",
        "  your own resources",
    ]
    last = printed.err.splitlines()[-1]
    assert last.startswith("Deployed prod. foundation: 3 created. Next: stackwright outputs")


def test_up_again_has_nothing_to_do(stub: Stub, capfd: Captured) -> None:
    main(["up", "--yes"])
    capfd.readouterr()
    assert main(["up", "--yes"]) == 0
    assert capfd.readouterr().err.splitlines()[-1] == (
        "prod is as the blueprint says: nothing to do."
    )


def test_up_for_a_script_is_a_stream_that_ends_with_the_exit_code(
    stub: Stub, capfd: Captured
) -> None:
    assert main(["up", "--yes", "--format", "json"]) == 0
    stream = events(capfd.readouterr().out)
    assert {event["schema"] for event in stream} == {"stackwright.events/v1"}
    assert [event["sequence"] for event in stream] == list(range(1, len(stream) + 1))
    assert stream[-1]["kind"] == "end"
    assert (stream[-1]["result"], stream[-1]["code"]) == ("succeeded", 0)
    assert stream[-1]["layers"]["foundation"]["create"] == 6


def test_where_nobody_can_be_asked_yes_must_be_said_beforehand(stub: Stub, capfd: Captured) -> None:
    assert main(["up"]) == 2
    assert "--yes" in capfd.readouterr().err
    assert main(["refresh"]) == 2
    assert stub.points("up") == []


def test_a_failure_says_why_what_was_done_and_how_to_go_on(stub: Stub, capfd: Captured) -> None:
    stub.plan(faults=(Fault(Effect.FAIL, urn="*::thing-2", message="409 Conflict"),))
    assert main(["up", "--yes"]) == 1
    lines = capfd.readouterr().err.splitlines()
    assert any("thing-2: 409 Conflict" in line for line in lines)
    assert lines[-1] == "Failed. foundation: 1 created. To go on: stackwright up -e prod"
    assert main(["up", "--yes"]) == 0


def test_an_engine_that_ends_without_a_word_has_not_succeeded(stub: Stub, capfd: Captured) -> None:
    stub.plan(faults=(Fault(Effect.EXIT, code=0, point=4),))
    assert main(["up", "--yes"]) == 1
    assert "without saying what it did" in capfd.readouterr().err


def test_a_check_that_fails_is_told_with_what_mends_it(
    stub: Stub, capfd: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    from stackwright.checks import AwsAccount

    check = AwsAccount(account="210987654321", region="eu-west-1")
    found = Result(
        check, State.FAILED, "these are of account 999999999999.", "export AWS_PROFILE=x"
    )

    def verify(*_: Any, report: Any, **__: Any) -> tuple[Result, ...]:
        report(found)
        return (found,)

    monkeypatch.setattr("stackwright.engine.lifecycle.verify", verify)
    assert main(["up", "--yes"]) == 1
    shown = capfd.readouterr().err
    assert "these are of account 999999999999. export AWS_PROFILE=x" in shown
    assert shown.splitlines()[-1] == "Nothing was changed."
    assert stub.points("preview") == []


def test_a_preview_changes_nothing_and_says_how_to_deploy(stub: Stub, capfd: Captured) -> None:
    assert main(["preview"]) == 0
    printed = capfd.readouterr()
    assert "    + stub:index:Thing  thing-1" in printed.out
    assert printed.err.splitlines()[-1] == (
        "Nothing was changed. To deploy: stackwright up -e prod"
    )
    assert stub.points("up") == []


def test_a_preview_says_no_when_data_would_be_lost(stub: Stub, capfd: Captured) -> None:
    bucket = Resource("aws:s3/bucket:Bucket", "data", inputs={"bucket": "acme"})
    stub.plan({"acme-foundation": Program((bucket,))})
    main(["up", "--yes"])
    stub.plan({"acme-foundation": Program()})
    assert main(["preview"]) == 3
    printed = capfd.readouterr()
    line = '- {resource: aws:s3/bucket:Bucket::data, reason: WHY, expires: "YYYY-MM-DD"}'
    assert f"allow_replacement in the blueprint: {line}" in printed.out
    assert printed.err.splitlines()[-1].startswith(
        "Nothing was changed. `up` would refuse: 1 thing"
    )
    assert main(["up", "--yes"]) == 2
    assert "allow_replacement" in capfd.readouterr().err


def test_a_preview_that_fails_says_so_to_a_script_too(stub: Stub, capfd: Captured) -> None:
    stub.plan({"acme-foundation": Program(error="ZeroDivisionError: division by zero")})
    assert main(["preview", "--format", "json"]) == 1
    last = events(capfd.readouterr().out)[-1]
    assert (last["kind"], last["result"], last["code"]) == ("end", "failed", 1)


def test_a_refresh_says_what_the_state_is_now(stub: Stub, capfd: Captured) -> None:
    main(["up", "--yes"])
    assert main(["refresh", "--yes"]) == 0
    assert "The state of prod is what is there." in capfd.readouterr().err


def test_without_an_engine_it_says_where_to_get_one(
    stub: Stub, capfd: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert main(["preview"]) == 1
    assert "https://www.pulumi.com/docs/iac/download-install/" in capfd.readouterr().err


TWO_LAYERS = """\
apiVersion: stackwright/v1
name: acme
target: {kind: aws, region: eu-west-1, account: "210987654321"}
network: {kind: vpc}
cluster:
  kind: eks
  access: {endpoint: private, via: vpn}
  administrators: [arn:aws:iam::210987654321:role/platform]
environments: {prod: {}}
"""


def test_the_first_layer_alone_is_deployed_before_the_second_was_ever_there(
    stub: Stub, capfd: Captured
) -> None:
    Path("blueprint.yaml").write_text(TWO_LAYERS, encoding="utf-8")
    Path("stacks/platform").mkdir()
    Path("stacks/platform/Pulumi.yaml").write_text("name: acme-platform\nruntime: python\n")
    assert main(["up", "--yes", "--layer", "foundation"]) == 0
    last = capfd.readouterr().err.splitlines()[-1]
    assert last.startswith("Deployed prod. foundation: 3 created.")
    assert main(["outputs"]) == 1
    assert "First: stackwright up -e prod" in capfd.readouterr().err


@pytest.mark.parametrize("before", [["preview"], ["destroy", "--yes"]])
def test_of_a_stack_that_holds_nothing_no_wiring_is_told(
    stub: Stub, capfd: Captured, before: list[str]
) -> None:
    assert main(["preview"]) == 0
    assert main(before) == 0
    capfd.readouterr()
    assert main(["outputs", "--format", "json"]) == 1
    told = capfd.readouterr()
    assert told.out == ""
    assert "error: prod is not deployed. First: stackwright up -e prod" in told.err


@pytest.mark.parametrize("command", ["preview", "refresh", "up"])
def test_a_stream_that_is_cut_short_ends_with_the_reason_and_the_exit_code(
    stub: Stub, capfd: Captured, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE")
    agreed = [] if command == "preview" else ["--yes"]
    assert main([command, *agreed, "--format", "json"]) == 2
    ends = [event for event in events(capfd.readouterr().out) if event["kind"] == "end"]
    assert [(end["result"], end["code"]) for end in ends] == [("refused", 2)]


def test_of_a_preview_that_read_nothing_nothing_is_claimed(stub: Stub, capfd: Captured) -> None:
    stub.plan(faults=(Fault(Effect.EXIT, command="preview", code=1, point=1),))
    assert main(["preview"]) == 1
    assert capfd.readouterr().out == "foundation: what would change is not known\n"


def test_a_run_that_is_stopped_before_it_did_anything_says_so(stub: Stub, capfd: Captured) -> None:
    stop = Fault(Effect.SIGNAL, point=1, signals=("SIGINT",), target=Target.COMMAND)
    stub.plan(faults=(stop,))
    assert main(["up", "--yes"]) == 130
    last = capfd.readouterr().err.splitlines()[-1]
    assert last == "Stopped by Ctrl-C. Nothing was changed. To go on: stackwright up -e prod"


def test_a_project_file_that_is_no_text_is_told_with_its_place(stub: Stub, capfd: Captured) -> None:
    Path("stacks/foundation/Pulumi.yaml").write_bytes(b"name: \xff\n")
    assert main(["preview"]) == 2
    assert "foundation/Pulumi.yaml: this is no valid YAML." in capfd.readouterr().err


def test_a_value_that_is_exported_anew_is_deployed_though_no_resource_changes(
    stub: Stub, capfd: Captured
) -> None:
    main(["up", "--yes"])
    more = Program(generated(3).resources, {"count": 3, "mine": "new"})
    stub.plan({"acme-foundation": more})
    capfd.readouterr()
    assert main(["up", "--yes"]) == 0
    shown = capfd.readouterr()
    assert "foundation: exported values change; 3 stay as they are" in shown.out
    assert shown.err.splitlines()[-1].startswith("Deployed prod. foundation: exported values chang")
    assert main(["outputs", "--layer", "foundation", "--format", "json"]) == 0
    assert json.loads(capfd.readouterr().out) == {"count": 3, "mine": "new"}
    assert main(["up", "--yes"]) == 0
    assert "nothing to do" in capfd.readouterr().err


def test_what_was_begun_when_the_engine_was_killed_is_not_told_as_nothing(
    stub: Stub, capfd: Captured
) -> None:
    killed = Fault(Effect.SIGNAL, urn="*::thing-2", moment="intended", signals=("SIGKILL",))
    stub.plan(faults=(killed,))
    assert main(["up", "--yes"]) == 1
    last = capfd.readouterr().err.splitlines()[-1]
    assert last == (
        "Failed. foundation: 1 created, 1 begun and not finished. Next: stackwright recover -e prod"
    )


def test_a_blueprint_that_the_programs_do_not_read_is_refused(stub: Stub, capfd: Captured) -> None:
    Path("other.yaml").write_bytes(Path("blueprint.yaml").read_bytes())
    assert main(["preview", "-f", "other.yaml"]) == 2
    assert "deploy blueprint.yaml and not this file" in capfd.readouterr().err
    assert stub.points("preview") == []


def test_a_script_is_not_asked(stub: Stub, capfd: Captured) -> None:
    assert main(["up", "--format", "json"]) == 2
    assert "--yes" in capfd.readouterr().err


def test_an_address_of_state_that_is_none_is_told(
    stub: Stub, capfd: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_BACKEND_URL", "http://[")
    assert main(["preview"]) == 2
    assert "'http://[' is no address" in capfd.readouterr().err


def test_ctrl_c_at_the_question_says_that_nothing_was_changed(
    stub: Stub, capfd: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    def confirm(*_: Any, **__: Any) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr("stackwright_cli.console.is_interactive", lambda: True)
    monkeypatch.setattr("stackwright_cli.console.confirm", confirm)
    assert main(["up"]) == 130
    last = capfd.readouterr().err.splitlines()[-1]
    assert last == "Stopped by Ctrl-C. Nothing was changed. To go on: stackwright up -e prod"
    assert stub.points("up") == []


def test_what_was_reviewed_is_deployed(stub: Stub, capfd: Captured) -> None:
    reviewed = digest(plan_environment(Path("blueprint.yaml"), "prod"))
    assert main(["up", "--yes", "--reviewed", reviewed[:12].upper()]) == 0
    assert "It is what was reviewed." in capfd.readouterr().err


def test_another_change_than_the_reviewed_one_is_not_deployed(stub: Stub, capfd: Captured) -> None:
    reviewed = digest(plan_environment(Path("blueprint.yaml"), "prod"))
    text = Path("blueprint.yaml").read_text(encoding="utf-8")
    Path("blueprint.yaml").write_text(f"{text}labels: {{team: other}}\n", encoding="utf-8")
    assert main(["up", "--yes", "--reviewed", reviewed]) == 3
    said = capfd.readouterr().err
    assert f"{reviewed[:12]} was reviewed" in said
    assert "stackwright diff -e prod" in said
    assert stub.points("up") == stub.points("preview") == []


def test_a_digest_that_is_none_is_named(stub: Stub, capfd: Captured) -> None:
    assert main(["up", "--yes", "--reviewed", "latest"]) == 2
    assert "'latest' is no digest: 12 to 64" in capfd.readouterr().err
