"""A plugin that the installed packages need and the engine lacks is found, with its version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, cast

import pytest
from pulumi.automation import CommandError, CommandResult

from stackwright.engine.command import EngineCommand
from stackwright.engine.doctor.engine import no_engine, plugins
from stackwright.engine.doctor.finding import Finding, Health

PACKAGES = ("pulumi_kubernetes", "pulumi_aws")
KUBERNETES, AWS = version("pulumi-kubernetes"), version("pulumi-aws")


class Engine:
    """Stands in for the CLI: lists the plugins that it is given."""

    def __init__(self, answer: Any, code: int = 0) -> None:
        self.answer = answer if isinstance(answer, str) else json.dumps(answer)
        self.code = code

    def run(self, args: list[str], cwd: str, env: Mapping[str, str]) -> CommandResult:
        assert args == ["plugin", "ls", "--json"]
        result = CommandResult(self.answer, "", self.code)
        if self.code:
            raise CommandError(result)
        return result


@pytest.fixture(autouse=True)
def _no_plugin_on_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")


def found(answer: Any, code: int = 0) -> list[Finding]:
    return list(plugins(cast("EngineCommand", Engine(answer, code)), PACKAGES))


def plugin(name: str, number: str, kind: str = "resource") -> dict[str, str]:
    return {"name": name, "kind": kind, "version": number}


def test_plugins_of_the_right_versions_are_fine() -> None:
    there = [plugin("kubernetes", KUBERNETES), plugin("aws", f"v{AWS}"), plugin("x", "1.0.0")]
    assert [one.health for one in found(there)] == [Health.OK, Health.OK]


@pytest.mark.parametrize("number", ["0.0.1", ""])
def test_a_plugin_of_another_version_is_none(number: str) -> None:
    there = [plugin("kubernetes", KUBERNETES), plugin("aws", number)]
    [_, missing] = found(there)
    assert missing.health is Health.WRONG
    assert missing.mend == f"pulumi plugin install resource aws v{AWS}"


def test_a_language_plugin_is_no_provider() -> None:
    [first, _] = found([plugin("kubernetes", KUBERNETES, "language")])
    assert first.health is Health.WRONG


@pytest.mark.parametrize("answer", ["", "garbage", {"a": 1}, [1], [{}], None])
def test_an_engine_that_answers_with_something_else_is_told(answer: Any) -> None:
    [finding] = found(answer)
    assert (finding.health, finding.mend) == (Health.UNKNOWN, "pulumi plugin ls")


def test_an_engine_that_fails_is_told() -> None:
    [finding] = found("", code=255)
    assert finding.health is Health.UNKNOWN


def test_a_missing_engine_is_told_with_the_command_that_installs_it() -> None:
    finding = no_engine("the Pulumi CLI is not on PATH. Install it: https://x")
    assert finding.found == "the Pulumi CLI is not on PATH."
    assert finding.mend.startswith("curl ")
