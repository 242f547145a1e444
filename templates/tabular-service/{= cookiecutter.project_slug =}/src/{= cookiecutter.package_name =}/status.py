"""Where the project stands: wiring, data, models, the last report and the last retraining."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .data.version import read_version
from .errors import ProjectError
from .project import Project

_LOCAL_REGISTRY = "sqlite:///"


def status(project: Project) -> dict[str, Any]:
    """Return where the project stands; what cannot be found out says why, and stops nothing."""
    return {
        "environment": _environment(project),
        "data": _answered(lambda: _data(project)),
        "models": _answered(lambda: _models(project)),
        "report": _answered(lambda: _report(project)),
        "retraining": _answered(lambda: _retraining(project)),
    }


def _answered(question: Callable[[], dict[str, Any] | None]) -> dict[str, Any] | None:
    try:
        return question()
    except ProjectError as error:
        return {"problem": str(error)}


def _environment(project: Project) -> dict[str, Any]:
    environment = project.environment
    return {
        "name": environment.name,
        "production": environment.production,
        "wiring": {key: value.state for key, value in sorted(environment.values.items())},
    }


def _data(project: Project) -> dict[str, Any] | None:
    version = read_version(project.storage("data"))
    return version.model_dump(include={"version", "time", "tables"}) if version else None


def _models(project: Project) -> dict[str, Any] | None:
    """Return the versions in use; MLflow takes seconds to import, so only where there are some."""
    uri = project.environment.tracking_uri
    if uri.startswith(_LOCAL_REGISTRY) and not Path(uri.removeprefix(_LOCAL_REGISTRY)).exists():
        return None
    from .registry.versions import CHALLENGER, CHAMPION, PREVIOUS, Registry

    registry = Registry(project)
    found = {alias: registry.version(alias) for alias in (CHAMPION, CHALLENGER, PREVIOUS)}
    return {
        alias: {"version": version.number, "gate": version.tags.get("gate")} if version else None
        for alias, version in found.items()
    }


def _report(project: Project) -> dict[str, Any] | None:
    from .monitoring.report import LATEST, read_report

    storage = project.storage("reports")
    try:
        report = read_report(json.loads(storage.read(LATEST)))
    except KeyError:
        return None
    except ValueError:
        raise ProjectError(f"{storage.url(LATEST)}: is no monitoring report") from None
    return {
        "time": report.time.isoformat(timespec="seconds"),
        "model_version": report.model_version,
        "judged": report.window.enough_rows,
        "drifted": report.drift.drifted,
        "share": report.drift.share,
        "auc": report.performance.auc if report.performance else None,
    }


def _retraining(project: Project) -> dict[str, Any] | None:
    from .retraining.runs import Runs

    run = Runs(project.storage("retraining")).latest()
    if run is None:
        return None
    return {
        "started": run.started.isoformat(timespec="seconds"),
        "ended": run.ended.isoformat(timespec="seconds") if run.ended else None,
        "outcome": run.outcome,
    }
