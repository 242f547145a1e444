"""The manifests of one environment: a folder that `kubectl apply -k` takes as it is."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .. import PROJECT
from ..environment import LOCAL, Environment
from ..errors import InputError
from ..project import Project
from ..wiring import Pending, read_wiring
from .collecting import Problems
from .files import replaced_folder
from .image import Image, parse_image, recorded_image
from .kustomization import WIRING_FILE, dashboard, kustomization

MODES = ("Deployment", "InferenceService")

_BASES = {"Deployment": "deployment", "InferenceService": "inference-service"}

_NEEDED = (
    "ExperimentTracker.uri",
    "ModelServer.namespace",
    "ModelServer.service_account",
    "ObjectStore.data_url",
)


@dataclass(frozen=True)
class Manifests:
    """What was written for one environment."""

    folder: Path
    image: Image
    mode: str
    """Kind of object that serves."""
    namespace: str


def write_manifests(project: Project, image: str | None, mode: str | None) -> Manifests:
    """Write build/manifests/ENVIRONMENT, whole or not at all.

    Args:
        project: Whose environment they are for.
        image: Image with digest; the recorded one when None.
        mode: `Deployment` or `InferenceService`; the platform's when None.

    Raises:
        InputError: The image has no digest, or the wiring lacks a value or is pending; every
            problem is named.
    """
    environment = platform_environment(project)
    chosen, serving = _check(project, image, mode)
    file = wiring_file(project.root, environment.name)
    wiring = read_wiring(file, environment=environment.name)
    folder = project.root / "build" / "manifests" / environment.name
    with replaced_folder(folder) as fresh:
        shutil.copyfile(file, fresh / WIRING_FILE)
        resources = [
            *_bases(project.root, fresh, environment, serving),
            *_generated(project, fresh),
        ]
        _write(
            fresh / "kustomization.yaml",
            kustomization(environment, wiring.platform, chosen, serving, resources),
        )
    return Manifests(folder, chosen, serving, environment.namespace)


def platform_environment(project: Project) -> Environment:
    """Return the environment of a project that is more than this machine.

    Raises:
        InputError: It is this machine.
    """
    if project.environment.name == LOCAL:
        raise InputError(["environment local has no platform: choose one, such as -e dev"])
    return project.environment


def wiring_file(root: Path, environment: str) -> Path:
    """Return the file of an environment's wiring; the variable PROJECT_WIRING goes first."""
    given = os.environ.get("PROJECT_WIRING")
    return Path(given) if given else root / "wiring" / f"{environment}.json"


def _check(project: Project, image: str | None, mode: str | None) -> tuple[Image, str]:
    """Return the image and the mode, after asking the wiring for all that pods will need."""
    environment, problems = project.environment, Problems()
    chosen, serving = None, mode or ""
    with problems.collected():
        if image is None:
            chosen = recorded_image(project.root, environment.name)
        else:
            chosen = parse_image(image)
    if mode is None:
        with problems.collected():
            serving = environment.serving_mode
    pending = {key for key, value in environment.values.items() if isinstance(value, Pending)}
    for key in sorted(set(_NEEDED) | set(pending)):
        with problems.collected():
            environment.need(key)
    problems.refuse()
    assert chosen is not None
    return chosen, serving


def _bases(root: Path, fresh: Path, environment: Environment, mode: str) -> list[str]:
    """Copy the bases that the environment needs, and return their names."""
    names = [_BASES[mode], "jobs", "policies"]
    monitored = environment.monitoring_label is not None
    # KServe's own monitor finds pods by their annotations.
    if monitored and mode == "Deployment":
        names.append("service-monitor")
    for name in names:
        shutil.copytree(root / "deploy" / "base" / name, fresh / name)
    if "service-monitor" in names:
        file = fresh / "service-monitor" / "kustomization.yaml"
        content = yaml.safe_load(file.read_bytes())
        content["labels"] = [{"pairs": {"release": environment.monitoring_label}}]
        _write(file, content)
    return names


def _generated(project: Project, fresh: Path) -> list[str]:
    """Write what follows from the wiring and from monitoring/, and return the files' names."""
    environment = project.environment
    objects: dict[str, list[dict[str, Any]]] = {}
    label = environment.monitoring_label
    if label is not None:
        from ..monitoring.rules import FILE, prometheus_rule, read_rules

        content = (project.root / "monitoring" / "dashboard.json").read_text("utf-8")
        objects["dashboard.yaml"] = [dashboard(content, label)]
        objects["prometheus-rule.yaml"] = [
            prometheus_rule(
                read_rules(project.root / FILE),
                PROJECT,
                environment.namespace,
                {"release": label},
            )
        ]
    for name, documents in objects.items():
        _write(fresh / name, *documents)
    return list(objects)


def _write(file: Path, *documents: dict[str, Any]) -> None:
    text = yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True)
    file.write_text(text, encoding="utf-8", newline="\n")
