"""The alerts are one file: as Prometheus reads it, as PrometheusRule, and about real metrics."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from {= cookiecutter.package_name =} import PROJECT
from {= cookiecutter.package_name =}.errors import InputError
from {= cookiecutter.package_name =}.monitoring.gauges import HELP
from {= cookiecutter.package_name =}.monitoring.rules import (
    FILE,
    prometheus_rule,
    read_rules,
    retraining_alerts,
)
from {= cookiecutter.package_name =}.serving.metrics import Metrics

ROOT = Path(__file__).parents[2]
RULES = ROOT / FILE
DASHBOARD = ROOT / "monitoring" / "dashboard.json"
PROMTOOL = os.environ.get("PROMTOOL") or shutil.which("promtool")
needs_promtool = pytest.mark.skipif(
    PROMTOOL is None, reason="needs promtool: on the PATH, or its path in PROMTOOL"
)

NOT_METRICS = {"le", "job", "instance", "model", "status", "method", "result", "version", "feature"}
NOT_METRICS |= {"decision", "on", "by", "and", "sum", "max", "rate", "increase", "time", "absent"}
NOT_METRICS |= {"histogram_quantile"}


def _rules() -> list[dict[str, Any]]:
    return [rule for group in read_rules(RULES)["groups"] for rule in group["rules"]]


def _dashboard() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(DASHBOARD.read_text())
    return document


def _panel_expressions() -> list[str]:
    return [target["expr"] for panel in _dashboard()["panels"] for target in panel["targets"]]


def _names(expression: str) -> set[str]:
    bare = re.sub(r'"[^"]*"|\[[0-9]+[a-z]\]', "", expression)
    return set(re.findall(r"[a-z_]+", bare)) - NOT_METRICS


def _exposed() -> set[str]:
    metrics = Metrics()
    metrics.request("POST", "/predict", 200, 0.01)
    metrics.model(1, 0.0, degraded=False)
    families = text_string_to_metric_families(metrics.text().decode())
    return {sample.name for family in families for sample in family.samples} | set(HELP)


def test_the_prometheus_rule_holds_exactly_the_rules_of_the_file() -> None:
    made = prometheus_rule(read_rules(RULES), "name", "space", {"release": "stack"})
    assert made["spec"]["groups"] == yaml.safe_load(RULES.read_text())["groups"]
    assert made["metadata"] == {
        "name": "name",
        "namespace": "space",
        "labels": {"release": "stack"},
    }
    assert (made["apiVersion"], made["kind"]) == ("monitoring.coreos.com/v1", "PrometheusRule")
    assert yaml.safe_load(yaml.safe_dump(made)) == made


def test_every_metric_in_alerts_and_dashboard_is_one_we_expose() -> None:
    expressions = [rule["expr"] for rule in _rules()] + _panel_expressions()
    used = set().union(*(_names(expression) for expression in expressions))
    assert used - _exposed() == set()
    assert used >= {"model_drift_detected", "http_request_duration_seconds_bucket"}


def test_every_alert_names_the_model_and_says_what_to_do() -> None:
    for rule in _rules():
        assert rule["labels"]["model"] == PROJECT
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["description"]
        assert rule["annotations"]["runbook"] == f"docs/runbook.md#{rule['alert'].lower()}"


def test_every_selector_keeps_to_this_project() -> None:
    for expression in [rule["expr"] for rule in _rules()] + _panel_expressions():
        assert f'model="{PROJECT}"' in expression


def test_drift_and_low_performance_ask_for_retraining_and_nothing_else_does() -> None:
    assert retraining_alerts(read_rules(RULES)) == ["ModelDrift", "ModelPerformanceLow"]


@pytest.mark.parametrize("text", ["", "[]", "groups: 1", "groups: [{name: a}]", "groups: ["])
def test_what_is_no_rule_file_is_refused_by_name(tmp_path: Path, text: str) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text(text)
    with pytest.raises(InputError, match=r"rules\.yaml"):
        read_rules(file)


@needs_promtool
def test_promtool_accepts_the_rules_and_their_tests_pass() -> None:
    assert PROMTOOL is not None
    for command in (["check", "rules", str(RULES)], ["test", "rules", "alerts_test.yaml"]):
        done = subprocess.run(
            [PROMTOOL, *command], cwd=RULES.parent, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_has_a_test_where_it_fires_and_one_where_it_does_not() -> None:
    document = yaml.safe_load((RULES.parent / "alerts_test.yaml").read_text())
    cases = [case for test in document["tests"] for case in test["alert_rule_test"]]
    names = {rule["alert"] for rule in _rules()}
    assert {case["alertname"] for case in cases if case["exp_alerts"]} == names
    assert {case["alertname"] for case in cases if not case["exp_alerts"]} == names


@needs_promtool
def test_promtool_can_parse_every_query_of_the_dashboard(tmp_path: Path) -> None:
    assert PROMTOOL is not None
    rules = [
        {"record": f"panel_{number}", "expr": expression}
        for number, expression in enumerate(_panel_expressions())
    ]
    file = tmp_path / "panels.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    done = subprocess.run(
        [PROMTOOL, "check", "rules", str(file)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_panels_of_the_dashboard_lie_side_by_side() -> None:
    panels = _dashboard()["panels"]
    assert [panel["id"] for panel in panels] == list(range(1, len(panels) + 1))
    taken: set[tuple[int, int]] = set()
    for panel in panels:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken
        taken |= cells
        letters = [target["refId"] for target in panel["targets"]]
        assert letters == sorted(set(letters))


def test_the_dashboard_takes_its_data_source_from_its_variable() -> None:
    dashboard = _dashboard()
    (variable,) = dashboard["templating"]["list"]
    assert (variable["name"], variable["type"]) == ("datasource", "datasource")
    source = {"type": "prometheus", "uid": "${datasource}"}
    for panel in dashboard["panels"]:
        assert panel["datasource"] == source
        assert all(target["datasource"] == source for target in panel["targets"])
