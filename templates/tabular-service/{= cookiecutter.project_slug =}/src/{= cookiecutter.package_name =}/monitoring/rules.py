"""The alert rules: read from their one file, and made into Kubernetes' PrometheusRule."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import InputError

FILE = Path("monitoring") / "alerts.yaml"
"""Where the rules are, from the project's folder."""


def read_rules(file: Path) -> dict[str, Any]:
    """Read a rule file of Prometheus.

    Raises:
        InputError: it cannot be read, or is not a list of groups of rules.
    """
    import yaml

    try:
        document = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError([f"{file}: cannot be read: {error}"]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f":{mark.line + 1}" if mark else ""
        raise InputError([f"{file}{line}: is not valid YAML"]) from None
    groups = document.get("groups") if isinstance(document, dict) else None
    if not isinstance(groups, list) or not all(_is_group(group) for group in groups):
        raise InputError([f"{file}: expected the key groups, a list of groups with name and rules"])
    return {"groups": groups}


def prometheus_rule(
    rules: Mapping[str, Any], name: str, namespace: str, labels: Mapping[str, str]
) -> dict[str, Any]:
    """Return the PrometheusRule object that holds exactly these rules.

    Args:
        rules: what `read_rules` returned.
        name: the object's name.
        namespace: the object's namespace.
        labels: the object's labels, by which a Prometheus finds it.
    """
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": name, "namespace": namespace, "labels": dict(labels)},
        "spec": {"groups": rules["groups"]},
    }


def retraining_alerts(rules: Mapping[str, Any]) -> list[str]:
    """Names of the alerts that ask for retraining: those with the label ``action: retrain``."""
    return sorted(
        rule["alert"]
        for group in rules["groups"]
        for rule in group["rules"]
        if "alert" in rule and (rule.get("labels") or {}).get("action") == "retrain"
    )


def _is_group(group: object) -> bool:
    return (
        isinstance(group, dict)
        and isinstance(group.get("name"), str)
        and isinstance(group.get("rules"), list)
        and all(isinstance(rule, dict) and "expr" in rule for rule in group["rules"])
    )
