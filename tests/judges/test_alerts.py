"""The alert rules of a project, by promtool."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.judges.support import answer, asked
from tests.servers.programs import program

RULES = "alerts.yaml"
TESTS = "alerts_test.yaml"


@pytest.fixture
def changed(projects: dict[str, Path], tmp_path: Path) -> Path:
    """Return a copy of a project's monitoring/, which a test may change."""
    return Path(shutil.copytree(projects["everyday"] / "monitoring", tmp_path / "monitoring"))


def promtool(monitoring: Path, *arguments: str, code: int = 0) -> str:
    return asked([str(program("promtool")), *arguments], monitoring, codes=(code,))


def rules(monitoring: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((monitoring / RULES).read_text(encoding="utf-8"))
    return content


def write_rules(monitoring: Path, content: dict[str, Any]) -> None:
    (monitoring / RULES).write_text(yaml.safe_dump(content), encoding="utf-8")


def alerts(content: dict[str, Any]) -> list[str]:
    return [rule["alert"] for group in content["groups"] for rule in group["rules"]]


def test_promtool_can_read_the_rules_and_finds_nothing(project: Path) -> None:
    said = promtool(project / "monitoring", "check", "rules", "--lint=all", "--lint-fatal", RULES)
    count = len(alerts(rules(project / "monitoring")))
    assert f"SUCCESS: {count} rules found" in said


@pytest.mark.slow
def test_the_rules_do_what_their_tests_say(project: Path) -> None:
    assert "SUCCESS" in promtool(project / "monitoring", "test", "rules", TESTS)


def test_a_rule_that_is_no_query_is_found(changed: Path) -> None:
    content = rules(changed)
    content["groups"][0]["rules"][0]["expr"] = "max by model (model_ready)"
    write_rules(changed, content)
    promtool(changed, "check", "rules", RULES, code=1)


def test_a_rule_that_is_there_twice_is_found(changed: Path) -> None:
    content = rules(changed)
    content["groups"][0]["rules"] *= 2
    write_rules(changed, content)
    promtool(changed, "check", "rules", "--lint=all", "--lint-fatal", RULES, code=3)


@pytest.mark.slow
def test_the_tests_of_the_rules_miss_every_alert_that_is_dropped(changed: Path) -> None:
    names = set(alerts(rules(changed)))
    write_rules(changed, {"groups": [{"name": "none", "rules": []}]})
    done = answer([str(program("promtool")), "test", "rules", TESTS], changed, codes=(1,))
    assert set(re.findall(r"alertname: (\w+)", done.stderr)) == names
    assert names
